import type { Doubt } from '../../admission/verdict.ts';
import { goOn, type Outcome, type Step } from '../../runtime/step.ts';

/** What the guard goes by. */
export interface GuardSnapshot {
  readonly doubt: Doubt | undefined;
  /** What was told last; undefined before anything was. */
  readonly told: { readonly doubt: string | undefined } | undefined;
  /** How long until a proof is due, in milliseconds. */
  readonly dueIn: number;
}

/** What the guard can do: say once what has changed, or have the API server prove that it goes by the policies. */
export type GuardAction = { readonly tell: string | undefined } | 'prove';

type GuardStep = Step<GuardSnapshot, GuardAction>;

/** Whatever changes is told once. */
const tell: GuardStep = ({ doubt, told }) => {
  if (doubt?.passing || (told && told.doubt === doubt?.message)) return goOn;
  return { next: 'write', plan: { tell: doubt?.message } };
};

const proveAgain: GuardStep = ({ dueIn }, now): Outcome<GuardAction> => {
  if (dueIn <= 0) return { next: 'write', plan: 'prove' };
  return { next: 'wait', until: new Date(now.getTime() + dueIn), lane: 'low' };
};

export const guardSteps: readonly GuardStep[] = [tell, proveAgain];
