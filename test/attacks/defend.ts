import { beforeAll, describe, expect, it } from 'vitest';
import type { Grant } from '../identity/grant.ts';
import type { Stage } from '../identity/stage.ts';
import { type Attacker, report } from './attack.ts';
import { barrierOf, meet, type Side } from './side.ts';

/** Tests that each attack by these is stopped as it must be, on a stage of their own each. */
export function defend(sides: readonly Side[], newStage: () => Promise<Stage>): void {
  describe.each(sides)('$who', (side) => {
    let attacker: Attacker;
    let grant: Grant;

    beforeAll(async () => {
      ({ attacker, grant } = await meet(side, await newStage()));
    });

    it.each(side.attacks)('is stopped who $title ($promise)', async (attack) => {
      const answer = await attack.run(attacker, grant);
      expect(report(answer, barrierOf(side, attack))).toBe('stopped as it must');
    });
  });
}
