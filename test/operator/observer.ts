import type { Selection, WatchEvent } from '../../src/runtime/client.ts';
import type { HttpClient } from '../../src/runtime/http-client.ts';
import type { KubernetesObject, Resource } from '../../src/runtime/object.ts';

/** One change, and when it arrived by this process's clock, in milliseconds since 1970. */
export interface Seen {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: KubernetesObject;
  readonly at: number;
}

/** Watches one resource from outside, as anybody could, and keeps every change. */
export class Observer implements Disposable {
  /** In the order of arrival; what was there at the start comes first. */
  readonly seen: Seen[] = [];
  /** What exists, by uid. */
  readonly current = new Map<string, KubernetesObject>();
  readonly #end = new AbortController();
  readonly #client: HttpClient;
  readonly #resource: Resource;
  readonly #selection: Selection;
  readonly #waiting = new Set<() => void>();
  #broken: Error | undefined;

  #started = false;
  #version = '';

  private constructor(client: HttpClient, resource: Resource, selection: Selection) {
    this.#client = client;
    this.#resource = resource;
    this.#selection = selection;
  }

  /** Resolves once everything that exists has been seen. Objects in all namespaces, unless one is named. */
  static async start(client: HttpClient, resource: Resource, selection: Selection = {}): Promise<Observer> {
    const observer = new Observer(client, resource, selection);
    void observer.#read();
    await observer.until(`the first look at ${resource.plural}`, () => observer.#started);
    return observer;
  }

  /** Resolves as soon as this holds; rejects when it still does not after so many milliseconds. */
  until(what: string, holds: () => boolean, ms = 60_000): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        if (holds()) settle(resolve);
        else if (this.#broken)
          settle(() => reject(new Error(`The watch ended before ${what}`, { cause: this.#broken })));
      };
      const settle = (how: () => void): void => {
        clearTimeout(late);
        this.#waiting.delete(look);
        how();
      };
      const late = setTimeout(() => {
        settle(() => reject(new Error(`After ${ms / 1000} s still not: ${what}. ${this.#summary()}`)));
      }, ms);
      this.#waiting.add(look);
      look();
    });
  }

  /** Resolves with the first change like this, be it in the past. */
  async find(what: string, is: (seen: Seen) => boolean, ms?: number): Promise<Seen> {
    await this.until(what, () => this.seen.some(is), ms);
    const found = this.seen.find(is);
    if (!found) throw new Error('what was there cannot go');
    return found;
  }

  /** Changes of one kind: every ADDED, say. */
  all(type: Seen['type']): Seen[] {
    return this.seen.filter((each) => each.type === type);
  }

  [Symbol.dispose](): void {
    this.#end.abort(new Error('the test is over'));
  }

  /** Servers end watches as they please, and say from where to go on; that anything else ends one is told to who waits. */
  async #read(): Promise<void> {
    const options = { ...this.#selection, timeoutSeconds: 600, signal: this.#end.signal };
    try {
      for (;;) {
        const from = this.#started ? { resourceVersion: this.#version } : { sendInitialEvents: true };
        for await (const event of this.#client.watch(this.#resource, { ...options, ...from })) this.#note(event);
        if (!this.#started) throw new Error('the server ended the watch before it had told what there is');
      }
    } catch (error) {
      this.#broken = error instanceof Error ? error : new Error(String(error));
      this.#lookAgain();
    }
  }

  #lookAgain(): void {
    for (const look of this.#waiting) look();
  }

  #note(event: WatchEvent): void {
    if (event.type === 'BOOKMARK') {
      this.#version = event.resourceVersion;
      this.#started ||= event.initialEventsEnd;
    } else {
      const { type, object } = event;
      const { uid = '', resourceVersion = '' } = object.metadata;
      this.#version = resourceVersion;
      this.seen.push({ type, object, at: Date.now() });
      if (type === 'DELETED') this.current.delete(uid);
      else this.current.set(uid, object);
    }
    this.#lookAgain();
  }

  #summary(): string {
    const names = Array.from(this.current.values(), ({ metadata }) => `${metadata.namespace ?? ''}/${metadata.name}`);
    return `There are ${names.length} ${this.#resource.plural}, such as ${names.slice(0, 5).join(', ') || 'none'}.`;
  }
}
