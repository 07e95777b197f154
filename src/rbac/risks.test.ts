import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { READS, type RiskCode, RISKS, type RiskyRight } from './risky-rights.ts';
import { risks, risksOfRole } from './risks.ts';
import { type PolicyRule, readClusterRole } from './rules.ts';
import { NO_RULE } from './test-rules.ts';
import { uncovered } from './uncovered.ts';

const RBAC = 'rbac.authorization.k8s.io';

/** A rule in short: `get,list apps deployments,deployments/scale`, where `core` is the group without a name. */
function rule(short: string): PolicyRule {
  const [verbs = [], groups = [], resources = []] = short.split(' ').map((list) => list.split(','));
  return { ...NO_RULE, verbs, apiGroups: groups.map((group) => (group === 'core' ? '' : group)), resources };
}

function codes(...rules: readonly PolicyRule[]): RiskCode[] {
  return [...new Set(risks(rules).map(({ code }) => code))];
}

describe('a right is risky', () => {
  it.each<[RiskCode, string[]]>([
    [
      'Escalation',
      [`bind ${RBAC} clusterroles`, `escalate ${RBAC} roles`, `patch ${RBAC} rolebindings`, `delete ${RBAC} roles`],
    ],
    ['Impersonation', ['impersonate core users', 'impersonate core groups', 'impersonate core serviceaccounts']],
    [
      'Impersonation',
      ['impersonate authentication.k8s.io userextras/scopes', 'impersonate authentication.k8s.io uids'],
    ],
    ['Impersonation', ['impersonate:user-info authentication.k8s.io users', 'impersonate-on:user-info:get core pods']],
    [
      'Daypass',
      [
        'create daypass.dev accessrequests',
        'grant daypass.dev accesspolicies',
        'breakglass daypass.dev accessrequests',
      ],
    ],
    ['Admission', ['delete admissionregistration.k8s.io validatingadmissionpolicybindings']],
    [
      'APIExtension',
      ['create apiextensions.k8s.io customresourcedefinitions', 'update apiregistration.k8s.io apiservices'],
    ],
    [
      'Namespaces',
      [
        'patch core namespaces',
        'create core namespaces',
        'patch core namespaces/status',
        'update core namespaces/finalize',
      ],
    ],
    ['Tokens', ['create core serviceaccounts/token', 'get core serviceaccounts/token']],
    [
      'Certificates',
      [
        'create certificates.k8s.io certificatesigningrequests',
        'update certificates.k8s.io certificatesigningrequests/approval',
      ],
    ],
    [
      'Certificates',
      ['approve certificates.k8s.io signers', 'sign certificates.k8s.io signers', 'attest certificates.k8s.io signers'],
    ],
    [
      'Secrets',
      ['get core secrets', 'list core secrets', 'watch core secrets', 'create core secrets', 'update core secrets'],
    ],
    ['Secrets', ['patch core secrets', 'delete core secrets', 'deletecollection core secrets']],
    ['Workloads', ['create core pods', 'update core pods', 'patch core pods', 'create core replicationcontrollers']],
    [
      'Workloads',
      ['create apps deployments', 'patch apps statefulsets', 'update apps daemonsets', 'patch apps replicasets'],
    ],
    ['Workloads', ['create apps controllerrevisions', 'create batch jobs', 'patch batch cronjobs']],
    ['Exec', ['create core pods/exec', 'get core pods/exec', 'create core pods/attach', 'get core pods/attach']],
    ['Exec', ['patch core pods/ephemeralcontainers', 'update core pods/ephemeralcontainers']],
    [
      'Proxy',
      [
        'create core pods/portforward',
        'get core pods/portforward',
        'get core pods/proxy',
        'create core services/proxy',
      ],
    ],
    ['Nodes', ['get core nodes/proxy', 'create core nodes/proxy', 'patch core nodes', 'patch core nodes/status']],
    ['Nodes', ['create node.k8s.io runtimeclasses', 'patch node.k8s.io runtimeclasses']],
    [
      'Volumes',
      ['create core persistentvolumes', 'patch core persistentvolumes', 'create storage.k8s.io storageclasses'],
    ],
    [
      'Volumes',
      ['update storage.k8s.io csidrivers', 'create storage.k8s.io volumeattachments', 'patch storage.k8s.io csinodes'],
    ],
    ['BindingUids', [`get ${RBAC} rolebindings`, `list ${RBAC} rolebindings`, `watch ${RBAC} rolebindings`]],
    ['Devices', ['create resource.k8s.io resourceslices', 'patch resource.k8s.io deviceclasses']],
    ['Devices', ['update resource.k8s.io resourceclaims/status', 'update resource.k8s.io resourceclaims/binding']],
    ['Devices', ['arbitrary-node:update resource.k8s.io resourceclaims/driver']],
    [
      'FlowControl',
      ['create flowcontrol.apiserver.k8s.io flowschemas', 'patch flowcontrol.apiserver.k8s.io flowschemas'],
    ],
  ])('as %s: %j', (code, shorts) => {
    for (const short of shorts) expect({ short, codes: codes(rule(short)) }).toEqual({ short, codes: [code] });
  });

  it('whatever names it is limited to', () => {
    expect(codes({ ...rule('get core secrets'), resourceNames: ['one'] })).toEqual(['Secrets']);
  });

  it('by a verb that nobody knows, where every write is', () => {
    expect(codes(rule(`conquer ${RBAC} roles`))).toEqual(['Escalation']);
  });

  it('among others in its rule, and says where', () => {
    const mixed = { ...rule('get,create core,apps configmaps,pods/exec,pods/attach'), resourceNames: ['one'] };
    expect(risks([rule('get core pods'), mixed])).toEqual([
      { code: 'Exec', rule: 1, found: { ...mixed, apiGroups: [''], resources: ['pods/exec', 'pods/attach'] } },
    ]);
  });

  it.each([
    ['* core services', ['verbs']],
    ['get * services', ['apiGroups']],
    ['get core services,*', ['resources']],
    ['get core */status', ['resources']],
    ['get core services/*', ['resources']],
    ['get* core services', ['verbs']],
  ])('as a wildcard: %s', (short, fields) => {
    const wide = rule(short);
    const [first] = risks([wide]);
    expect(first).toMatchObject({ code: 'Wildcard', rule: 0 });
    for (const field of fields) expect(first).toHaveProperty(['found', field], [expect.stringContaining('*')]);
  });

  it.each([['*'], ['/*'], ['/**']])('as a wildcard, if it is to the URLs %s', (url) => {
    const found = { ...NO_RULE, nonResourceURLs: [url] };
    expect(risks([{ ...found, verbs: ['get'], nonResourceURLs: ['/healthz/*', url] }])).toEqual([
      { code: 'Wildcard', rule: 0, found },
    ]);
  });
});

describe('a right is not risky', () => {
  it.each([
    'get,list,watch core pods,pods/log,services,configmaps,events,namespaces,nodes,persistentvolumes',
    'delete,deletecollection core pods',
    'delete apps deployments',
    'get,update,patch apps deployments/scale,statefulsets/scale,replicasets/scale',
    'create core pods/eviction',
    'get core pods/ephemeralcontainers',
    'create,update,patch,delete core configmaps,services,serviceaccounts,events,persistentvolumeclaims',
    `get,list,watch ${RBAC} roles,clusterroles,clusterrolebindings`,
    'get,list,watch daypass.dev accessrequests',
    'create authorization.k8s.io selfsubjectaccessreviews',
    'get,create example.com secrets,pods',
  ])('%s', (short) => {
    expect(risks([rule(short)])).toEqual([]);
  });

  it('if its list of something is empty: it permits nothing', () => {
    expect(risks([{ ...rule('create core pods'), verbs: [] }, NO_RULE])).toEqual([]);
  });

  it('to some URLs', () => {
    expect(risks([{ ...NO_RULE, verbs: ['get'], nonResourceURLs: ['/', '/metrics', '/healthz/*', '/lo*gs'] }])).toEqual(
      [],
    );
  });
});

describe('a role is risky', () => {
  it.each(['admin', 'edit', 'cluster-admin', 'system:node', 'system:basic-user'])('by its name: %s', (name) => {
    expect(risksOfRole(role(name))).toEqual([{ code: 'BuiltInRole', role: name }]);
  });

  it.each(['view', 'Admin', 'editor', 'daypass-admin', 'my-system:role'])('not so by the name %s', (name) => {
    expect(risksOfRole(role(name))).toEqual([]);
  });

  it('by its name and by its rules', () => {
    const found = rule('get core secrets');
    expect(risksOfRole({ ...role('edit'), rules: [found] })).toEqual([
      { code: 'BuiltInRole', role: 'edit' },
      { code: 'Secrets', rule: 0, found },
    ]);
  });

  it('only one of those that Daypass brings along', () => {
    const folder = new URL('../../deploy/roles/', import.meta.url);
    const shipped = readdirSync(folder)
      .filter((file) => file !== 'kustomization.yaml')
      .map((file) => shippedRole(readFileSync(new URL(file, folder), 'utf8')));
    const risky = shipped.filter((one) => risksOfRole(one).length > 0).map(({ metadata }) => metadata.name);
    expect(shipped.length).toBeGreaterThan(1);
    expect(risky).toEqual(['daypass-pod-exec']);
  });
});

function role(name: string) {
  return readClusterRole({ metadata: { name, uid: 'u', resourceVersion: '1' } });
}

function shippedRole(yaml: string) {
  const { metadata, ...rest }: { metadata: { name: string } } = parse(yaml);
  return readClusterRole({ ...rest, metadata: { ...metadata, uid: 'u', resourceVersion: '1' } });
}

describe('the table of risks', () => {
  const rows = RISKS.flatMap(({ code, rights }) => rights.map((right: RiskyRight) => ({ code, right })));
  const verbs = fc.constantFrom('get', 'watch', 'create', 'patch', 'delete', 'bind', 'impersonate:user-info');
  const risky = fc.constantFrom(...rows).chain(({ right }) =>
    fc.record({
      verbs: fc.array(verbs, { minLength: 1, maxLength: 2 }),
      apiGroups: fc.subarray([...right.apiGroups, ''], { minLength: 1 }),
      resources: fc.subarray([...right.resources, 'configmaps', '*/exec', 'pods/*'], { minLength: 1 }),
    }),
  );

  it('holds for whatever covers a rule at least the risks of that rule: none hides in a wider one', () => {
    const wider = fc.tuple(risky, risky, fc.subarray(['verbs', 'apiGroups', 'resources'] as const));
    fc.assert(
      fc.property(wider, ([some, others, everything]) => {
        const narrow = { ...NO_RULE, ...some, resourceNames: ['one'] };
        const wide = {
          ...NO_RULE,
          verbs: [...some.verbs, ...others.verbs],
          apiGroups: [...some.apiGroups, ...others.apiGroups],
          resources: [...some.resources, ...others.resources],
          ...Object.fromEntries(everything.map((field) => [field, ['*']])),
        };
        expect(uncovered([wide], [narrow])).toEqual([]);
        expect(codes(wide)).toEqual(expect.arrayContaining(codes(narrow)));
      }),
    );
  });

  it('has each code once, and a reason in one line', () => {
    expect(new Set(RISKS.map(({ code }) => code)).size).toBe(RISKS.length);
    for (const { why } of RISKS) expect(why).toMatch(/^[A-Za-z].{10,140}\.$/);
  });

  it('takes everything for every risk there is', () => {
    const all = RISKS.map(({ code }) => code).filter((code) => code !== 'BuiltInRole');
    expect(codes(rule('* * *'))).toEqual(all);
    expect(codes(rule(`${READS.join(',')} core pods`))).toEqual([]);
  });
});
