/** What is known of the admission policies at one moment. */
export interface Evidence {
  /** Whether the watches have shown all there is. */
  readonly watched: boolean;
  /** What they show to be wrong now. */
  readonly faults: readonly string[];
  /** What the last proof that showed anything has found wrong. */
  readonly disproved: readonly string[];
  /** Why the last attempt at a proof showed nothing, where it did. */
  readonly unanswered: string | undefined;
  /** How old the last proof is that all is well, in milliseconds; undefined where there is none, or something was wrong since. */
  readonly provenFor: number | undefined;
  /** Whether something was wrong since the start, or the first proof has been a while in coming. */
  readonly doubtful: boolean;
}

/** Why nothing may be granted. */
export interface Doubt {
  readonly message: string;
  /** Nothing is wrong: what is not known yet is about to be. */
  readonly passing: boolean;
}

/**
 * How long a proof is good for, in milliseconds: long enough for one a minute, and some answers
 * lost on the way.
 */
export const PROOF_LIFE = 90_000;

/** How many faults are named. */
const NAMED = 3;

/**
 * Why it cannot be relied on that requests say the truth and that the operator's own rights end
 * where they should; undefined where it can. Whoever could not be asked has proven nothing
 * (promise P6).
 */
export function doubtOf({ watched, faults, disproved, unanswered, provenFor, doubtful }: Evidence): Doubt | undefined {
  const wrong = [...(watched ? faults : []), ...disproved];
  if (wrong.length > 0) return { message: listed([...new Set(wrong)]), passing: false };
  if (watched && provenFor !== undefined && provenFor <= PROOF_LIFE) return undefined;
  const what = watched ? whatIsUnproven(provenFor) : 'the admission policies have not been read yet';
  const why = unanswered === undefined ? '' : `: ${unanswered}`;
  return { message: what + why, passing: !doubtful && (!watched || provenFor === undefined) };
}

function whatIsUnproven(provenFor: number | undefined): string {
  const since = provenFor === undefined ? 'yet' : `for ${PROOF_LIFE / 1000} s`;
  return `it has not been proven ${since} that the admission policies are enforced`;
}

function listed(faults: readonly string[]): string {
  const more = faults.length > NAMED ? `; and ${faults.length - NAMED} more` : '';
  return faults.slice(0, NAMED).join('; ') + more;
}
