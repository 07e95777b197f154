import { join } from 'node:path';
import { aborted, orAborted } from '../../../src/runtime/waiting.ts';
import { openApi } from './api.ts';
import type { Cluster, Person } from './cluster.ts';
import { StoryError } from '../tools/failure.ts';
import { runProgram } from '../tools/program.ts';
import { type Service, startService } from '../tools/service.ts';
import type { Setting } from '../setting.ts';

/** How long the control plane may take to start, in seconds. */
const PATIENCE = 120;

/** Starts a control plane of its own on this machine; its users have client certificates. */
export async function startLocalCluster(setting: Setting): Promise<Cluster> {
  const { terminal, stop, cleanup, folder } = setting;
  const program = process.env['DAYPASS_CONTROLPLANE'];
  if (!program)
    throw new StoryError('DAYPASS_CONTROLPLANE names no control plane program: `npm start` builds and sets it');
  const dataDir = join(folder, 'controlplane');
  const service = startService(program, ['up', '--data-dir', dataDir], process.env);
  cleanup.add('stop the control plane', () => service.stop());
  const ready = await terminal.during(
    'starting etcd, kube-apiserver and kube-controller-manager',
    isReady(service, stop.signal),
    ({ server }, took) => `a Kubernetes control plane runs at ${server}, on this machine alone (${took})`,
  );
  void service.ended.then((how) => stop.fail(new StoryError(`the control plane ${how}`)));

  async function person(name: string, groups: readonly string[]): Promise<Person> {
    const args = ['user', name, ...groups.flatMap((group) => ['--group', group]), '--data-dir', dataDir];
    const { code, stdout, stderr } = await runProgram(program ?? '', args, { signal: stop.signal });
    if (code !== 0) throw new StoryError(`no certificate for user ${name}: ${stderr}`);
    return personOf(name, stdout.trimEnd());
  }
  return { admin: await personOf('admin', ready.kubeconfig), person };
}

async function personOf(name: string, kubeconfig: string): Promise<Person> {
  return { name, kubeconfig, flags: [], api: await openApi(kubeconfig) };
}

/** Resolves with its one `ready` line. */
async function isReady(service: Service, signal: AbortSignal): Promise<{ server: string; kubeconfig: string }> {
  const line = new Promise<{ server: string; kubeconfig: string }>((resolve) => {
    service.onLine((text) => {
      const [, server, kubeconfig] = /^ready (https:\S+) kubeconfig (.+)$/.exec(text) ?? [];
      if (server !== undefined && kubeconfig !== undefined) resolve({ server, kubeconfig });
    });
  });
  const late = AbortSignal.timeout(PATIENCE * 1000);
  const never = Promise.race([service.ended, aborted(late).then(() => `is not ready within ${PATIENCE} s`)]);
  const first = await orAborted(Promise.race([line, never]), signal);
  if (typeof first !== 'string') return first;
  throw new StoryError(`the control plane ${first}: ${service.lastWords()}`);
}
