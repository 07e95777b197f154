import type { Client, WatchEvent } from '../../../src/runtime/client.ts';
import type { KubernetesObject, Resource } from '../../../src/runtime/object.ts';
import { isApiError } from '../../../src/runtime/errors.ts';
import { type Patience, tooLate } from '../tools/until.ts';

/** A change of an object, or with ADDED its first sight. */
export type Change = Exclude<WatchEvent, { type: 'BOOKMARK' }>;

/** How many seconds of silence before a watch is begun anew. */
const ROUND = 300;

/**
 * The first change of an object in a namespace (or, for cluster-scoped kinds, anywhere) that is the
 * one looked for. `describe` tells what was seen last, should it not come in time.
 */
export async function firstChange(
  client: Client,
  resource: Resource,
  { namespace }: { namespace?: string },
  isIt: (change: Change) => boolean,
  { describe, ...patience }: Patience & { describe?: (object: KubernetesObject) => string },
): Promise<KubernetesObject> {
  const late = AbortSignal.timeout(patience.seconds * 1000);
  const signal = AbortSignal.any([late, patience.signal]);
  let seen = 'nothing';
  try {
    for (;;) {
      const where = namespace === undefined ? {} : { namespace };
      for await (const event of client.watch(resource, {
        ...where,
        sendInitialEvents: true,
        timeoutSeconds: ROUND,
        signal,
      })) {
        if (event.type === 'BOOKMARK') continue;
        if (isIt(event)) return event.object;
        if (describe) seen = describe(event.object);
      }
    }
  } catch (error) {
    if (late.aborted && !patience.signal.aborted) throw tooLate(patience, isApiError(error) ? error.message : seen);
    throw error;
  }
}
