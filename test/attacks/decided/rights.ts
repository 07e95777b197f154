import { SUBJECT_ACCESS_REVIEWS } from '../../../src/api/kubernetes.ts';
import { apiVersionOf } from '../../../src/runtime/object.ts';
import type { HttpClient } from '../../../src/runtime/http-client.ts';

/** One right, as a Role gives it. */
export interface Rule {
  readonly apiGroups: readonly [string];
  readonly resources: readonly [string];
  readonly verbs: readonly [string];
}

/** Resolves once the API server goes by a right that was just given: it learns of bindings by a watch. */
export async function inForce(
  admin: HttpClient,
  { user, namespace, rule }: { user: string; namespace: string; rule: Rule },
): Promise<void> {
  const [resource = '', subresource] = rule.resources[0].split('/');
  const resourceAttributes = { namespace, group: rule.apiGroups[0], resource, subresource, verb: rule.verbs[0] };
  const review = {
    apiVersion: apiVersionOf(SUBJECT_ACCESS_REVIEWS),
    kind: SUBJECT_ACCESS_REVIEWS.kind,
    metadata: {},
    spec: { user, resourceAttributes },
  };
  const late = AbortSignal.timeout(10_000);
  for (;;) {
    const { status } = await admin.create(SUBJECT_ACCESS_REVIEWS, review);
    if (JSON.stringify(status ?? {}).includes('"allowed":true')) return;
    if (late.aborted) throw new Error(`${user} may not ${rule.verbs[0]} ${rule.resources[0]} in ${namespace} yet`);
  }
}
