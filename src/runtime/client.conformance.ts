import { beforeAll, describe, expect, it } from 'vitest';
import {
  clusterRoles,
  configMaps,
  identityOf,
  objectIn,
  type SetUp,
  type Subject,
  widgets,
} from './conformance-subject.ts';

const UID_OF_ANOTHER = '00000000-0000-4000-a000-000000000000';

/** What every {@link Client} does with one object; see watch.conformance.ts for many and their changes. */
export function describeCalls(setUp: SetUp): void {
  let subject: Subject;
  beforeAll(async () => {
    subject = await setUp();
  });
  const create = (name: string, fields = {}, options = {}) =>
    subject.client.create(widgets, objectIn(subject.namespace, name, fields), options);
  const named = (name: string) => ({ namespace: subject.namespace, name });

  it('asks the fence of each call, which refuses it unsent', async () => {
    const refusal = new Error('closed');
    let asked = 0;
    const fence = () => {
      asked++;
      throw refusal;
    };
    const { client, namespace } = subject;
    const { uid = '' } = (await create('fenced')).metadata;
    const calls = [
      () => client.list(widgets, { namespace, fence }),
      () => client.get(widgets, named('fenced'), { fence }),
      () => create('unsent', {}, { fence }),
      () => client.patch(widgets, named('fenced'), { spec: { size: 1 } }, { fence }),
      () => client.patchStatus(widgets, named('fenced'), { status: { size: 1 } }, { fence }),
      () => client.delete(widgets, named('fenced'), { uid, fence }),
      () => client.watch(widgets, { namespace, sendInitialEvents: true, fence })[Symbol.asyncIterator]().next(),
    ];
    for (const [n, call] of calls.entries()) {
      await expect(call()).rejects.toBe(refusal);
      expect(asked).toBe(n + 1);
    }
    expect((await client.list(widgets, { namespace })).items).toMatchObject([{ metadata: { uid, generation: 1 } }]);
  });

  describe('create', () => {
    it('replies with the object as the server completed it', async () => {
      const created = await create('complete', { spec: { size: 1 }, metadata: { labels: { a: 'b' } } });
      expect(created).toMatchObject({
        apiVersion: 'conformance.test/v1',
        kind: 'Widget',
        metadata: {
          name: 'complete',
          namespace: subject.namespace,
          labels: { a: 'b' },
          generation: 1,
          uid: matching(/^[0-9a-f-]{36}$/),
          resourceVersion: matching(/^[1-9][0-9]*$/),
          creationTimestamp: matching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
        },
        spec: { size: 1 },
      });
      expect(await subject.client.get(widgets, named('complete'))).toEqual(created);
    });

    it('leaves the status to its subresource', async () => {
      expect(await create('statusless', { status: { phase: 'Forged' } })).not.toHaveProperty('status');
    });

    it('makes up a name after a prefix', async () => {
      const metadata = { namespace: subject.namespace, generateName: 'made-' };
      const [one, other] = [
        await subject.client.create(widgets, { metadata }),
        await subject.client.create(widgets, { metadata }),
      ];
      expect(one.metadata.name).toMatch(/^made-[a-z0-9]{5}$/);
      expect(other.metadata.name).not.toBe(one.metadata.name);
    });

    it('keeps the case and the punctuation of names', async () => {
      const { uid = '' } = (await subject.client.create(clusterRoles, { metadata: { name: 'Team:Admin é?#' } }))
        .metadata;
      expect((await subject.client.get(clusterRoles, { name: 'Team:Admin é?#' })).metadata.uid).toBe(uid);
      await expect(subject.client.get(clusterRoles, { name: 'team:admin é?#' })).rejects.toMatchObject({
        reason: 'NotFound',
      });
      await subject.client.delete(clusterRoles, { name: 'Team:Admin é?#' }, { uid });
    });

    it('refuses a name that is taken', async () => {
      await create('taken');
      await expect(create('taken')).rejects.toMatchObject({
        reason: 'AlreadyExists',
        advice: 'wait',
        maybeDone: false,
      });
    });

    it('refuses an object without a name, and one that claims a version', async () => {
      const metadata = { namespace: subject.namespace };
      await expect(subject.client.create(widgets, { metadata })).rejects.toMatchObject({
        reason: 'Invalid',
        advice: 'tell',
      });
      const versioned = { ...metadata, name: 'versioned', resourceVersion: '1' };
      await expect(subject.client.create(widgets, { metadata: versioned })).rejects.toMatchObject({ name: 'ApiError' });
    });

    it('refuses a namespace that does not exist', async () => {
      const object = objectIn('no-such-namespace', 'a', { data: {} });
      await expect(subject.client.create(configMaps, object)).rejects.toMatchObject({ reason: 'NotFound' });
    });

    it('stores nothing in a dry run', async () => {
      expect((await create('dry', {}, { dryRun: true })).metadata.name).toBe('dry');
      await expect(subject.client.get(widgets, named('dry'))).rejects.toMatchObject({ reason: 'NotFound', code: 404 });
    });
  });

  it('finds no resource where the server serves none', async () => {
    const nowhere = { ...widgets, plural: 'gadgets', kind: 'Gadget' };
    await expect(subject.client.get(nowhere, named('a'))).rejects.toMatchObject({ reason: 'NotFound' });
    await expect(subject.client.list(nowhere)).rejects.toMatchObject({ reason: 'NotFound' });
  });

  it('rejects with the reason of a signal that is aborted already', async () => {
    const options = { signal: AbortSignal.abort(new Error('enough')) };
    await expect(subject.client.get(widgets, named('a'), options)).rejects.toThrow('enough');
  });

  describe('patch', () => {
    it('merges, takes out what is null, and counts a change of the spec as a generation', async () => {
      await create('merge', { spec: { keep: 1, change: { x: 1, y: 1 }, drop: 1, list: [1, 2] } });
      const patched = await subject.client.patch(widgets, named('merge'), {
        spec: { change: { x: 2 }, drop: null, list: [3] },
      });
      expect(patched).toMatchObject({ kind: 'Widget', metadata: { generation: 2 } });
      expect(patched['spec']).toEqual({ keep: 1, change: { x: 2, y: 1 }, list: [3] });
    });

    it('counts metadata as no generation, and leaves the status alone', async () => {
      await create('main');
      const patch = { metadata: { annotations: { a: 'b' } }, status: { phase: 'Forged' } };
      const patched = await subject.client.patch(widgets, named('main'), patch);
      expect(patched.metadata).toMatchObject({ generation: 1, annotations: { a: 'b' } });
      expect(patched).not.toHaveProperty('status');
    });

    it('of the status changes the status alone', async () => {
      const created = await create('status', { spec: { size: 1 } });
      const patch = { status: { phase: 'Active', seen: 1 }, spec: { size: 2 }, metadata: { labels: { a: 'b' } } };
      await subject.client.patchStatus(widgets, named('status'), patch);
      const patched = await subject.client.patchStatus(widgets, named('status'), { status: { seen: null } });
      expect(patched).toMatchObject({ spec: { size: 1 }, status: { phase: 'Active' }, metadata: { generation: 1 } });
      expect(patched.metadata.labels).toBeUndefined();
      expect(patched['status']).toEqual({ phase: 'Active' });
      expect(patched.metadata.uid).toBe(created.metadata.uid);
    });

    it.each(['patch', 'patchStatus'] as const)('(%s) that changes nothing makes no version', async (verb) => {
      const name = `same-${verb.toLowerCase()}`;
      await create(name, { spec: { size: 1 } });
      const before = await subject.client.patchStatus(widgets, named(name), { status: { phase: 'Active' } });
      const after = await subject.client[verb](widgets, named(name), {
        spec: { size: 1 },
        status: { phase: 'Active' },
      });
      expect(after).toEqual(before);
    });

    it.each([
      ['a custom resource', widgets],
      ['a built-in kind', configMaps],
    ])('holds to the uid and resourceVersion it names (%s)', async (_, resource) => {
      const name = `held-${resource.plural}`;
      const { uid, resourceVersion } = identityOf(
        await subject.client.create(resource, objectIn(subject.namespace, name)),
      );
      const patch = (metadata: object) => subject.client.patch(resource, named(name), { metadata });
      await expect(patch({ uid: UID_OF_ANOTHER })).rejects.toMatchObject({ reason: 'Conflict', maybeDone: false });
      const changed = await patch({ uid, resourceVersion, labels: { a: 'b' } });
      await expect(patch({ uid, resourceVersion, labels: { a: 'c' } })).rejects.toMatchObject({ reason: 'Conflict' });
      expect(identityOf(await subject.client.get(resource, named(name)))).toEqual(identityOf(changed));
    });

    it('of the status holds to the resourceVersion, and is refused with a uid alone', async () => {
      const { uid, resourceVersion } = identityOf(await create('held-status'));
      const patch = (metadata: object, phase: string) =>
        subject.client.patchStatus(widgets, named('held-status'), { metadata, status: { phase } });
      await patch({ uid, resourceVersion }, 'Active');
      await expect(patch({ uid, resourceVersion }, 'Expired')).rejects.toMatchObject({ reason: 'Conflict' });
      await expect(patch({ uid }, 'Expired')).rejects.toMatchObject({ reason: 'Invalid' });
      expect((await subject.client.get(widgets, named('held-status')))['status']).toEqual({ phase: 'Active' });
    });

    it('stores nothing in a dry run', async () => {
      const before = await create('dry-patch', { spec: { size: 1 } });
      const patched = await subject.client.patch(widgets, named('dry-patch'), { spec: { size: 2 } }, { dryRun: true });
      expect(patched['spec']).toEqual({ size: 2 });
      expect(await subject.client.get(widgets, named('dry-patch'))).toEqual(before);
    });

    it('finds nothing to patch', async () => {
      await expect(subject.client.patch(widgets, named('none'), { spec: {} })).rejects.toMatchObject({
        reason: 'NotFound',
      });
      await expect(subject.client.patchStatus(widgets, named('none'), { status: {} })).rejects.toMatchObject({
        reason: 'NotFound',
      });
    });
  });

  describe('delete', () => {
    it('takes the object away, and finds it gone the second time', async () => {
      const { uid } = identityOf(await create('gone'));
      expect(await subject.client.delete(widgets, named('gone'), { uid })).toBeUndefined();
      await expect(subject.client.delete(widgets, named('gone'), { uid })).rejects.toMatchObject({
        reason: 'NotFound',
      });
    });

    it('spares another object of the same name', async () => {
      const { uid } = identityOf(await create('again'));
      await subject.client.delete(widgets, named('again'), { uid });
      const second = await create('again');
      await expect(subject.client.delete(widgets, named('again'), { uid })).rejects.toMatchObject({
        reason: 'Conflict',
      });
      expect(await subject.client.get(widgets, named('again'))).toEqual(second);
    });

    it('waits for finalizers, takes no new ones, and is over with the last', async () => {
      const { uid } = identityOf(await create('held', { metadata: { finalizers: ['conformance.test/one'] } }));
      const held = await subject.client.delete(widgets, named('held'), { uid });
      expect(held?.metadata).toMatchObject({ deletionTimestamp: matching(/./), generation: 2 });
      const more = { metadata: { finalizers: ['conformance.test/one', 'conformance.test/two'] } };
      await expect(subject.client.patch(widgets, named('held'), more)).rejects.toMatchObject({ reason: 'Invalid' });
      const last = await subject.client.patch(widgets, named('held'), { metadata: { finalizers: null } });
      expect(last.metadata).toMatchObject({ resourceVersion: held?.metadata.resourceVersion });
      expect(last.metadata.finalizers).toBeUndefined();
      await expect(subject.client.get(widgets, named('held'))).rejects.toMatchObject({ reason: 'NotFound' });
    });

    it.each(['foregroundDeletion', 'orphan'])(
      'lets go what was held by %s, for it deletes in the background',
      async (finalizer) => {
        const name = `held-by-${finalizer.toLowerCase()}`;
        const { uid } = identityOf(
          await create(name, { metadata: { finalizers: [finalizer, 'conformance.test/one'] } }),
        );
        const held = await subject.client.delete(widgets, named(name), { uid });
        expect(held?.metadata.finalizers).toEqual(['conformance.test/one']);
      },
    );

    it('deletes nothing in a dry run', async () => {
      const created = await create('dry-delete');
      await subject.client.delete(widgets, named('dry-delete'), { uid: identityOf(created).uid, dryRun: true });
      expect(await subject.client.get(widgets, named('dry-delete'))).toEqual(created);
    });
  });
}

function matching(pattern: RegExp): unknown {
  return expect.stringMatching(pattern);
}
