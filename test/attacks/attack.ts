import type { Answer, Caller } from '../identity/caller.ts';

/** One of the promises in docs/threat-model.md. */
export type Promised = 'P1' | 'P2' | 'P3' | 'P4' | 'P5' | 'P6' | 'P7';

/** One check that refuses something: of admission, of a schema, of RBAC, or of the operator. */
export interface Barrier {
  /** Whose it is and what it says, for people. */
  readonly name: string;
  /** Whether this answer is that of this very check, and of no other. */
  readonly stops: (answer: Answer) => boolean;
}

/** Something that nobody may bring about. `Scene` is what is there to be attacked. */
export interface Attack<Scene> {
  readonly promise: Promised;
  /** Goes on after "nobody" and the like: `edits the spec of a request`. */
  readonly title: string;
  /** The one check that must stop it. */
  readonly stoppedBy: Barrier;
  /** The check that stops it should that one be lost; absent where nothing else does. */
  readonly elseBy?: Barrier;
  /**
   * What the API server says to it. What must be there first somebody else prepares, so that all
   * that the attacker itself does here may be a dry run.
   */
  readonly run: (attacker: Attacker, scene: Scene) => Promise<Answer>;
}

/** Who attacks, by the name that the API server knows. */
export type Attacker = Caller & { readonly name: string };

/** How an attack went. */
export type Outcome = 'stopped as it must' | 'succeeded' | 'refused for another reason';

/** What an answer means for an attack that this check must stop. The only judge of attacks that there is. */
export function judge(answer: Answer, barrier: Barrier): Outcome {
  if (barrier.stops(answer)) return 'stopped as it must';
  return answer.code < 300 ? 'succeeded' : 'refused for another reason';
}

/** How an attack went, for people: with what was said instead, where this check did not stop it. */
export function report(answer: Answer, barrier: Barrier): string {
  const outcome = judge(answer, barrier);
  if (outcome === 'stopped as it must') return outcome;
  return `${outcome}: ${answer.code} ${answer.body.message ?? ''}\n(this should speak: ${barrier.name})`;
}
