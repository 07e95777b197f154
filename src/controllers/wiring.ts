import type { AccessRequest } from '../api/access-request.ts';
import { managedName, OPERATOR_NAMESPACE, requestUidOf } from '../api/names.ts';
import type { Metadata, Unreadable } from '../api/read.ts';
import { formatTime } from '../api/time.ts';
import { keyOf } from '../runtime/object.ts';
import type { Lane } from '../runtime/queue.ts';
import type { Change } from '../runtime/store.ts';
import { type Stores, YES } from './stores.ts';

/** Where the keys of what changed go. */
export interface Sinks {
  readonly request: (key: string, lane: Lane) => void;
  readonly managed: (key: string) => void;
  readonly policy: (key: string) => void;
  readonly canary: () => void;
  readonly history: (change: Change<AccessRequest | Unreadable>) => void;
  readonly now: () => Date;
}

/**
 * Which change concerns which key: the only place that knows. Handlers only enqueue; whatever
 * concerns a running grant goes ahead of new ones, because it may end it.
 */
export function wire(stores: Stores, sinks: Sinks): void {
  stores.requests.subscribe((change) => {
    sinks.history(change);
    if (change.after) sinks.request(change.key, laneOfOwnChange(change.after, sinks.now()));
    if (!change.after || 'unreadable' in change.after) sinks.managed(managedKey(change));
  });
  for (const store of [stores.bindings, stores.fuses]) {
    store.subscribe((change) => managedChanged(stores, sinks, change));
  }
  stores.policies.subscribe(({ key, before, after }) => {
    if (after) sinks.policy(key);
    // Own writes of its status leave the generation alone, and concern nobody.
    if (before?.metadata.generation !== after?.metadata.generation)
      enqueueAll(stores.requests.list('open', YES), sinks);
  });
  stores.namespaces.subscribe(({ before, after }) => {
    const [labels, terminating] = [JSON.stringify(after?.labels), after?.terminating];
    if (before && labels === JSON.stringify(before.labels) && terminating === before.terminating) return;
    enqueueAll(stores.requests.list('namespace', (after ?? before)?.metadata.name ?? ''), sinks);
  });
  stores.roles.subscribe(({ key, before, after }) => {
    if (before?.rulesHash === after?.rulesHash) return;
    enqueueAll(stores.requests.list('role', key), sinks);
    for (const { metadata } of stores.policies.values()) sinks.policy(metadata.name);
  });
}

function managedChanged(stores: Stores, sinks: Sinks, { key, before, after }: Change<{ metadata: Metadata }>): void {
  const metadata = (after ?? before)?.metadata;
  if (!metadata) return;
  if (metadata.namespace === OPERATOR_NAMESPACE) {
    // Nothing is granted there, so these are the canary's, which nobody may help to burn.
    sinks.canary();
    return;
  }
  const request = stores.requests.byUid(requestUidOf(metadata));
  if (!request || 'unreadable' in request) sinks.managed(key);
  else sinks.request(keyOf(request.metadata), before ? 'urgent' : 'normal');
}

function enqueueAll(requests: readonly (AccessRequest | Unreadable)[], { request: enqueue }: Sinks): void {
  for (const request of requests) {
    const active = !('unreadable' in request) && request.status.phase === 'Active';
    enqueue(keyOf(request.metadata), active ? 'urgent' : 'normal');
  }
}

/** At a start everything arrives as new: what is overdue goes first, what has ended last. */
function laneOfOwnChange(request: AccessRequest | Unreadable, now: Date): Lane {
  if ('unreadable' in request) return 'urgent';
  const { phase, expiresAt, endedAt } = request.status;
  if (endedAt !== undefined) return 'low';
  return phase === 'Active' && expiresAt !== undefined && expiresAt <= formatTime(now) ? 'urgent' : 'normal';
}

function managedKey({ before, after }: Change<AccessRequest | Unreadable>): string {
  const metadata = (after ?? before)?.metadata;
  return metadata ? keyOf({ ...namespaceOf(metadata), name: managedName(metadata.uid) }) : '';
}

function namespaceOf({ namespace }: Metadata): { namespace?: string } {
  return namespace === undefined ? {} : { namespace };
}
