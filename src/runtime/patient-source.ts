import type { Client } from './client.ts';
import { isApiError } from './errors.ts';
import type { RateLimit } from './rate-limit.ts';

/**
 * The part of a client that fills stores. What the server asks for in answer to it, be it to a page or
 * in the midst of a watch, holds for all that share `limit`. Each page and each watch sits out the pause
 * that there is when it comes, then goes out: it is never refused unsent, and never waits for longer
 * than a pause may last, though others be refused all the time. Watches that are open go on.
 */
export function patientSource(
  client: Pick<Client, 'list' | 'watch'>,
  limit: Pick<RateLimit, 'sitOut' | 'heed'>,
): Pick<Client, 'list' | 'watch'> {
  const heeded = (error: unknown): unknown => {
    if (isApiError(error)) limit.heed(error);
    return error;
  };

  return {
    async list(resource, options) {
      await limit.sitOut(options?.signal);
      try {
        return await client.list(resource, options);
      } catch (error) {
        throw heeded(error);
      }
    },
    async *watch(resource, options) {
      await limit.sitOut(options.signal);
      try {
        yield* client.watch(resource, options);
      } catch (error) {
        throw heeded(error);
      }
    },
  };
}
