import { type Grant, grantTo } from '../identity/grant.ts';
import { type Stage, person } from '../identity/stage.ts';
import type { Attacker, Barrier } from './attack.ts';
import type { Attempt } from './attempt.ts';
import { rbac } from './barriers.ts';

/** One kind of people, or of programs, who attack. */
export interface Side {
  readonly who: string;
  /** One of them, with all their rights in force on this stage. */
  readonly enlist: (stage: Stage) => Promise<Attacker>;
  /** What RBAC lets them do of what the attacks need, each as verb and resource. Absent: all of it. */
  readonly may?: readonly string[];
  /** Whether the grant that they attack is their own. */
  readonly ownGrant?: boolean;
  readonly attacks: readonly Attempt[];
}

/** What must stop this attack when they try it: RBAC speaks before all others. */
export function barrierOf({ may }: Side, { right, stoppedBy }: Attempt): Barrier {
  return may === undefined || may.includes(right.join(' ')) ? stoppedBy : rbac(...right);
}

/** Puts one of them on the stage, and a live grant for them to attack. */
export async function meet(side: Side, stage: Stage): Promise<{ attacker: Attacker; grant: Grant }> {
  const attacker = await side.enlist(stage);
  const holder = side.ownGrant === true ? attacker : await person(stage, 'daypass-requester');
  return { attacker, grant: await grantTo(holder, stage) };
}
