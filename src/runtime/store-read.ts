import type { Logger } from 'pino';
import type { CommonTexts } from './common-texts.ts';
import { type KubernetesObject, keyOf, type ObjectMeta, type Resource } from './object.ts';
import type { StoreIndex } from './store-index.ts';

/** An object on its way into the store. */
export interface Incoming<T> {
  readonly key: string;
  readonly uid: string;
  readonly version: string;
  /** What the server sent; undefined once read, so that a large list need not be held twice. */
  object: KubernetesObject | undefined;
  read: Read<T> | undefined;
}

/** An item and its values, by index. */
export interface Read<T> {
  readonly item: T;
  readonly values: readonly (readonly string[])[];
}

/** Calls what the store was given to read with, and bears with it when it throws. */
export class Reader<T> {
  readonly #resource: Resource;
  readonly #read: (object: KubernetesObject) => T;
  readonly #indexes: readonly StoreIndex<T>[];
  readonly #log: Logger;
  readonly #texts: Pick<CommonTexts, 'share'>;

  constructor(options: {
    resource: Resource;
    read: (object: KubernetesObject) => T;
    indexes: readonly StoreIndex<T>[];
    texts: Pick<CommonTexts, 'share'>;
    log: Logger;
  }) {
    this.#resource = options.resource;
    this.#read = options.read;
    this.#indexes = options.indexes;
    this.#texts = options.texts;
    this.#log = options.log;
  }

  /** Undefined, with an error in the log, for what no API server sends. */
  identify(object: KubernetesObject): Incoming<T> | undefined {
    const { namespace, name, uid, resourceVersion } = object.metadata;
    if (!name || !uid || !resourceVersion) {
      this.#log.error(
        { resource: this.#resource.plural, name, uid, resourceVersion },
        'object without name, uid or resourceVersion ignored',
      );
      return undefined;
    }
    const key = keyOf(namespace ? { namespace, name } : { name });
    return { key, uid, version: resourceVersion, object, read: undefined };
  }

  /** Undefined, with an error in the log, where reading throws. Reads once, however often it is called. */
  read(incoming: Incoming<T>): Read<T> | undefined {
    const { object } = incoming;
    if (!object) return incoming.read;
    incoming.object = undefined;
    try {
      const item = this.#read(lightened(object));
      this.#texts.share(item);
      incoming.read = { item, values: this.#indexes.map(({ valuesOf }) => valuesOf(item)) };
    } catch (error) {
      const { key, uid } = incoming;
      this.#log.error({ resource: this.#resource.plural, key, uid, err: error }, 'object that cannot be read ignored');
    }
    return incoming.read;
  }
}

/** Without `managedFields`, often half of an object. What came stays whole: whoever wrote it has it too. */
function lightened(object: KubernetesObject): KubernetesObject {
  const { managedFields: _, ...metadata }: ObjectMeta & { managedFields?: unknown } = object.metadata;
  return { ...object, metadata };
}
