import { spreadOf } from '../figures/spread.ts';
import type { Trend } from './measure/looks.ts';
import { JUDGED } from './sizes.ts';
import type { Result } from './soak.ts';

/** How long after its end a binding may be gone without anybody having to say so, in milliseconds (promise P2). */
const PROMISED = 1_000;
/**
 * The most, whatever goes wrong: the fuse burns half a minute after the end, and Kubernetes needs a
 * moment to act on it (on a busy machine, a long one).
 */
const LATEST = 60_000;
/** The share of requests of which the operator may lose track, and then give up. */
const GIVEN_UP = 0.05;
/** A short run must not read like one that found all in order. */
const UNJUDGED = 'nothing else is wrong; growth was not judged';

/**
 * What must not be: what went wrong, ends that not even the fuse explains, and where the run was long
 * enough for that to be `judged`, what may be growing, and how many requests were given up.
 */
export function defectsIn({ wrong, trends, lags, asked, givenUp }: Result, { judged }: { judged: boolean }): string[] {
  const growing = judged ? trends.filter(({ grows }) => grows) : [];
  const late = lags.filter((lag) => lag > LATEST);
  const all = sumOf(asked);
  return [
    ...wrong,
    ...(!judged || givenUp <= all * GIVEN_UP ? [] : [`${givenUp} of ${all} requests were given up`]),
    ...growing.map((trend) => `grows: ${lineOf(trend, judged)}`),
    ...late.map((lag) => `an end was ${lag} ms late, with a fuse that burns after 30 s`),
  ];
}

/** What there is to tell, in lines. */
export function report(result: Result, { judged }: { judged: boolean }): string {
  const { trends, asked, faults, lags, settled } = result;
  const late = lags.filter((lag) => lag > PROMISED);
  const { p50, p95, max } = lags.length > 0 ? spreadOf(lags) : { p50: Number.NaN, p95: Number.NaN, max: Number.NaN };
  const wrong = defectsIn(result, { judged });
  return [
    `requests: ${listed(asked)}; ${result.givenUp} given up, because nobody could know whether there was access`,
    `faults: ${listed(faults)}`,
    ...trends.map((trend) => lineOf(trend, judged)),
    ...(judged ? [] : [`too short to judge what grows: that takes ${JUDGED} minutes`]),
    `ends: ${lags.length}; binding gone after p50 ${p50} ms, p95 ${p95} ms, max ${max} ms; ${late.length} later than ${PROMISED} ms, while the way to the API server was broken`,
    `settled ${(settled / 1000).toFixed(1)} s after the faults were over`,
    ...(wrong.length === 0 ? [judged ? 'nothing is wrong' : UNJUDGED] : [`${wrong.length} wrong:`, ...wrong]),
  ].join('\n');
}

function lineOf({ figure: { name, unit, bound }, slope, course, mean, atMost, grows }: Trend, judged: boolean): string {
  const measure = unit === '' ? '' : ` ${unit}`;
  const level = `${name}: mean ${mean.toFixed(1)}${measure}, last ${(course.at(-1) ?? Number.NaN).toFixed(1)}`;
  if (!Number.isFinite(atMost)) return level; // too few values for a line
  const [perHour, error] = [slope.perHour.toFixed(1), slope.error.toFixed(1)];
  const trend = `${level}; slope ${perHour} ± ${error}${measure} per hour`;
  if (bound === undefined) return trend;
  const judgement = `at most ${atMost.toFixed(1)}, bound ${bound}${judged && grows ? ': GROWS' : ''}`;
  return `${trend}, ${judgement}; in turn ${course.map((value) => value.toFixed(0)).join(' ')}`;
}

function sumOf(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((sum, count) => sum + count, 0);
}

function listed(counts: ReadonlyMap<string, number>): string {
  const sorted = [...counts].toSorted(([one], [other]) => (one < other ? -1 : 1));
  return sorted.map(([name, count]) => `${count} ${name}`).join(', ');
}
