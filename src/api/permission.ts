import { z } from 'zod';
import { spelled, Text } from './text.ts';

const VERB = '[a-z][-a-z:]*';
const GROUP = '[a-z0-9]([-a-z0-9.]*[a-z0-9])?';
const RESOURCE = '[a-z0-9]([-a-z0-9.]*[a-z0-9])?(/[a-z0-9]([-a-z0-9.]*[a-z0-9])?)?';

/** As in a rule of a Role: what the API server would take, without the names that say everything. */
function part(pattern: string, allowed: string) {
  return spelled(z.string().max(253), new RegExp(`^(${pattern})$`), allowed);
}

function permission(star: '' | '|\\*') {
  const words = star === '' ? ', without "*"' : ', or "*"';
  return z.strictObject({
    apiGroups: z
      .array(part(`(${GROUP})?${star}`, `an API group such as apps, or "" for the core group${words}`))
      .min(1)
      .max(8)
      .meta({ 'x-kubernetes-list-type': 'atomic' }),
    resources: z
      .array(
        part(
          `${RESOURCE}${star}${star === '' ? '' : '|\\*/[a-z0-9]([-a-z0-9.]*[a-z0-9])?'}`,
          `a resource such as pods or pods/log${words}`,
        ),
      )
      .min(1)
      .max(16)
      .meta({ 'x-kubernetes-list-type': 'atomic' }),
    resourceNames: z
      .array(Text(253).min(1))
      .min(1)
      .max(16)
      .optional()
      .meta({ description: 'Omitted: all of them.', 'x-kubernetes-list-type': 'atomic' }),
    verbs: z
      .array(part(`${VERB}${star}`, `a verb such as get${words}`))
      .min(1)
      .max(16)
      .meta({ 'x-kubernetes-list-type': 'atomic' }),
  });
}

/**
 * One rule of what a request asks for: it becomes a rule of a Role, word by word.
 * https://kubernetes.io/docs/reference/kubernetes-api/authorization-resources/role-v1/
 */
export const Permission = permission('');
export type Permission = z.infer<typeof Permission>;

/** One rule of what a policy lets people ask for: as in RBAC "*" means all of them. */
export const PermissionCeiling = permission('|\\*');
