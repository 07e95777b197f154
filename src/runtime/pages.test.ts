import { beforeEach, describe, expect, it } from 'vitest';
import type { Client } from './client.ts';
import { configMaps, objectIn } from './conformance-subject.ts';
import { ApiError } from './errors.ts';
import { MemoryClient } from './memory-client.ts';
import { pages } from './pages.ts';
import { TestClock } from './test-clock.ts';
import { testRandom } from './test-random.ts';

let memory: MemoryClient;
/** What was asked for: where it begins, and how many objects at the most. */
let asked: string[];
let client: Pick<Client, 'list'>;

beforeEach(() => {
  memory = new MemoryClient({ clock: new TestClock(), random: testRandom(), resources: [configMaps] });
  asked = [];
  client = {
    list: (resource, options) => {
      asked.push(`${options?.continue ?? 'start'} ${options?.limit}`);
      return memory.list(resource, options);
    },
  };
});

/** As many objects, in the order of their names. */
async function create(count: number): Promise<string[]> {
  const names = Array.from({ length: count }, (_, n) => `object${String(n).padStart(4, '0')}`);
  for (const name of names) await memory.create(configMaps, objectIn('ns', name));
  return names;
}

/** The names on each page. */
async function read(each: () => void = () => undefined, signal?: AbortSignal): Promise<string[][]> {
  const names: string[][] = [];
  for await (const { items } of pages(client, configMaps, { namespace: 'ns', ...(signal && { signal }) })) {
    names.push(items.map(({ metadata }) => metadata.name ?? ''));
    each();
  }
  return names;
}

it('are asked for one after the other, of the objects that are selected', async () => {
  const names = await create(501);
  await memory.create(configMaps, objectIn('other', 'a'));
  expect(await read()).toEqual([names.slice(0, 500), names.slice(500)]);
  expect(asked).toEqual(['start 500', expect.stringMatching(/^page-.* 500$/)]);
});

it('are one where there is nothing', async () => {
  expect(await read()).toEqual([[]]);
});

describe('one that is too long', () => {
  it('is asked for in halves from where it begins, and those after it with no more', async () => {
    const names = await create(300);
    memory.longestPage = 130;
    expect(await read()).toEqual([names.slice(0, 125), names.slice(125, 250), names.slice(250)]);
    const limits = asked.map((each) => each.split(' ')[1]);
    expect(limits).toEqual(['500', '250', '125', '125', '125']);
    expect(asked.slice(0, 3)).toEqual(['start 500', 'start 250', 'start 125']);
  });

  it('in the midst costs nothing of what comes before and after it', async () => {
    const names = await create(1001);
    expect((await read(() => (memory.longestPage = 499))).flat()).toEqual(names);
    const [first, ...others] = asked;
    const token = others[0]?.split(' ')[0];
    expect(first).toBe('start 500');
    expect(others.slice(0, 2)).toEqual([`${token} 500`, `${token} 250`]);
  });

  it('may have one object in the end, and is refused for good where that is too long', async () => {
    const names = await create(3);
    memory.longestPage = 1;
    expect(await read()).toEqual(names.map((name) => [name]));
    memory.longestPage = 0;
    asked.length = 0;
    await expect(read()).rejects.toMatchObject({ name: 'ApiError', reason: 'TooLong' });
    expect(asked.map((each) => each.split(' ')[1]).join(' ')).toBe('500 250 125 62 31 15 7 3 1');
  });

  it('is not asked for again once the signal is aborted', async () => {
    await create(3);
    memory.longestPage = 1;
    const end = new AbortController();
    memory.before = () => {
      if (asked.length === 2) end.abort(new Error('enough'));
      return undefined;
    };
    await expect(read(undefined, end.signal)).rejects.toThrow('enough');
    expect(memory.calls.filter(({ verb }) => verb === 'list')).toHaveLength(2);
  });
});

it('ends with any other failure, at once', async () => {
  await create(1);
  memory.before = () => new ApiError('Unavailable', 'connection reset');
  await expect(read()).rejects.toMatchObject({ reason: 'Unavailable' });
  expect(asked).toEqual(['start 500']);
});
