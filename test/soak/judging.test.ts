import { describe, expect, it } from 'vitest';
import { complaints } from '../../bench/soak/complaints.ts';
import { CLIMATE, LASTING_CLIMATE } from '../../bench/soak/faults/climate.ts';
import { KINDS } from '../../bench/soak/load/kinds.ts';
import type { Trend } from '../../bench/soak/measure/looks.ts';
import { doubles, givenUp, misfits, untold } from '../../bench/soak/outcomes.ts';
import { readOptions } from '../../bench/soak/options.ts';
import { defectsIn, report } from '../../bench/soak/report.ts';
import type { Result } from '../../bench/soak/soak.ts';
import { REQUEST_SPEC, requestObject } from '../../src/api/test-objects.ts';

const NOW = '2026-12-01T09:00:00Z';

const good: Result = {
  trends: [],
  asked: new Map([['granted', 2]]),
  givenUp: 0,
  faults: new Map(),
  lags: [3, 900],
  settled: 1,
  wrong: [],
};
const growing: Trend = {
  figure: { name: 'sockets', unit: '', bound: 20 },
  slope: { perHour: 90, error: 1 },
  mean: 30,
  course: [15, 30.4, 45],
  atMost: 92.5,
  grows: true,
};

describe('the judgement', () => {
  it.each<[string, Partial<Result>, string[]]>([
    ['nothing wrong', {}, []],
    ['what went wrong', { wrong: ['a binding is left'] }, ['a binding is left']],
    ['few that were given up', { asked: new Map([['granted', 20]]), givenUp: 1 }, []],
    ['many that were given up', { givenUp: 1 }, ['1 of 2 requests were given up']],
    [
      'what grows',
      { trends: [growing] },
      [
        expect.stringContaining(
          'sockets: mean 30.0, last 45.0; slope 90.0 ± 1.0 per hour, at most 92.5, bound 20: GROWS; in turn 15 30 45',
        ),
      ],
    ],
    ['an end that is late', { lags: [30_000] }, []],
    ['an end that not even its fuse explains', { lags: [60_001] }, [expect.stringContaining('60001 ms late')]],
  ])('finds %s', (_, change, defects) => {
    expect(defectsIn({ ...good, ...change }, { judged: true })).toEqual(defects);
  });

  it('leaves alone what grows in too short a time, and says so', () => {
    const result = { ...good, trends: [growing] };
    expect(defectsIn(result, { judged: false })).toEqual([]);
    const told = report(result, { judged: false });
    expect(told).toContain('too short to judge');
    expect(told.split('\n').at(-1)).toBe('nothing else is wrong; growth was not judged');
    expect(report(good, { judged: true }).split('\n').at(-1)).toBe('nothing is wrong');
  });

  it('speaks of no slope where there is none', () => {
    const flat = { ...growing, slope: { perHour: Number.NaN, error: Number.NaN }, atMost: Number.NaN };
    const lines = report({ ...good, trends: [flat] }, { judged: false }).split('\n');
    expect(lines).toContain('sockets: mean 30.0, last 45.0');
  });

  it('counts ends that are later than promised', () => {
    expect(report({ ...good, lags: [5, 1_001] }, { judged: true })).toContain('max 1001 ms; 1 later than 1000 ms');
  });
});

describe('what has become of a request', () => {
  const kind = { ...KINDS[0], name: 'granted', phase: 'Expired', history: ['Requested', 'Granted'] } as const;
  const asked = new Map([['uid-one', { weight: 1, asks: 'free', deeds: [], ...kind } as const]]);
  const entry = (type: string, n: number) => ({
    sequence: n + 1,
    type,
    time: NOW,
    reason: 'R',
    actor: 'a',
    message: '',
  });
  const left = (phase: string, types: string[]) => ({
    seen: [
      {
        type: 'DELETED',
        at: 0,
        object: requestObject('one', REQUEST_SPEC, { phase, history: types.map(entry) }),
      } as const,
    ],
  });

  it.each([
    ['all as it must be', 'Expired', ['Requested', 'Granted'], []],
    [
      'another phase',
      'Revoked',
      ['Requested', 'Granted'],
      [expect.stringContaining('is Revoked Requested Granted, for R; must')],
    ],
    [
      'an entry twice',
      'Expired',
      ['Requested', 'Granted', 'Granted'],
      [expect.stringContaining('Granted Granted, for R; must')],
    ],
    ['an entry too few', 'Expired', ['Granted'], [expect.anything()]],
  ])('is seen: %s', (_, phase, types, found) => {
    expect(misfits(asked, left(phase, types))).toEqual(found);
  });

  it('is uncertain only where the operator says so', () => {
    const lapsed = (reason: string) => {
      const history = [{ ...entry('Lapsed', 0), reason }];
      const object = requestObject('one', REQUEST_SPEC, { phase: 'Lapsed', history });
      return givenUp({ seen: [{ type: 'MODIFIED', at: 0, object }] });
    };
    expect(lapsed('Uncertain')).toEqual(new Set(['uid-one']));
    expect(lapsed('DeadlineExceeded')).toEqual(new Set());
  });

  it('is missed where it was never seen', () => {
    expect(misfits(asked, { seen: [] })).toEqual(['request uid-one (granted) was never seen']);
  });

  it.each([
    [0, [expect.stringContaining('had 0 bindings; must have 1')]],
    [1, []],
    [2, [expect.stringContaining('had 2 bindings; must have 1')]],
  ])('is seen by its bindings: %i', (count, found) => {
    const object = { metadata: { name: 'daypass-uid-one', namespace: 'payments' } };
    const all = () => Array.from({ length: count }, () => ({ type: 'ADDED', at: 0, object }) as const);
    expect(doubles(asked, { all })).toEqual(found);
  });

  it.each([
    [[1, 2], []],
    [[1], [expect.stringContaining('has Events 1; must have 1,2')]],
    [[1, 2, 3], [expect.stringContaining('has Events 1,2,3; must have 1,2')]],
  ])('is seen by its Events: %j', async (sequences, found) => {
    const items = sequences.map((n) => ({ metadata: { name: `daypass.uid-one.${n}` } }));
    const list = () => Promise.resolve({ items, resourceVersion: '1' });
    expect(await untold(asked, { list })).toEqual(found);
  });
});

describe("the operator's own word", () => {
  const ended = { code: 0, log: [], stderr: '' };
  const error = { level: 'error', msg: 'reconcile failed' } as const;

  it.each([
    ['nothing', ended, []],
    ['an exit code', { ...ended, code: 1 }, ['the operator ended with 1']],
    ['what Node says', { ...ended, stderr: 'Warning' }, ['the operator said on stderr: Warning']],
    ['an error', { ...ended, log: [error] }, [expect.stringContaining('reconcile failed')]],
    ['no warning', { ...ended, log: [{ ...error, level: 'warn' as const }] }, []],
    ['no doubt for lack of answers', { ...ended, log: [{ ...error, reason: 'it has not been proven for 90 s' }] }, []],
    ['doubt for a reason', { ...ended, log: [{ ...error, reason: 'policy x is missing' }] }, [expect.anything()]],
  ])('is held against it: %s', (_, end, said) => {
    expect(complaints(end)).toEqual(said);
  });
});

it.each([CLIMATE, LASTING_CLIMATE])('the climate has every kind of fault', (...climate) => {
  const calls = new Set(climate.flatMap((stretch) => stretch.calls.map(({ how }) => how)));
  expect(calls).toEqual(new Set(['refuse', 'reset', 'stall', 'garbage', 'lose']));
  const streams = new Set(climate.flatMap((stretch) => stretch.streams));
  expect(streams).toEqual(new Set(['truncate', 'tear', 'garbage', 'expire', 'freeze']));
});

it('some requests end in each way that does not wait for hours', () => {
  expect(new Set(KINDS.map(({ phase }) => phase))).toEqual(new Set(['Expired', 'Denied', 'Revoked']));
});

describe('its arguments', () => {
  it('are minutes and a seed', () => {
    expect(readOptions([], () => 0)).toEqual({ minutes: 40, seed: 1, help: false });
    expect(readOptions(['--minutes', '5', '--seed=9'], () => 0)).toEqual({ minutes: 5, seed: 9, help: false });
  });

  it.each([
    [['--minutes', '51'], /--minutes is "51", must be a whole number from 1 to 50/],
    [['--minutes', '1.5'], /--minutes is "1.5"/],
    [['--seed', '0'], /--seed is "0"/],
  ])('are refused where they make no sense: %s', (args, message) => {
    expect(() => readOptions(args, () => 0)).toThrow(message);
  });
});
