import { fileURLToPath } from 'node:url';
import { OPERATOR_NAME, OPERATOR_NAMESPACE } from '../../src/api/names.ts';
import type { ControlPlane } from './controlplane.ts';
import { kubectl, kubectlOk } from './kubectl.ts';
import type { Finished } from './run-program.ts';

const OPERATOR = `system:serviceaccount:${OPERATOR_NAMESPACE}:${OPERATOR_NAME}`;

const FORGED_REQUEST = `
apiVersion: daypass.dev/v1alpha1
kind: AccessRequest
metadata: {name: test-installed, namespace: default}
spec: {roleRef: {kind: ClusterRole, name: daypass-view}, requester: {username: nobody}}
`;

/**
 * Installs Daypass but for the operator, as a user would, and resolves once all of it is in force:
 * every policy refuses, requests are stamped, the operator may bind the shipped roles. Doing it
 * again changes nothing.
 *
 * @param options `stamps: false` for what Kubernetes before 1.36 gets.
 */
export async function installDaypass(
  cluster: Pick<ControlPlane, 'kubeconfig'>,
  { stamps = true }: { stamps?: boolean } = {},
): Promise<void> {
  await kubectlOk(['apply', '-k', pathOf(stamps ? '../../deploy/local' : '../../deploy/pre-1.36')], cluster);
  await kubectlOk(['apply', '-f', pathOf('installed.yaml')], cluster);
  const admin = { kubeconfig: cluster.kubeconfig };
  const create = ['create', '--dry-run=server', '--output=yaml'];
  await until(
    () => kubectl([...create, 'configmap', 'test-installed'], admin),
    ({ stderr }) => stderr.includes('all policies are in force'),
  );
  await until(
    () => kubectl([...create, '--filename=-'], { ...admin, input: FORGED_REQUEST }),
    ({ code, stderr }) => (stamps ? code === 0 : stderr.includes("'daypass-hold-identity'")),
  );
  await until(
    () => kubectl(['auth', 'can-i', 'bind', 'clusterroles/daypass-view', `--as=${OPERATOR}`], admin),
    ({ code }) => code === 0,
  );
}

/** Asks until the answer is right. Running a program each time is pause enough. */
async function until(ask: () => Promise<Finished>, isRight: (answer: Finished) => boolean): Promise<void> {
  const late = AbortSignal.timeout(60_000);
  for (;;) {
    const answer = await ask();
    if (isRight(answer)) return;
    if (late.aborted) throw new Error(`Daypass is not in force a minute after it was installed: ${answer.stderr}`);
  }
}

function pathOf(relative: string): string {
  return fileURLToPath(new URL(relative, import.meta.url));
}
