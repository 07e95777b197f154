import { z } from 'zod';
import { Conditions } from './condition.ts';
import { Duration } from './duration.ts';
import { History } from './history.ts';
import { Identity, ServiceAccountRef, type Subject, subjectOf } from './identity.ts';
import { daypassResource, type Kind } from './kind.ts';
import { Permissions } from './permission.ts';
import { type Metadata, type Unreadable, reader } from './read.ts';
import { Line, RoleName, SubdomainName } from './text.ts';
import { Time } from './time.ts';

/** The ClusterRole asked for. Its rules hold in the request's namespace alone. */
const RoleRef = z.strictObject({ kind: z.enum(['ClusterRole']), name: RoleName });

const AccessRequestSpec = z
  .strictObject({
    roleRef: RoleRef.optional().meta({
      description: 'The ClusterRole asked for; it will hold in this namespace alone. Either this or permissions.',
    }),
    permissions: Permissions.optional(),
    duration: Duration.optional().meta({
      description: "How long, from the moment access starts, such as 45m. Omitted: the deciding policy's default.",
    }),
    startTime: Time.optional().meta({
      description: 'When access is to start, at most 7 days ahead. Omitted or past: at once.',
    }),
    subject: ServiceAccountRef.optional().meta({
      description:
        'Who is to have access, where it is not the requester: a service account that a policy lets them ask for.',
    }),
    emergency: z.literal(true).optional().meta({
      description: 'Break-glass: granted at once where a policy permits it, loudly, and reviewed afterwards.',
    }),
    extends: z
      .strictObject({ name: SubdomainName, uid: z.string().min(1).max(64) })
      .optional()
      .meta({ description: 'The active request of yours, for the same, that this one takes over from without a gap.' }),
    reason: Line(512).optional().meta({ description: 'Why, for whoever reads the record.' }),
    ticket: Line(128).optional().meta({ description: 'The ticket or incident this belongs to.' }),
    requester: Identity.meta({
      description: 'Who asks: stamped by the API server from the authenticated user. Never filled in by hand.',
    }),
  })
  .refine(({ roleRef, permissions }) => (roleRef === undefined) !== (permissions === undefined), {
    message: 'needs exactly one of roleRef and permissions',
  })
  .refine(({ emergency, reason }) => emergency === undefined || reason !== undefined, {
    path: ['reason'],
    message: 'required for an emergency',
  })
  .refine(({ startTime, emergency, extends: before }) => startTime === undefined || !(emergency ?? before), {
    path: ['startTime'],
    message: 'not allowed with emergency or extends, which start at once',
  })
  .meta({
    'x-kubernetes-validations': [
      { rule: 'self == oldSelf', message: 'the spec of a request cannot be changed; create a new request' },
      {
        rule: 'has(self.roleRef) != has(self.permissions)',
        message: 'a request needs exactly one of roleRef and permissions',
      },
      {
        rule: '!has(self.emergency) || has(self.reason)',
        fieldPath: '.reason',
        message: 'an emergency needs a reason: whoever reviews it afterwards has nothing else to go by',
      },
      {
        rule: '!has(self.startTime) || (!has(self.emergency) && !has(self.extends))',
        fieldPath: '.startTime',
        message: 'startTime is not allowed with emergency or extends, which start at once',
      },
    ],
  });
type AccessRequestSpec = z.infer<typeof AccessRequestSpec>;

/** Where a request stands. Expired, Revoked, Denied, Lapsed and Failed are final. */
export const Phase = z.enum(['Pending', 'Approved', 'Active', 'Expired', 'Revoked', 'Denied', 'Lapsed', 'Failed']);
export type Phase = z.infer<typeof Phase>;

const count = z.int().min(0).max(1000);
const name = z.string().max(253);
const uid = z.string().max(64);

export const AccessRequestStatus = z.object({
  phase: Phase.optional(),
  observedGeneration: z.int().min(0).optional(),
  policy: z
    .object({ name, uid, generation: z.int().min(0) })
    .optional()
    .meta({ description: 'The policy that decided, as it was then.' }),
  role: z
    .object({ name, uid, rulesHash: z.string().max(64) })
    .optional()
    .meta({ description: 'The role as it was when it was granted; a change ends the grant.' }),
  duration: Duration.optional().meta({ description: 'How long access lasts, decided.' }),
  reviews: z
    .object({
      required: count,
      approvedBy: z.array(z.string().max(1024)).max(64).meta({ 'x-kubernetes-list-type': 'atomic' }),
      deniedBy: z.string().max(1024).optional(),
    })
    .optional()
    .meta({ description: 'How many approvals the deciding policy asks for, and who gave or refused theirs.' }),
  emergency: z
    .object({ reviewBy: Time, overdue: z.boolean().optional(), reviewedBy: z.string().max(1024).optional() })
    .optional()
    .meta({ description: 'The review that an emergency grant needs afterwards: by when, and who gave it.' }),
  requestedAt: Time.optional(),
  approvedAt: Time.optional(),
  grantedAt: Time.optional(),
  expiresAt: Time.optional(),
  endedAt: Time.optional(),
  grant: z
    .object({ bindingHash: z.string().max(64), fuseUid: uid, roleUid: uid.optional() })
    .optional()
    .meta({ description: 'The objects that make up the grant.' }),
  conditions: Conditions.optional(),
  history: History.optional(),
});
export type AccessRequestStatus = z.infer<typeof AccessRequestStatus>;

/** A request as the operator reads it. */
export interface AccessRequest {
  readonly metadata: Metadata & { readonly namespace: string };
  readonly spec: AccessRequestSpec;
  readonly status: AccessRequestStatus;
}

const ENDED: ReadonlySet<Phase | undefined> = new Set<Phase>(['Expired', 'Revoked', 'Denied', 'Lapsed', 'Failed']);

/** Whether a request is in a final phase. */
export function hasEnded({ status }: Pick<AccessRequest, 'status'>): boolean {
  return ENDED.has(status.phase);
}

/** Whether an emergency was granted, and nobody has looked at it since. */
export function needsAfterReview({ status: { emergency, grantedAt } }: Pick<AccessRequest, 'status'>): boolean {
  return emergency !== undefined && grantedAt !== undefined && emergency.reviewedBy === undefined;
}

/** What is asked for, in a few words: the role's name, or how many permissions. */
export function describeAccess({ spec: { roleRef, permissions = [] } }: Pick<AccessRequest, 'spec'>): string {
  if (roleRef) return roleRef.name;
  const resources = new Set(permissions.flatMap((each) => each.resources));
  return `permissions on ${[...resources].join(', ')}`;
}

/** Who is to have access; undefined for requesters of the system, which nobody may be given anything as. */
export function subjectOfRequest({ spec }: Pick<AccessRequest, 'spec'>): Subject | undefined {
  const asker = subjectOf(spec.requester.username);
  return asker && (spec.subject ?? asker);
}

export const ACCESS_REQUESTS = {
  resource: daypassResource('AccessRequest', 'accessrequests', 'Namespaced'),
  shortNames: ['areq'],
  description: 'One ask by one person for one role in this namespace, for a limited time.',
  spec: AccessRequestSpec,
  status: AccessRequestStatus,
  printerColumns: [
    { name: 'Requester', type: 'string', jsonPath: '.spec.requester.username' },
    { name: 'Role', type: 'string', jsonPath: '.spec.roleRef.name' },
    { name: 'Phase', type: 'string', jsonPath: '.status.phase' },
    { name: 'Expires', type: 'string', jsonPath: '.status.expiresAt' },
    { name: 'Policy', type: 'string', jsonPath: '.status.policy.name', priority: 1 },
    { name: 'Subject', type: 'string', jsonPath: '.spec.subject.name', priority: 1 },
    { name: 'Emergency', type: 'boolean', jsonPath: '.spec.emergency', priority: 1 },
    { name: 'Why', type: 'string', jsonPath: '.status.conditions[?(@.type=="Ended")].reason', priority: 1 },
    { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
  ],
} as const satisfies Kind;

const read = reader(z.object({ spec: AccessRequestSpec, status: AccessRequestStatus.default({}) }));

/** Reads an AccessRequest; what the schema refuses comes back as {@link Unreadable}, and gets no access. */
export function readAccessRequest(object: Parameters<typeof read>[0]): AccessRequest | Unreadable {
  const result = read(object);
  if ('unreadable' in result) return result;
  const { metadata } = result;
  if (metadata.namespace === undefined) return { metadata, unreadable: 'metadata.namespace: missing', raw: result };
  return { ...result, metadata: { ...metadata, namespace: metadata.namespace } };
}
