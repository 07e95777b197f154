import { systemClock } from '../runtime/clock.ts';
import { ServerClock } from '../runtime/server-clock.ts';
import { sweep } from '../sweep/sweep.ts';
import { connectBy } from './connect-by.ts';
import { createLog, type LogLevel } from './log.ts';
import { stopSignal } from './stop-signal.ts';

/** The flags of `daypass sweep`. */
export interface SweepFlags {
  readonly kubeconfig?: string;
  readonly logLevel: LogLevel;
}

/** Sweeps once. The exit code is 1 if anything overdue may be left. */
export async function sweepOnce({ kubeconfig, logLevel }: SweepFlags): Promise<void> {
  const log = createLog(logLevel);
  const signal = stopSignal(log);
  const clock = new ServerClock(systemClock);
  try {
    const client = await connectBy(kubeconfig, clock);
    const result = await sweep(client, clock, log, signal);
    log.info(result, 'swept');
    if (result.failed > 0) process.exitCode = 1;
    await client.close();
  } catch (error) {
    log.error({ err: error }, 'the sweep could not be finished');
    process.exitCode = 1;
  }
}
