import { isManaged } from '../api/names.ts';
import type { Client } from '../runtime/client.ts';
import { ApiError, isApiError } from '../runtime/errors.ts';
import type { KubernetesObject, Resource } from '../runtime/object.ts';
import type { Lane } from '../runtime/lanes.ts';
import { confirm } from './confirm.ts';
import type { Plan, Write } from './plan.ts';

/**
 * Carries out a plan, write by write, and says in which lane to look again.
 * @throws ApiError for whatever another try may mend; the writes done so far stay done.
 */
export async function applyPlan(client: Client, plan: Plan, signal: AbortSignal): Promise<Lane> {
  const written: KubernetesObject[] = [];
  for (const write of plan.writes) {
    try {
      const reply = await perform(client, write, written, signal);
      if (reply) written.push(reply);
    } catch (error) {
      if (!isApiError(error) || !isFinal(write, error) || !plan.refused) throw error;
      return applyPlan(client, plan.refused(error, written), signal);
    }
  }
  return plan.then;
}

/** What the API server says, in words of its own alone, where its refusal is about this moment. */
const PASSING = ['exceeded quota', 'not yet ready to handle request', 'daypass.dev/expires-at'] as const;

/**
 * Whether a refusal is an answer for good. It is none in a namespace on its way out, whose requests
 * are about to go too, nor where quota, start-up or a plan that took too long are in the way.
 */
function isFinal({ verb }: Write, { advice, reason, causes, message }: ApiError): boolean {
  if (verb !== 'create' || causes.includes('NamespaceTerminating')) return false;
  if (reason === 'AlreadyExists') return true;
  return advice === 'tell' && !PASSING.some((words) => message.includes(words));
}

async function perform(
  client: Client,
  write: Write,
  written: readonly KubernetesObject[],
  signal: AbortSignal,
): Promise<KubernetesObject | undefined> {
  switch (write.verb) {
    case 'create':
      return create(client, write.resource, write.object(written), signal);
    case 'patch':
    case 'patchStatus':
      return client[write.verb](write.resource, write.name, write.patch, { signal });
    case 'delete':
      await deleteByUid(client, write, signal);
      return undefined;
    case 'confirmAbsent':
    case 'confirmVersion':
    case 'confirmAll':
      await confirm(client, write, signal);
      return undefined;
  }
}

/**
 * Where something has the name already and bears our label, it may be our own, from a write whose
 * answer was lost and could not be made up for (noting-client.ts): the watch is about to show it,
 * and the next reconcile compares it with the plan. Anything else was planted.
 */
async function create(
  client: Client,
  resource: Resource,
  object: KubernetesObject,
  signal: AbortSignal,
): Promise<KubernetesObject> {
  try {
    return await client.create(resource, object, { signal });
  } catch (error) {
    if (!isApiError(error, 'AlreadyExists')) throw error;
    const { namespace, name = '' } = object.metadata;
    const found = await client.get(resource, namespace === undefined ? { name } : { namespace, name }, { signal });
    if (!isManaged(found.metadata)) throw error;
    throw new ApiError('Conflict', 'already created; looking at what is there');
  }
}

/** What is gone, or has made room for another object of the same name, is deleted as was wanted. */
async function deleteByUid(
  client: Client,
  { resource, name, uid, lane = 'urgent' }: Write & { verb: 'delete' },
  signal: AbortSignal,
): Promise<void> {
  try {
    await client.delete(resource, name, { uid, signal, lane });
  } catch (error) {
    if (!isApiError(error, 'NotFound', 'Conflict')) throw error;
  }
}
