import { expect, it } from 'vitest';
import { firstOutcome, goOn, type Outcome, type Step } from './step.ts';

const now = new Date('2026-12-01T09:00:00Z');
const write: Outcome<string> = { next: 'write', plan: 'end' };
const stop: Outcome<string> = { next: 'stop', reason: 'over' };
const wait = (seconds: number): Outcome<string> => {
  return { next: 'wait', until: new Date(now.getTime() + seconds * 1000), lane: 'urgent' };
};
const outcomeOf = (...outcomes: Outcome<string>[]) => {
  const steps = outcomes.map(
    (outcome): Step<null, string> =>
      () =>
        outcome,
  );
  return firstOutcome(steps, null, now);
};

it('asks one step after the other until one wants to write', () => {
  expect(outcomeOf(goOn, write, { next: 'write', plan: 'grant' })).toEqual(write);
});

it('lets a later write overtake earlier waits, and says with it which of them is first', () => {
  expect(outcomeOf(wait(60), wait(5), write, wait(1))).toEqual({ ...write, wait: wait(5) });
});

it('waits for the earliest moment that any step named, with its lane', () => {
  expect(outcomeOf(wait(60), wait(5), wait(30))).toEqual(wait(5));
});

it('asks no step after one that stops, and forgets no wait from before it', () => {
  expect(outcomeOf(stop, write)).toEqual(stop);
  expect(outcomeOf(wait(60), stop, write)).toEqual(wait(60));
});

it('goes on where no step has anything to say', () => {
  expect(outcomeOf(goOn, goOn)).toEqual(goOn);
  expect(outcomeOf()).toEqual(goOn);
});

it('shows every step the same snapshot and the same time', () => {
  const seen: unknown[] = [];
  const step: Step<string, never> = (snapshot, at) => {
    seen.push([snapshot, at]);
    return goOn;
  };
  firstOutcome([step, step], 'snapshot', now);
  expect(seen).toEqual([
    ['snapshot', now],
    ['snapshot', now],
  ]);
});
