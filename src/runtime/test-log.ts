import { type Logger, pino } from 'pino';

/** One line of the log, with the level by name. */
export interface LogLine {
  level: string;
  msg: string;
  [field: string]: unknown;
}

/** A logger that keeps all that is said, from debug level on. For tests alone. */
export function testLog(): { log: Logger; lines: LogLine[]; at: (level: string) => string[] } {
  const lines: LogLine[] = [];
  const formatters = { level: (level: string) => ({ level }) };
  const log = pino(
    { level: 'debug', base: null, timestamp: false, formatters },
    { write: (text) => void lines.push(parseLine(text)) },
  );
  return { log, lines, at: (level) => lines.filter((line) => line.level === level).map(({ msg }) => msg) };
}

function parseLine(text: string): LogLine {
  const line: unknown = JSON.parse(text);
  if (!isLogLine(line)) throw new Error(`not a line of a log: ${text}`);
  return line;
}

function isLogLine(line: unknown): line is LogLine {
  return typeof line === 'object' && line !== null && 'level' in line && 'msg' in line;
}
