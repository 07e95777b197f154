import { resolve } from 'node:path';
import { z } from 'zod';
import { isApiError } from '../../../src/runtime/errors.ts';
import { messageOf } from '../tools/text.ts';
import { openApi } from './api.ts';
import type { Cluster } from './cluster.ts';
import { StoryError } from '../tools/failure.ts';
import type { Setting } from '../setting.ts';

const Version = z.object({ gitVersion: z.string() });
const AccessReview = z.object({ status: z.object({ allowed: z.boolean().default(false) }) });

const MAY_EVERYTHING = {
  apiVersion: 'authorization.k8s.io/v1',
  kind: 'SelfSubjectAccessReview',
  spec: { resourceAttributes: { group: '*', resource: '*', verb: '*' } },
};

/**
 * A cluster that others own: only looked at here. Its users are played by impersonation.
 *
 * @throws StoryError where it cannot be reached, or we may not do all that is needed
 */
export async function borrowCluster({ terminal, stop }: Setting, file: string): Promise<Cluster> {
  const kubeconfig = resolve(file);
  const api = await openApi(kubeconfig).catch((error: unknown) => {
    throw new StoryError(`--kubeconfig ${messageOf(error)}`, { cause: error });
  });
  const version = await api.call('GET', '/version', stop.signal).catch((error: unknown) => {
    if (!isApiError(error)) throw error;
    throw new StoryError(`--kubeconfig ${kubeconfig}: its cluster cannot be used: ${error.message}`, { cause: error });
  });
  const { gitVersion } = Version.parse(version);
  const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
  const review = AccessReview.parse(await api.call('POST', path, stop.signal, MAY_EVERYTHING));
  if (!review.status.allowed) {
    throw new StoryError(`--kubeconfig ${file} does not make you cluster-admin, which installing Daypass needs`);
  }
  terminal.check(`the cluster of ${file} runs Kubernetes ${gitVersion}, and you are its administrator`);
  return {
    admin: { name: 'admin', kubeconfig, flags: [], api },
    person: async (name, groups) => ({
      name,
      kubeconfig,
      flags: [`--as=${name}`, ...groups.map((group) => `--as-group=${group}`)],
      api: await openApi(kubeconfig, { user: name, groups }),
    }),
  };
}
