import type { Plan } from '../../grant/plan.ts';
import type { Pair } from '../../policy/act-as.ts';
import type { Lane } from '../../runtime/lanes.ts';

/** What a step of a request may want done: writes, or something to be found out before it can decide. */
export type RequestPlan = Plan | Ask;

/** Find out which of these could act as the service account on the other side of an approval. */
interface Ask {
  readonly ask: readonly Pair[];
  /** The lane in which to look again when that is known. */
  readonly then: Lane;
}
