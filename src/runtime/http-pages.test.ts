import { expect, it } from 'vitest';
import { configMaps } from './conformance-subject.ts';
import { HttpClient } from './http-client.ts';
import { pages } from './pages.ts';
import { testTransport } from './test-transport.ts';

/** Each below what an API server takes, and all together longer than an answer may be. */
const COUNT = 400;
const LONG = 'x'.repeat(180_000);

/** The page of a list that this URL asks for. */
function pageAt(url: string): string {
  const query = new URL(url, 'http://localhost').searchParams;
  const [begin, limit] = [Number(query.get('continue')), Number(query.get('limit'))];
  const end = Math.min(begin + limit, COUNT);
  const items = Array.from({ length: end - begin }, (_, n) => ({
    metadata: { namespace: 'ns', name: `${begin + n}` },
    data: { LONG },
  }));
  return JSON.stringify({ metadata: { resourceVersion: '1', ...(end < COUNT && { continue: `${end}` }) }, items });
}

it.each([true, false])(
  'a page that is longer than an answer may be comes in parts; said beforehand how long it is: %s',
  async (said) => {
    const asked: unknown[] = [];
    const { transport } = await testTransport(({ url = '' }, response) => {
      asked.push(url.split('?')[1]);
      const page = pageAt(url);
      if (!said) response.flushHeaders();
      response.on('error', () => undefined).end(page);
    });
    const client = new HttpClient(transport, { call: 1000, delete: 1000, list: 1000 });
    const names: (string | undefined)[] = [];
    for await (const { items } of pages(client, configMaps)) names.push(...items.map(({ metadata }) => metadata.name));
    expect(asked).toEqual(['limit=500', 'limit=250', 'limit=250&continue=250']);
    expect(names).toEqual(Array.from({ length: COUNT }, (_, n) => `${n}`));
  },
);
