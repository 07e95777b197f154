import type { MergePatch } from './client.ts';
import { ApiError } from './errors.ts';

type Json = Record<string, unknown>;

/** Whether a value is a JSON object: neither null nor an array. */
export function isJsonObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The object with a JSON merge patch (RFC 7386) applied; parts that do not change are shared. */
export function mergePatch(object: Json, patch: MergePatch): Json {
  const result = { ...object };
  for (const [field, value] of Object.entries(patch)) {
    if (value === null) delete result[field];
    else if (isJsonObject(value)) result[field] = mergePatch(isJsonObject(result[field]) ? result[field] : {}, value);
    else result[field] = value;
  }
  return result;
}

/**
 * The API server overlooks a uid in a patch of the status subresource; a resourceVersion it holds
 * to, and no two objects have the same one. Throws Invalid for the first without the second.
 */
export function checkStatusPatch({ metadata }: MergePatch): void {
  if (!isJsonObject(metadata) || metadata['uid'] === undefined || metadata['resourceVersion'] !== undefined) return;
  throw new ApiError('Invalid', 'status patch: metadata.uid holds only beside metadata.resourceVersion');
}
