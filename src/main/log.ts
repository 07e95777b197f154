import { destination, type Logger, pino, stdTimeFunctions } from 'pino';

/** From the most to the least that can be logged. */
export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/**
 * The process's log: JSON lines on stdout, written at once, so that nothing is lost when it dies.
 * Messages are fixed; whatever a person wrote is in the fields, where JSON escapes it.
 */
export function createLog(level: LogLevel): Logger {
  const formatters = { level: (label: string) => ({ level: label }) };
  return pino(
    { level, base: null, timestamp: stdTimeFunctions.isoTime, formatters },
    destination({ fd: 1, sync: true }),
  );
}
