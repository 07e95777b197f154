import type { z } from 'zod';
import type { KubernetesObject, ObjectMeta, ObjectName } from '../runtime/object.ts';
import { GITOPS_MARKS, MANAGED_BY_LABEL, OWN_PREFIX } from './names.ts';
import { clip, oneLine } from './text.ts';

/** What the API server sets on every stored object, so that a reader need not ask whether it is there. */
export type Metadata = ObjectMeta & { readonly name: string; readonly uid: string; readonly resourceVersion: string };

/** An object that its kind's schema refuses. It never leads to access; `raw` is for what can still be read of it. */
export interface Unreadable {
  readonly metadata: Metadata;
  /** Which fields are wrong and how, one line, bounded. */
  readonly unreadable: string;
  readonly raw: { readonly spec: unknown; readonly status: unknown };
}

/**
 * A reader for objects of one schema. It never throws on account of the object's content: what the
 * schema refuses is handed on as {@link Unreadable}, because a store must be able to hold it.
 */
export function reader<T extends object>(
  schema: z.ZodType<T>,
): (object: KubernetesObject) => (T & { metadata: Metadata }) | Unreadable {
  return (object) => {
    const metadata = storedMetadata(object.metadata);
    const parsed = schema.safeParse(object);
    if (parsed.success) return { ...parsed.data, metadata };
    return {
      metadata,
      unreadable: describeIssues(parsed.error),
      raw: { spec: object['spec'], status: object['status'] },
    };
  };
}

/**
 * The metadata of an object that the API server has stored. Of its labels and annotations only those
 * that mean something to Daypass are kept: people may hang hundreds of KiB of others on an object.
 * @throws TypeError for one that it has not: a programming error, not bad input.
 */
export function storedMetadata(metadata: ObjectMeta): Metadata {
  const { name, uid, resourceVersion } = metadata;
  if (name === undefined || uid === undefined || resourceVersion === undefined) {
    throw new TypeError('an object without name, uid or resourceVersion did not come from the API server');
  }
  const { labels, annotations, ...kept } = metadata;
  return {
    ...kept,
    ...(labels && { labels: meaningful(labels) }),
    ...(annotations && { annotations: meaningful(annotations) }),
    name,
    uid,
    resourceVersion,
  };
}

function meaningful(texts: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(texts)
      .filter(([key]) => key === MANAGED_BY_LABEL || key.startsWith(OWN_PREFIX) || isMark(key))
      .map(([key, value]) => [key, isMark(key) ? '' : value]), // that a mark is there says it all
  );
}

function isMark(key: string): boolean {
  return GITOPS_MARKS.some((mark) => mark === key);
}

/** What names this object in a call. */
export function objectName({ namespace, name }: Metadata): ObjectName {
  return namespace === undefined ? { name } : { namespace, name };
}

/** Each issue as `field: what is allowed`, at most 5, in one line of at most 512 characters. */
function describeIssues(error: z.ZodError): string {
  const issues = error.issues.slice(0, 5).map(({ path, message }) => `${path.join('.') || 'object'}: ${message}`);
  return clip(oneLine(issues.join('; ')), 512);
}
