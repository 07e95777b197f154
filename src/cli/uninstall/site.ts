import type { Client } from '../../runtime/client.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { KeptRecord } from './kept-record.ts';
import type { Removals } from './removals.ts';

/** What every step of an uninstall works with. */
export interface Site {
  /** As a cluster administrator. */
  readonly client: Client;
  readonly clock: Clock;
  /** Tells whoever runs it one thing. The text may hold what others wrote: who prints it makes it safe. */
  readonly say: (text: string) => void;
  readonly record: KeptRecord;
  readonly removals: Removals;
}

/** Why it cannot go on, and what a person can do about it. What was done stays done; another run goes on from there. */
export class UninstallError extends Error {
  override readonly name = 'UninstallError';
}
