import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Lane, Lanes, PATIENCE } from './lanes.ts';

function drain(lanes: Lanes): string[] {
  const keys: string[] = [];
  for (let next = lanes.shift(); next; next = lanes.shift()) keys.push(next.key);
  return keys;
}

it('empties the higher lane first, each in the order of arrival', () => {
  const lanes = new Lanes();
  for (const key of ['low1', 'normal1', 'urgent1', 'normal2', 'urgent2']) lanes.add(key, lane(key));
  expect(drain(lanes)).toEqual(['urgent1', 'urgent2', 'normal1', 'normal2', 'low1']);
});

it('lets flows take turns within a lane, and goes by lanes first', () => {
  const lanes = new Lanes((key) => key.slice(-2));
  for (const key of ['normal1 a', 'normal2 a', 'normal3 a', 'normal4 b', 'urgent5 a', 'urgent6 a', 'urgent7 b']) {
    lanes.add(key, lane(key));
  }
  lanes.add('normal3 a', 'urgent');
  expect(drain(lanes).map((key) => key.at(-3))).toEqual(['5', '7', '6', '3', '1', '4', '2']);
});

it('lets each lower lane have one turn after 32 that passed it over', () => {
  const lanes = new Lanes();
  for (let n = 0; n < 200; n++) lanes.add(`urgent${n}`, 'urgent');
  lanes.add('normal', 'normal');
  lanes.add('low', 'low');
  const order = drain(lanes);
  expect(order.indexOf('low')).toBe(PATIENCE);
  expect(order.indexOf('normal')).toBe(PATIENCE + 1);
});

it('counts no turns of those who take one lane only', () => {
  const lanes = new Lanes();
  for (let n = 0; n < 100; n++) lanes.add(`urgent${n}`, 'urgent');
  lanes.add('low', 'low');
  for (let n = 0; n <= PATIENCE; n++) expect(lanes.shift('urgent')?.lane).toBe('urgent');
  expect(drain(lanes).indexOf('low')).toBe(PATIENCE);
});

it('never makes the first of a lane wait longer than that, however keys arrive', () => {
  const arrivals = fc.array(fc.constantFrom('urgent', 'normal', 'low'), { minLength: 100, maxLength: 400 });
  fc.assert(
    fc.property(arrivals, fc.nat(3), (script: Lane[], pace) => {
      const lanes = new Lanes();
      const waits = { urgent: 0, normal: 0, low: 0 };
      const counts = { urgent: 0, normal: 0, low: 0 };
      script.forEach((name, n) => {
        lanes.add(`${name}${n}`, name);
        counts[name]++;
        if (n % (pace + 1) !== 0) return;
        const taken = lanes.shift();
        for (const each of ['urgent', 'normal', 'low'] as const) {
          if (each === taken?.lane) counts[each]--;
          waits[each] = each === taken?.lane || counts[each] === 0 ? 0 : waits[each] + 1;
          expect(waits[each]).toBeLessThanOrEqual(each === 'urgent' ? 2 : PATIENCE + 1);
        }
      });
    }),
  );
});

it('takes out 500,000 keys, for which quadratic time would be minutes', () => {
  const lanes = new Lanes();
  for (let n = 0; n < 500_000; n++) lanes.add(`key${n}`, 'normal');
  expect(drain(lanes)).toHaveLength(500_000);
});

function lane(key: string): Lane {
  return key.startsWith('urgent') ? 'urgent' : key.startsWith('normal') ? 'normal' : 'low';
}
