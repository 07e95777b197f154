import type { Client } from './client.ts';
import type { KubernetesObject, Resource } from './object.ts';

export const configMaps = {
  group: '',
  version: 'v1',
  kind: 'ConfigMap',
  plural: 'configmaps',
  namespaced: true,
} as const satisfies Resource;

export const clusterRoles = {
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  kind: 'ClusterRole',
  plural: 'clusterroles',
  namespaced: false,
} as const satisfies Resource;

/** A custom resource without a schema, with a status subresource: `spec` and `status` hold anything. */
export const widgets = {
  group: 'conformance.test',
  version: 'v1',
  kind: 'Widget',
  plural: 'widgets',
  namespaced: true,
} as const satisfies Resource;

/** A client under test, and a namespace that exists and is empty. */
export interface Subject {
  client: Client;
  namespace: string;
  /** Lets so much time pass for the server. */
  pass(ms: number): Promise<void>;
  /** Makes sure that the server has forgotten resourceVersion 1. */
  forget(): void;
}

export type SetUp = () => Promise<Subject>;

/** A widget, or with `data` a ConfigMap: whatever `fields` make of it. */
export function objectIn(namespace: string, name: string, fields: Partial<KubernetesObject> = {}): KubernetesObject {
  return { ...fields, metadata: { namespace, name, ...fields.metadata } };
}

/** `uid` and `resourceVersion` of an object that has them, as everything from a server does. */
export function identityOf({ metadata: { uid = '', resourceVersion = '' } }: KubernetesObject): {
  uid: string;
  resourceVersion: string;
} {
  return { uid, resourceVersion };
}
