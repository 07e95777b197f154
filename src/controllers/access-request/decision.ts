import { findObjection } from '../../policy/admissible.ts';
import { decide, type Verdict } from '../../policy/decide.ts';
import { explainDenial } from '../../policy/explain.ts';
import { emergencyInTheWay } from './relatives.ts';
import { questionOf, type Snapshot } from './snapshot.ts';

/** What the request itself, and then the policies, come to. */
export type Decision =
  | (Verdict & { readonly decision: 'Allow' })
  | {
      readonly decision: 'Deny';
      readonly reason: string;
      readonly message: string;
      /** Merely no policy permits it, as far as can be read. */
      readonly mayHeal: boolean;
    };

/** What is in the way of a request because of others of the same person. */
function findConflict({
  request,
  predecessor,
  emergencies,
}: Snapshot): { reason: string; message: string } | undefined {
  // What was extended may end while reviews are awaited: by then the request stands on its own.
  if (request.spec.extends && request.status.phase === undefined && predecessor?.status.phase !== 'Active') {
    const message = 'spec.extends names no active request of yours for the same role and subject in this namespace';
    return { reason: 'NothingToExtend', message };
  }
  const other = emergencyInTheWay(request, emergencies);
  if (!other) return undefined;
  const { namespace, name } = other.metadata;
  const message = `one emergency at a time: ${namespace}/${name} has not been reviewed yet`;
  return { reason: 'EmergencyNotReviewed', message };
}

/** Decides a request by what is known now; undefined while its namespace is not. */
export function decisionOn(snapshot: Snapshot): Decision | undefined {
  const { request, namespace, policies } = snapshot;
  if (!namespace) return undefined;
  const objection = findObjection(request, namespace);
  if (objection) return { decision: 'Deny', ...objection, mayHeal: false };
  const conflict = findConflict(snapshot);
  if (conflict) return { decision: 'Deny', ...conflict, mayHeal: false };
  const question = questionOf(snapshot);
  if (!question) return undefined;
  const verdict = decide(policies, question);
  return verdict.decision === 'Allow'
    ? verdict
    : {
        decision: 'Deny',
        reason: verdict.code,
        message: explainDenial(verdict),
        mayHeal: verdict.code !== 'DeniedByPolicy',
      };
}
