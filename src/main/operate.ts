import { hostname } from 'node:os';
import type { Logger } from 'pino';
import { createOperator, type Operator } from '../controllers/operator.ts';
import { systemClock } from '../runtime/clock.ts';
import type { PersonClaim } from '../policy/person.ts';
import type { HttpClient } from '../runtime/http-client.ts';
import { HttpServer } from '../runtime/http-server.ts';
import { Manager } from '../runtime/manager.ts';
import { ServerClock } from '../runtime/server-clock.ts';
import { connectBy } from './connect-by.ts';
import { createLog, type LogLevel } from './log.ts';
import { refuseMasterKey } from './own-rights.ts';
import { previousCheckpoint } from './previous-checkpoint.ts';
import { stopSignal } from './stop-signal.ts';

/** The flags of `daypass operator`. */
export interface OperatorFlags {
  readonly kubeconfig?: string;
  readonly httpHost: string;
  readonly httpPort: number;
  readonly identityClaim: PersonClaim;
  readonly logLevel: LogLevel;
}

/** Runs the operator until it is asked to stop, or cannot go on: then the exit code is 1. */
export async function operate(flags: OperatorFlags): Promise<void> {
  const log = createLog(flags.logLevel);
  const end = new AbortController();
  const signal = AbortSignal.any([stopSignal(log), end.signal]);
  let made: Made | undefined;
  const health = {
    healthy: () => made?.manager.healthy() ?? true,
    ready: () =>
      made ? [...made.manager.ready(), ...made.operator.obstacles()] : ['the API server has not answered yet'],
  };
  let parts: Promise<void>[] = [];
  try {
    const clock = new ServerClock(systemClock);
    const client = await connectBy(flags.kubeconfig, clock);
    const server = new HttpServer({ host: flags.httpHost, port: flags.httpPort, health, log });
    parts = [server.run(signal), work(client, clock, flags.identityClaim, log, signal, (all) => (made = all))];
    await Promise.all(parts);
    log.info('stopped');
  } catch (error) {
    log.error({ err: error }, 'the operator cannot go on');
    process.exitCode = 1;
  } finally {
    end.abort();
    await Promise.allSettled(parts);
  }
}

interface Made {
  readonly manager: Manager;
  readonly operator: Operator;
}

async function work(
  client: HttpClient,
  clock: ServerClock,
  personClaim: PersonClaim,
  log: Logger,
  signal: AbortSignal,
  onMade: (made: Made) => void,
): Promise<void> {
  const surroundings = { client, clock, random: Math.random, log };
  await refuseMasterKey({ ...surroundings, signal });
  const checkpoint = await previousCheckpoint({ ...surroundings, signal });
  const operator = createOperator({ ...surroundings, checkpoint, instance: hostname(), personClaim });
  const manager = new Manager({ ...surroundings, ...operator });
  onMade({ manager, operator });
  await manager.run(signal);
  await client.close();
}
