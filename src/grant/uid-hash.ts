import { createHash } from 'node:crypto';

/**
 * SHA-256 (hex) over the uid of a binding: to know it again, without telling it. Whoever knows the
 * uid of a binding can make something that Kubernetes' collector waits for before it takes the
 * binding, wherever they may create anything (docs/threat-model.md, what is not covered).
 */
export function uidHash(uid: string): string {
  return createHash('sha256').update(uid).digest('hex');
}
