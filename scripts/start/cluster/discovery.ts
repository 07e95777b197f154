import { z } from 'zod';
import type { KubernetesObject, Resource } from '../../../src/runtime/object.ts';
import { isApiError } from '../../../src/runtime/errors.ts';
import type { Api } from './api.ts';
import { StoryError } from '../tools/failure.ts';

const ResourceList = z.object({
  resources: z.array(z.object({ name: z.string(), kind: z.string(), namespaced: z.boolean() })),
});
type Served = z.infer<typeof ResourceList>['resources'];

/** Finds out which resource an object belongs to by asking the API server, once per group and version. */
export class Discovery {
  readonly #api: Api;
  readonly #served = new Map<string, Promise<Served>>();

  constructor(api: Api) {
    this.#api = api;
  }

  /** @throws StoryError where the server has no such kind. */
  async resourceOf({ apiVersion = '', kind = '' }: KubernetesObject, signal: AbortSignal): Promise<Resource> {
    const served = await (this.#served.get(apiVersion) ?? this.#ask(apiVersion, signal));
    const found = served.find((each) => each.kind === kind && !each.name.includes('/'));
    if (!found) throw new StoryError(`this cluster serves no ${kind} of ${apiVersion}`);
    const [version = '', group = ''] = apiVersion.split('/').toReversed();
    return { group, version, kind, plural: found.name, namespaced: found.namespaced };
  }

  #ask(apiVersion: string, signal: AbortSignal): Promise<Served> {
    const path = `${apiVersion.includes('/') ? '/apis' : '/api'}/${apiVersion}`;
    const answer = this.#api.call('GET', path, signal).then(
      (body) => ResourceList.parse(body).resources,
      (error: unknown) => {
        if (isApiError(error, 'NotFound')) return [];
        throw error;
      },
    );
    this.#served.set(apiVersion, answer);
    return answer;
  }
}
