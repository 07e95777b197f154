import { join } from 'node:path';
import { controlPlaneProgram } from '../../test/support/controlplane.ts';
import { launch } from '../../test/support/launch.ts';

const LIMITS = ['--kube-api-qps=1000', '--kube-api-burst=2000', '--concurrent-job-syncs=20'];

/**
 * A second Job controller, with higher limits than the default ones, which arm about 8 fuses a
 * second: so that thousands are armed within minutes, and then nothing is left to do.
 */
export async function hurryFuses(dataDir: string): Promise<AsyncDisposable> {
  const { child, exited } = await launch(controlPlaneProgram(), [
    'kube-controller-manager',
    `--kubeconfig=${join(dataDir, 'pki', 'controller-manager.kubeconfig')}`,
    '--controllers=job-controller',
    '--use-service-account-credentials=true',
    '--leader-elect=false',
    '--secure-port=0',
    ...LIMITS,
  ]);
  return {
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM');
      await exited;
    },
  };
}
