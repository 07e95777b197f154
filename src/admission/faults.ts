import { type AdmissionKind, SHIPPED } from './shipped.ts';
import type { AdmissionObject } from './stored.ts';

/** What there is of each kind, by name. */
export type Admission = Readonly<Record<AdmissionKind, { get(name: string): AdmissionObject | undefined }>>;

/** What of `deploy/admission` is not as it was shipped, one line each; empty where all is. */
export function faultsIn(admission: Admission): string[] {
  return SHIPPED.flatMap(({ kind, name }) => {
    const found = admission[kind].get(name);
    if (!found) return [`${kind} ${name} is missing`];
    return found.difference === undefined ? [] : [`${kind} ${name} was changed: ${found.difference} is not as shipped`];
  });
}
