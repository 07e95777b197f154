import { z } from 'zod';
import { SELF_SUBJECT_RULES_REVIEWS, SUBJECT_ACCESS_REVIEWS } from '../api/kubernetes.ts';
import { OPERATOR_NAMESPACE } from '../api/names.ts';
import { type Excess, excessIn } from '../rbac/excess.ts';
import type { Client } from '../runtime/client.ts';
import { ApiError, isApiError } from '../runtime/errors.ts';
import { onceReachable, type Reaching } from './once-reachable.ts';
import { PlainError } from './plain-error.ts';

/** The operator's own namespace, where it may have been given more, and any other. */
const NAMESPACES = [OPERATOR_NAMESPACE, 'default'];

/** How many questions about one right are put to the API server. One that takes more is nothing that everybody has. */
const QUESTIONS = 64;

/** How many rights are named. */
const NAMED = 5;

const names = z.array(z.string()).default([]);
const Status = z.object({
  resourceRules: z.array(z.object({ verbs: names, apiGroups: names, resources: names, resourceNames: names })),
  incomplete: z.boolean(),
});
const Allowed = z.object({ allowed: z.literal(true) });

/**
 * Makes sure, as soon as the API server can be asked, that the account we work as is no master key.
 * @throws PlainError that names what it should not hold
 */
export async function refuseMasterKey({ client, ...options }: Reaching & { client: Client }): Promise<void> {
  const { excess, incomplete } = (await onceReachable((signal) => look(client, signal), options)) ?? {};
  if (excess !== undefined && excess.length > 0) {
    const held = excess.slice(0, NAMED).map(({ message }) => message);
    if (excess.length > NAMED) held.push(`and ${excess.length - NAMED} more`);
    throw new PlainError(
      `the account that the operator works as must not hold: ${held.join('; ')}. All that it needs is in deploy/rbac`,
    );
  }
  if (incomplete) {
    options.log.warn('not all of our own rights can be known: another authorizer than RBAC has a say here');
  }
}

async function look(client: Client, signal: AbortSignal): Promise<{ excess: Excess[]; incomplete: boolean }> {
  const reviews = await Promise.all(NAMESPACES.map((namespace) => rightsIn(client, namespace, signal)));
  const found = excessIn(reviews.flatMap(({ resourceRules }) => resourceRules));
  const common = await Promise.all(found.map((each) => isEverybodys(client, each, signal)));
  return {
    excess: found.filter((_, index) => common[index] !== true),
    incomplete: reviews.some(({ incomplete }) => incomplete),
  };
}

/** Whether everybody who can log in holds it, an account of no rights included: then ours gives nobody more. */
async function isEverybodys(client: Client, { asked }: Excess, signal: AbortSignal): Promise<boolean> {
  if (asked.length > QUESTIONS) return false;
  const questions = asked.map(async (resourceAttributes) => {
    const spec = { user: 'daypass:nobody', groups: ['system:authenticated'], resourceAttributes };
    const { status } = await client.create(SUBJECT_ACCESS_REVIEWS, { metadata: {}, spec }, { signal });
    return Allowed.safeParse(status).success;
  });
  try {
    return (await Promise.all(questions)).every(Boolean);
  } catch (error) {
    if (isApiError(error, 'Forbidden')) return false; // an account that may not ask is not the one in deploy/rbac
    throw error;
  }
}

/** While the API server starts it may refuse what everybody may ask: it has not read its own roles yet. */
async function rightsIn(client: Client, namespace: string, signal: AbortSignal): Promise<z.infer<typeof Status>> {
  try {
    const review = { metadata: {}, spec: { namespace } };
    const { status } = await client.create(SELF_SUBJECT_RULES_REVIEWS, review, { signal });
    return Status.parse(status);
  } catch (error) {
    if (isApiError(error, 'Forbidden')) throw new ApiError('Unavailable', error.message, { cause: error });
    throw error;
  }
}
