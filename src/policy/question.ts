import type { Duration } from '../api/duration.ts';
import type { Identity, Subject } from '../api/identity.ts';
import type { PolicyRule } from '../rbac/rules.ts';

/**
 * All that a policy may look at when it is asked whether to permit a request: nothing is fetched
 * while deciding, so a verdict can be recomputed and explained anywhere.
 */
export interface Question {
  readonly requester: Identity;
  /** Whom the role would be bound to. */
  readonly subject: Subject;
  readonly namespace: { readonly name: string; readonly labels: Readonly<Record<string, string>> };
  /** The ClusterRole asked for; absent where permissions are. */
  readonly role?: string;
  /** All that access would permit; absent while the role does not exist, which is decided again when it does. */
  readonly rules?: readonly PolicyRule[];
  /** Break-glass: other limits, and reviews afterwards. */
  readonly emergency: boolean;
  /** Absent: whatever the deciding policy gives by default. */
  readonly duration?: Duration;
}
