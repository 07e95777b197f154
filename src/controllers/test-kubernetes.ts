import { ACCESS_REQUESTS } from '../api/access-request.ts';
import { ACCESS_REVIEWS } from '../api/access-review.ts';
import { JOBS, ROLE_BINDINGS, ROLES, readJob } from '../api/kubernetes.ts';
import type { Client } from '../runtime/client.ts';
import type { Clock } from '../runtime/clock.ts';

/** The Job, TTL and garbage collector controllers, one round each. For tests alone. */
export async function kubernetesWorks(client: Client, clock: Pick<Clock, 'now'>): Promise<void> {
  for (const raw of (await client.list(JOBS)).items) {
    const { metadata, spec, complete } = readJob(raw);
    const name = { namespace: metadata.namespace ?? '', name: metadata.name };
    if (!complete) {
      const conditions = [{ type: 'Complete', status: 'True' }];
      await client.patchStatus(JOBS, name, { status: { conditions, completionTime: clock.now().toISOString() } });
      continue;
    }
    const born = Date.parse(metadata.creationTimestamp ?? '');
    if (clock.now().getTime() >= born + (spec.ttlSecondsAfterFinished ?? Infinity) * 1000) {
      await client.delete(JOBS, name, { uid: metadata.uid });
    }
  }
  const alive = new Set<string>();
  for (const resource of [JOBS, ACCESS_REQUESTS.resource]) {
    for (const { metadata } of (await client.list(resource)).items) {
      alive.add(`${metadata.namespace}/${metadata.name} ${metadata.uid}`);
    }
  }
  for (const resource of [JOBS, ROLES, ROLE_BINDINGS, ACCESS_REVIEWS.resource]) {
    for (const { metadata } of (await client.list(resource)).items) {
      const owners = metadata.ownerReferences ?? [];
      const isOwned = owners.some(({ name, uid }) => alive.has(`${metadata.namespace}/${name} ${uid}`));
      if (owners.length === 0 || isOwned) continue;
      const name = { namespace: metadata.namespace ?? '', name: metadata.name ?? '' };
      await client.delete(resource, name, { uid: metadata.uid ?? '' });
    }
  }
}
