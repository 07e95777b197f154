import { z } from 'zod';
import { Identity } from './identity.ts';
import { daypassResource, type Kind } from './kind.ts';
import { type Metadata, type Unreadable, reader } from './read.ts';
import { Line, SubdomainName } from './text.ts';

/** What a reviewer says of a request. */
export const ReviewDecision = z.enum(['Approve', 'Deny', 'Revoke']);
export type ReviewDecision = z.infer<typeof ReviewDecision>;

const AccessReviewSpec = z
  .strictObject({
    request: z
      .strictObject({ name: SubdomainName, uid: z.string().min(1).max(64) })
      .meta({ description: 'The AccessRequest in this namespace, by name and uid: not another one of the same name.' }),
    decision: ReviewDecision.meta({
      description: 'Approve counts towards what the policy asks for; Deny is final; Revoke ends it at any time.',
    }),
    comment: Line(512).optional().meta({ description: 'Why, for whoever reads the record.' }),
    reviewer: Identity.meta({
      description: 'Who decides: stamped by the API server from the authenticated user. Never filled in by hand.',
    }),
  })
  .meta({
    'x-kubernetes-validations': [
      { rule: 'self == oldSelf', message: 'the spec of a review cannot be changed; create a new review' },
    ],
  });
type AccessReviewSpec = z.infer<typeof AccessReviewSpec>;

export const AccessReviewStatus = z.object({
  accepted: z.boolean().optional().meta({ description: 'Whether it counts.' }),
  reason: z.string().max(64).optional().meta({ description: 'Why, or why not, in one word.' }),
  message: z.string().max(1024).optional(),
  observedGeneration: z.int().min(0).optional(),
});
export type AccessReviewStatus = z.infer<typeof AccessReviewStatus>;

/** A review as the operator reads it. */
export interface AccessReview {
  readonly metadata: Metadata & { readonly namespace: string };
  readonly spec: AccessReviewSpec;
  readonly status: AccessReviewStatus;
}

export const ACCESS_REVIEWS = {
  resource: daypassResource('AccessReview', 'accessreviews', 'Namespaced'),
  shortNames: ['arev'],
  description: "One person's decision on one AccessRequest in this namespace.",
  spec: AccessReviewSpec,
  status: AccessReviewStatus,
  printerColumns: [
    { name: 'Request', type: 'string', jsonPath: '.spec.request.name' },
    { name: 'Reviewer', type: 'string', jsonPath: '.spec.reviewer.username' },
    { name: 'Decision', type: 'string', jsonPath: '.spec.decision' },
    { name: 'Accepted', type: 'boolean', jsonPath: '.status.accepted' },
    { name: 'Reason', type: 'string', jsonPath: '.status.reason' },
    { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
  ],
} as const satisfies Kind;

const read = reader(z.object({ spec: AccessReviewSpec, status: AccessReviewStatus.catch({}).default({}) }));

/** Reads an AccessReview; what the schema refuses comes back as {@link Unreadable}, and never counts. */
export function readAccessReview(object: Parameters<typeof read>[0]): AccessReview | Unreadable {
  const result = read(object);
  if ('unreadable' in result) return result;
  const { metadata } = result;
  if (metadata.namespace === undefined) return { metadata, unreadable: 'metadata.namespace: missing', raw: result };
  return { ...result, metadata: { ...metadata, namespace: metadata.namespace } };
}
