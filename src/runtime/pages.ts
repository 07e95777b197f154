import type { Client, ListOptions, ObjectList } from './client.ts';
import { isApiError } from './errors.ts';
import type { Resource } from './object.ts';

/** The most objects per page: a page of ordinary ones takes some milliseconds to parse, during which nothing else runs. */
const MOST = 500;

/**
 * All of a list, page by page. One that is longer than the client takes is asked for again from where it begins, with
 * half as many objects at the most, and so on down to a single one; none that follows is asked for with more.
 *
 * @throws ApiError as `list` does; TooLong where one object alone is
 */
export async function* pages(
  client: Pick<Client, 'list'>,
  resource: Resource,
  options: Omit<ListOptions, 'limit' | 'continue'> = {},
): AsyncGenerator<ObjectList, void> {
  let limit = MOST;
  let next: Pick<ListOptions, 'continue'> | undefined = {};
  while (next) {
    let page: ObjectList;
    try {
      page = await client.list(resource, { ...options, ...next, limit });
    } catch (error) {
      if (limit === 1 || !isApiError(error, 'TooLong')) throw error;
      limit = Math.floor(limit / 2);
      continue;
    }
    yield page;
    next = page.continue === undefined ? undefined : { continue: page.continue };
  }
}
