import { expect, it } from 'vitest';
import { momentOf, Term } from './term.ts';
import { TestClock } from './test-clock.ts';

function begin(): { clock: TestClock; term: Term } {
  const clock = new TestClock();
  return { clock, term: new Term(clock, momentOf(clock)) };
}

it('holds for six seconds from when the last renewal was sent', async () => {
  const { clock, term } = begin();
  await clock.advance(2000);
  const sent = momentOf(clock);
  await clock.advance(1000);
  term.renewed(sent);
  await clock.advance(4999);
  expect([term.holds(), term.lost.aborted]).toEqual([true, false]);
  await clock.advance(1);
  expect(term.lost.aborted).toBe(true);
  expect(term.lost.reason).toMatchObject({ name: 'ApiError', reason: 'Unavailable', maybeDone: true });
  expect(clock.timers).toBe(0);
});

it('is over by the monotonic clock alone, before any timer has fired', () => {
  const clock = new TestClock();
  const term = new Term(clock, { ...momentOf(clock), monotonic: -6000 });
  expect(term.holds()).toBe(false);
  expect(term.lost.aborted).toBe(true);
});

it('is over by the wall clock alone: a machine that slept has another time, and the same monotonic one', () => {
  const { clock, term } = begin();
  clock.step(6000);
  expect(term.holds()).toBe(false);
});

it('goes on when the wall clock is set back', async () => {
  const { clock, term } = begin();
  clock.step(-3_600_000);
  await clock.advance(5999);
  expect(term.holds()).toBe(true);
  await clock.advance(1);
  expect(term.holds()).toBe(false);
});

it('stays over, whatever is heard later and whatever the clocks say', () => {
  const { clock, term } = begin();
  const sent = momentOf(clock);
  clock.step(6000);
  term.renewed(sent);
  clock.step(-6000);
  expect(term.holds()).toBe(false);
});

it('is not brought back by an answer that comes too late', () => {
  const { clock, term } = begin();
  clock.step(6000);
  term.renewed(momentOf(clock));
  expect(term.holds()).toBe(false);
});
