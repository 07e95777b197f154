import { createHash } from 'node:crypto';
import type { Admission } from './faults.ts';
import { SHIPPED } from './shipped.ts';

/**
 * SHA-256 (hex) over which objects are there under the shipped names, and how often the spec of
 * each has changed: the API server counts, and names each object anew. So two that are the same
 * show that nothing was different in between, if only for a moment.
 */
export function fingerprintOf(admission: Admission): string {
  const marks = SHIPPED.map(({ kind, name }) => {
    const { uid, generation } = admission[kind].get(name)?.metadata ?? {};
    return [kind, name, uid, generation];
  });
  return createHash('sha256').update(JSON.stringify(marks)).digest('hex');
}
