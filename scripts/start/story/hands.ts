import { join, resolve } from 'node:path';
import type { KubernetesObject } from '../../../src/runtime/object.ts';
import { isApiError } from '../../../src/runtime/errors.ts';
import { pathOf } from '../../../src/runtime/http-path.ts';
import { ACCESS_REQUESTS } from '../../../src/api/access-request.ts';
import { ACCESS_REVIEWS } from '../../../src/api/access-review.ts';
import { isJsonObject } from '../../../src/runtime/merge-patch.ts';
import { PODS } from '../cluster/resources.ts';
import type { Person } from '../cluster/cluster.ts';
import { Discovery } from '../cluster/discovery.ts';
import { readObjects } from '../install/kustomization.ts';
import { kubectlAs } from '../tools/kubectl.ts';
import type { Setting } from '../setting.ts';
import { columns, shellWord } from '../tools/text.ts';

/** What someone did, and what came of it. */
export interface Attempt {
  readonly typed: string;
  readonly printed: string;
  readonly ok: boolean;
  /** Forbidden: by RBAC, or by an admission policy. */
  readonly refused: boolean;
}

/** What people do in the story. */
export interface Hands {
  get(what: 'pods' | 'accessrequests' | 'accessreviews', namespace: string): Promise<Attempt>;
  /** `file` holds one object. */
  send(verb: 'create' | 'apply', file: string): Promise<Attempt>;
}

/** A person's hands: on kubectl where there is one, else on the API itself. */
export function handsOf(person: Person, setting: Setting): Hands {
  return setting.kubectl ? kubectlHands(person, setting) : apiHands(person, setting);
}

function kubectlHands(person: Person, { folder, root, stop: { signal } }: Setting): Hands {
  const kubectl = kubectlAs(person, { cache: join(folder, 'kubectl-cache'), root, signal });
  async function attempt(args: readonly string[]): Promise<Attempt> {
    const { code, stdout, stderr } = await kubectl.run(args);
    const ok = code === 0;
    return { typed: kubectl.typed(args), printed: stdout + stderr, ok, refused: !ok && stderr.includes('(Forbidden)') };
  }
  return {
    get: (what, namespace) => attempt(['get', what, '-n', namespace]),
    send: (verb, file) => attempt([verb, '-f', file]),
  };
}

const RESOURCES = {
  pods: PODS,
  accessrequests: ACCESS_REQUESTS.resource,
  accessreviews: ACCESS_REVIEWS.resource,
} as const;

function apiHands({ api }: Person, { root, stop: { signal } }: Setting): Hands {
  const discovery = new Discovery(api);
  return {
    get: (what, namespace) =>
      callApi(`GET ${pathOf(RESOURCES[what], { namespace })}`, async () => {
        const { items } = await api.client.list(RESOURCES[what], { namespace, signal });
        return columns([['NAME', 'STATUS'], ...items.map((each) => [each.metadata.name ?? '', phaseOf(each)])]).join(
          '\n',
        );
      }),
    async send(_verb, file) {
      const [object = { metadata: {} }] = await readObjects(resolve(root, file));
      const resource = await discovery.resourceOf(object, signal);
      const { namespace } = object.metadata;
      return callApi(
        `POST ${pathOf(resource, namespace === undefined ? {} : { namespace })} < ${shellWord(file)}`,
        async () => {
          const { metadata } = await api.client.create(resource, object, { signal });
          return `${resource.plural}/${metadata.name} created`;
        },
      );
    },
  };
}

async function callApi(typed: string, act: () => Promise<string>): Promise<Attempt> {
  try {
    return { typed, printed: await act(), ok: true, refused: false };
  } catch (error) {
    if (!isApiError(error)) throw error;
    return { typed, printed: `${error.reason}: ${error.message}`, ok: false, refused: error.reason === 'Forbidden' };
  }
}

function phaseOf({ status }: KubernetesObject): string {
  const shown = isJsonObject(status) ? (status['phase'] ?? status['reason']) : undefined;
  return typeof shown === 'string' ? shown : '';
}
