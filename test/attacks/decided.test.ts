import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { errorsIn } from '../support/operator.ts';
import type { Grant } from '../operator/grant.ts';
import { ADMINISTRATOR, lift, type Meddling } from './decided/administrator.ts';
import { type Arena, openArena } from './decided/arena.ts';
import type { DecidedAttack } from './decided/attack.ts';
import { HOLDER } from './decided/holder.ts';
import { HOSTILE_TEXT } from './decided/hostile-text.ts';
import { BYSTANDER, NAMESPACE_ADMIN } from './decided/insider.ts';
import { POLICY_AUTHOR } from './decided/policy-author.ts';
import { OPERATOR_TOKEN } from './decided/operator-token.ts';
import { ONE_PERSON } from './decided/one-person.ts';
import { OWN_APPROVAL } from './decided/own-approval.ts';
import { REVIEWER } from './decided/reviewer.ts';
import { REQUESTER } from './decided/requester.ts';
import { ROLE_EDITOR } from './decided/role-editor.ts';
import { loosen, SCHEMA_BREAKER } from './decided/schema.ts';
import { Scene } from './decided/scene.ts';
import { spoilsOf } from './decided/verdict.ts';

// Most attacks wait for the operator, so many go on side by side.
vi.setConfig({ maxConcurrency: 12 });

/** What the operator says of a policy that was lifted, once. */
const LIFTED = 'the admission policies cannot be relied on: nothing is granted until they can';

let arena: Arena;

beforeAll(async () => {
  arena = await openArena();
});

afterAll(async () => {
  await arena[Symbol.asyncDispose]();
});

/** Each in a namespace of its own. */
const ATTACKERS: readonly { who: string; attacks: readonly DecidedAttack[] }[] = [
  { who: 'a requester', attacks: [...REQUESTER, ...OWN_APPROVAL, ...HOSTILE_TEXT] },
  { who: 'a bystander with edit', attacks: BYSTANDER },
  { who: 'a namespace admin', attacks: NAMESPACE_ADMIN },
  { who: 'a policy author', attacks: POLICY_AUTHOR },
  { who: 'somebody who may change roles', attacks: ROLE_EDITOR },
  { who: 'a holder of a grant', attacks: HOLDER },
  { who: "a holder of the operator's token", attacks: OPERATOR_TOKEN },
  { who: 'a reviewer', attacks: [...REVIEWER, ...ONE_PERSON] },
];

describe.concurrent.each(ATTACKERS)('$who', ({ attacks }) => {
  attempts(attacks);
});

/** A test for each, in a scene of its own. */
function attempts(attacks: readonly DecidedAttack[]): void {
  it.concurrent.each(attacks.map(({ title, promise, stoppedBy, run }) => [title, promise, stoppedBy, run] as const))(
    '%s (%s: %s)',
    async (_title, _promise, stoppedBy, run) => {
      const scene = await Scene.set(arena);
      expect(await run(scene)).toBe(stoppedBy);
      expect(await spoilsOf(scene)).toEqual([]);
    },
  );
}

describe('whoever gets a policy past the schema', () => {
  beforeAll(() => loosen(arena.stage.admin));
  attempts(SCHEMA_BREAKER);
});

describe('a cluster administrator who has lifted a policy', () => {
  let grants: ReadonlyMap<Meddling, readonly [Scene, Grant]>;

  beforeAll(async () => {
    const made = ADMINISTRATOR.map(async (meddling) => {
      const scene = await Scene.set(arena);
      await scene.policy({ approval: { automatic: true } });
      return [meddling, [scene, await scene.grant(await scene.developer())]] as const;
    });
    grants = new Map(await Promise.all(made));
    await lift(arena.stage.admin);
  });

  it.concurrent.each(ADMINISTRATOR.map((each) => [each.title, each.promise, each.stoppedBy, each] as const))(
    '%s (%s: %s)',
    async (_title, _promise, stoppedBy, meddling) => {
      const [scene, grant] = grants.get(meddling) ?? [];
      if (!scene || !grant) throw new Error('it has a grant');
      await meddling.act(scene.admin, { namespace: grant.namespace, name: grant.managed });
      expect(await scene.ended(grant)).toBe(stoppedBy);
      expect(await spoilsOf(scene)).toEqual([]);
    },
  );
});

it('the operator had nothing to complain about', async () => {
  const { log, stderr } = await arena.operator.stop();
  expect(errorsIn(log).map(({ msg }) => msg)).toEqual([LIFTED]);
  expect(stderr).toBe('');
});
