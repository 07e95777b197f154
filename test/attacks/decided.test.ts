import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { errorsIn } from '../support/operator.ts';
import { type Arena, openArena } from './decided/arena.ts';
import type { DecidedAttack } from './decided/attack.ts';
import { HOLDER } from './decided/holder.ts';
import { BYSTANDER, NAMESPACE_ADMIN } from './decided/insider.ts';
import { POLICY_AUTHOR } from './decided/policy-author.ts';
import { OPERATOR_TOKEN } from './decided/operator-token.ts';
import { ONE_PERSON } from './decided/one-person.ts';
import { OWN_APPROVAL } from './decided/own-approval.ts';
import { REVIEWER } from './decided/reviewer.ts';
import { REQUESTER } from './decided/requester.ts';
import { Scene } from './decided/scene.ts';
import { spoilsOf } from './decided/verdict.ts';

// Most attacks wait for the operator, so many go on side by side.
vi.setConfig({ maxConcurrency: 12 });

let arena: Arena;

beforeAll(async () => {
  arena = await openArena();
});

afterAll(async () => {
  await arena[Symbol.asyncDispose]();
});

/** Each in a namespace of its own. */
const ATTACKERS: readonly { who: string; attacks: readonly DecidedAttack[] }[] = [
  { who: 'a requester', attacks: [...REQUESTER, ...OWN_APPROVAL] },
  { who: 'a bystander with edit', attacks: BYSTANDER },
  { who: 'a namespace admin', attacks: NAMESPACE_ADMIN },
  { who: 'a policy author', attacks: POLICY_AUTHOR },
  { who: 'a holder of a grant', attacks: HOLDER },
  { who: "a holder of the operator's token", attacks: OPERATOR_TOKEN },
  { who: 'a reviewer', attacks: [...REVIEWER, ...ONE_PERSON] },
];

describe.concurrent.each(ATTACKERS)('$who', ({ attacks }) => {
  it.each(attacks.map(({ title, promise, stoppedBy, run }) => [title, promise, stoppedBy, run] as const))(
    '%s (%s: %s)',
    async (_title, _promise, stoppedBy, run) => {
      const scene = await Scene.set(arena);
      expect(await run(scene)).toBe(stoppedBy);
      expect(await spoilsOf(scene)).toEqual([]);
    },
  );
});

it('the operator had nothing to complain about', async () => {
  const { log, stderr } = await arena.operator.stop();
  expect(errorsIn(log)).toEqual([]);
  expect(stderr).toBe('');
});
