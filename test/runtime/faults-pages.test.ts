import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { configMaps, identityOf } from '../../src/runtime/conformance-subject.ts';
import type { HttpClient } from '../../src/runtime/http-client.ts';
import { connectAsAdmin } from './cluster.ts';
import type { CallFault } from './faulty-answers.ts';
import { BEGINNING, FaultyReflection, FIRST_PAUSE, HEALTHY } from './faulty-reflection.ts';

/** Five of them, in pages of two: the faults meet the second page of three. */
const NAMES = ['a', 'b', 'c', 'd', 'e'];

let admin: HttpClient;
let reflection: FaultyReflection;
/** What was asked for of a list: `first` for its first page, `next` for any that follows. */
let pages: string[];

beforeAll(async () => {
  admin = await connectAsAdmin();
});

afterAll(() => admin.close());

beforeEach(async () => {
  reflection = await FaultyReflection.start(admin, { watchLists: false });
  reflection.server.page = 2;
  for (const name of NAMES) await reflection.create(name);
  for (const name of NAMES) await reflection.shows(name);
  await reflection.clock.advance(HEALTHY);
  pages = [];
});

afterEach(() => reflection[Symbol.asyncDispose]());

/** What is there has changed, and the watch cannot tell. The list that follows meets this between its first two pages. */
async function listAgain(fault: CallFault | undefined): Promise<void> {
  const { server, clock, namespace } = reflection;
  server.fault = (_, url) => {
    if (!url.includes('limit=')) return undefined;
    pages.push(url.includes('continue=') ? 'next' : 'first');
    return pages.length === 2 ? fault : undefined;
  };
  server.streamFault = 'expire';
  const name = { namespace, name: 'a' };
  await admin.delete(configMaps, name, identityOf(await admin.get(configMaps, name)));
  await reflection.failed(1);
  await clock.advance(FIRST_PAUSE);
}

/** What the store holds, by name. */
function held(): string[] {
  return Array.from(reflection.store.values(), ({ metadata }) => metadata.name ?? '').toSorted();
}

const QUICK: readonly CallFault[] = [
  ...[410, 429, 500, 503].map((code) => ({ how: 'refuse', code }) as const),
  ...(['reset', 'garbage', 'lose', 'truncate', 'tear'] as const).map((how) => ({ how })),
];

describe('a list in pages', () => {
  it('goes through to its end where nothing fails', async () => {
    await listAgain(undefined);
    await reflection.until(() => held().join('') === 'bcde');
    expect(pages).toEqual(['first', 'next']);
  });

  it.each(QUICK)(
    'that breaks between two by $how $code shows nothing of it, and begins anew after one pause',
    async (fault) => {
      await listAgain(fault);
      await reflection.failed(2);
      await reflection.create('aa'); // before what the first page showed
      expect(held()).toEqual(NAMES);
      await reflection.clock.advance(2 * FIRST_PAUSE);
      await reflection.until(() => held().join(' ') === 'aa b c d e');
      expect(pages).toEqual(['first', 'next', 'first', 'next', 'next']);
    },
  );

  it.each([{ how: 'stall' }, { how: 'freeze' }] as const)(
    'of which one does not come to its end ($how) begins anew once that has lasted too long',
    async (fault) => {
      const { clock, server } = reflection;
      await listAgain(fault);
      await reflection.until(() => server.count('silent') > 0);
      await clock.advance(BEGINNING - 1);
      expect(reflection.failures()).toHaveLength(1);
      await clock.advance(1);
      await reflection.failed(2);
      expect(held()).toEqual(NAMES);
      await clock.advance(2 * FIRST_PAUSE);
      await reflection.until(() => held().join('') === 'bcde');
    },
  );
});
