import { delimiter, join } from 'node:path';
import { setUpControlPlane } from './controlplane.mjs';
import { setUpDependencies } from './dependencies.mjs';
import { setUpNode } from './node.mjs';
import { root } from './paths.mjs';

/**
 * Sets up what targets need, and returns the environment to run them in: the right Node and the
 * tools of node_modules first in PATH, DAYPASS_CONTROLPLANE where it was asked for.
 *
 * @param {{ controlPlane?: boolean }} needs
 * @returns {Promise<NodeJS.ProcessEnv>}
 */
export async function setUp({ controlPlane = false } = {}) {
  const node = await setUpNode();
  await setUpDependencies(root);
  const path = [node, join(root, 'node_modules', '.bin'), process.env['PATH']].join(delimiter);
  const env = { ...process.env, PATH: path };
  return controlPlane ? { ...env, DAYPASS_CONTROLPLANE: await setUpControlPlane(root) } : env;
}
