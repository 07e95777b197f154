import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ACCESS_REQUESTS } from '../../api/access-request.ts';
import { CLUSTER_ROLE_BINDINGS, CLUSTER_ROLES, NAMESPACES, ROLE_BINDINGS } from '../../api/kubernetes.ts';
import { FINALIZER } from '../../api/names.ts';
import { ApiError } from '../../runtime/errors.ts';
import { TestSite } from './test-site.ts';

const Kind = z.object({ kind: z.string() });
const EMERGENCY = { emergency: { reviewBy: '2026-12-02T09:00:00Z' } };

/** The change that this one comes after. */
function position(changes: readonly string[], change: RegExp): number {
  const index = changes.findIndex((each) => change.test(each));
  expect(index, `${change} among ${changes.join(', ')}`).toBeGreaterThanOrEqual(0);
  return index;
}

describe('with the operator gone', () => {
  it('takes access first, then lets requests go, then removes what guards them, and leaves nothing', async () => {
    const site = await TestSite.create();
    await site.grant('one');
    await site.uninstall();
    expect(await site.left()).toEqual({ namespaces: 1 });
    const changes = site.changes();
    const order = [
      /^create accesspolicies\/daypass-uninstall$/,
      /^delete clusterrolebindings\/daypass-grantable$/,
      /^delete rolebindings\//,
      /^delete jobs\//,
      /^delete accessrequests\/one$/,
      /^patch accessrequests\/one$/,
      /^delete customresourcedefinitions\//,
      /^delete validatingadmissionpolicybindings\//,
      /^delete namespaces\/daypass-system$/,
    ].map((change) => position(changes, change));
    expect(order).toEqual(order.toSorted((one, other) => one - other));
    expect(site.said).toContainEqual(
      expect.stringMatching(/^access taken away: payments\/daypass-\S+: daypass-pod-logs, asked for by ada, until /),
    );
  });

  it('has everything on record before it is deleted', async () => {
    const site = await TestSite.create();
    await site.grant('one');
    site.client.before = ({ verb, name }) => {
      if (verb !== 'delete' || name?.namespace === undefined) return undefined;
      expect(site.recorded.some((line) => line.includes(`"name":"${name.name}"`))).toBe(true);
      return undefined;
    };
    await site.uninstall();
    const kinds = site.recorded.map((line) => Kind.parse(JSON.parse(line)).kind);
    expect(new Set(kinds)).toEqual(new Set(['RoleBinding', 'Job', 'AccessPolicy', 'AccessRequest']));
  });

  it('deletes nothing where the record cannot be written', async () => {
    const site = await TestSite.create();
    await site.grant('one');
    site.recorded.push = () => {
      throw new Error('no space left on device');
    };
    await expect(site.uninstall()).rejects.toThrow('no space left on device');
    expect(site.changes().filter((change) => /rolebindings\/daypass-.{36}|accessrequests/.test(change))).toEqual([]);
  });
});

describe('with the operator running', () => {
  it('leaves ends and finalizers to it, and has the ends on record', async () => {
    const site = await TestSite.create();
    await site.grant('one');
    site.operate();
    await site.uninstall();
    expect(await site.left()).toEqual({ namespaces: 1 });
    expect(site.said.some((line) => line.startsWith('access taken away'))).toBe(false);
    const changes = site.changes();
    const disarmed = position(changes, /^delete clusterrolebindings\/daypass-grantable$/);
    expect(disarmed).toBeLessThan(position(changes, /^delete accessrequests\/one$/));
    // The operator of the test is heard over the same client: one patch is its own.
    expect(changes.filter((change) => change === 'patch accessrequests/one')).toHaveLength(1);
    const requests = site.recorded.filter((line) => line.includes('"AccessRequest"'));
    expect(requests.at(-1)).toContain('Revoked');
  });

  it('carries on alone when that stops half-way', async () => {
    const site = await TestSite.create();
    await site.grant('one');
    site.operate();
    const operator = site.client.after;
    site.client.after = (call) => (call.verb === 'delete' ? undefined : operator?.(call));
    await site.uninstall();
    expect(await site.left()).toEqual({ namespaces: 1 });
  });
});

describe('an emergency that nobody has reviewed', () => {
  it('is named, and nothing is changed', async () => {
    const site = await TestSite.create();
    await site.grant('one', EMERGENCY);
    await expect(site.uninstall()).rejects.toThrow(/^emergencies that nobody has reviewed: payments\/one by ada\. /);
    expect(site.changes()).toEqual([]);
  });

  it('goes where that is said, on record', async () => {
    const site = await TestSite.create();
    await site.grant('one', EMERGENCY);
    await site.uninstall({ abandonEmergencies: true });
    expect(await site.left()).toEqual({ namespaces: 1 });
    expect(site.recorded.join('\n')).toContain('reviewBy');
  });
});

it('goes through all there is where objects are so long that a page of them is too long', async () => {
  const site = await TestSite.create();
  for (const name of ['one', 'two', 'three']) await site.grant(name);
  site.client.longestPage = 2;
  await site.uninstall();
  expect(await site.left()).toEqual({ namespaces: 1 });
});

it('takes away a binding that has lost its label', async () => {
  const site = await TestSite.create();
  await site.grant('one');
  const name = (await site.client.list(ROLE_BINDINGS)).items[0]?.metadata.name ?? '';
  await site.client.patch(ROLE_BINDINGS, { namespace: 'payments', name }, { metadata: { labels: null } });
  await site.uninstall();
  expect(await site.left()).toEqual({ namespaces: 1 });
});

it('is not held up by a finalizer of somebody else', async () => {
  const site = await TestSite.create();
  await site.grant('one');
  const one = { namespace: 'payments', name: 'one' };
  await site.client.patch(ACCESS_REQUESTS.resource, one, { metadata: { finalizers: ['example.com/mine', FINALIZER] } });
  await site.uninstall();
  expect(await site.left()).toEqual({ namespaces: 1 });
});

it('goes on from wherever it was cut short', async () => {
  const whole = await TestSite.create();
  await whole.grant('one');
  await whole.uninstall();
  const writes = whole.changes().length;
  for (let cut = 0; cut < writes; cut++) {
    const site = await TestSite.create();
    await site.grant('one');
    let count = 0;
    site.client.after = ({ verb }) => {
      if (!['create', 'patch', 'delete'].includes(verb)) return undefined;
      return count++ === cut ? new ApiError('Unavailable', 'killed') : undefined;
    };
    await expect(site.uninstall()).rejects.toThrow('killed');
    site.client.after = undefined;
    await site.uninstall();
    expect(await site.left(), `after write ${cut}`).toEqual({ namespaces: 1 });
  }
});

it('makes sure beforehand of every right that it then uses', async () => {
  const site = await TestSite.create();
  await site.grant('one');
  await site.uninstall();
  const used = new Set(site.client.calls.map(({ verb, resource }) => `${verb} ${resource.plural}`));
  used.delete('delete accesspolicies'); // that is the API server, which deletes them with their kind
  expect([...used].filter((right) => !site.client.asked.has(right))).toEqual([]);
  expect(used).toContain('patch accessrequests');
});

it('names every right that is lacking, and changes nothing', async () => {
  const site = await TestSite.create();
  for (const right of ['breakglass accessrequests', 'delete customresourcedefinitions']) site.client.refused.add(right);
  await expect(site.uninstall()).rejects.toThrow(
    /^nothing was changed: .*: breakglass accessrequests\.daypass\.dev, delete customresourcedefinitions\.apiextensions\.k8s\.io$/,
  );
  expect(site.changes()).toEqual([]);
});

it.each([
  ['what gives the operator something to hand out', CLUSTER_ROLE_BINDINGS],
  ['a ClusterRole', CLUSTER_ROLES],
])('says so where something puts back %s', async (_what, resource) => {
  const site = await TestSite.create();
  site.client.after = async ({ verb, resource: { plural } }) => {
    if (verb !== 'delete' || plural !== resource.plural) return undefined;
    await site.client.create(resource, {
      metadata: { name: 'daypass-grantable', labels: { 'app.kubernetes.io/name': 'daypass' } },
    });
    return undefined;
  };
  await expect(site.uninstall()).rejects.toThrow(
    `${resource.plural}/daypass-grantable was deleted, and is there again: something puts it back, such as GitOps.`,
  );
});

it('says so where something puts back at the end what went long before', async () => {
  const site = await TestSite.create();
  site.client.after = async ({ verb, resource }) => {
    if (verb !== 'delete' || resource !== NAMESPACES) return undefined;
    await site.client.create(CLUSTER_ROLES, {
      metadata: { name: 'daypass-view', labels: { 'app.kubernetes.io/name': 'daypass' } },
    });
    return undefined;
  };
  await expect(site.uninstall()).rejects.toThrow('clusterroles/daypass-view was deleted, and is there again: ');
  expect(site.said).not.toContain('there is nothing of Daypass in this cluster');
});

it('leaves alone what is not its own, whatever it is labelled', async () => {
  const site = await TestSite.create();
  await site.client.create(CLUSTER_ROLES, {
    metadata: { name: 'mine', labels: { 'app.kubernetes.io/name': 'daypass' } },
  });
  await site.client.create(CLUSTER_ROLES, { metadata: { name: 'daypass-breakglass' } });
  await site.client.create(ROLE_BINDINGS, { metadata: { name: 'mine', namespace: 'payments' } });
  await site.uninstall();
  expect(await site.left()).toEqual({ namespaces: 1, clusterroles: 2, rolebindings: 1 });
});

it('on a dry run tells what there is to remove, and changes nothing', async () => {
  const site = await TestSite.create();
  await site.grant('one');
  await site.uninstall({ dryRun: true });
  expect(site.said).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/^to be removed: access payments\/daypass-/),
      'to be removed: accessrequests/payments/one',
      'to be removed: clusterroles/daypass-grantable',
      'to be removed: namespaces/daypass-system',
    ]),
  );
  expect(site.changes()).toEqual([]);
});

it('changes nothing where there is nothing any more', async () => {
  const site = await TestSite.create();
  await site.uninstall();
  site.client.calls.length = 0;
  await site.uninstall();
  expect(site.changes()).toEqual([]);
  expect(site.said.at(-1)).toBe('there is nothing of Daypass in this cluster');
});
