import { describe, expect, it } from 'vitest';
import { type Figure, HEAP, MEMORY, SOCKETS } from '../../bench/soak/measure/figures.ts';
import { trendOf } from '../../bench/soak/measure/looks.ts';
import { atMost, blocksOf, type Point, slopeOf } from '../../bench/soak/measure/trend.ts';
import { JUDGED, sizesFor } from '../../bench/soak/sizes.ts';
import { randomFrom } from '../operator/outages.ts';

const MINUTE = 60_000;
const { look, block, measured } = sizesFor(JUDGED);

/** So many looks as there are in the twenty minutes that are measured, at what `value` makes of the minutes since the first. */
function looks(value: (minutes: number, n: number) => number): Point[] {
  return Array.from({ length: measured / look }, (_, n) => ({ at: n * look, value: value((n * look) / MINUTE, n) }));
}

describe('the slope', () => {
  const line = looks((minutes) => 100 + 0.6 * minutes);

  it('is that of a line, with no error', () => {
    const { perHour, error } = slopeOf(line);
    expect(perHour).toBeCloseTo(36);
    expect(error).toBeCloseTo(0);
  });

  it('has the standard error of least squares', () => {
    const points = [1, 2, 4, 3].map((value, n) => ({ at: n * 60 * MINUTE, value }));
    expect(slopeOf(points).perHour).toBeCloseTo(0.8);
    expect(slopeOf(points).error).toBeCloseTo(Math.sqrt(1.8 / 2 / 5));
  });

  it('may be larger by two and a half of its errors', () => {
    expect(atMost({ perHour: -3, error: 4 })).toBe(7);
  });

  it('is drawn through one point a block, which a quarter of the looks is not above', () => {
    const blocks = blocksOf(line, MINUTE);
    expect(blocks).toHaveLength(20);
    expect(blocks[1]?.at).toBe(MINUTE + 29_000);
    expect(blocks[1]?.value).toBeCloseTo(100 + 0.6 * (1 + 7 / 30));
  });
});

/** What looks like those without a leak that were recorded, with no less noise: memory and a heap within some MB, connections in bursts. */
const FLAT = [
  [MEMORY, (random) => () => 120 + 8 * (random() - 0.5)],
  [HEAP, (random) => (_, n) => 23 + 2 * (n % 3) + 4 * random()],
  [SOCKETS, (random) => () => 18 + 26 * random()],
] as const satisfies [Figure, (random: () => number) => (minutes: number, n: number) => number][];

describe('twenty minutes', () => {
  const seeds = Array.from({ length: 100 }, (_, n) => n + 1);
  const grows = (figure: Figure, perMinute: number, value: (minutes: number, n: number) => number) =>
    trendOf(
      figure,
      looks((minutes, n) => value(minutes, n) + Math.floor(perMinute * minutes)),
      block,
    ).grows;

  it.each(FLAT)('are enough for a process that leaks nothing: $name', (figure, flat) => {
    const wrong = seeds.filter((seed) => grows(figure, 0, flat(randomFrom(seed))));
    expect(wrong).toEqual([]);
  });

  it.each([
    [5, 'MB', MEMORY, FLAT[0][1]],
    [1, 'MB', MEMORY, FLAT[0][1]],
    [5, 'MB', HEAP, FLAT[1][1]],
    [1, 'MB', HEAP, FLAT[1][1]],
    [1, 'connection', SOCKETS, FLAT[2][1]],
  ] as const)('are enough to see a leak of %d %s a minute: $2.name', (perMinute, _, figure, flat) => {
    const missed = seeds.filter((seed) => !grows(figure, perMinute, flat(randomFrom(seed))));
    expect(missed).toEqual([]);
  });

  it('are no use where hardly anything was seen, or where nothing can be told from what was', () => {
    const few = looks(() => 100).slice(0, 2);
    expect(trendOf(MEMORY, few, block).grows).toBe(true);
    const random = randomFrom(1);
    expect(
      trendOf(
        MEMORY,
        looks(() => 100 + 100 * random()),
        block,
      ).grows,
    ).toBe(true);
  });
});
