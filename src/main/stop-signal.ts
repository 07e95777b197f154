import type { Logger } from 'pino';

/** Aborted by the first SIGINT or SIGTERM; a second one ends the process as it would without us. */
export function stopSignal(log: Logger): AbortSignal {
  const stop = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.once(name, () => {
      log.info({ signal: name }, 'asked to stop');
      stop.abort();
    });
  }
  return stop.signal;
}
