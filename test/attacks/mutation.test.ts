import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answer } from '../identity/caller.ts';
import { type ControlPlane, startControlPlane } from '../support/controlplane.ts';
import { type Barrier, judge, report } from './attack.ts';
import { VALIDATIONS } from './barriers.ts';
import { FORGERS } from './forger.ts';
import { type Laboratory, laboratoryOn } from './laboratory.ts';
import { SIDES } from './sides.ts';
import { type Tried, triedBy } from './tried.ts';

const TRIED = triedBy([...SIDES, ...FORGERS]);

describe('without one validation', () => {
  let cluster: ControlPlane;
  let laboratory: Laboratory;
  /** Resolves once the one that was lost before is in force again. */
  let whole = async (): Promise<void> => undefined;

  beforeAll(async () => {
    cluster = await startControlPlane();
    laboratory = await laboratoryOn(cluster, new Set(TRIED.map(({ side }) => side)));
    await Promise.all(TRIED.map(async (tried) => laboratory.until(tried, stoppedBy(tried.first))));
  });

  afterAll(async () => {
    await cluster.stop();
  });

  it.each(VALIDATIONS)('an attack succeeds: $name', async (validation) => {
    const tried = TRIED.filter(({ first }) => first.policy === validation.policy && first.index === validation.index);
    const alone = tried.find(({ second }) => second === undefined);
    if (alone === undefined) throw new Error('There is no attack that this stops and nothing else would');

    await laboratory.lose(validation);
    try {
      await whole();
      await laboratory.until(alone, ({ code }) => code < 300);
      for (const { attack, first, second, answer } of await answersTo(tried)) {
        expect(report(answer, first)).not.toBe('stopped as it must'); // so the suite fails
        const outcome = second ? 'stopped as it must' : 'succeeded';
        expect([attack.title, judge(answer, second ?? first)]).toEqual([attack.title, outcome]);
      }
    } finally {
      await laboratory.restore(validation);
      whole = async () => void (await laboratory.until(alone, stoppedBy(alone.first)));
    }
  });

  it('and with all of them again, none does', async () => {
    await whole();
    for (const { first, answer } of await answersTo(TRIED)) expect(report(answer, first)).toBe('stopped as it must');
  });

  async function answersTo(tried: readonly Tried[]) {
    return Promise.all(tried.map(async (each) => ({ ...each, answer: await laboratory.attempt(each) })));
  }
});

function stoppedBy(barrier: Barrier): (answer: Answer) => boolean {
  return (answer) => judge(answer, barrier) === 'stopped as it must';
}
