import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { Logger } from 'pino';
import type { Duration } from '../api/duration.ts';
import { OPERATOR_NAME, OPERATOR_NAMESPACE } from '../api/names.ts';
import { createOperator, type Operator, type OperatorOptions } from '../controllers/operator.ts';
import { systemClock } from '../runtime/clock.ts';
import { Health } from '../runtime/health.ts';
import type { PersonClaim } from '../policy/person.ts';
import type { HttpClient } from '../runtime/http-client.ts';
import { HttpServer, ListenError } from '../runtime/http-server.ts';
import { inLane } from '../runtime/in-lane.ts';
import { limitedClient } from '../runtime/limited-client.ts';
import { Elector } from '../runtime/leader-election.ts';
import { Manager } from '../runtime/manager.ts';
import { meteringClient } from '../runtime/metering-client.ts';
import { RuntimeMetrics } from '../runtime/metrics.ts';
import { RateLimit } from '../runtime/rate-limit.ts';
import { ServerClock } from '../runtime/server-clock.ts';
import { connectBy } from './connect-by.ts';
import { createLog, type LogLevel } from './log.ts';
import { refuseMasterKey } from './own-rights.ts';
import { PlainError } from './plain-error.ts';
import { previousCheckpoint } from './previous-checkpoint.ts';
import { METRICS_PREFIX } from './program.ts';
import { stopSignal } from './stop-signal.ts';

/** The flags of `daypass operator`. */
export interface OperatorFlags {
  readonly kubeconfig?: string;
  readonly httpHost: string;
  readonly httpPort: number;
  readonly identityClaim: PersonClaim;
  readonly retention: Duration;
  readonly logLevel: LogLevel;
}

/** Runs the operator until it is asked to stop, or cannot go on: then the exit code is 1. */
export async function operate(flags: OperatorFlags): Promise<void> {
  const log = createLog(flags.logLevel);
  const end = new AbortController();
  const signal = AbortSignal.any([stopSignal(log), end.signal]);
  let made: Made | undefined;
  const atWork = new Health();
  const health = {
    healthy: () => made?.manager.healthy() ?? true,
    stalls: () => atWork.stalls,
    ready: () => (made ? obstaclesOf(made) : ['the API server has not answered yet']),
    notes: () => (made ? [whoLeads(made.elector)] : []),
  };
  let parts: Promise<void>[] = [];
  try {
    const clock = new ServerClock(systemClock);
    const client = await connectBy(flags.kubeconfig, clock);
    const metrics = new RuntimeMetrics({ prefix: METRICS_PREFIX, process: true });
    metrics.watchSkew(clock);
    const server = new HttpServer({
      host: flags.httpHost,
      port: flags.httpPort,
      health,
      metrics: metrics.registry,
      log,
    });
    const { identityClaim: personClaim, retention } = flags;
    const options = { client, clock, personClaim, retention, metrics, health: atWork, log, signal };
    parts = [serve(server, flags, signal), work(options, (all) => (made = all))];
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

/** @throws PlainError that names the flags, the address, and what is wrong with it */
async function serve(server: HttpServer, { httpHost, httpPort }: OperatorFlags, signal: AbortSignal): Promise<void> {
  try {
    await server.run(signal);
  } catch (error) {
    if (!(error instanceof ListenError)) throw error;
    const flags = `--http-host ${httpHost} --http-port ${httpPort}`;
    throw new PlainError(`${flags}: cannot listen on ${error.message}; port 0 is any free one`, { cause: error });
  }
}

interface Made {
  readonly manager: Manager;
  readonly operator: Operator;
  readonly elector: Elector;
}

/** A replica that stands by is ready: it could lead. */
function obstaclesOf({ manager, operator, elector }: Made): string[] {
  const { obstacle } = elector;
  return [...manager.ready(), ...operator.obstacles(), ...(obstacle === undefined ? [] : [`Lease: ${obstacle}`])];
}

function whoLeads({ leads, holder }: Elector): string {
  if (leads) return 'leads';
  return holder === undefined ? 'stands by; nobody leads' : `stands by; ${holder} leads`;
}

interface WorkOptions extends Pick<OperatorOptions, 'personClaim' | 'retention' | 'health'> {
  readonly client: HttpClient;
  readonly clock: ServerClock;
  readonly metrics: RuntimeMetrics;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

/** Does all the work there is, and closes the connections in the end, however that comes. */
async function work(options: WorkOptions, onMade: (made: Made) => void): Promise<void> {
  try {
    await workOver(options, onMade);
  } finally {
    await options.client.close();
  }
}

async function workOver(options: WorkOptions, onMade: (made: Made) => void): Promise<void> {
  const { client: connection, signal, ...rest } = options;
  const client = meteringClient(connection, rest);
  const limit = new RateLimit(rest.clock);
  const surroundings = { ...rest, client: limitedClient(client, limit), random: Math.random };
  await refuseMasterKey({ ...surroundings, signal });
  const checkpoint = await previousCheckpoint({ ...surroundings, signal });
  const operator = createOperator({ ...surroundings, client, limit, checkpoint, instance: hostname() });
  const elector = new Elector({
    ...surroundings,
    clock: systemClock, // both of its clocks as they are, not as the API server's Date headers have them
    lease: { namespace: OPERATOR_NAMESPACE, name: OPERATOR_NAME },
    identity: `${hostname()}_${randomUUID()}`,
    lead: async (term, stop) => {
      // Ends on the second wait for it.
      const urgent = inLane(surroundings.client, 'urgent');
      await operator.lead(term, await previousCheckpoint({ ...surroundings, client: urgent, signal: stop }), stop);
    },
  });
  rest.metrics.watchLeader(elector);
  const manager = new Manager({ ...surroundings, ...operator, runnables: [elector, ...operator.runnables] });
  onMade({ manager, operator, elector });
  await manager.run(signal);
}
