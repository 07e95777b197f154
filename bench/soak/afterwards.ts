import { setTimeout as pause } from 'node:timers/promises';
import { ACCESS_REQUESTS } from '../../src/api/access-request.ts';
import { ACCESS_POLICIES } from '../../src/api/access-policy.ts';
import { ACCESS_REVIEWS } from '../../src/api/access-review.ts';
import {
  ADMISSION_RESOURCES,
  CLUSTER_ROLES,
  JOBS,
  NAMESPACES,
  ROLE_BINDINGS,
  ROLES,
} from '../../src/api/kubernetes.ts';
import { MANAGED_SELECTOR } from '../../src/api/names.ts';
import type { HttpClient } from '../../src/runtime/http-client.ts';
import { type Resource, resourceName } from '../../src/runtime/object.ts';
import type { OperatorProcess } from '../../test/support/operator.ts';
import { Metrics } from '../operator/metrics.ts';

/** What Daypass makes. */
const MADE: readonly Resource[] = [ROLE_BINDINGS, ROLES, JOBS];
/** What the operator holds beside that, all there are of each. */
const READ: readonly Resource[] = [
  ACCESS_REQUESTS.resource,
  ACCESS_REVIEWS.resource,
  ACCESS_POLICIES.resource,
  NAMESPACES,
  CLUSTER_ROLES,
  ...Object.values(ADMISSION_RESOURCES),
];

/** Between two looks, in milliseconds. */
const PAUSE = 250;

/** Looks until nothing is wrong any more, or the time is over: then resolves to what still is. */
export async function patiently(ms: number, look: () => Promise<readonly string[]>): Promise<readonly string[]> {
  const late = performance.now() + ms;
  for (;;) {
    const wrong = await look();
    if (wrong.length === 0 || performance.now() > late) return wrong;
    await pause(PAUSE);
  }
}

/** What is left of grants. */
export async function leftovers(admin: HttpClient): Promise<string[]> {
  const lists = await Promise.all(MADE.map((resource) => admin.list(resource, { labelSelector: MANAGED_SELECTOR })));
  const requests = await admin.list(ACCESS_REQUESTS.resource);
  const held = requests.items.filter(({ metadata }) => metadata.finalizers?.length);
  return [...lists.flatMap(({ items }) => items), ...held].map(
    ({ kind, metadata }) => `${kind} ${metadata.namespace}/${metadata.name} is left`,
  );
}

/** Where the operator holds more or less than there is. */
export async function differences(admin: HttpClient, operator: OperatorProcess): Promise<string[]> {
  const held = new Metrics((await operator.ask('/metrics')).text).byLabel('daypass_store_objects');
  const made = MADE.map((resource) => [resource, { labelSelector: MANAGED_SELECTOR }] as const);
  const all = [...made, ...READ.map((resource) => [resource, {}] as const)];
  const compared = all.map(async ([resource, selection]) => {
    const name = resourceName(resource);
    const { items } = await admin.list(resource, selection);
    const known = held.get(name);
    return known === items.length ? [] : [`of ${items.length} ${name} the operator holds ${known ?? 'nothing known'}`];
  });
  return (await Promise.all(compared)).flat();
}
