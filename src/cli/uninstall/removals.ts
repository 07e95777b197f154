import type { Client } from '../../runtime/client.ts';
import type { Clock } from '../../runtime/clock.ts';
import { isApiError } from '../../runtime/errors.ts';
import { canBeDeleted, keyOf, type KubernetesObject, type ObjectName, type Resource } from '../../runtime/object.ts';
import { UninstallError } from './site.ts';
import { untilNone } from './until-none.ts';

/** How long what was deleted may take to be gone, in milliseconds: a namespace empties itself first. */
const PATIENCE = 90_000;

/** How many names an error gives. */
const NAMED = 5;

/** All that one run deletes. It remembers, and so notices when somebody puts something back. */
export class Removals {
  readonly #client: Client;
  readonly #clock: Clock;
  readonly #deleted = new Map<string, string>();

  constructor(client: Client, clock: Clock) {
    this.#client = client;
    this.#clock = clock;
  }

  /**
   * Deletes one object, in the background, unless it is on its way out already.
   * @throws UninstallError where this run has deleted another of the same name already
   */
  async one(resource: Resource, { metadata }: KubernetesObject): Promise<void> {
    const name = nameOf(metadata);
    const { uid = '' } = metadata;
    const key = shown(resource, name);
    const before = this.#deleted.get(key);
    if (before !== undefined && before !== uid) throw putBack(key);
    this.#deleted.set(key, uid);
    if (!canBeDeleted(metadata)) return;
    try {
      await this.#client.delete(resource, name, { uid });
    } catch (error) {
      if (!isApiError(error, 'NotFound', 'Conflict')) throw error; // gone, or another by now: the next look shows it
    }
  }

  /**
   * Deletes what `find` finds, and resolves with how many that were once it finds nothing.
   * @throws UninstallError where they come back, or do not go
   */
  async all(resource: Resource, find: () => Promise<readonly KubernetesObject[]>): Promise<number> {
    const seen = new Set<string>();
    let left: readonly KubernetesObject[] = [];
    const gone = await untilNone(this.#clock, PATIENCE, async () => {
      left = await find();
      for (const object of left) {
        seen.add(object.metadata.uid ?? '');
        await this.one(resource, object);
      }
      return left.length;
    });
    if (gone) return seen.size;
    const names = left.slice(0, NAMED).map(({ metadata }) => {
      const { finalizers = [] } = metadata;
      return (
        shown(resource, nameOf(metadata)) + (finalizers.length > 0 ? ` (finalizers: ${finalizers.join(', ')})` : '')
      );
    });
    throw new UninstallError(
      `${left.length} deleted and not gone after ${PATIENCE / 1000} s: ${names.join(', ')}. Find out what holds them, then run this again`,
    );
  }
}

/** Without this, whoever deletes and whoever restores could go on for ever. */
export function putBack(what: string): UninstallError {
  return new UninstallError(
    `${what} was deleted, and is there again: something puts it back, such as GitOps. Stop that, then run this again`,
  );
}

/** What names an object in a call. */
export function nameOf({ namespace, name = '' }: KubernetesObject['metadata']): ObjectName {
  return namespace === undefined ? { name } : { namespace, name };
}

/** How a person is told of an object. */
export function shown({ plural }: Resource, name: ObjectName): string {
  return `${plural}/${keyOf(name)}`;
}
