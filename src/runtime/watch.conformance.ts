import { beforeEach, describe, expect, it } from 'vitest';
import type { WatchEvent, WatchOptions } from './client.ts';
import { configMaps, identityOf, objectIn, type SetUp, type Subject, widgets } from './conformance-subject.ts';

/** What every {@link Client} says of many objects: lists, and what changes after them. */
export function describeListAndWatch(setUp: SetUp): void {
  let subject: Subject;
  beforeEach(async () => {
    subject = await setUp();
  });
  const create = (name: string, labels: Record<string, string> = {}) =>
    subject.client.create(widgets, objectIn(subject.namespace, name, { metadata: { labels } }));
  const remove = async (name: string) => {
    const { uid } = identityOf(await subject.client.get(widgets, { namespace: subject.namespace, name }));
    await subject.client.delete(widgets, { namespace: subject.namespace, name }, { uid });
  };
  const label = (name: string, labels: Record<string, string | null>) =>
    subject.client.patch(widgets, { namespace: subject.namespace, name }, { metadata: { labels } });

  const open = (options: WatchOptions) => {
    const end = new AbortController();
    const watch = subject.client.watch(widgets, { namespace: subject.namespace, signal: end.signal, ...options });
    return { events: watch[Symbol.asyncIterator](), end };
  };

  describe('list', () => {
    it('is in order, typed, and of one namespace where one is given', async () => {
      await create('b');
      await create('a');
      const { items, resourceVersion } = await subject.client.list(widgets, { namespace: subject.namespace });
      expect(items.map(({ kind, apiVersion, metadata }) => [kind, apiVersion, metadata.name])).toEqual([
        ['Widget', 'conformance.test/v1', 'a'],
        ['Widget', 'conformance.test/v1', 'b'],
      ]);
      expect(resourceVersion).toMatch(/^[1-9][0-9]*$/);
      const everywhere = await subject.client.list(widgets);
      expect(everywhere.items.filter(({ metadata }) => metadata.namespace === subject.namespace)).toEqual(items);
      const elsewhere = await subject.client.list(widgets, { namespace: `${subject.namespace}-other` });
      expect(elsewhere.items).toEqual([]);
    });

    it('types built-in kinds too, whose lists come without', async () => {
      await subject.client.create(configMaps, objectIn(subject.namespace, 'typed', { data: { a: 'b' } }));
      const { items } = await subject.client.list(configMaps, { namespace: subject.namespace });
      expect(items[0]).toMatchObject({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'typed' } });
    });

    it.each([
      ['colour=red', 'a'],
      ['colour==red,size=1', 'a'],
      ['colour!=red', 'b c'],
      ['colour', 'a b'],
      ['!colour', 'c'],
      ['colour in (red, blue)', 'a b'],
      ['colour notin (blue),size', 'a'],
      ['', 'a b c'],
    ])('selects by label: %j', async (labelSelector, expected) => {
      await create('a', { colour: 'red', size: '1' });
      await create('b', { colour: 'blue' });
      await create('c');
      const { items } = await subject.client.list(widgets, { namespace: subject.namespace, labelSelector });
      expect(items.map(({ metadata }) => metadata.name).join(' ')).toBe(expected);
    });

    it('comes in pages of one moment', async () => {
      for (const name of ['a', 'b', 'c']) await create(name);
      const options = { namespace: subject.namespace, limit: 2 };
      const first = await subject.client.list(widgets, options);
      await create('bb');
      const second = await subject.client.list(widgets, { ...options, continue: first.continue ?? '' });
      expect([...first.items, ...second.items].map(({ metadata }) => metadata.name)).toEqual(['a', 'b', 'c']);
      expect(second.continue).toBeUndefined();
      expect(second.resourceVersion).toBe(first.resourceVersion);
    });
  });

  describe('watch', () => {
    it('goes on from where a list ended, through creation, change and deletion', async () => {
      await create('before');
      const { resourceVersion } = await subject.client.list(widgets, { namespace: subject.namespace });
      const created = await create('a');
      const labelled = await label('a', { colour: 'red' });
      await remove('a');
      const { events, end } = open({ resourceVersion });
      expect(await next(events)).toEqual({ type: 'ADDED', object: created });
      expect(await next(events)).toEqual({ type: 'MODIFIED', object: labelled });
      const last = await next(events);
      expect(last).toMatchObject({ type: 'DELETED', object: { metadata: { name: 'a', labels: { colour: 'red' } } } });
      expect(Number(last.type === 'DELETED' && last.object.metadata.resourceVersion)).toBeGreaterThan(
        Number(labelled.metadata.resourceVersion),
      );
      const after = next(events);
      const late = await create('late');
      expect(await after).toEqual({ type: 'ADDED', object: late });
      end.abort();
    });

    it('starts with all that exists, closed by a bookmark, where asked to', async () => {
      const created = [await create('a'), await create('b')];
      const { events, end } = open({ sendInitialEvents: true });
      const first = [await next(events), await next(events)];
      expect(first.map((event) => event.type === 'ADDED' && event.object)).toEqual(expect.arrayContaining(created));
      const bookmark = await next(events);
      expect(bookmark).toMatchObject({
        type: 'BOOKMARK',
        initialEventsEnd: true,
        resourceVersion: matching(/^\d+$/),
      });
      const later = await create('c');
      expect(await next(events)).toEqual({ type: 'ADDED', object: later });
      end.abort();
    });

    it('shows what comes into the selection as added, and what leaves it as deleted', async () => {
      const { resourceVersion } = await subject.client.list(widgets, { namespace: subject.namespace });
      await create('a');
      await label('a', { colour: 'red' });
      await label('a', { size: '1' });
      await label('a', { colour: null });
      await create('b', { colour: 'red' });
      const { events, end } = open({ resourceVersion, labelSelector: 'colour=red' });
      const seen = [await next(events), await next(events), await next(events), await next(events)];
      expect(seen.map((event) => event.type !== 'BOOKMARK' && `${event.type} ${event.object.metadata.name}`)).toEqual([
        'ADDED a',
        'MODIFIED a',
        'DELETED a',
        'ADDED b',
      ]);
      end.abort();
    });

    it('ends when its time is over', async () => {
      const { resourceVersion } = await subject.client.list(widgets, { namespace: subject.namespace });
      const { events } = open({ resourceVersion, timeoutSeconds: 1 });
      const over = drain(events);
      await subject.pass(1000);
      expect(await over).toBe('ended');
    });

    it('from a version that the server has forgotten is Expired', async () => {
      subject.forget();
      const { events } = open({ resourceVersion: '1' });
      await expect(events.next()).rejects.toMatchObject({ name: 'ApiError', reason: 'Expired' });
    });

    it.each(['before it began', 'while it waits'])('rejects with the reason of a signal aborted %s', async (when) => {
      const { resourceVersion } = await subject.client.list(widgets, { namespace: subject.namespace });
      const { events, end } = open({ resourceVersion });
      if (when === 'before it began') end.abort(new Error('enough'));
      const event = events.next();
      end.abort(new Error('enough'));
      await expect(event).rejects.toThrow('enough');
    });
  });
}

/** The next event that is not a plain bookmark, which may come at any time. */
async function next(events: AsyncIterator<WatchEvent>): Promise<WatchEvent> {
  for (;;) {
    const result = await events.next();
    if (result.done) throw new Error('the watch ended');
    if (result.value.type !== 'BOOKMARK' || result.value.initialEventsEnd) return result.value;
  }
}

async function drain(events: AsyncIterator<WatchEvent>): Promise<string> {
  for (;;) if ((await events.next()).done) return 'ended';
}

function matching(pattern: RegExp): unknown {
  return expect.stringMatching(pattern);
}
