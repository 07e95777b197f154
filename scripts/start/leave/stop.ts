import { fstatSync } from 'node:fs';
import { constants } from 'node:os';
import { Interrupted } from '../tools/failure.ts';

/** What ends everything before its time. Its signal's reason says why. */
export interface Stop {
  readonly signal: AbortSignal;
  /** Something that has to go on did not. Does nothing once the signal is aborted. */
  fail(error: Error): void;
}

/**
 * Aborted by SIGINT, SIGTERM and SIGHUP, and by the end of a pipe on standard input, whose other
 * end whoever started us holds. Only the first one counts: a second Ctrl-C must not cut short the
 * cleaning up that the first began.
 */
export function listenForStop(): Stop {
  const end = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => end.abort(new Interrupted(name, 128 + constants.signals[name])));
  }
  const stdin = fstatSync(0);
  if (stdin.isFIFO() || stdin.isSocket()) {
    process.stdin.on('end', () => end.abort(new Interrupted('standard input ended', 1))).resume();
  }
  return { signal: end.signal, fail: (error) => end.abort(error) };
}
