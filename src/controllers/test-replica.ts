import { OPERATOR_NAME, OPERATOR_NAMESPACE } from '../api/names.ts';
import { type Checkpoint, loadCheckpoint } from '../record/checkpoint.ts';
import type { Client } from '../runtime/client.ts';
import { Elector } from '../runtime/leader-election.ts';
import { LEASES } from '../runtime/lease.ts';
import { Manager } from '../runtime/manager.ts';
import { testRandom } from '../runtime/test-random.ts';
import { orAborted } from '../runtime/waiting.ts';
import type { World } from './test-world.ts';

const LEASE = { namespace: OPERATOR_NAMESPACE, name: OPERATOR_NAME };

/** One of several operators in a world, which elect who leads. For tests alone. */
export class Replica {
  /** Whether its calls get nowhere; its watches go on. */
  isCut = false;
  readonly elector: Elector;
  readonly #end = new AbortController();

  private constructor(world: World, identity: string, checkpoint: Checkpoint) {
    const { clock } = world;
    const { log } = world.log;
    const client = this.#cuttable(world.mortal(Infinity));
    const operator = world.operator(client, checkpoint);
    this.elector = new Elector({
      client,
      clock,
      random: testRandom(),
      log,
      lease: LEASE,
      identity,
      lead: async (term, signal) => operator.lead(term, await loadCheckpoint(client, signal), signal),
    });
    const manager = new Manager({ clock, log, ...operator, runnables: [this.elector, ...operator.runnables] });
    void manager.run(this.#end.signal);
  }

  /** Starts one; the first in a world leads at once. */
  static async join(world: World, identity: string): Promise<Replica> {
    if ((await world.all(LEASES)).length === 0) await world.put(LEASES, { metadata: LEASE });
    const replica = new Replica(world, identity, await world.checkpoint());
    await world.settle();
    return replica;
  }

  get leads(): boolean {
    return this.elector.leads;
  }

  /** SIGTERM. */
  stop(): void {
    this.#end.abort(new Error('asked to stop'));
  }

  #cuttable(client: Client): Client {
    return new Proxy(client, {
      get: (target, verb) => {
        const method: unknown = Reflect.get(target, verb);
        if (typeof method !== 'function' || verb === 'watch') return method;
        return (...args: unknown[]) => {
          const options = args.findLast((arg) => typeof arg === 'object' && arg !== null && 'signal' in arg);
          const signal = options?.signal instanceof AbortSignal ? options.signal : undefined;
          if (this.isCut) return orAborted(new Promise(() => undefined), signal);
          const result: unknown = Reflect.apply(method, target, args);
          return result;
        };
      },
    });
  }
}
