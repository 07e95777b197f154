import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { ACCESS_REQUESTS } from '../../src/api/access-request.ts';
import { Observer } from '../../test/operator/observer.ts';
import { randomFrom } from '../../test/operator/outages.ts';
import { inCharge, newStage, observeBindings, type Stage } from '../../test/operator/stage.ts';
import { FaultyServer } from '../../test/runtime/faulty-server.ts';
import { IMAGE } from '../../test/support/image.ts';
import { launchOperator, type OperatorProcess } from '../../test/support/operator.ts';
import { differences, leftovers, patiently } from './afterwards.ts';
import { complaints } from './complaints.ts';
import { Weather } from './faults/weather.ts';
import type { Kind } from './load/kinds.ts';
import { Load } from './load/load.ts';
import { enlist } from './load/people.ts';
import { Looks, type Trend } from './measure/looks.ts';
import { doubles, givenUp, lags, misfits, unfinished, untold } from './outcomes.ts';
import type { Sizes } from './sizes.ts';

const BUNDLE = fileURLToPath(new URL('../../dist/daypass.mjs', import.meta.url));

/** What has come of it. */
export interface Result {
  readonly trends: readonly Trend[];
  /** How many requests there were of each kind. */
  readonly asked: ReadonlyMap<string, number>;
  /** How many of them were given up, because nobody could know whether there was access. */
  readonly givenUp: number;
  /** How often there was each stretch, and each fault. */
  readonly faults: ReadonlyMap<string, number>;
  /** How long after its end each binding was gone, in milliseconds. */
  readonly lags: readonly number[];
  /** How long everything took to settle, in milliseconds. */
  readonly settled: number;
  /** What must not be, a line each. */
  readonly wrong: readonly string[];
}

/** Lets an operator work behind a server that fails, and looks at it from all sides. `say` is told how far it is. */
export async function soak(seed: number, sizes: Sizes, say: (what: string) => void): Promise<Result> {
  await using stack = new AsyncDisposableStack();
  const stage = stack.use(await newStage());
  const { admin } = stage;
  const people = await enlist(stage);
  const server = stack.use(await FaultyServer.start({ ...stage.cluster, kubeconfig: stage.operatorKubeconfig }));
  const operator = stack.use(await inCharge(admin, await startBehind(server, stage, sizes)));
  const requests = stack.use(await Observer.start(admin, ACCESS_REQUESTS.resource));
  const bindings = stack.use(await observeBindings(admin));

  const weather = new Weather(randomFrom(seed), randomFrom(seed + 1));
  const load = new Load(people, requests, sizes, randomFrom(seed + 2));
  const looks = new Looks(operator, sizes);
  const died = operator.ended.then(({ code, stderr }) =>
    Promise.reject(new Error(`the operator ended with ${code} before its time: ${stderr}`)),
  );
  died.catch(() => undefined); // in the end it may
  const warm = new AbortController();
  const end = new AbortController();
  let over: number;
  try {
    const worse = weather.over(server, sizes.warming, warm.signal);
    const working = load.run(end.signal);
    say('warming up');
    await Promise.race([pause(sizes.warmUp), died]);
    say('measuring');
    warm.abort();
    await worse;
    const bad = weather.over(server, sizes.climate, end.signal);
    const looking = looks.run(end.signal);
    await Promise.race([pause(sizes.measured), died, looking]);
    end.abort();
    await Promise.all([bad, looking]);
    say('the faults are over');
    over = performance.now();
    await Promise.race([working, died]);
  } finally {
    warm.abort();
    end.abort();
  }
  const judged = (): ReadonlyMap<string, Kind> => {
    const lost = givenUp(requests);
    return new Map([...load.asked].filter(([uid]) => !lost.has(uid)));
  };
  const wrong = await patiently(sizes.settle, async () => {
    const open = [...unfinished(requests), ...(await leftovers(admin)), ...(await differences(admin, operator))];
    return open.length > 0 ? open : untold(judged(), admin);
  });
  const settled = performance.now() - over;
  const ended = await operator.stop();
  const asked = judged();
  const outcomes = [...misfits(asked, requests), ...doubles(asked, bindings), ...(await untold(asked, admin))];
  return {
    trends: looks.trends(),
    asked: countsOf([...load.asked.values()].map(({ name }) => name)),
    givenUp: load.asked.size - asked.size,
    faults: new Map([...weather.counts, ...server.met]),
    lags: lags(bindings),
    settled,
    wrong: [...new Set([...load.failures, ...wrong, ...outcomes, ...complaints(ended)])],
  };
}

/** The operator as it is shipped, but that it keeps ended requests for less long. */
async function startBehind(
  server: FaultyServer,
  { operatorKubeconfig: kubeconfig }: Stage,
  { retention }: Sizes,
): Promise<OperatorProcess> {
  const folder = await mkdtemp(join(tmpdir(), 'daypass-soak-'));
  const path = join(folder, 'kubeconfig');
  await writeFile(path, await server.kubeconfig({ kubeconfig }), { mode: 0o600 });
  const flags = ['--http-host', '127.0.0.1', '--kubeconfig', path, '--retention', retention];
  const operator = await launchOperator([...IMAGE.flags, BUNDLE, 'operator', ...flags], {
    ...process.env,
    ...IMAGE.env,
  });
  void operator.ended.then(() => rm(folder, { recursive: true, force: true }));
  return operator;
}

function countsOf(names: readonly string[]): Map<string, number> {
  return new Map(
    Array.from(
      Map.groupBy(names, (name) => name),
      ([name, all]) => [name, all.length],
    ),
  );
}
