import { destination, type Logger, pino, stdSerializers, stdTimeFunctions } from 'pino';
import { isApiError } from '../runtime/errors.ts';
import { PlainError } from './plain-error.ts';

/** From the most to the least that can be logged. */
export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/**
 * The process's log: JSON lines on stdout, written at once, so that nothing is lost when it dies.
 * Messages are fixed; whatever a person wrote is in the fields, where JSON escapes it.
 */
export function createLog(level: LogLevel): Logger {
  const formatters = { level: (label: string) => ({ level: label }) };
  const options = { level, base: null, timestamp: stdTimeFunctions.isoTime, formatters, serializers: { err: brief } };
  return pino(options, destination({ fd: 1, sync: true }));
}

/** Where in the program an answer of the API server, or a mistake of a person, surfaced tells nobody anything. */
function brief(error: Error): object {
  if (error instanceof PlainError) return { message: error.message };
  if (!isApiError(error)) return stdSerializers.err(error);
  const { reason, code, message } = error;
  return { reason, code, message };
}
