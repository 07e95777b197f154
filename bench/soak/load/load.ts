import { setTimeout as pause } from 'node:timers/promises';
import { ACCESS_REQUESTS, hasEnded, type Phase } from '../../../src/api/access-request.ts';
import { ACCESS_REVIEWS } from '../../../src/api/access-review.ts';
import type { HttpClient } from '../../../src/runtime/http-client.ts';
import type { KubernetesObject } from '../../../src/runtime/object.ts';
import type { Observer, Seen } from '../../../test/operator/observer.ts';
import { ask, requestIn } from '../../../test/operator/stage.ts';
import { between, oneOf } from '../random.ts';
import type { Sizes } from '../sizes.ts';
import { type Deed, type Kind, KINDS } from './kinds.ts';
import { type People, REVIEWED_ROLE, TEAMS } from './people.ts';

const ALL_KINDS = KINDS.flatMap((kind) => Array.from({ length: kind.weight }, () => kind));

/** People who ask again and again, and do about their requests what they do: steadily, whatever comes of it. */
export class Load {
  /** What must come of each request, by uid. */
  readonly asked = new Map<string, Kind>();
  /** What people could not do, though nothing is in their way. */
  readonly failures: string[] = [];
  readonly #people: People;
  readonly #requests: Observer;
  readonly #sizes: Sizes;
  readonly #random: () => number;

  /** `requests` sees all requests, from outside. */
  constructor(people: People, requests: Observer, sizes: Sizes, random: () => number) {
    this.#people = people;
    this.#requests = requests;
    this.#sizes = sizes;
    this.#random = random;
  }

  /** Resolves when the signal is aborted, and all is done that was begun until then. */
  async run(signal: AbortSignal): Promise<void> {
    const lives: Promise<void>[] = [];
    while (!signal.aborted) {
      lives.push(this.#live().catch((error: unknown) => void this.failures.push(`a request failed: ${String(error)}`)));
      await pause(this.#sizes.between, undefined, { signal }).catch(() => undefined);
    }
    await Promise.all(lives);
  }

  async #live(): Promise<void> {
    const kind = oneOf(ALL_KINDS, this.#random);
    const requester = oneOf(this.#people.developers, this.#random);
    const seconds = Math.floor(between(this.#sizes.grants, this.#random));
    const request = await ask(requester, oneOf(TEAMS, this.#random), {
      duration: kind.duration ?? `${seconds}s`,
      ...(kind.asks === 'reviewed' && { roleRef: { kind: 'ClusterRole', name: REVIEWED_ROLE } }),
    });
    this.asked.set(request.metadata.uid ?? '', kind);
    for (const deed of kind.deeds) await this.#do(deed, request, requester);
  }

  async #do({ who, does, when }: Deed, { metadata }: KubernetesObject, requester: HttpClient): Promise<void> {
    const { namespace = '', name = '', uid = '' } = metadata;
    if (when === 'active') {
      const phase = await this.#decided(uid);
      if (phase !== 'Active') return; // whether it may be so is judged in the end
    }
    const client = who === 'lead' ? this.#people.lead : requester;
    if (does === 'delete') await client.delete(ACCESS_REQUESTS.resource, { namespace, name }, { uid });
    else {
      await client.create(ACCESS_REVIEWS.resource, {
        metadata: { generateName: 'review-', namespace },
        spec: { request: { name, uid }, decision: does },
      });
    }
  }

  /** Resolves to its phase as soon as it is active, or has ended otherwise. */
  async #decided(uid: string): Promise<Phase | undefined> {
    const isDecided = ({ object }: Seen) => {
      if (object.metadata.uid !== uid) return false;
      const request = requestIn(object);
      return request.status.phase === 'Active' || hasEnded(request);
    };
    const { object } = await this.#requests.find(`request ${uid} decided`, isDecided, this.#sizes.settle);
    return requestIn(object).status.phase;
  }
}
