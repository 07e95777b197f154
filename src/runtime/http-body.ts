import type { ObjectList, WatchEvent } from './client.ts';
import { ApiError } from './errors.ts';
import { errorFromAnswer } from './http-errors.ts';
import { isJsonObject } from './merge-patch.ts';
import { apiVersionOf, type KubernetesObject, type Resource } from './object.ts';

/** Closes the first part of a WatchList (KEP-3157). */
const INITIAL_EVENTS_END = 'k8s.io/initial-events-end';

/** The object in an answer. */
export function objectOf(body: unknown): KubernetesObject {
  if (!isObject(body)) throw senseless('an object was expected');
  return body;
}

/** The page in an answer, its objects typed: lists of built-in kinds come without. */
export function listOf(resource: Resource, body: unknown): ObjectList {
  const { metadata, items } = objectOf(body);
  if (!Array.isArray(items) || !items.every(isObject) || !metadata.resourceVersion)
    throw senseless('a list was expected');
  const { kind } = resource;
  const apiVersion = apiVersionOf(resource);
  for (const object of items) {
    object.apiVersion ??= apiVersion;
    object.kind ??= kind;
  }
  const list: ObjectList = { items, resourceVersion: metadata.resourceVersion };
  // Lists have other metadata than objects: this is the only field of it that objects lack.
  const token: unknown = 'continue' in metadata ? metadata.continue : undefined;
  return typeof token === 'string' && token !== '' ? { ...list, continue: token } : list;
}

/** What a deletion left: an object that finalizers hold, or nothing. */
export function remainderOf(body: unknown): KubernetesObject | undefined {
  if (isJsonObject(body) && body['kind'] === 'Status') return undefined;
  const object = objectOf(body);
  return object.metadata.finalizers?.length ? object : undefined;
}

/** The event in a line of a watch; throws what an ERROR event tells. */
export function eventOf(line: string): WatchEvent {
  const parsed = parseJson(line);
  if (!isJsonObject(parsed)) throw senseless('a watch event was expected');
  const { type, object: body } = parsed;
  if (type === 'ERROR') {
    const code = isJsonObject(body) && typeof body['code'] === 'number' ? body['code'] : 500;
    throw errorFromAnswer(code, body, { write: false });
  }
  const object = objectOf(body);
  if (type === 'ADDED' || type === 'MODIFIED' || type === 'DELETED') return { type, object };
  const { resourceVersion, annotations } = object.metadata;
  if (type !== 'BOOKMARK' || !resourceVersion) throw senseless('a watch event was expected');
  return { type, resourceVersion, initialEventsEnd: annotations?.[INITIAL_EVENTS_END] === 'true' };
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message quotes what it read.
    throw senseless('not JSON');
  }
}

/** The API server is believed about what metadata looks like; whoever reads more than it checks that. */
function isObject(body: unknown): body is KubernetesObject {
  return isJsonObject(body) && isJsonObject(body['metadata']);
}

/** An answer that makes no sense; whatever it answers may have been done all the same. */
export function senseless(message: string): ApiError {
  return new ApiError('Unavailable', `answer of the API server: ${message}`, { maybeDone: true });
}
