import { expect, it } from 'vitest';
import { configMaps, objectIn } from './conformance-subject.ts';
import type { KubernetesObject } from './object.ts';
import { Store } from './store.ts';
import { testLog } from './test-log.ts';

const metadata = { uid: 'uid-a', resourceVersion: '1', labels: { team: 'payments' } };

/** As a write's reply, with what the API server alone keeps. */
function reply(): KubernetesObject {
  const managed = { ...metadata, managedFields: [{ manager: 'kubectl' }] };
  return objectIn('ns', 'a', { metadata: managed, data: { kept: 'this', dropped: ['that'] } });
}

function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(frozen);
  return value;
}

it('reads no managedFields, and leaves what it reads as it was', () => {
  const { log, at } = testLog();
  const store = new Store({ resource: configMaps, read: (object) => object, log });
  const object = reply();
  store.note(object);
  expect(object).toEqual(reply());
  expect(JSON.stringify(store.get('ns/a'))).not.toContain('managedFields');
  store.note(frozen({ ...object, metadata: { ...object.metadata, resourceVersion: '2' } }));
  expect(store.get('ns/a')?.metadata).toMatchObject({ resourceVersion: '2', labels: { team: 'payments' } });
  expect(at('error')).toEqual([]);
});

it('shares the texts of what is kept, before anybody sees it, and of nothing else', () => {
  const shared: unknown[] = [];
  const seen: unknown[] = [];
  const see = (item: unknown) => {
    expect(shared).toContain(item);
    seen.push(item);
    return [];
  };
  const store = new Store({
    resource: configMaps,
    read: ({ metadata: { labels } }) => ({ metadata, labels }),
    indexes: { any: see },
    texts: { share: (value) => void shared.push(value) },
    log: testLog().log,
  });
  store.subscribe(({ after }) => void see(after));
  store.note(reply());
  expect(shared).toEqual([{ metadata, labels: metadata.labels }]);
  expect(shared[0]).toBe(store.get('ns/a'));
  expect(seen).toHaveLength(2);
});
