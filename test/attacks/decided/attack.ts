import type { Promised } from '../attack.ts';
import type { Scene } from './scene.ts';

/** What somebody tries against a running operator, and what must come of it. */
export interface DecidedAttack {
  /** What they do, after "a requester …" or the like. */
  readonly title: string;
  /** Which promise would be broken (docs/threat-model.md). */
  readonly promise: Promised;
  /**
   * The one check that must stop it, by what it puts on record: the last entry of the request's
   * history, such as `Denied NoPolicyPermits`, a review's reason, such as `OwnRequest`, or what the
   * request waits for, such as `ReviewsMissing`.
   */
  readonly stoppedBy: string;
  /** Attacks, and resolves with what was put on record. */
  readonly run: (scene: Scene) => Promise<string>;
}
