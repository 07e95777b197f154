import fc from 'fast-check';
import { expect, it } from 'vitest';
import { appendEntry, History, type HistoryEntry, HistoryType } from './history.ts';

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

it('numbers without gap as long as there is room', () => {
  expect(historyOf(64).map(({ sequence }) => sequence)).toEqual(Array.from({ length: 64 }, (_, index) => index + 1));
});

const anything = fc.record({
  type: fc.constantFrom(...HistoryType.options),
  actor: fc.constantFrom('ada', 'lena', 'mallory', 'daypass-operator'),
});

/** All that `appendEntry` was given, numbered, and what is left of it. */
function written(entries: readonly Pick<HistoryEntry, 'type' | 'actor'>[]) {
  let history: HistoryEntry[] = [];
  const all: HistoryEntry[] = [];
  for (const { type, actor } of entries) {
    history = appendEntry(history, { type, reason: type, actor, message: '' }, NOW);
    const last = history.at(-1);
    if (last) all.push(last);
  }
  return { history, all };
}

it('keeps what the schema allows, never gives a number twice, and loses neither the last nor the first of a type', () => {
  fc.assert(
    fc.property(fc.array(anything, { minLength: 1, maxLength: 300 }), (entries) => {
      const { history, all } = written(entries);
      expect(History.safeParse(history).success).toBe(true);
      expect(history).toHaveLength(Math.min(entries.length, 64));
      expect(all.map(({ sequence }) => sequence)).toEqual(entries.map((_, index) => index + 1));
      expect(history).toEqual(all.filter((entry) => history.includes(entry)));
      expect(history.at(-1)).toBe(all.at(-1));
      for (const type of HistoryType.options) {
        expect(history.find((entry) => entry.type === type)).toBe(all.find((entry) => entry.type === type));
      }
    }),
  );
});

it('loses nothing of anybody on account of what somebody else repeats', () => {
  const few = fc.array(anything, { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(few, fc.integer({ min: 60, max: 300 }), fc.nat(20), (entries, times, at) => {
      const churn = Array.from({ length: times }, () => ({ type: 'Reviewed' as const, actor: 'eve' }));
      const { history, all } = written([...entries.slice(0, at), ...churn, ...entries.slice(at)]);
      expect(all.filter((entry) => entry.actor !== 'eve' && !history.includes(entry))).toEqual([]);
    }),
  );
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
