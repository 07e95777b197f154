import { beforeEach, describe, expect, it } from 'vitest';
import { JOBS } from '../api/kubernetes.ts';
import { MANAGED_BY, MANAGED_BY_LABEL } from '../api/names.ts';
import type { MemoryClient } from '../runtime/memory-client.ts';
import { confirm } from './confirm.ts';
import type { Confirmation } from './plan.ts';
import { refusing, testCluster } from './test-cluster.ts';

const NAME = { namespace: 'payments', name: 'daypass-1' };
const CHANGED = { reason: 'Conflict' };

let client: MemoryClient;
let uid: string;
let resourceVersion: string;
beforeEach(async () => {
  client = await testCluster();
  ({ uid, resourceVersion } = await make('daypass-1'));
});

async function make(name: string) {
  const { metadata } = await client.create(JOBS, { metadata: { namespace: 'payments', name } });
  return { uid: metadata.uid ?? '', resourceVersion: metadata.resourceVersion ?? '' };
}

function ask(confirmation: Confirmation): Promise<void> {
  return confirm(client, confirmation, new AbortController().signal);
}

describe('absence', () => {
  const absent = { verb: 'confirmAbsent', resource: JOBS } as const;

  it('holds where no object bears the name, or only another one does', async () => {
    await expect(ask({ ...absent, name: { ...NAME, name: 'daypass-2' } })).resolves.toBeUndefined();
    await expect(ask({ ...absent, name: NAME, uid: 'another' })).resolves.toBeUndefined();
  });

  it('does not hold where the object is there', async () => {
    await expect(ask({ ...absent, name: NAME })).rejects.toMatchObject(CHANGED);
    await expect(ask({ ...absent, name: NAME, uid })).rejects.toMatchObject(CHANGED);
  });

  it('holds where the object has lost the label, if only what is managed is asked for', async () => {
    await expect(ask({ ...absent, name: NAME, managed: true })).resolves.toBeUndefined();
    await client.patch(JOBS, NAME, { metadata: { labels: { [MANAGED_BY_LABEL]: MANAGED_BY } } });
    await expect(ask({ ...absent, name: NAME, managed: true })).rejects.toMatchObject(CHANGED);
  });

  it.each(['Unavailable', 'Forbidden'] as const)('is not what %s means', async (reason) => {
    client.before = refusing('get', reason);
    await expect(ask({ ...absent, name: NAME })).rejects.toMatchObject({ reason });
  });
});

describe('a version', () => {
  const version = { verb: 'confirmVersion', resource: JOBS, name: NAME } as const;

  it('holds until the object changes', async () => {
    await expect(ask({ ...version, resourceVersion })).resolves.toBeUndefined();
    await client.patch(JOBS, NAME, { metadata: { labels: { a: 'b' } } });
    await expect(ask({ ...version, resourceVersion })).rejects.toMatchObject(CHANGED);
  });

  it('does not hold where the object is gone', async () => {
    await client.delete(JOBS, NAME, { uid });
    await expect(ask({ ...version, resourceVersion })).rejects.toMatchObject(CHANGED);
  });
});

describe('all', () => {
  const all = (versions: readonly (readonly [string, string])[]): Confirmation => ({
    verb: 'confirmAll',
    resource: JOBS,
    versions: new Map(versions),
  });

  it('are as they were', async () => {
    await expect(ask(all([[uid, resourceVersion]]))).resolves.toBeUndefined();
  });

  it('are not, when one changed', async () => {
    await client.patch(JOBS, NAME, { metadata: { labels: { a: 'b' } } });
    await expect(ask(all([[uid, resourceVersion]]))).rejects.toMatchObject(CHANGED);
  });

  it('are not, when there is one more', async () => {
    await make('daypass-2');
    await expect(ask(all([[uid, resourceVersion]]))).rejects.toMatchObject(CHANGED);
  });

  it('are not, when there is one less', async () => {
    await expect(
      ask(
        all([
          [uid, resourceVersion],
          ['gone', '1'],
        ]),
      ),
    ).rejects.toMatchObject(CHANGED);
  });

  it('are asked for page by page, to the last', async () => {
    const versions: [string, string][] = [[uid, resourceVersion]];
    for (let count = 1; count < 501; count++) {
      const made = await make(`more-${count}`);
      versions.push([made.uid, made.resourceVersion]);
    }
    await expect(ask(all(versions))).resolves.toBeUndefined();
    await expect(ask(all(versions.slice(0, 500)))).rejects.toMatchObject(CHANGED);
    await expect(ask(all(versions.slice(1)))).rejects.toMatchObject(CHANGED);
  });

  it('are asked for in shorter pages where one is too long', async () => {
    const more = await make('daypass-2');
    const versions = [
      [uid, resourceVersion],
      [more.uid, more.resourceVersion],
    ] as const;
    client.longestPage = 1;
    await expect(ask(all(versions))).resolves.toBeUndefined();
    await expect(ask(all(versions.slice(0, 1)))).rejects.toMatchObject(CHANGED);
  });
});
