import { z } from 'zod';
import type { KubernetesObject, Resource } from '../runtime/object.ts';
import { storedMetadata, type Metadata } from './read.ts';

/**
 * The built-in kinds that Daypass reads or writes, cut down to the fields it looks at. What is not
 * as expected reads as empty: an empty subject list or role name never equals a plan, so it ends a
 * grant and gives none (promise P6).
 */
export const ROLE_BINDINGS = builtIn('rbac.authorization.k8s.io', 'RoleBinding', 'rolebindings');
export const CLUSTER_ROLES = {
  ...builtIn('rbac.authorization.k8s.io', 'ClusterRole', 'clusterroles'),
  namespaced: false,
};
export const CLUSTER_ROLE_BINDINGS = {
  ...builtIn('rbac.authorization.k8s.io', 'ClusterRoleBinding', 'clusterrolebindings'),
  namespaced: false,
};
export const ROLES = builtIn('rbac.authorization.k8s.io', 'Role', 'roles');
export const JOBS = builtIn('batch', 'Job', 'jobs');
export const NAMESPACES = { ...builtIn('', 'Namespace', 'namespaces'), namespaced: false };
export const CONFIG_MAPS = builtIn('', 'ConfigMap', 'configmaps');
export const SUBJECT_ACCESS_REVIEWS = {
  ...builtIn('authorization.k8s.io', 'SubjectAccessReview', 'subjectaccessreviews'),
  namespaced: false,
};
export const SELF_SUBJECT_ACCESS_REVIEWS = {
  ...builtIn('authorization.k8s.io', 'SelfSubjectAccessReview', 'selfsubjectaccessreviews'),
  namespaced: false,
};
export const SELF_SUBJECT_RULES_REVIEWS = {
  ...builtIn('authorization.k8s.io', 'SelfSubjectRulesReview', 'selfsubjectrulesreviews'),
  namespaced: false,
};
/** By kind, as admission policies are compared with what was shipped. */
export const ADMISSION_RESOURCES = {
  ValidatingAdmissionPolicy: {
    ...builtIn('admissionregistration.k8s.io', 'ValidatingAdmissionPolicy', 'validatingadmissionpolicies'),
    namespaced: false,
  },
  ValidatingAdmissionPolicyBinding: {
    ...builtIn('admissionregistration.k8s.io', 'ValidatingAdmissionPolicyBinding', 'validatingadmissionpolicybindings'),
    namespaced: false,
  },
};
/** Those that stamp requests, from Kubernetes 1.36 on. */
export const MUTATING_ADMISSION_POLICIES = {
  ...builtIn('admissionregistration.k8s.io', 'MutatingAdmissionPolicy', 'mutatingadmissionpolicies'),
  namespaced: false,
};
export const MUTATING_ADMISSION_POLICY_BINDINGS = {
  ...builtIn('admissionregistration.k8s.io', 'MutatingAdmissionPolicyBinding', 'mutatingadmissionpolicybindings'),
  namespaced: false,
};
export const CUSTOM_RESOURCE_DEFINITIONS = {
  ...builtIn('apiextensions.k8s.io', 'CustomResourceDefinition', 'customresourcedefinitions'),
  namespaced: false,
};
/** Who calls the API server at which priority. */
export const FLOW_SCHEMAS = {
  ...builtIn('flowcontrol.apiserver.k8s.io', 'FlowSchema', 'flowschemas'),
  namespaced: false,
};
export const PRIORITY_LEVELS = {
  ...builtIn('flowcontrol.apiserver.k8s.io', 'PriorityLevelConfiguration', 'prioritylevelconfigurations'),
  namespaced: false,
};
export const DEPLOYMENTS = builtIn('apps', 'Deployment', 'deployments');
export const EVENTS = builtIn('events.k8s.io', 'Event', 'events');

function builtIn(group: string, kind: string, plural: string): Resource {
  return { group, version: 'v1', kind, plural, namespaced: true };
}

const text = z.string().catch('');
const optionalText = z.string().optional().catch(undefined);

const RoleBindingFields = z.object({
  subjects: z.array(z.object({ kind: text, name: text, namespace: optionalText, apiGroup: optionalText })).catch([]),
  roleRef: z.object({ kind: text, name: text }).catch({ kind: '', name: '' }),
});

/** https://kubernetes.io/docs/reference/kubernetes-api/authorization-resources/role-binding-v1/ */
export interface RoleBinding extends z.infer<typeof RoleBindingFields> {
  readonly metadata: Metadata;
}

export function readRoleBinding(object: KubernetesObject): RoleBinding {
  return { ...RoleBindingFields.parse(object), metadata: storedMetadata(object.metadata) };
}

const JobSpec = z.object({
  completions: z.int().optional(),
  parallelism: z.int().optional(),
  ttlSecondsAfterFinished: z.int().optional(),
  suspend: z.boolean().optional(),
  managedBy: z.string().optional(),
});
const JobFields = z.object({
  spec: JobSpec.catch({}),
  status: z.object({ conditions: z.array(z.object({ type: text, status: text })).catch([]) }).catch({ conditions: [] }),
});

/** https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/job-v1/ */
export interface Job {
  readonly metadata: Metadata;
  readonly spec: z.infer<typeof JobSpec>;
  /** Whether the Job has finished, from when its time to live counts. */
  readonly complete: boolean;
}

export function readJob(object: KubernetesObject): Job {
  const { spec, status } = JobFields.parse(object);
  const complete = status.conditions.some((each) => each.type === 'Complete' && each.status === 'True');
  return { metadata: storedMetadata(object.metadata), spec, complete };
}

/** Labels and whether it is going away: all that a policy may ask of a namespace. */
export interface Namespace {
  readonly metadata: Metadata;
  readonly labels: Readonly<Record<string, string>>;
  readonly terminating: boolean;
}

export function readNamespace(object: KubernetesObject): Namespace {
  const { labels = {}, deletionTimestamp } = object.metadata;
  return { metadata: storedMetadata(object.metadata), labels, terminating: deletionTimestamp !== undefined };
}
