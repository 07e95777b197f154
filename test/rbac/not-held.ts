import type { PolicyRule } from '../../src/rbac/rules.ts';
import type { Answer } from '../identity/caller.ts';

const REFUSAL = 'is attempting to grant RBAC permissions not currently held:\n';

/**
 * The rules that whoever tried to create a role does not hold, as the API server lists them. None
 * if it would create the role, or refuses it as invalid (422): that it looks at only after this.
 */
export function notHeld({ code, body: { message = '' } }: Answer): PolicyRule[] {
  if (code === 201 || code === 422) return [];
  const [, listed] = message.split(REFUSAL);
  if (code !== 403 || listed === undefined) throw new Error(`The API server answered ${code}: ${message}`);
  return listed.split('\n').map((line) => ({
    verbs: valuesOf('Verbs', line),
    apiGroups: valuesOf('APIGroups', line),
    resources: valuesOf('Resources', line),
    resourceNames: valuesOf('ResourceNames', line),
    nonResourceURLs: valuesOf('NonResourceURLs', line),
  }));
}

/** Of a line like `{APIGroups:["" "apps"], Resources:["pods"], Verbs:["get"]}`. */
function valuesOf(field: string, line: string): string[] {
  const [, values = ''] = new RegExp(`\\b${field}:\\[([^\\]]*)\\]`).exec(line) ?? [];
  return [...values.matchAll(/"([^"]*)"/g)].map(([, value = '']) => value);
}
