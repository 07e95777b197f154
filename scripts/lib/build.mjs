import { fileURLToPath } from 'node:url';
import { run } from './children.mjs';
import { root } from './paths.mjs';

const BUNDLE = fileURLToPath(new URL('bundle.mjs', import.meta.url));

/**
 * Writes dist/daypass.mjs, and beside it the licences of what is in it. It needs Node >= 22.19
 * alone. It cannot tell an older one so: Node looks for what is imported from its own modules before it runs a line.
 *
 * @param {NodeJS.ProcessEnv} env
 * @param {(text: string) => void} [onOutput]
 * @returns {Promise<number>}
 */
export async function build(env, onOutput) {
  return run('node', [BUNDLE], { cwd: root, env, ...(onOutput && { onOutput }) });
}
