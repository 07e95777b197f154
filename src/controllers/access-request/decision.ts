import { findObjection } from '../../policy/admissible.ts';
import { decide, type Verdict } from '../../policy/decide.ts';
import { explainDenial } from '../../policy/explain.ts';
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

/** Decides a request by what is known now; undefined while its namespace is not. */
export function decisionOn(snapshot: Snapshot): Decision | undefined {
  const { request, namespace, policies } = snapshot;
  if (!namespace) return undefined;
  const objection = findObjection(request, namespace);
  if (objection) return { decision: 'Deny', ...objection, mayHeal: false };
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
