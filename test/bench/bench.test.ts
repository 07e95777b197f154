import { afterAll, describe, expect, it } from 'vitest';
import { Bench } from '../../bench/bench.ts';
import { isMissed, ratioOf, type Row } from '../../bench/figures/row.ts';
import { tableOf } from '../../bench/figures/table.ts';
import { readOptions } from '../../bench/options.ts';
import { SCENARIOS } from '../../bench/scenarios/all.ts';
import { TINY } from '../../bench/sizes.ts';

const bench = new Bench(TINY);

afterAll(() => bench[Symbol.asyncDispose]());

/** What cannot be told from so little work. */
const UNTOLD = ['processor time', 'of a core'];

describe('npm run bench, at a size that says nothing about speed', () => {
  it.each([...SCENARIOS])('%s measures what it is to measure', async (_, scenario) => {
    const rows = await scenario(bench);
    expect(rows).not.toEqual([]);
    const told = rows.filter(({ figure }) => !UNTOLD.some((words) => figure.includes(words)));
    for (const { figure, operator, floor = operator } of told) {
      expect({ figure, operator: operator > 0, floor: floor > 0 }).toEqual({ figure, operator: true, floor: true });
    }
  });
});

describe('the table', () => {
  const row: Row = { figure: 'ends', unit: '/s', operator: 80, floor: 100 };

  it.each<[string, Partial<Row>, boolean]>([
    ['nothing that has no aim', {}, false],
    ['a ratio below its bound', { aim: { of: 'ratio', atLeast: 0.85 } }, true],
    ['no ratio at its bound', { aim: { of: 'ratio', atLeast: 0.8 } }, false],
    ['a ratio above its bound', { operator: 151, aim: { of: 'ratio', atMost: 1.5 } }, true],
    ['a figure above its bound', { aim: { of: 'figure', atMost: 79 } }, true],
    ['no figure at its bound', { aim: { of: 'figure', atMost: 80 } }, false],
    ['what could not be measured', { operator: Number.NaN, aim: { of: 'figure', atMost: 80 } }, true],
    ['a ratio without a floor', { floor: undefined, aim: { of: 'ratio', atMost: 80 } }, true],
  ])('marks %s', (_, change, missed) => {
    expect(isMissed({ ...row, ...change })).toBe(missed);
  });

  it('has the aim beside each figure, and a mark where it is missed', () => {
    expect(ratioOf(row)).toBe(0.8);
    const rows: Row[] = [
      { ...row, aim: { of: 'ratio', atLeast: 0.85 } },
      { figure: 'memory', unit: 'MB', operator: 1234.5, aim: { of: 'figure', atMost: 1500 } },
    ];
    expect(tableOf(rows).split('\n')).toEqual([
      '| figure | operator | floor  | ratio | aim           |        |',
      '|--------|----------|--------|-------|---------------|--------|',
      '| ends   | 80 /s    | 100 /s | 0.80  | ratio >= 0.85 | missed |',
      '| memory | 1,235 MB |        |       | <= 1,500 MB   |        |',
    ]);
  });
});

describe('its arguments', () => {
  it('are names of scenarios; none means all', () => {
    expect(readOptions([])).toMatchObject({ names: [...SCENARIOS.keys()] });
    expect(readOptions(['ends', '--profile', 'there'])).toEqual({ names: ['ends'], profile: 'there', help: false });
    expect(() => readOptions(['begins'])).toThrow(/no scenario "begins"; there are decide, .*ends/);
  });
});
