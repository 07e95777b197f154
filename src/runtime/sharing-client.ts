import type { Client, ListOptions, ObjectList } from './client.ts';
import type { Resource } from './object.ts';
import { orAborted } from './waiting.ts';

/** One list under way, and the one that those who ask meanwhile will share. */
interface Turn {
  readonly running: Promise<ObjectList>;
  next: Promise<ObjectList> | undefined;
}

/**
 * The client, with at most one list of a kind under way: who asks meanwhile shares the next one
 * with all others who do. Everybody gets an answer that was read after they asked, as from a list
 * of their own; a thousand who ask at once cost the API server two lists.
 */
export function sharingClient(client: Client): Client {
  const turns = new Map<string, Turn>();

  function begin(id: string, resource: Resource, options: ListOptions): Promise<ObjectList> {
    const running = client.list(resource, options);
    const turn: Turn = { running, next: undefined };
    turns.set(id, turn);
    const end = () => {
      if (!turn.next) turns.delete(id);
    };
    running.then(end, end);
    return running;
  }

  function list(resource: Resource, options: ListOptions): Promise<ObjectList> {
    const { namespace, labelSelector, limit, continue: token } = options;
    const id = JSON.stringify([resource.plural, resource.group, namespace, labelSelector, limit, token]);
    const turn = turns.get(id);
    if (!turn) return begin(id, resource, options);
    const again = () => begin(id, resource, options);
    turn.next ??= turn.running.then(again, again);
    return turn.next;
  }

  return {
    // Nobody's signal ends what others wait for too: the call ends by its own time limit.
    list: (resource, { signal, ...options } = {}) => orAborted(list(resource, options), signal),
    watch: (resource, options) => client.watch(resource, options),
    get: (resource, name, options) => client.get(resource, name, options),
    create: (resource, object, options) => client.create(resource, object, options),
    patch: (resource, name, patch, options) => client.patch(resource, name, patch, options),
    patchStatus: (resource, name, patch, options) => client.patchStatus(resource, name, patch, options),
    delete: (resource, name, options) => client.delete(resource, name, options),
  };
}
