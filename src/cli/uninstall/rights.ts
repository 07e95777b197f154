import { z } from 'zod';
import { ACCESS_POLICIES } from '../../api/access-policy.ts';
import { ACCESS_REQUESTS } from '../../api/access-request.ts';
import { ACCESS_REVIEWS } from '../../api/access-review.ts';
import {
  CUSTOM_RESOURCE_DEFINITIONS,
  DEPLOYMENTS,
  JOBS,
  ROLE_BINDINGS,
  ROLES,
  SELF_SUBJECT_ACCESS_REVIEWS,
} from '../../api/kubernetes.ts';
import type { Client } from '../../runtime/client.ts';
import { type Resource, resourceName } from '../../runtime/object.ts';
import { INSTALLED_KINDS } from './installation.ts';
import { UninstallError } from './site.ts';

/** All that an uninstall does, in all namespaces. */
const NEEDED: readonly (readonly [Resource, readonly string[]])[] = [
  [ACCESS_POLICIES.resource, ['get', 'list', 'create', 'patch']],
  [ACCESS_REQUESTS.resource, ['list', 'delete', 'patch', 'breakglass']],
  [ACCESS_REVIEWS.resource, ['list', 'patch']],
  [CUSTOM_RESOURCE_DEFINITIONS, ['get']],
  ...[ROLE_BINDINGS, ROLES, JOBS, DEPLOYMENTS, ...INSTALLED_KINDS].map((resource): [Resource, readonly string[]] => [
    resource,
    ['list', 'delete'],
  ]),
];

const Answer = z.object({ status: z.object({ allowed: z.boolean() }) });

/**
 * Makes sure, before anything is changed, that nothing will be refused half-way.
 * @throws UninstallError that names every right that is lacking
 */
export async function checkRights(client: Client): Promise<void> {
  const lacking: string[] = [];
  for (const [resource, verbs] of NEEDED) {
    for (const verb of verbs) {
      const spec = { resourceAttributes: { group: resource.group, resource: resource.plural, verb } };
      const review = await client.create(SELF_SUBJECT_ACCESS_REVIEWS, { metadata: {}, spec });
      if (!Answer.parse(review).status.allowed) lacking.push(`${verb} ${resourceName(resource)}`);
    }
  }
  if (lacking.length === 0) return;
  throw new UninstallError(
    `nothing was changed: this takes a cluster administrator, and you may not, in all namespaces: ${lacking.join(', ')}`,
  );
}
