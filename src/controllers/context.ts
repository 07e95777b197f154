import type { Logger } from 'pino';
import type { Trouble } from '../grant/trouble.ts';
import type { Client } from '../runtime/client.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Stores } from './stores.ts';

/** What every controller works with. */
export interface Context {
  /** Notes its own writes in `stores`. */
  readonly client: Client;
  readonly stores: Stores;
  readonly clock: Clock;
  /** In [0, 1), as `Math.random`. */
  readonly random: () => number;
  readonly log: Logger;
  /** Why nothing can be granted right now; undefined when it can. */
  readonly trouble: () => Trouble | undefined;
}
