import { MANAGED_SELECTOR } from '../api/names.ts';
import type { Resource } from '../runtime/object.ts';
import { Reflector, type ReflectorOptions } from '../runtime/reflector.ts';
import type { Stores } from './stores.ts';

type ReflectedStore = ReflectorOptions['store'] & { readonly resource: Resource };

/** What fills the stores that work rests on, one for each. Of bindings and Jobs only managed ones are ever asked for. */
export function createReflectors(
  { requests, reviews, policies, namespaces, roles, bindings, ownRoles, fuses }: Stores,
  options: Omit<ReflectorOptions, 'resource' | 'selection' | 'store'>,
): Reflector[] {
  const whole: readonly ReflectedStore[] = [requests, reviews, policies, namespaces, roles];
  const managed: readonly ReflectedStore[] = [bindings, ownRoles, fuses];
  return [
    ...whole.map((store) => new Reflector({ ...options, resource: store.resource, store })),
    ...managed.map((store) => {
      return new Reflector({
        ...options,
        resource: store.resource,
        selection: { labelSelector: MANAGED_SELECTOR },
        store,
      });
    }),
  ];
}

/** What fills the stores of the admission policies. Nobody waits for these at the start: without them nothing is granted, but ends come as ever. */
export function createGuardReflectors(
  { admissionPolicies, admissionBindings }: Stores,
  options: Omit<ReflectorOptions, 'resource' | 'selection' | 'store'>,
): Reflector[] {
  return [admissionPolicies, admissionBindings].map((store) => {
    return new Reflector({ ...options, resource: store.resource, store });
  });
}
