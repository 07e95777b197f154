import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Candidate,
  Election,
  type Landing,
  Machine,
  PATIENCE,
  type Passage,
  type Pause,
} from './test-electors.ts';
import { testRandom } from './test-random.ts';

/** In true milliseconds: faults come up to the first, and all must be well again at the second. */
const FAULTS_END = 60_000;
/** What was sent before the faults end may take so long to land, and then counts as a sign of life. */
const LONGEST_WAY = 30_000;
const LONGEST_DRAIN = 8_000;
/** How fast a clock may run. The fastest runs two thirds faster than the slowest: the bound that leader-election.ts states. */
const SLOWEST = 0.75;
const FASTEST = 1.25;
/**
 * By the slowest clock: the work of a lost term ends, and nobody renews the Lease; with an answer
 * that never comes before that and one after, and the pauses between.
 */
const CALM = FAULTS_END + LONGEST_WAY + (LONGEST_DRAIN + 10_000 + 2 * 3_000 + 4 * 500) / SLOWEST;
const RUNS = 1_000;
/** When the search for a smaller counterexample ends, in milliseconds: before the test's own time does, which would not tell the seed. */
const SPEAKS = 90_000;

const moment = fc.integer({ min: 0, max: FAULTS_END });

const pauses = fc
  .array(fc.record({ from: moment, ms: fc.integer({ min: 1, max: 20_000 }), machine: fc.boolean() }), { maxLength: 3 })
  .map((found): Pause[] => {
    const sorted = found.toSorted((one, other) => one.from - other.from);
    return sorted.flatMap(({ from, ms, machine }, index) => {
      const to = Math.min(from + ms, sorted[index + 1]?.from ?? FAULTS_END, FAULTS_END);
      return to > from ? [{ from, to, machine }] : [];
    });
  });

const rate = fc.oneof(fc.constantFrom(SLOWEST, FASTEST), fc.double({ min: SLOWEST, max: FASTEST, noNaN: true }));

const machine = fc.record({
  rate,
  wall: fc.integer({ min: -3_600_000, max: 3_600_000 }),
  pauses,
  /** When nothing that it sends arrives. */
  cuts: fc.array(fc.record({ from: moment, ms: fc.integer({ min: 5_000, max: 25_000 }) }), {
    minLength: 1,
    maxLength: 2,
  }),
  /** Its wall clock is set. */
  steps: fc.array(fc.record({ at: moment, ms: fc.integer({ min: -20_000, max: 20_000 }) }), { maxLength: 2 }),
  /** When it is started; and stopped, where it is. */
  start: fc.integer({ min: 0, max: 20_000 }),
  stop: fc.option(moment, { freq: 4 }),
  drain: fc.integer({ min: 0, max: LONGEST_DRAIN }),
});

const short = fc.integer({ min: 1, max: 50 });
const middling = fc.integer({ min: 50, max: 3_000 });
const long = fc.integer({ min: 3_000, max: LONGEST_WAY });
const lost = fc.oneof(
  { weight: 8, arbitrary: fc.constant('nothing' as const) },
  { weight: 1, arbitrary: fc.constantFrom('request' as const, 'reply' as const) },
);

/** Of calls about the Lease most are answered soon, or nobody would lead. */
const time = fc.oneof(
  { weight: 6, arbitrary: short },
  { weight: 2, arbitrary: middling },
  { weight: 1, arbitrary: long },
);
const passage = fc.record({ held: fc.constant(0), there: time, back: time, lost });
/** Of the writes of who leads many are under way, or about to leave, whatever happens. */
const workPassage = fc.record({
  held: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 2_000 })),
  there: fc.oneof(short, middling, middling, long),
  back: short,
  lost,
});

const FAST: Passage = { held: 0, there: 5, back: 5, lost: 'nothing' };

/** What becomes of each call in turn; the list is gone through again and again, by a step that differs per process. */
function passagesOf(
  list: readonly Passage[],
  cuts: readonly { from: number; ms: number }[],
  step: number,
  now: () => number,
): () => Passage {
  let call = 0;
  return () => {
    if (now() >= FAULTS_END) return FAST;
    if (cuts.some(({ from, ms }) => from <= now() && now() < from + ms)) return { ...FAST, lost: 'request' };
    return list[(call += step) % list.length] ?? FAST;
  };
}

const world = fc.record({
  machines: fc.array(machine, { minLength: 2, maxLength: 3 }),
  passages: fc.array(passage, { minLength: 1, maxLength: 40 }),
  workPassages: fc.array(workPassage, { minLength: 1, maxLength: 40 }),
});

/**
 * The least true time, in milliseconds, for which nobody leads between a term of `one` that was lost and one of
 * `other`, which may be itself.
 */
function gapBetween(one: Candidate, other: Candidate): number {
  return 10_000 / other.machine.rate - 6_000 / one.machine.rate;
}

describe('electors of any clocks, delays, losses and pauses', () => {
  it('never lead nor write two at a time, and one leads soon after all is well again', async () => {
    await fc.assert(
      fc.asyncProperty(world, async ({ machines, passages, workPassages }) => {
        const election = await Election.create();
        const candidates: Candidate[] = [];
        for (const [index, { start, stop, steps, drain, cuts, ...clocks }] of machines.entries()) {
          const own = new Machine(election.time, clocks);
          const ways = (list: readonly Passage[]) => passagesOf(list, cuts, index + 1, () => election.time.now);
          election.time.at(start, () => {
            own.whenAwake(() => {
              const begun = election.start(`process-${index}`, own, {
                passage: ways(passages),
                workPassage: ways(workPassages),
                random: testRandom(index + 1),
                drain,
              });
              candidates.push(begun);
              if (stop !== null) election.time.at(stop, begun.stop);
            });
          });
          // No clock tells of a sleep during which the wall clock is set back (term.ts).
          const sleeps = clocks.pauses.some((pause) => pause.machine);
          for (const { at, ms } of steps) election.time.at(at, () => own.step(sleeps ? Math.abs(ms) : ms));
        }
        // Whoever stands still is not asked: the question alone would end a term that is over.
        const leading = () => candidates.filter((each) => !each.machine.isStill && each.elector.leads);
        const wrong: string[] = [];
        election.onLanding = ({ by, term, called, left, held }: Landing) => {
          const { now } = election.time;
          if (!held) wrong.push(`at ${now} lands what left at ${left}, after the term`);
          if (leading().every((each) => each === by && each.terms() === term)) return;
          // It was sent in time, and nothing can bound how long a network holds it back; or its sender has given it up.
          const gap = Math.min(...candidates.map((next) => gapBetween(by, next)));
          const late = now - left >= gap || now - called >= PATIENCE / by.machine.rate;
          if (!late) wrong.push(`at ${now} lands what left at ${left}, in a later term`);
        };
        let last: { leader: Candidate; term: number; seen: number; releases: number } | undefined;
        const look = () => {
          const { releases } = election;
          const { now } = election.time;
          const [leader, ...others] = leading();
          if (!leader) return;
          if (others.length > 0) wrong.push(`at ${now} more than one leads`);
          const term = leader.terms();
          const isNew = last && (last.leader !== leader || last.term !== term);
          if (last && isNew && last.releases === releases && now - last.seen < gapBetween(last.leader, leader)) {
            wrong.push(`at ${now} another term after one that was lost at ${last.seen} or later`);
          }
          last = { leader, term, seen: now, releases };
        };
        await election.time.runTo(FAULTS_END, look);
        const remaining = machines.filter(({ stop }) => stop === null).length;
        await election.time.runTo(CALM, look);
        expect(wrong).toEqual([]);
        expect(leading()).toHaveLength(Math.min(remaining, 1));
      }),
      { numRuns: RUNS, plugins: [fc.interruptAfterTimeLimit(SPEAKS, { failOnInterrupt: true })] },
    );
  });
});
