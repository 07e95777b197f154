import { z } from 'zod';
import { CONFIG_MAPS } from '../api/kubernetes.ts';
import { OPERATOR_NAMESPACE } from '../api/names.ts';
import { formatTime, Time } from '../api/time.ts';
import type { Client } from '../runtime/client.ts';

const NAME = { namespace: OPERATOR_NAMESPACE, name: 'daypass-checkpoint' } as const;

const Data = z.object({
  events: Time.optional().catch(undefined),
  fuseProvenAt: Time.optional().catch(undefined),
  admission: z.string().optional().catch(undefined),
  admissionProvenAt: Time.optional().catch(undefined),
});

/**
 * What outlives the operator's process. Losing it costs work done again, never access or a record;
 * and what was made while the operator was down is believed.
 */
export interface Checkpoint {
  /** Everything in the histories before this has been delivered as Events. */
  readonly events?: Time | undefined;
  /** When a canary fuse last burned as it should, where none has failed since. */
  readonly fuseProvenAt?: Time | undefined;
  /** What `fingerprintOf` said of the admission policies when they were last proven to be enforced, and when that was. */
  readonly admission?: string | undefined;
  readonly admissionProvenAt?: Time | undefined;
}

/**
 * Reads the checkpoint; what is not there, or makes no sense, is left out.
 * @throws ApiError
 */
export async function loadCheckpoint(client: Client, signal: AbortSignal): Promise<Checkpoint> {
  const found = await client.get(CONFIG_MAPS, NAME, { signal });
  return Data.catch({}).parse(found['data']);
}

/**
 * Writes the checkpoint. A proof that no longer counts is taken off it.
 * @throws ApiError
 */
export async function saveCheckpoint(client: Client, checkpoint: Checkpoint, signal: AbortSignal): Promise<void> {
  const known = Object.fromEntries(Object.entries(checkpoint).filter(([, value]) => value !== undefined));
  const data = { ...known, fuseProvenAt: checkpoint.fuseProvenAt ?? null };
  await client.patch(CONFIG_MAPS, NAME, { data }, { signal });
}

/**
 * The checkpoint without what it says of the future. A clock that was wrong once, or whoever may write
 * the ConfigMap, would otherwise keep every Event back until then (promise P5), and have fuses pass for proven.
 */
export function upTo(now: Date, { events, fuseProvenAt, ...rest }: Checkpoint): Checkpoint {
  const past = (time: Time | undefined) => (time !== undefined && time <= formatTime(now) ? time : undefined);
  return { ...rest, events: past(events), fuseProvenAt: past(fuseProvenAt) };
}
