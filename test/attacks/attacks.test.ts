import { beforeAll, describe, expect, it } from 'vitest';
import type { Grant } from '../identity/grant.ts';
import { newStage } from '../identity/stage.ts';
import { type Attacker, judge } from './attack.ts';
import { barrierOf, meet } from './side.ts';
import { SIDES } from './sides.ts';

describe.each(SIDES)('$who', (side) => {
  let attacker: Attacker;
  let grant: Grant;

  beforeAll(async () => {
    ({ attacker, grant } = await meet(side, await newStage()));
  });

  it.each(side.attacks)('is stopped who $title ($promise)', async (attack) => {
    const [barrier, answer] = [barrierOf(side, attack), await attack.run(attacker, grant)];
    expect(judge(answer, barrier), `${barrier.name} should be why, not ${answer.code} ${answer.body.message}`).toBe(
      'stopped as it must',
    );
  });
});
