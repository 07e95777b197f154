import type { Cleanup } from './leave/cleanup.ts';
import type { Stop } from './leave/stop.ts';
import type { Terminal } from './tools/terminal.ts';

/** What every part of the start has at hand. */
export interface Setting {
  readonly terminal: Terminal;
  readonly stop: Stop;
  readonly cleanup: Cleanup;
  /** The checkout. */
  readonly root: string;
  /** For everything that is written; removed at the end. */
  readonly folder: string;
  /** Whether there is a kubectl to type with. */
  readonly kubectl: boolean;
}
