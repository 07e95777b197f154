import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { kubectl } from '../support/kubectl.ts';
import { sharedControlPlane } from '../support/shared.ts';

/** Exit code and message of `kubectl create`, which would have created it. */
async function create(object: object): Promise<{ code: number | null; stderr: string }> {
  const { kubeconfig } = sharedControlPlane();
  const { code, stderr } = await kubectl(['create', '--dry-run=server', '--filename=-'], {
    kubeconfig,
    input: stringify(object),
  });
  return { code, stderr };
}

/** YAML as a person would write it, on one line; `undefined` has no place in it. */
function request(spec: string) {
  return {
    ...kind('AccessRequest'),
    metadata: { name: 'malformed', namespace: 'default' },
    spec: parse(spec) as unknown,
  };
}

function policy(spec: string) {
  return { ...kind('AccessPolicy'), metadata: { name: 'malformed' }, spec: parse(spec) as unknown };
}

function kind(name: string) {
  return { apiVersion: 'daypass.dev/v1alpha1', kind: name };
}

const ROLE = 'roleRef: {kind: ClusterRole, name: daypass-pod-logs}';
const ALLOW = 'duration: {max: 1h}, approval: {automatic: true}';

describe('a malformed request is refused by the API server', () => {
  it.each([
    { what: 'no role', spec: '{duration: 1h}', says: ['spec', 'needs exactly one of roleRef and permissions'] },
    {
      what: 'a Role',
      spec: '{roleRef: {kind: Role, name: mine}}',
      says: ['spec.roleRef.kind', 'supported values: "ClusterRole"'],
    },
    {
      what: 'a role name with a slash',
      spec: '{roleRef: {kind: ClusterRole, name: a/b}}',
      says: ['spec.roleRef.name', 'must be the name of a ClusterRole, without "/" or "%"'],
    },
    {
      what: 'a duration in days',
      spec: `{${ROLE}, duration: 2 days}`,
      says: ['spec.duration', 'must be hours, minutes and seconds, such as 90s, 45m or 1h30m'],
    },
    {
      what: 'an empty duration',
      spec: `{${ROLE}, duration: ""}`,
      says: ['spec.duration', 'must be more than 0s'],
    },
    { what: 'a duration of nothing', spec: `{${ROLE}, duration: 0s}`, says: ['spec.duration', 'more than 0s'] },
    {
      what: 'a start that is no time',
      spec: `{${ROLE}, startTime: tomorrow}`,
      says: ['spec.startTime', 'must be of type date-time: "tomorrow"'],
    },
    {
      what: 'a reason with terminal escapes',
      spec: `{${ROLE}, reason: "INC-1 \\e[2J"}`,
      says: ['spec.reason', 'must be one line without control or invisible characters'],
    },
    {
      what: 'a ticket of a thousand characters',
      spec: `{${ROLE}, ticket: ${'x'.repeat(1000)}}`,
      says: ['spec.ticket', 'may not be more than 128'],
    },
    { what: 'an unknown field', spec: `{${ROLE}, durration: 1h}`, says: ['unknown field "spec.durration"'] },
  ])('with $what', async ({ spec, says }) => {
    expect(await create(request(spec))).toEqual({ code: 1, stderr: containing(says) });
  });
});

describe('a malformed policy is refused by the API server', () => {
  it.each([
    {
      what: 'no duration',
      spec: '{approval: {automatic: true}}',
      says: ['spec.duration', 'required for effect Allow, and not allowed for Deny'],
    },
    {
      what: 'no approval',
      spec: '{duration: {max: 1h}}',
      says: ['spec.approval', 'required for effect Allow, and not allowed for Deny'],
    },
    {
      what: 'a duration in a Deny',
      spec: '{effect: Deny, duration: {max: 1h}}',
      says: ['spec.duration', 'required for effect Allow, and not allowed for Deny'],
    },
    {
      what: 'another effect',
      spec: `{effect: allow, ${ALLOW}}`,
      says: ['spec.effect', 'supported values: "Allow", "Deny"'],
    },
    {
      what: 'a default beyond the maximum',
      spec: '{duration: {default: 2h, max: 1h}, approval: {automatic: true}}',
      says: ['spec.duration.default', 'may not be longer than duration.max'],
    },
    {
      what: 'approval that is not automatic',
      spec: '{duration: {max: 1h}, approval: {automatic: false}}',
      says: ['spec.approval.automatic', 'supported values: "true"'],
    },
    {
      what: 'a service account without its namespace',
      spec: `{requesters: [{kind: ServiceAccount, name: deployer}], ${ALLOW}}`,
      says: ['spec.requesters[0].namespace', 'required for kind ServiceAccount, and allowed only there'],
    },
    {
      what: 'a service account as a user',
      spec: `{requesters: [{kind: User, name: "system:serviceaccount:ci:deployer"}], ${ALLOW}}`,
      says: ['spec.requesters[0].name', 'name a service account by kind ServiceAccount'],
    },
    {
      what: 'an empty namespace selector',
      spec: `{namespaces: {selector: {}}, ${ALLOW}}`,
      says: ['spec.namespaces.selector', 'an empty selector would select every namespace'],
    },
    {
      what: 'nine roles',
      spec: `{roles: [a, b, c, d, e, f, g, h, i], ${ALLOW}}`,
      says: ['spec.roles', 'must have at most 8 items'],
    },
  ])('with $what', async ({ spec, says }) => {
    expect(await create(policy(spec))).toEqual({ code: 1, stderr: containing(says) });
  });
});

it.each([
  {
    what: 'request',
    object: request(`{${ROLE}, duration: 45m, reason: INC-4711 checkout, startTime: 2026-12-01T09:00:00Z}`),
  },
  { what: 'policy', object: policy(`{roles: [daypass-view], ${ALLOW}}`) },
])('the same $what without a fault passes', async ({ object }) => {
  expect(await create(object)).toEqual({ code: 0, stderr: '' });
});

function containing(texts: readonly string[]): unknown {
  const escaped = texts.map((text) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`));
  return expect.stringMatching(new RegExp(escaped.join('[^]*')));
}
