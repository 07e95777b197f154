import { probes } from '../admission/probes.ts';
import { SHIPPED } from '../admission/shipped.ts';
import { ADMISSION_RESOURCES } from '../api/kubernetes.ts';
import { ApiError } from '../runtime/errors.ts';
import type { KubernetesObject, Resource } from '../runtime/object.ts';
import type { World } from './test-world.ts';

/** All that `deploy/admission` installs. For tests alone. */
export const ADMISSION: readonly (readonly [Resource, KubernetesObject])[] = SHIPPED.map(({ kind, name, spec }) => [
  ADMISSION_RESOURCES[kind],
  { metadata: { name }, spec },
]);

/** How an API server that goes by the admission policies answers the guard's dry run of this object. */
export function refusalOf(object: unknown, now: Date): ApiError {
  const text = JSON.stringify(object);
  const probe = probes('any', now).find(({ object: { metadata } }) => text.includes(`"name":"${metadata.name}"`));
  const policy = probe?.policy ?? '';
  return new ApiError('Forbidden', `ValidatingAdmissionPolicy '${policy}' with binding '${policy}' denied request: no`);
}

export const POLICIES = ADMISSION_RESOURCES.ValidatingAdmissionPolicy;

/** The policy by which nobody speaks for another. */
export const IDENTITY = 'daypass-hold-identity';

/** Creates that policy again. */
export async function putBack(world: Pick<World, 'put'>): Promise<void> {
  const shipped = ADMISSION.find(([resource, { metadata }]) => resource === POLICIES && metadata.name === IDENTITY);
  await world.put(POLICIES, { metadata: { name: IDENTITY }, spec: shipped?.[1]['spec'] });
}

/** How an API server that goes by no policy answers dry runs. */
export function letThrough(): Promise<KubernetesObject> {
  return Promise.resolve({ metadata: {} });
}
