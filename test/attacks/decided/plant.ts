import { ACCESS_REQUESTS, type AccessRequest } from '../../../src/api/access-request.ts';
import { fromSeconds } from '../../../src/api/duration.ts';
import { JOBS, ROLE_BINDINGS } from '../../../src/api/kubernetes.ts';
import { storedMetadata } from '../../../src/api/read.ts';
import { bindingFor, fuseFor } from '../../../src/grant/objects.ts';
import { termsFrom } from '../../../src/grant/terms.ts';
import type { KubernetesObject } from '../../../src/runtime/object.ts';
import type { Grant } from '../../operator/grant.ts';
import { requestIn } from '../../operator/stage.ts';
import type { Scene } from './scene.ts';

/** Milliseconds, for a machine on which a dozen other attacks are under way. */
const AT_ONCE = 5000;

/** A request, as it is now. */
export async function requestOf({ admin }: Scene, { namespace, name }: Grant): Promise<AccessRequest> {
  return requestIn(await admin.get(ACCESS_REQUESTS.resource, { namespace, name }));
}

/**
 * Makes fuse and binding of a request as the operator would, by its token: from now on, for so
 * many seconds. Resolves with the uid of the binding.
 */
export async function plantWhole(
  { planted, arena: { operatorToken } }: Scene,
  request: AccessRequest,
  seconds = 600,
  change: (fuse: KubernetesObject) => KubernetesObject = (fuse) => fuse,
): Promise<string> {
  planted.add(request.metadata.uid);
  const terms = termsFrom(new Date(), fromSeconds(seconds));
  const { metadata } = await operatorToken.create(JOBS, change(fuseFor(request, terms)));
  const binding = await operatorToken.create(ROLE_BINDINGS, bindingFor(request, terms, storedMetadata(metadata)));
  return binding.metadata.uid ?? '';
}

/** The same with a fuse that has no owner, which Kubernetes itself would therefore not collect. */
export function plant(scene: Scene, request: AccessRequest, seconds?: number): Promise<string> {
  return plantWhole(scene, request, seconds, ({ metadata, ...rest }) => {
    return { ...rest, metadata: { ...metadata, ownerReferences: [] } };
  });
}

/** Resolves once a planted binding has gone, and says whether that was soon. */
export async function removalOf({ arena: { bindings } }: Scene, uid: string): Promise<string> {
  const [came, gone] = await Promise.all(
    (['ADDED', 'DELETED'] as const).map((change) => {
      const what = `the planted binding ${change}`;
      return bindings.find(what, ({ type, object }) => type === change && object.metadata.uid === uid);
    }),
  );
  const ms = (gone?.at ?? Number.NaN) - (came?.at ?? Number.NaN);
  return ms < AT_ONCE ? 'removed at once' : `removed after ${ms} ms`;
}
