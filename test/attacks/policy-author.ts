import { type Stage, bindInCluster, createRole, mayBind, person, type Rule } from '../identity/stage.ts';
import { uniqueName } from '../support/shared.ts';
import type { Attacker } from './attack.ts';
import { BY_ANYBODY } from './on/all.ts';
import { BY_AUTHORS, ROLES } from './on/authors.ts';
import { ON_OTHERS_REQUESTS } from './on/requests.ts';
import type { Side } from './side.ts';

/** Whoever writes policies, and may bind some roles in the whole cluster. */
export const POLICY_AUTHORS: readonly Side[] = [
  {
    who: 'a policy author with bind on the roles of their own',
    enlist: (stage) => author(stage, mayBind(...ROLES)),
    may: ['create accesspolicies', 'patch accesspolicies'],
    attacks: [...BY_AUTHORS, ...BY_ANYBODY, ...ON_OTHERS_REQUESTS],
  },
];

/** Somebody with the shipped role and this right in the whole cluster. */
async function author(stage: Stage, rule: Rule): Promise<Attacker> {
  const [caller, role] = [await person(stage), uniqueName('author')];
  await createRole(stage.admin, role, [rule]);
  for (const each of ['daypass-policy-author', role]) {
    await bindInCluster(stage.admin, each, { kind: 'User', name: caller.name }, caller);
  }
  return caller;
}
