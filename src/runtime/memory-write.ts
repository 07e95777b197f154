import { isDeepStrictEqual } from 'node:util';
import type { MergePatch } from './client.ts';
import { ApiError } from './errors.ts';
import { isJsonObject, mergePatch } from './merge-patch.ts';
import type { KubernetesObject, ObjectMeta } from './object.ts';

const SUFFIX_LETTERS = 'bcdfghjklmnpqrstvwxz2456789';

/** Metadata that only the server writes; a patch that names it is not refused, it just has no effect. */
const OWNED_BY_SERVER = [
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
] as const satisfies readonly (keyof ObjectMeta)[];

/** A new object as the server completes it, without a resourceVersion yet. */
export function completed(object: KubernetesObject, now: Date, random: () => number): KubernetesObject {
  const { status: _, ...rest } = object;
  const { name, generateName, resourceVersion } = object.metadata;
  if (resourceVersion) throw invalid('metadata.resourceVersion', 'must not be set on create');
  if (!name && !generateName) throw invalid('metadata.name', 'name or generateName is required');
  const metadata: ObjectMeta = {
    ...object.metadata,
    name: name ?? `${generateName}${letters(5, random)}`,
    uid: randomUid(random),
    generation: 1,
    creationTimestamp: timestamp(now),
  };
  delete metadata.deletionTimestamp;
  return { ...rest, metadata };
}

/** The object after a patch of all but its status, or of its status alone; itself where nothing changes. */
export function patched(object: KubernetesObject, patch: MergePatch, part: 'main' | 'status'): KubernetesObject {
  checkPreconditions(object, patch);
  const { status, ...main } = patch;
  if (part === 'status') return changed(object, withStatus(object, status));
  const result = mergePatch(object, main);
  // The metadata of a stored object stays an object: a patch can only replace what is inside.
  const metadata = { ...(isJsonObject(result['metadata']) ? result['metadata'] : {}) };
  for (const field of OWNED_BY_SERVER) {
    if (object.metadata[field] === undefined) delete metadata[field];
    else metadata[field] = object.metadata[field];
  }
  metadata['resourceVersion'] = object.metadata.resourceVersion;
  // Merged from metadata that had this type and a patch whose author the types hold to nothing, as in HTTP.
  const next = { ...result, metadata: metadata as ObjectMeta };
  if (object.metadata.deletionTimestamp) refuseNewFinalizers(object.metadata, next.metadata);
  if (!isDeepStrictEqual(specOf(object), specOf(next)))
    next.metadata.generation = (object.metadata.generation ?? 0) + 1;
  return changed(object, next);
}

function withStatus(object: KubernetesObject, status: unknown): KubernetesObject {
  if (status === undefined) return object;
  return { ...mergePatch(object, { status }), metadata: object.metadata };
}

/** The object as it waits for its finalizers. */
export function deleting(object: KubernetesObject, now: Date): KubernetesObject {
  if (object.metadata.deletionTimestamp) return object;
  const generation = (object.metadata.generation ?? 0) + 1;
  return { ...object, metadata: { ...object.metadata, generation, deletionTimestamp: timestamp(now) } };
}

/** The object without what a deletion in the foreground, or to orphan, has put on it: the last one who deletes decides. */
export function inBackground(object: KubernetesObject): KubernetesObject {
  const { finalizers = [] } = object.metadata;
  const kept = finalizers.filter((finalizer) => finalizer !== 'foregroundDeletion' && finalizer !== 'orphan');
  return kept.length === finalizers.length ? object : { ...object, metadata: { ...object.metadata, finalizers: kept } };
}

export function invalid(field: string, message: string): ApiError {
  return new ApiError('Invalid', `${field}: ${message}`, { code: 422 });
}

export function conflict(message: string): ApiError {
  return new ApiError('Conflict', message, { code: 409 });
}

function changed(before: KubernetesObject, after: KubernetesObject): KubernetesObject {
  return isDeepStrictEqual(before, after) ? before : after;
}

function checkPreconditions({ metadata }: KubernetesObject, patch: MergePatch): void {
  const wanted = isJsonObject(patch['metadata']) ? patch['metadata'] : {};
  for (const field of ['uid', 'resourceVersion'] as const) {
    if (wanted[field] === undefined || wanted[field] === metadata[field]) continue;
    throw conflict(`${field}: wanted ${JSON.stringify(wanted[field])}, found ${metadata[field]}`);
  }
  if (wanted['name'] !== undefined && wanted['name'] !== metadata.name) throw invalid('metadata.name', 'is immutable');
}

function refuseNewFinalizers(before: ObjectMeta, after: ObjectMeta): void {
  const added = after.finalizers?.filter((finalizer) => !before.finalizers?.includes(finalizer)) ?? [];
  if (added.length > 0) throw invalid('metadata.finalizers', 'none can be added while the object is being deleted');
}

function specOf({ metadata: _, status: __, ...rest }: KubernetesObject): unknown {
  return rest;
}

/** RFC 3339 in whole seconds, rounded down, as the server writes times. */
function timestamp(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`;
}

function letters(count: number, random: () => number): string {
  return Array.from({ length: count }, () => SUFFIX_LETTERS[Math.floor(random() * SUFFIX_LETTERS.length)]).join('');
}

function randomUid(random: () => number): string {
  const hex = Array.from({ length: 32 }, () => Math.floor(random() * 16).toString(16)).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
}
