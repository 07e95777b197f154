import { z } from 'zod';
import { spelled, Text } from './text.ts';

const VERB = '[a-z][-a-z:]*';
const GROUP = '[a-z0-9]([-a-z0-9.]*[a-z0-9])?';
const RESOURCE = '[a-z0-9]([-a-z0-9.]*[a-z0-9])?(/[a-z0-9]([-a-z0-9.]*[a-z0-9])?)?';

/** As in a rule of a Role: what the API server would take, without the names that say everything. */
function part(maxLength: number, pattern: string, allowed: string) {
  return spelled(z.string().max(maxLength), new RegExp(`^(${pattern})$`), allowed);
}

function permission(star: '' | '|\\*') {
  const words = star === '' ? ', without "*"' : ', or "*"';
  return z.strictObject({
    apiGroups: z
      .array(part(253, `(${GROUP})?${star}`, `an API group such as apps, or "" for the core group${words}`))
      .min(1)
      .max(8)
      .meta({ 'x-kubernetes-list-type': 'atomic' }),
    resources: z
      .array(
        part(
          128, // a CRD's plural and subresource are labels of at most 63 characters
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
      .array(part(63, `${VERB}${star}`, `a verb such as get${words}`))
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

/** All texts of one request together, in bytes of UTF-8: the operator has every stored request in memory. */
const MOST_BYTES = 4096;

/** What one request asks for. Its lists may be long, or its texts, but not both. */
export const Permissions = z
  .array(Permission)
  .min(1)
  .max(8)
  .check(({ value, issues }) => {
    const bytes = value.reduce((sum, each) => sum + bytesOf(each), 0);
    if (bytes <= MOST_BYTES) return;
    const message = `all texts together have ${bytes} bytes; at most ${MOST_BYTES} are allowed`;
    issues.push({ code: 'custom', input: value, message });
  })
  .meta({
    description: 'What is asked for, narrower than a role: exactly these rules, in this namespace alone.',
    'x-kubernetes-list-type': 'atomic',
    'x-kubernetes-validations': [
      {
        rule:
          `self.map(each, ${celBytesOf('apiGroups')} + ${celBytesOf('resources')} + ${celBytesOf('verbs')} + ` +
          `(has(each.resourceNames) ? ${celBytesOf('resourceNames')} : 0)).sum() <= ${MOST_BYTES}`,
        message: `all texts of permissions together may have at most ${MOST_BYTES} bytes; ask for less, or for a role`,
      },
    ],
  });

function bytesOf({ apiGroups, resources, resourceNames = [], verbs }: Permission): number {
  return Buffer.byteLength([apiGroups, resources, resourceNames, verbs].flat().join(''));
}

/** The same in CEL, of one list. */
function celBytesOf(list: keyof Permission): string {
  return `each.${list}.map(text, bytes(text).size()).sum()`;
}

/** One rule of what a policy lets people ask for: as in RBAC "*" means all of them. */
export const PermissionCeiling = permission('|\\*');
