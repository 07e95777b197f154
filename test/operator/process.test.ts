import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { parse } from 'yaml';
import { type ControlPlane, startControlPlane } from '../support/controlplane.ts';
import { launch } from '../support/launch.ts';
import { daypassArgs, type Ended, type OperatorProcess, startOperator } from '../support/operator.ts';
import { newStage, type Stage } from './stage.ts';

/** All that it says, in the order of its life, but that it leads: that waits for no proof of the admission policies, nor the proof for that. */
const LIFE = [
  'listening',
  'the API server cannot be reached yet, trying again',
  'stores filled, starting work',
  'the admission policies are enforced as they were shipped',
  'asked to stop',
  'stopping',
  'gave up the Lease',
  'stopped',
];

/** Makes the monotonic clock of a process run a hundred times too fast: five minutes without a sign of life are three seconds. */
const HASTE = 'const now = performance.now.bind(performance); performance.now = () => 100 * now();';

describe('an operator that is there before the API server', () => {
  let stage: Stage;
  let again: ControlPlane;
  let operator: OperatorProcess;
  let ended: Ended;

  beforeAll(async () => {
    stage = await newStage();
    await stage.cluster.kill();
    operator = await startOperator(stage.operatorKubeconfig);
  });

  afterAll(async () => {
    await operator[Symbol.asyncDispose]();
    await again.stop();
    await stage[Symbol.asyncDispose]();
  });

  it('is healthy, but not ready, and says why', async () => {
    expect(await operator.ask('/healthz')).toEqual({ code: 200, text: 'ok\n' });
    expect(await operator.ask('/readyz')).toEqual({ code: 503, text: 'the API server has not answered yet\n' });
  });

  it('is ready once the API server is there', async () => {
    again = await startControlPlane({ dataDir: stage.cluster.dataDir });
    await operator.ready();
    expect(await operator.ask('/healthz')).toEqual({ code: 200, text: 'ok\n' });
  });

  it('shows what it measures, and nothing that it read', async () => {
    const { code, text } = await operator.ask('/metrics');
    expect(code).toBe(200);
    expect(text).toMatch(
      /^daypass_api_calls_total{verb="create",resource="selfsubjectrulesreviews.authorization.k8s.io",code="201"} [0-9]+$/m,
    );
    expect(text).toMatch(/^daypass_store_objects{resource="accesspolicies.daypass.dev"} 1$/m);
    expect(text).toMatch(/^daypass_queue_depth{controller="overdue",lane="urgent"} 0$/m);
    expect(text).toMatch(/^nodejs_eventloop_lag_seconds [0-9.]+$/m);
    expect(text).toMatch(/^daypass_granting_blocked{reason="AdmissionNotEnforced"} 0$/m);
    expect(text).not.toContain('developers-debug');
  });

  it('answers nothing else', async () => {
    expect(await operator.ask('/debug')).toEqual({ code: 404, text: 'not found\n' });
  });

  it('ends well on SIGTERM, while it has nothing in hand', async () => {
    ended = await operator.stop();
    expect(ended).toMatchObject({ code: 0, stderr: '' });
  });

  it('logs fixed messages in JSON', () => {
    const said = ended.log.map(({ msg }) => msg);
    // An API server that has just started may refuse some watches at first.
    expect(said.filter((msg) => msg !== 'watch failed, starting again' && msg !== 'leading')).toEqual(LIFE);
    expect(said.filter((msg) => msg === 'leading')).toHaveLength(1);
  });

  it('keeps its token to itself', async () => {
    const Kubeconfig = z.object({ users: z.tuple([z.object({ user: z.object({ token: z.string().min(100) }) })]) });
    const { users } = Kubeconfig.parse(parse(await readFile(stage.operatorKubeconfig, 'utf8')));
    expect(JSON.stringify(ended)).not.toContain(users[0].user.token);
  });

  it('fails its health check where something seems stuck, and names it', async () => {
    const haste = `data:text/javascript,${encodeURIComponent(HASTE)}`;
    const args = daypassArgs('operator', '--kubeconfig', stage.operatorKubeconfig);
    const { child, exited, line } = await launch(process.execPath, ['--import', haste, ...args]);
    try {
      const [, port] = await line(/"port":([0-9]+),"msg":"listening"/);
      const health = async () => {
        const answer = await fetch(`http://127.0.0.1:${port}/healthz`);
        return `${answer.status} ${await answer.text()}`;
      };
      await expect.poll(health).toMatch(/^503 stuck: reflector [a-z]+\n/);
    } finally {
      child.kill('SIGKILL');
      await exited;
    }
  });
});
