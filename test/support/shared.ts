import { inject } from 'vitest';
import type { TestProject } from 'vitest/node';
import { type ControlPlane, startControlPlane, userKubeconfig } from './controlplane.ts';
import { installDaypass } from './install.ts';

declare module 'vitest' {
  interface ProvidedContext {
    controlPlane: { kubeconfig: string; dataDir: string; port: number };
  }
}

/** vitest's globalSetup of the project `cluster`: one control plane, with Daypass installed, for all of its files. */
export default async function shareControlPlane(project: TestProject): Promise<() => Promise<void>> {
  const cluster = await startControlPlane();
  await installDaypass(cluster).catch(async (error: unknown) => {
    await cluster.stop();
    throw error;
  });
  const { kubeconfig, dataDir, port } = cluster;
  project.provide('controlPlane', { kubeconfig, dataDir, port });
  return cluster.stop;
}

/**
 * The control plane that all files under `test/` share, already running. Work in namespaces of
 * your own ({@link uniqueName}), and leave alone what all share: for that, and to stop the API
 * server, `startControlPlane`.
 */
export function sharedControlPlane(): Pick<ControlPlane, 'kubeconfig' | 'dataDir' | 'port' | 'user'> {
  const shared = inject('controlPlane');
  return { ...shared, user: (name, groups) => userKubeconfig(shared.dataDir, name, groups) };
}

/** A name nobody else has: `payments-3f9c2a1b`. */
export function uniqueName(prefix: string): string {
  return `${prefix}-${crypto.randomUUID().slice(0, 8)}`;
}
