import type { Selection, WatchEvent } from './client.ts';
import { ApiError } from './errors.ts';
import { parseSelector } from './memory-selector.ts';
import { type Change, eventOf, MemoryWatch } from './memory-watch.ts';
import { apiVersionOf, type KubernetesObject, keyOf, type ObjectName, type Resource } from './object.ts';

/** The objects of one resource, their history, and who watches them. Stored objects never change. */
export class MemoryTable {
  readonly resource: Resource;
  readonly #objects = new Map<string, KubernetesObject>();
  readonly #watches = new Set<MemoryWatch>();
  #history: Change[] = [];
  #compacted = 0;

  constructor(resource: Resource) {
    this.resource = resource;
  }

  find(name: ObjectName): KubernetesObject | undefined {
    return this.#objects.get(keyOf(name));
  }

  get(name: ObjectName): KubernetesObject {
    const object = this.find(name);
    if (!object) throw this.notFound(name.name);
    return object;
  }

  /** As the API server lists them: in the order of their keys. */
  select(selection: Selection): KubernetesObject[] {
    const selects = selector(selection);
    const keys = [...this.#objects.keys()].toSorted();
    return keys.flatMap((key) => this.#objects.get(key) ?? []).filter(selects);
  }

  /** Stores a new version, or the last one of an object that is gone, and tells whoever watches. */
  store(object: KubernetesObject, revision: number, deleted: boolean): void {
    const key = keyOf(nameIn(object));
    const change: Change = { revision, before: this.#objects.get(key), object, deleted };
    if (deleted) this.#objects.delete(key);
    else this.#objects.set(key, object);
    this.#history.push(change);
    for (const watch of this.#watches) watch.push(eventOf(change, watch.selects));
  }

  /** Opens a watch: from after `since`, or where that is undefined with all that exists. */
  watch(selection: Selection, since: number | undefined, revision: number): MemoryWatch {
    if (since !== undefined && since < this.#compacted) throw tooOld();
    const watch = new MemoryWatch(selector(selection));
    if (since === undefined) {
      for (const object of this.select(selection)) watch.push({ type: 'ADDED', object: structuredClone(object) });
      watch.push({ type: 'BOOKMARK', resourceVersion: String(revision), initialEventsEnd: true });
    } else {
      for (const change of this.#history) if (change.revision > since) watch.push(eventOf(change, watch.selects));
    }
    this.#watches.add(watch);
    return watch;
  }

  close(watch: MemoryWatch): void {
    this.#watches.delete(watch);
  }

  /** Forgets how things came to be: watches from before `revision` are refused. */
  compact(revision: number): void {
    this.#history = [];
    this.#compacted = revision;
  }

  broadcast(event: WatchEvent): void {
    for (const watch of this.#watches) watch.push(event);
  }

  endWatches(failure: Error | undefined): void {
    for (const watch of this.#watches) watch.end(failure);
  }

  notFound(name: string): ApiError {
    return new ApiError('NotFound', `${this.resource.plural} "${name}" not found`, { code: 404 });
  }

  /** With the kind and apiVersion of this resource, whatever the caller wrote. */
  typed(object: KubernetesObject): KubernetesObject {
    return { ...object, apiVersion: apiVersionOf(this.resource), kind: this.resource.kind };
  }
}

export function tooOld(): ApiError {
  return new ApiError('Expired', 'too old resource version', { code: 410 });
}

export function nameIn({ metadata: { namespace, name = '' } }: KubernetesObject): ObjectName {
  return namespace === undefined ? { name } : { namespace, name };
}

function selector({ namespace, labelSelector }: Selection): (object: KubernetesObject) => boolean {
  const matches = parseSelector(labelSelector);
  return ({ metadata }) =>
    (namespace === undefined || metadata.namespace === namespace) && matches(metadata.labels ?? {});
}
