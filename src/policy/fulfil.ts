import type { Approval } from '../api/access-policy.ts';
import type { Identity, Subject } from '../api/identity.ts';
import { means } from './ref.ts';
import { seatApart } from './seating.ts';

/**
 * Whether anybody could ever fulfil what is asked for. Who is in a group nobody can tell, so a
 * group always could; of people named one by one there must be enough besides the requester, and
 * of service accounts one counts at most, and none for another.
 */
export function canBeFulfilled(
  { required = [] }: Approval,
  asked?: { readonly requester: Identity; readonly subject: Subject },
): boolean {
  const entries = required.filter(({ reviewers }) => reviewers.every(({ kind }) => kind !== 'Group'));
  const named = new Map<string, { readonly isServiceAccount: boolean; readonly choices: number[] }>();
  entries.forEach(({ reviewers }, index) => {
    for (const ref of reviewers) {
      const isServiceAccount = ref.kind === 'ServiceAccount';
      if (asked && (means(ref, asked.requester) || (isServiceAccount && asked.subject.kind === 'ServiceAccount')))
        continue;
      const key = `${ref.kind} ${ref.namespace ?? ''} ${ref.name}`;
      named.set(key, { isServiceAccount, choices: [...(named.get(key)?.choices ?? []), index] });
    }
  });
  const parties = [...named.values()];
  const seats = seatApart(
    entries.map(({ count }) => count),
    parties.map(({ choices }) => choices),
    new Map(parties.flatMap(({ isServiceAccount }, index) => (isServiceAccount ? [[index, new Set<number>()]] : []))),
  );
  const filled = seats.filter((table) => table !== undefined).length;
  return filled === entries.reduce((sum, { count }) => sum + count, 0);
}
