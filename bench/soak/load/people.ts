import { CLUSTER_ROLE_BINDINGS } from '../../../src/api/kubernetes.ts';
import type { HttpClient } from '../../../src/runtime/http-client.ts';
import { GROUP, putPolicy, type Stage } from '../../../test/operator/stage.ts';

/** Where they ask. */
export const TEAMS = ['payments', 'checkout', 'search'];
/** The role that a lead must agree to; the stage's own is given to every developer. */
export const REVIEWED_ROLE = 'daypass-view';

const LEADS = 'leads';
const DEVELOPERS = 5;

/** Who asks, and who agrees. */
export interface People {
  readonly developers: readonly HttpClient[];
  readonly lead: HttpClient;
}

/** Makes their namespaces, and lets them ask and agree. They all go to the API server directly. */
export async function enlist({ admin, as, namespace }: Stage): Promise<People> {
  for (const team of TEAMS) await namespace(team);
  const reviewers = [{ kind: 'Group', name: LEADS }];
  await putPolicy(admin, 'leads-agree', { roles: [REVIEWED_ROLE], approval: { required: [{ reviewers, count: 1 }] } });
  const apiGroup = CLUSTER_ROLE_BINDINGS.group;
  await admin.create(CLUSTER_ROLE_BINDINGS, {
    metadata: { name: 'leads-may-review' },
    roleRef: { apiGroup, kind: 'ClusterRole', name: 'daypass-reviewer' },
    subjects: [{ apiGroup, kind: 'Group', name: LEADS }],
  });
  const developers = Array.from({ length: DEVELOPERS }, (_, n) => as(`developer-${n}`, GROUP));
  return { developers: await Promise.all(developers), lead: await as('lena', LEADS) };
}
