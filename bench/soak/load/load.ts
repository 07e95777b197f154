import { setTimeout as pause } from 'node:timers/promises';
import { ACCESS_REQUESTS } from '../../../src/api/access-request.ts';
import { ACCESS_REVIEWS } from '../../../src/api/access-review.ts';
import type { HttpClient } from '../../../src/runtime/http-client.ts';
import type { KubernetesObject } from '../../../src/runtime/object.ts';
import type { Observer } from '../../../test/operator/observer.ts';
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
    const active = () => {
      const object = this.#requests.current.get(uid);
      return object !== undefined && requestIn(object).status.phase === 'Active';
    };
    if (when === 'active') await this.#requests.until(`${name} active`, active, this.#sizes.settle);
    const client = who === 'lead' ? this.#people.lead : requester;
    if (does === 'delete') await client.delete(ACCESS_REQUESTS.resource, { namespace, name }, { uid });
    else {
      await client.create(ACCESS_REVIEWS.resource, {
        metadata: { generateName: 'review-', namespace },
        spec: { request: { name, uid }, decision: does },
      });
    }
  }
}
