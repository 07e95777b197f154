import fc from 'fast-check';
import { expect, it } from 'vitest';
import { appendEntry, History, type HistoryEntry } from './history.ts';

const NOW = '2026-12-01T09:00:00Z';
const granted = { type: 'Granted', reason: 'Granted', actor: 'daypass-operator', message: 'until ten' } as const;

function historyOf(length: number): HistoryEntry[] {
  let history: HistoryEntry[] = [];
  for (let count = 0; count < length; count++) history = appendEntry(history, granted, NOW);
  return history;
}

it('begins at 1', () => {
  expect(appendEntry([], granted, NOW)).toEqual([{ sequence: 1, time: NOW, ...granted }]);
});

it('numbers without gap, keeps what the schema allows, and never gives a number twice', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 200 }), (length) => {
      const history = historyOf(length);
      expect(History.safeParse(history).success).toBe(true);
      expect(history.at(-1)?.sequence).toBe(length);
      const first = length - history.length + 1;
      expect(history.map(({ sequence }) => sequence)).toEqual(history.map((_, index) => first + index));
    }),
  );
});

it('lets the oldest go first', () => {
  const history = historyOf(65);
  expect(history).toHaveLength(64);
  expect(history[0]?.sequence).toBe(2);
});

it('leaves the history it was given as it was', () => {
  const before = historyOf(2);
  appendEntry(before, granted, NOW);
  expect(before).toHaveLength(2);
});

it('keeps a message within the bounds of the schema', () => {
  const history = appendEntry([], { ...granted, message: '\u{1f525}'.repeat(2000) }, NOW);
  expect(History.safeParse(history).success).toBe(true);
});
