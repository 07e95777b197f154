import type { Cast } from './cast.ts';
import type { Person } from '../cluster/cluster.ts';
import type { Examples } from './examples.ts';
import type { Hands } from './hands.ts';
import type { Setting } from '../setting.ts';

/** Everything that the story is told with. */
export interface Scene extends Setting {
  readonly cast: Cast;
  readonly examples: Examples;
  readonly admin: Person;
  readonly developer: Actor;
  readonly platform: Actor;
  readonly lead: Actor;
  readonly security: Actor;
}

/** Somebody who does things in the story. */
export interface Actor extends Person {
  readonly groups: readonly string[];
  readonly hands: Hands;
}
