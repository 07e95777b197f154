import { z } from 'zod';
import type { KubernetesObject } from '../runtime/object.ts';
import { Conditions } from './condition.ts';
import { Duration, toSeconds } from './duration.ts';
import { ServiceAccountRef } from './identity.ts';
import { daypassResource, type Kind } from './kind.ts';
import { LabelSelector } from './label-selector.ts';
import { PermissionCeiling } from './permission.ts';
import { type Metadata, type Unreadable, reader } from './read.ts';
import { Line, NamespaceName, RoleName, Text } from './text.ts';

/** Who may ask. Names are exact: no patterns, no case folding. */
export const RequesterRef = z
  .strictObject({
    kind: z.enum(['User', 'Group', 'ServiceAccount']),
    name: Text(512).min(1),
    namespace: NamespaceName.optional().meta({ description: 'For kind ServiceAccount, and only there.' }),
  })
  .refine(({ kind, namespace }) => (kind === 'ServiceAccount') === (namespace !== undefined), {
    path: ['namespace'],
    message: 'required for kind ServiceAccount, and allowed only there',
  })
  .refine(({ kind, name }) => kind !== 'User' || !name.startsWith('system:'), {
    path: ['name'],
    message: 'names of kind User may not start with "system:"; name a service account by kind ServiceAccount',
  })
  .meta({
    'x-kubernetes-validations': [
      {
        rule: "(self.kind == 'ServiceAccount') == has(self.namespace)",
        fieldPath: '.namespace',
        message: 'namespace is required for kind ServiceAccount, and allowed only there',
      },
      {
        rule: "self.kind != 'User' || !self.name.startsWith('system:')",
        fieldPath: '.name',
        message: 'names of kind User may not start with "system:"; name a service account by kind ServiceAccount',
      },
    ],
  });
export type RequesterRef = z.infer<typeof RequesterRef>;

/** Where: a namespace counts if it is named or selected. */
export const NamespaceScope = z
  .strictObject({
    names: z.array(NamespaceName).min(1).max(64).optional().meta({ 'x-kubernetes-list-type': 'set' }),
    selector: LabelSelector.optional(),
  })
  .refine(({ names, selector }) => names !== undefined || selector !== undefined, 'needs names or selector')
  .meta({
    'x-kubernetes-validations': [
      {
        rule: 'has(self.names) || has(self.selector)',
        message: 'needs names or selector; an empty one matches nothing',
      },
    ],
  });
export type NamespaceScope = z.infer<typeof NamespaceScope>;

/** Approvals that all must be given: `count` different people from among these. */
const RequiredApproval = z.strictObject({
  reviewers: z
    .array(RequesterRef)
    .min(1)
    .max(16)
    .meta({ description: 'Whose approval counts.', 'x-kubernetes-list-type': 'atomic' }),
  count: z.int().min(1).max(8).meta({ description: 'How many different people from among them must approve.' }),
});
export type RequiredApproval = z.infer<typeof RequiredApproval>;

/** Who must agree before access is given. */
const Approval = z
  .strictObject({
    automatic: z.literal(true).optional().meta({ description: 'Granted without asking anybody.' }),
    required: z.array(RequiredApproval).min(1).max(8).optional().meta({
      description: 'Every entry must be fulfilled; one person fills one place in one entry alone.',
      'x-kubernetes-list-type': 'atomic',
    }),
    deadline: Duration.optional().meta({
      description:
        'When a request lapses that was not granted by then. Omitted: 24h, or 1h where approval is automatic.',
    }),
  })
  .refine(({ automatic, required }) => (automatic === undefined) !== (required === undefined), {
    message: 'needs exactly one of automatic and required',
  })
  .meta({
    'x-kubernetes-validations': [
      {
        rule: 'has(self.automatic) != has(self.required)',
        message: 'approval needs exactly one of automatic: true and required',
      },
    ],
  });
export type Approval = z.infer<typeof Approval>;

/** The parts of a policy that say what it speaks of. Each is read by itself where the whole cannot be. */
export const POLICY_SCOPE = {
  requesters: z
    .array(RequesterRef)
    .min(1)
    .max(64)
    .optional()
    .meta({ description: 'Who may ask.', 'x-kubernetes-list-type': 'atomic' }),
  namespaces: NamespaceScope.optional().meta({ description: 'In which namespaces.' }),
  roles: z
    .array(RoleName)
    .min(1)
    .max(8)
    .optional()
    .meta({ description: 'For which ClusterRoles.', 'x-kubernetes-list-type': 'set' }),
  permissions: z
    .array(PermissionCeiling)
    .min(1)
    .max(16)
    .optional()
    .meta({ description: 'For which permissions, at most.', 'x-kubernetes-list-type': 'atomic' }),
} as const;

/** The longest grant there is, in seconds: the same as in deploy/admission/fence-rolebindings.yaml. */
const CEILING = 12 * 3600;

const isDeny = "has(self.effect) && self.effect == 'Deny'";

export const AccessPolicySpec = z
  .strictObject({
    description: Line(512).optional(),
    effect: z.enum(['Allow', 'Deny']).optional().meta({ description: 'Omitted: Allow.' }),
    priority: z
      .int()
      .min(-1_000_000)
      .max(1_000_000)
      .optional()
      .meta({ description: 'Among policies that permit a request the highest decides. Omitted: 0.' }),
    ...POLICY_SCOPE,
    duration: z
      .strictObject({
        default: Duration.optional().meta({ description: 'For requests that name none. Omitted: max.' }),
        max: Duration.meta({ description: 'Longer requests are denied, not cut. At most 12h.' }),
      })
      .refine((duration) => duration.default === undefined || toSeconds(duration.default) <= toSeconds(duration.max), {
        path: ['default'],
        message: 'may not be longer than max',
      })
      .refine((duration) => toSeconds(duration.max) <= CEILING, {
        path: ['max'],
        message: 'may not be longer than 12h',
      })
      .optional()
      .meta({
        description: 'How long. Required for Allow.',
        'x-kubernetes-validations': [
          {
            rule: "duration(self.max) <= duration('12h')",
            fieldPath: '.max',
            message: 'duration.max may not be longer than 12h, the most that admission lets the operator grant',
          },
          {
            rule: '!has(self.default) || duration(self.default) <= duration(self.max)',
            fieldPath: '.default',
            message: 'duration.default may not be longer than duration.max',
          },
        ],
      }),
    approval: Approval.optional().meta({ description: 'Who must agree. Required for Allow.' }),
    emergency: z
      .strictObject({
        maxDuration: Duration.meta({ description: 'The longest emergency grant. At most 12h.' }),
        reviewWithin: Duration.meta({ description: 'By when, from the grant on, a reviewer must have looked at it.' }),
      })
      .refine(({ maxDuration }) => toSeconds(maxDuration) <= CEILING, {
        path: ['maxDuration'],
        message: 'may not be longer than 12h',
      })
      .optional()
      .meta({
        description:
          'Permits break-glass: granted at once, and reviewed afterwards by one of those whose approval it skips.',
        'x-kubernetes-validations': [
          {
            rule: "duration(self.maxDuration) <= duration('12h')",
            fieldPath: '.maxDuration',
            message:
              'emergency.maxDuration may not be longer than 12h, the most that admission lets the operator grant',
          },
        ],
      }),
    allowRisky: z.literal(true).optional().meta({
      description: 'Lets roles and permissions be granted by which their holder could keep, widen or outlive access.',
    }),
    onBehalfOf: z.array(ServiceAccountRef).min(1).max(16).optional().meta({
      description: 'For which service accounts the requesters may ask, besides for themselves.',
      'x-kubernetes-list-type': 'atomic',
    }),
  })
  .refine(({ effect, duration }) => (effect === 'Deny') === (duration === undefined), {
    path: ['duration'],
    message: 'required for effect Allow, not allowed for Deny',
  })
  .refine(({ effect, approval }) => (effect === 'Deny') === (approval === undefined), {
    path: ['approval'],
    message: 'required for effect Allow, not allowed for Deny',
  })
  .refine(({ emergency, approval }) => emergency === undefined || approval?.required !== undefined, {
    path: ['emergency'],
    message: 'needs approval.required: somebody has to review it afterwards',
  })
  .refine(({ effect, allowRisky }) => effect !== 'Deny' || allowRisky === undefined, {
    path: ['allowRisky'],
    message: 'not allowed for Deny',
  })
  .refine(({ effect, onBehalfOf }) => effect !== 'Deny' || onBehalfOf === undefined, {
    path: ['onBehalfOf'],
    message: 'not allowed for Deny: name the service accounts in requesters',
  })
  .meta({
    'x-kubernetes-validations': [
      {
        rule: `(${isDeny}) != has(self.duration)`,
        fieldPath: '.duration',
        message: 'duration is required for effect Allow, and not allowed for Deny',
      },
      {
        rule: `(${isDeny}) != has(self.approval)`,
        fieldPath: '.approval',
        message: 'approval is required for effect Allow, and not allowed for Deny',
      },
      {
        rule: '!has(self.emergency) || (has(self.approval) && has(self.approval.required))',
        fieldPath: '.emergency',
        message: 'emergency needs approval.required: somebody has to review it afterwards',
      },
      {
        rule: `!(${isDeny}) || !has(self.allowRisky)`,
        fieldPath: '.allowRisky',
        message: 'allowRisky is not allowed for Deny',
      },
      {
        rule: `!(${isDeny}) || !has(self.onBehalfOf)`,
        fieldPath: '.onBehalfOf',
        message: 'onBehalfOf is not allowed for Deny: name the service accounts in requesters',
      },
    ],
  });
export type AccessPolicySpec = z.infer<typeof AccessPolicySpec>;

const AccessPolicyStatus = z.object({
  observedGeneration: z.int().min(0).optional(),
  conditions: Conditions.optional(),
});
export type AccessPolicyStatus = z.infer<typeof AccessPolicyStatus>;

/** A policy as the operator reads it. */
export interface AccessPolicy {
  readonly metadata: Metadata;
  readonly spec: AccessPolicySpec;
  readonly status: AccessPolicyStatus;
}

export const ACCESS_POLICIES = {
  resource: daypassResource('AccessPolicy', 'accesspolicies', 'Cluster'),
  shortNames: ['apol'],
  description: 'Who may ask for which roles, where and for how long.',
  spec: AccessPolicySpec,
  status: AccessPolicyStatus,
  printerColumns: [
    { name: 'Effect', type: 'string', jsonPath: '.spec.effect' },
    { name: 'Priority', type: 'integer', jsonPath: '.spec.priority' },
    { name: 'Max', type: 'string', jsonPath: '.spec.duration.max' },
    { name: 'Ready', type: 'string', jsonPath: '.status.conditions[?(@.type=="Ready")].status' },
    { name: 'Reason', type: 'string', jsonPath: '.status.conditions[?(@.type=="Ready")].reason' },
    { name: 'Roles', type: 'string', jsonPath: '.spec.roles', priority: 1 },
    { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
  ],
} as const satisfies Kind;

const read = reader(z.object({ spec: AccessPolicySpec, status: AccessPolicyStatus.catch({}).default({}) }));

/** Reads an AccessPolicy; what the schema refuses comes back as {@link Unreadable}. */
export function readAccessPolicy(object: KubernetesObject): AccessPolicy | Unreadable {
  return read(object);
}

/** The status of a policy; one that makes no sense counts as none. */
export function readPolicyStatus(status: unknown): AccessPolicyStatus {
  return AccessPolicyStatus.catch({}).parse(status);
}
