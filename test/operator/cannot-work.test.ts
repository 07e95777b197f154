import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { callerFrom } from '../identity/caller.ts';
import { effective, serviceAccount } from '../identity/stage.ts';
import { kubectlOk } from '../support/kubectl.ts';
import { sharedControlPlane, uniqueName } from '../support/shared.ts';
import { daypassArgs, daypassKubeconfig, type Ended, errorsIn, readLog } from '../support/operator.ts';
import { runProgram } from '../support/run-program.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'daypass-test-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

/** One that is in order, though nothing listens there. */
async function kubeconfigOfNoServer(): Promise<string> {
  const path = join(folder, 'kubeconfig');
  const config = {
    'current-context': 'nowhere',
    contexts: [{ name: 'nowhere', context: { cluster: 'nowhere', user: 'nobody' } }],
    clusters: [{ name: 'nowhere', cluster: { server: 'https://127.0.0.1:1' } }],
    users: [{ name: 'nobody', user: { token: 'none' } }],
  };
  await writeFile(path, stringify(config));
  return path;
}

describe('an operator that cannot work', () => {
  /** Its whole life. */
  async function run(...flags: readonly string[]): Promise<Ended> {
    const { code, stdout, stderr } = await runProgram(process.execPath, daypassArgs('operator', ...flags), {
      env: { ...process.env, KUBERNETES_SERVICE_HOST: '' },
    });
    return { code, log: readLog(stdout), stderr };
  }

  it.each([
    [
      'has no kubeconfig',
      [],
      'no kubeconfig given, and not in a pod: KUBERNETES_SERVICE_HOST is not set; --kubeconfig FILE says how else',
    ],
    [
      'has one that is not there',
      ['--kubeconfig', '/no/such/file'],
      '--kubeconfig /no/such/file: no such file or directory',
    ],
  ])('ends when it %s', async (_what, flags, message) => {
    const { code, log, stderr } = await run(...flags);
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(log).toMatchObject([{ level: 'error', msg: 'the operator cannot go on' }]);
    expect(log[0]?.['err']).toEqual({ message });
  });

  it.each([
    ['a flag that there is not', '--no-such-flag', "error: unknown option '--no-such-flag'"],
    ['a port that is none', '--http-port=70000', 'a port is a whole number from 0 to 65535.'],
    ['a level that there is not', '--log-level=loud', 'Allowed choices are debug, info, warn, error.'],
  ])('ends when it is given %s', async (_what, flag, message) => {
    const { code, log, stderr } = await run(flag);
    expect({ code, log }).toEqual({ code: 1, log: [] });
    expect(stderr).toContain(message);
  });

  it.each([
    ['a wildcard', ['--verb=get', '--resource=*'], 'a wildcard: get on * in core', '', 'pods', 'get'],
    [
      'the verb escalate',
      ['--verb=escalate', '--resource=roles.rbac.authorization.k8s.io', '--resource-name=one'],
      'the verb escalate: escalate on roles one in rbac.authorization.k8s.io',
      'rbac.authorization.k8s.io',
      'roles',
      'escalate',
    ],
    [
      'bind on whatever role',
      ['--verb=bind', '--resource=clusterroles.rbac.authorization.k8s.io'],
      'the verb bind without resourceNames: bind on clusterroles in rbac.authorization.k8s.io',
      'rbac.authorization.k8s.io',
      'clusterroles',
      'bind',
    ],
  ])(
    'ends when its account holds %s, be it in its own namespace alone',
    async (_what, rule, told, group, resource, verb) => {
      const cluster = sharedControlPlane();
      const account = uniqueName('careless');
      const here = '--namespace=daypass-system';
      await kubectlOk(['create', 'serviceaccount', account, here], cluster);
      await kubectlOk(['create', 'role', account, here, ...rule], cluster);
      const subject = `--serviceaccount=daypass-system:${account}`;
      await kubectlOk(['create', 'rolebinding', account, here, `--role=${account}`, subject], cluster);
      const caller = await serviceAccount(await callerFrom(cluster.kubeconfig), 'daypass-system', account);
      await effective(caller, { namespace: 'daypass-system', group, resource, verb, name: 'one' });
      const { code, log, stderr } = await run('--kubeconfig', await daypassKubeconfig(cluster, account));
      expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
      const message = `the account that the operator works as must not hold: ${told}. All that it needs is in deploy/rbac`;
      expect(errorsIn(log)).toEqual([expect.objectContaining({ msg: 'the operator cannot go on', err: { message } })]);
    },
  );

  it('ends when its port is taken', async () => {
    await using taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const address = taken.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const { code, log } = await run('--kubeconfig', await kubeconfigOfNoServer(), '--http-port', `${port}`);
    expect(code).toBe(1);
    const flags = `--http-host 127.0.0.1 --http-port ${port}`;
    const message = `${flags}: cannot listen on 127.0.0.1:${port}: address already in use; port 0 is any free one`;
    expect(errorsIn(log)).toEqual([expect.objectContaining({ msg: 'the operator cannot go on', err: { message } })]);
  });
});
