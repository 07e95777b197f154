import { z } from 'zod';
import { ACCESS_POLICIES } from '../../../src/api/access-policy.ts';
import { CUSTOM_RESOURCE_DEFINITIONS } from '../../../src/api/kubernetes.ts';
import { isApiError } from '../../../src/runtime/errors.ts';
import type { HttpClient } from '../../../src/runtime/http-client.ts';
import type { DecidedAttack } from './attack.ts';
import type { Scene } from './scene.ts';

const Definition = z.looseObject({
  versions: z.tuple([
    z.looseObject({
      schema: z.looseObject({ openAPIV3Schema: z.looseObject({ properties: z.record(z.string(), z.unknown()) }) }),
    }),
  ]),
});
const ANYTHING = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };

/** Lets the API server take any AccessPolicy, as after an upgrade of the schema that went wrong. Resolves once it does. */
export async function loosen(admin: HttpClient): Promise<void> {
  const { group, plural } = ACCESS_POLICIES.resource;
  const name = { name: `${plural}.${group}` };
  const { versions } = Definition.parse((await admin.get(CUSTOM_RESOURCE_DEFINITIONS, name))['spec']);
  const [version] = versions;
  const { openAPIV3Schema } = version.schema;
  const properties = { ...openAPIV3Schema.properties, spec: ANYTHING };
  const schema = { openAPIV3Schema: { ...openAPIV3Schema, properties } };
  await admin.patch(CUSTOM_RESOURCE_DEFINITIONS, name, { spec: { versions: [{ ...version, schema }] } });
  const late = AbortSignal.timeout(30_000);
  for (;;) {
    try {
      await admin.create(
        ACCESS_POLICIES.resource,
        { metadata: { name: 'any' }, spec: { effect: 7 } },
        { dryRun: true },
      );
      return;
    } catch (error) {
      if (late.aborted || !isApiError(error, 'Invalid')) throw error;
    }
  }
}

/** Resolves with how a request ends that an automatic policy permits, with this other policy beside it. */
async function beside(scene: Scene, spec: object): Promise<string> {
  await scene.policy({ approval: { automatic: true } });
  const metadata = { name: `b-${scene.namespace}` };
  await scene.admin.create(ACCESS_POLICIES.resource, {
    metadata,
    spec: { namespaces: { names: [scene.namespace] }, ...spec },
  });
  return scene.ended(await scene.ask(await scene.developer()));
}

/** Resolves with how a request ends under a policy that asks for approvals like this. */
async function under(scene: Scene, approval: unknown): Promise<string> {
  await scene.policy({ approval });
  return scene.ended(await scene.ask(await scene.developer()));
}

function reviewers(count: unknown): object {
  return { required: [{ reviewers: [{ kind: 'Group', name: 'leads' }], count }] };
}

/** Of whoever gets a policy past the schema. */
export const SCHEMA_BREAKER: readonly DecidedAttack[] = [
  ...(
    [
      ['whose roles are no list', { effect: 'Deny', roles: 'daypass-pod-logs' }],
      ['whose effect is in lower case', { effect: 'deny' }],
      ['whose requesters are empty', { effect: 'Deny', requesters: [] }],
    ] as const
  ).map(
    ([what, spec]): DecidedAttack => ({
      title: `breaks a Deny, ${what}, so that it denies nothing`,
      promise: 'P6',
      stoppedBy: 'Denied PolicyUnreadable',
      run: (scene) => beside(scene, spec),
    }),
  ),
  ...(
    [
      ['nobody at all', {}],
      ['an empty list of reviewers', { required: [] }],
      ['an entry that names nobody', { required: [{ reviewers: [], count: 1 }] }],
      ['0 approvals', reviewers(0)],
      ['-1 approvals', reviewers(-1)],
      ['half an approval', reviewers(0.5)],
      ['"1" approval', reviewers('1')],
      ['nobody, automatically or not', { automatic: true, required: [] }],
      ['nothing', undefined],
    ] as const
  ).map(
    ([what, approval]): DecidedAttack => ({
      title: `has an Allow ask for ${what}`,
      promise: 'P1',
      stoppedBy: 'Denied NoPolicyPermits',
      run: (scene) => under(scene, approval),
    }),
  ),
  {
    title: 'has an Allow name no end',
    promise: 'P2',
    stoppedBy: 'Denied NoPolicyPermits',
    async run(scene) {
      await scene.policy({ approval: { automatic: true }, duration: {} });
      return scene.ended(await scene.ask(await scene.developer(), { duration: undefined }));
    },
  },
  {
    title: 'has an Allow give a year',
    promise: 'P2',
    stoppedBy: 'Denied NoPolicyPermits',
    async run(scene) {
      await scene.policy({ approval: { automatic: true }, duration: { max: '8760h' } });
      return scene.ended(await scene.ask(await scene.developer(), { duration: '8760h' }));
    },
  },
];
