import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { IMAGE } from '../../test/support/image.ts';
import { launch } from '../../test/support/launch.ts';
import { runProgram } from '../../test/support/run-program.ts';
import type { Contender } from '../contender.ts';
import { now } from '../world/now.ts';
import { Metrics } from './metrics.ts';

const BUNDLE = fileURLToPath(new URL('../../dist/daypass.mjs', import.meta.url));

/** How often to ask whether it is ready, in milliseconds. */
const PAUSE = 5;
/** How long it may take, in milliseconds. */
const PATIENCE = 120_000;
/** How much of what it said last is told when it ends, in characters. */
const LAST_WORDS = 2000;

/**
 * Has Node keep what it compiles, for all later starts, as the Dockerfile does.
 * @param folder for NODE_COMPILE_CACHE
 */
export async function compileInto(folder: string): Promise<void> {
  await runProgram(process.execPath, [...IMAGE.flags, BUNDLE, '--help'], { env: environment(folder) });
}

function environment(compileCache: string): NodeJS.ProcessEnv {
  return { ...process.env, ...IMAGE.env, NODE_COMPILE_CACHE: compileCache };
}

/** How to start one. */
export interface Starting {
  readonly kubeconfig: string;
  /** Where Node has what it compiled: see {@link compileInto}. */
  readonly compileCache: string;
  /** Where Node is to write a profile of the processor at the end. */
  readonly profile?: string | undefined;
}

/** The operator as it is shipped: one file, in a process of its own. */
export interface Operator extends Contender, AsyncDisposable {
  /** From the start of the process until it was ready, in milliseconds. */
  readonly startUp: number;
  readonly metrics: () => Promise<Metrics>;
}

/** Starts it as the image does, but for where it listens. Resolves once `/readyz` says ok. */
export async function startOperator({ kubeconfig, compileCache, profile }: Starting): Promise<Operator> {
  const node = profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`];
  const args = [...IMAGE.flags, ...node, BUNDLE, 'operator', '--http-host', '127.0.0.1', '--kubeconfig', kubeconfig];
  const started = now();
  const { child, exited, line } = await launch(process.execPath, args, {
    env: environment(compileCache),
  });
  const broken = exited.then(({ code, stdout, stderr }) => {
    throw new Error(`the operator ended with ${code}: ${stdout.slice(-LAST_WORDS)}${stderr.slice(-LAST_WORDS)}`);
  });
  broken.catch(() => undefined); // whoever takes part hears of it
  const [, port] = await line(/"port":([0-9]+),"msg":"listening"/);
  const ask = (path: string) => fetch(`http://127.0.0.1:${port}${path}`);
  for (let answer = await ask('/readyz'); !answer.ok; answer = await ask('/readyz')) {
    const causes = await answer.text();
    if (now() > started + PATIENCE) throw new Error(`the operator is not ready: ${causes}`);
    await pause(PAUSE);
  }
  const startUp = now() - started;
  const metrics = async () => new Metrics(await (await ask('/metrics')).text());
  return {
    name: 'operator',
    startUp,
    broken,
    metrics,
    asked: () => undefined,
    over: () => undefined,
    async used() {
      const all = await metrics();
      return {
        calls: all.sum('daypass_api_calls_total', 'verb="watch"'),
        cpu: all.sum('process_cpu_seconds_total'),
        rss: all.sum('process_resident_memory_bytes'),
      };
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM');
      await exited;
    },
  };
}
