import type { WatchEvent } from '../../src/runtime/client.ts';
import type { HttpClient } from '../../src/runtime/http-client.ts';
import type { KubernetesObject, Resource } from '../../src/runtime/object.ts';
import { now } from './now.ts';

/** Something that has come about, and when, in milliseconds since 1970: see {@link now}. */
interface Came {
  readonly at: number;
  readonly object: KubernetesObject;
}

/** What is seen of a request: that something comes about, and when it is gone. */
export interface Sight {
  readonly came: Promise<Came>;
  readonly gone: Promise<number>;
}

interface Awaited {
  readonly came: PromiseWithResolvers<Came>;
  readonly gone: PromiseWithResolvers<number>;
}

/** What is watched, which objects of it, and by what each is awaited. */
export interface Watched {
  readonly resource: Resource;
  readonly labelSelector?: string;
  /** The uid of the request that the object is about. */
  readonly requestOf: (object: KubernetesObject) => string;
  /** Whether what is awaited has come about. */
  readonly hasCome: (object: KubernetesObject) => boolean;
}

/**
 * Sees from outside what becomes of requests, as anybody could: by a watch of its own. It does as
 * little as it can for each event, since it shares the machine with what it measures.
 */
export class Witness implements Disposable {
  readonly #watched: Watched;
  readonly #awaited = new Map<string, Awaited>();
  readonly #end = new AbortController();

  private constructor(watched: Watched) {
    this.#watched = watched;
  }

  /** Resolves once it watches. What is there already is passed over. */
  static async of(client: HttpClient, watched: Watched): Promise<Witness> {
    const witness = new Witness(watched);
    const { resource } = watched;
    const { resourceVersion } = await client.list(resource, { limit: 1 });
    void witness.#read(client, resourceVersion);
    return witness;
  }

  /** What is seen of the request with this uid, from the first time that anybody asks. */
  sight(uid: string): Sight {
    const { came, gone } = this.#of(uid);
    return { came: came.promise, gone: gone.promise };
  }

  [Symbol.dispose](): void {
    this.#end.abort(new Error('nobody looks any more'));
  }

  /** Servers end watches of those who are slow, as this process may be: it goes on from where it was. */
  async #read(client: HttpClient, resourceVersion: string): Promise<void> {
    const { resource, labelSelector } = this.#watched;
    const options = { ...(labelSelector === undefined ? {} : { labelSelector }), signal: this.#end.signal };
    try {
      for (let version = resourceVersion; ; ) {
        for await (const event of client.watch(resource, { ...options, resourceVersion: version })) {
          version = this.#note(event);
        }
      }
    } catch (error) {
      if (this.#end.signal.aborted) return;
      for (const { came, gone } of this.#awaited.values()) {
        came.reject(error);
        gone.reject(error);
      }
    }
  }

  /** Returns the version from which to go on. */
  #note(event: WatchEvent): string {
    if (event.type === 'BOOKMARK') return event.resourceVersion;
    const { type, object } = event;
    const { came, gone } = this.#of(this.#watched.requestOf(object));
    if (type === 'DELETED') gone.resolve(now());
    else if (this.#watched.hasCome(object)) came.resolve({ at: now(), object });
    return object.metadata.resourceVersion ?? '';
  }

  #of(uid: string): Awaited {
    const known = this.#awaited.get(uid);
    if (known) return known;
    const fresh = { came: Promise.withResolvers<Came>(), gone: Promise.withResolvers<number>() };
    for (const { promise } of [fresh.came, fresh.gone]) promise.catch(() => undefined); // whoever asks hears of it
    this.#awaited.set(uid, fresh);
    return fresh;
  }
}
