import type { Resource } from '../../../src/runtime/object.ts';

/** A namespaced kind of Kubernetes' own, version v1. */
function builtIn(group: string, kind: string, plural: string): Resource {
  return { group, version: 'v1', kind, plural, namespaced: true };
}

export const PODS = builtIn('', 'Pod', 'pods');
export const CLUSTER_ROLE_BINDINGS: Resource = {
  ...builtIn('rbac.authorization.k8s.io', 'ClusterRoleBinding', 'clusterrolebindings'),
  namespaced: false,
};
export const CRDS: Resource = {
  ...builtIn('apiextensions.k8s.io', 'CustomResourceDefinition', 'customresourcedefinitions'),
  namespaced: false,
};
