import type { Attempt } from './attempt.ts';
import { isValidation, type Validation } from './barriers.ts';
import { barrierOf, type Side } from './side.ts';

/** An attack by one side that RBAC lets through to admission. */
export interface Tried {
  readonly side: Side;
  readonly attack: Attempt;
  /** The validation that stops it where the schema and the stamps do not. */
  readonly first: Validation;
  /** The one that stops it without that one. */
  readonly second: Validation | undefined;
}

/** Every attack that a validation stops, each once: by the first of the sides that gets as far. */
export function triedBy(sides: readonly Side[]): readonly Tried[] {
  const all = sides.flatMap((side) =>
    side.attacks
      .filter((attack) => barrierOf(side, attack) === attack.stoppedBy)
      .flatMap((attack) => {
        const [first, second] = [attack.stoppedBy, attack.elseBy].filter(
          (barrier) => barrier !== undefined && isValidation(barrier),
        );
        return first === undefined ? [] : [{ side, attack, first, second }];
      }),
  );
  return [...new Map(all.toReversed().map((tried) => [tried.attack, tried])).values()].toReversed();
}
