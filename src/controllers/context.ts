import type { Logger } from 'pino';
import type { Trouble } from '../grant/trouble.ts';
import type { Client } from '../runtime/client.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Health } from '../runtime/health.ts';
import type { RuntimeMetrics } from '../runtime/metrics.ts';
import type { Stores } from './stores.ts';

/** What everything at work is given. */
export interface Surroundings {
  readonly clock: Clock;
  /** In [0, 1), as `Math.random`. */
  readonly random: () => number;
  readonly log: Logger;
  readonly metrics: Pick<RuntimeMetrics, 'watchQueue' | 'waited' | 'reconciled'>;
  readonly health: Pick<Health, 'watch'>;
}

/** What every controller works with. */
export interface Context extends Surroundings {
  /** Notes its own writes in `stores`. */
  readonly client: Client;
  readonly stores: Stores;
  /** Why nothing can be granted right now; undefined when it can. */
  readonly trouble: () => Trouble | undefined;
}
