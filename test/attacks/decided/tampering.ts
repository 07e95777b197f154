import { z } from 'zod';
import { SHIPPED } from '../../../src/admission/shipped.ts';
import { ADMISSION_RESOURCES } from '../../../src/api/kubernetes.ts';
import type { HttpClient } from '../../../src/runtime/http-client.ts';
import type { KubernetesObject } from '../../../src/runtime/object.ts';
import { removeByName } from '../../operator/grant.ts';
import type { Promised } from '../attack.ts';

const POLICIES = ADMISSION_RESOURCES.ValidatingAdmissionPolicy;
const BINDINGS = ADMISSION_RESOURCES.ValidatingAdmissionPolicyBinding;

function specOf(policy: string): Record<string, unknown> {
  const shipped = SHIPPED.find(({ kind, name }) => kind === POLICIES.kind && name === policy);
  return structuredClone(shipped?.spec ?? {});
}

function listIn(spec: Record<string, unknown>, field: string): object[] {
  return z.array(z.looseObject({})).parse(spec[field]);
}

/** What somebody does to the admission policies that Daypass rests on. */
export interface Tampering {
  /** What somebody does, after "whoever may write admission policies". */
  readonly title: string;
  readonly promise: Promised;
  /** Why nothing is granted, as the policies say in their condition Ready, reason `AdmissionNotEnforced`. */
  readonly stoppedBy: string;
  readonly act: (admin: HttpClient) => Promise<unknown>;
}

/** Of whoever may write admission policies. */
export const TAMPERINGS: readonly Tampering[] = [
  {
    title: 'deletes a policy',
    promise: 'P6',
    stoppedBy: 'ValidatingAdmissionPolicy daypass-hold-identity is missing',
    act: (admin) => removeByName(admin, POLICIES, 'daypass-hold-identity'),
  },
  {
    title: 'deletes a binding',
    promise: 'P6',
    stoppedBy: 'ValidatingAdmissionPolicyBinding daypass-hold-objects is missing',
    act: (admin) => removeByName(admin, BINDINGS, 'daypass-hold-objects'),
  },
  {
    title: 'sets a binding to Audit',
    promise: 'P6',
    stoppedBy: 'ValidatingAdmissionPolicyBinding daypass-managed-objects was changed: spec.validationActions[0]',
    act: (admin) => patchBinding(admin, 'daypass-managed-objects', { validationActions: ['Audit'] }),
  },
  {
    title: 'narrows a binding to some namespaces',
    promise: 'P6',
    stoppedBy: 'ValidatingAdmissionPolicyBinding daypass-fence-jobs was changed: spec.matchResources',
    act: (admin) =>
      patchBinding(admin, 'daypass-fence-jobs', {
        matchResources: { namespaceSelector: { matchLabels: { team: 'x' } } },
      }),
  },
  {
    title: 'narrows a policy to some namespaces',
    promise: 'P6',
    stoppedBy:
      'ValidatingAdmissionPolicy daypass-fence-rolebindings was changed: spec.matchConstraints.namespaceSelector',
    act: (admin) =>
      patchPolicy(admin, 'daypass-fence-rolebindings', {
        matchConstraints: { namespaceSelector: { matchExpressions: [{ key: 'team', operator: 'DoesNotExist' }] } },
      }),
  },
  {
    title: 'makes a policy leave something out',
    promise: 'P6',
    stoppedBy: 'ValidatingAdmissionPolicy daypass-events was changed: spec.matchConstraints.excludeResourceRules',
    act: (admin) =>
      patchPolicy(admin, 'daypass-events', {
        matchConstraints: {
          excludeResourceRules: [
            {
              apiGroups: [''],
              apiVersions: ['v1'],
              resources: ['events'],
              operations: ['CREATE'],
              resourceNames: ['x'],
            },
          ],
        },
      }),
  },
  {
    title: 'gives a policy a condition',
    promise: 'P6',
    stoppedBy: 'ValidatingAdmissionPolicy daypass-hold-objects was changed: spec.matchConditions',
    act: (admin) =>
      patchPolicy(admin, 'daypass-hold-objects', {
        matchConditions: [{ name: 'mine', expression: 'request.userInfo.username != "mallory"' }],
      }),
  },
  {
    title: 'takes a validation away',
    promise: 'P6',
    stoppedBy: 'ValidatingAdmissionPolicy daypass-hold-deletion was changed: spec.validations',
    act: (admin) =>
      patchPolicy(admin, 'daypass-hold-deletion', {
        validations: listIn(specOf('daypass-hold-deletion'), 'validations').slice(1),
      }),
  },
  {
    title: 'lets a policy fail open',
    promise: 'P6',
    stoppedBy: 'ValidatingAdmissionPolicy daypass-policy-authors was changed: spec.failurePolicy',
    act: (admin) => patchPolicy(admin, 'daypass-policy-authors', { failurePolicy: 'Ignore' }),
  },
  {
    title: 'makes a validation always true',
    promise: 'P6',
    stoppedBy: 'ValidatingAdmissionPolicy daypass-fuse-pods was changed: spec.validations[0].expression',
    act: (admin) =>
      patchPolicy(admin, 'daypass-fuse-pods', {
        validations: listIn(specOf('daypass-fuse-pods'), 'validations').map((each) => ({
          ...each,
          expression: 'true',
        })),
      }),
  },
];

function patchPolicy(admin: HttpClient, name: string, spec: object): Promise<KubernetesObject> {
  return admin.patch(POLICIES, { name }, { spec });
}

function patchBinding(admin: HttpClient, name: string, spec: object): Promise<KubernetesObject> {
  return admin.patch(BINDINGS, { name }, { spec });
}
