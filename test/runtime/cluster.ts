import { connect, type ConnectOptions, type HttpClient } from '../../src/runtime/http-client.ts';
import type { Resource } from '../../src/runtime/object.ts';
import { kubectlOk } from '../support/kubectl.ts';
import { sharedControlPlane, uniqueName } from '../support/shared.ts';

export const namespaces = {
  group: '',
  version: 'v1',
  kind: 'Namespace',
  plural: 'namespaces',
  namespaced: false,
} as const satisfies Resource;

const WIDGETS = `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.conformance.test}
spec:
  group: conformance.test
  names: {kind: Widget, plural: widgets}
  scope: Namespaced
  versions:
    - name: v1
      served: true
      storage: true
      subresources: {status: {}}
      schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
`;

/** Makes the API server serve the conformance suite's own kind. Doing it again changes nothing. */
export async function serveWidgets(): Promise<void> {
  const cluster = sharedControlPlane();
  await kubectlOk(['apply', '-f', '-'], { ...cluster, input: WIDGETS });
  await kubectlOk(['wait', '--for=condition=Established', 'crd/widgets.conformance.test'], cluster);
}

/** A client of the shared control plane, as its administrator. */
export function connectAsAdmin(options: ConnectOptions = {}): Promise<HttpClient> {
  return connect({ kubeconfig: sharedControlPlane().kubeconfig, ...options });
}

/** A new, empty namespace. */
export async function newNamespace(client: HttpClient): Promise<string> {
  const name = uniqueName('runtime');
  await client.create(namespaces, { metadata: { name } });
  return name;
}
