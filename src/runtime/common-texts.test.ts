import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { CommonTexts } from './common-texts.ts';

const MANY = 10_000;
const LENGTH = 200;

setFlagsFromString('--expose-gc');
// V8 puts it into contexts that are new.
const gc: unknown = runInNewContext('gc');

function collect(): void {
  if (!isFunction(gc)) throw new TypeError('no gc');
  gc();
}

function isFunction(value: unknown): value is () => void {
  return typeof value === 'function';
}

/** What is left in use of what `make` made, in bytes: whether two texts that are alike are one JavaScript does not tell. */
function bytesOf(make: () => object): number {
  collect();
  const before = process.memoryUsage().heapUsed;
  const made = make();
  collect();
  const bytes = process.memoryUsage().heapUsed - before;
  expect(made).toBeDefined();
  return bytes;
}

function parsed(text: string): unknown {
  return JSON.parse(JSON.stringify({ here: text, deeper: [{ there: text }, text] }));
}

function sharedBy(texts: CommonTexts, value: unknown): unknown {
  texts.share(value);
  return value;
}

it('keeps one of texts that are alike, wherever they stand', () => {
  const texts = new CommonTexts();
  const text = 'x'.repeat(LENGTH);
  const apart = bytesOf(() => Array.from({ length: MANY }, () => parsed(text)));
  const together = bytesOf(() => Array.from({ length: MANY }, () => sharedBy(texts, parsed(text))));
  expect(apart - together).toBeGreaterThan(2.9 * MANY * LENGTH);
});

it('forgets those that do not come up again', () => {
  const texts = new CommonTexts();
  const bytes = bytesOf(() => {
    for (let n = 0; n < MANY * 5; n++) texts.share(parsed(String(n).padStart(LENGTH, '.')));
    return texts;
  });
  expect(bytes).toBeLessThan(MANY * LENGTH * 1.5);
});

it('leaves alone what is no plain data, or frozen', () => {
  const texts = new CommonTexts();
  const text = 'long enough to be shared';
  const keys = new Set([text]);
  const value = Object.freeze({
    text,
    at: new Date(0),
    keys,
    url: new URL('https://example.com/'),
    list: Object.freeze([text]),
  });
  const item = { value, at: new Date(0), keys, url: value.url, byKey: new Map([[text, text]]), list: value.list };
  const before = { ...item };
  texts.share(item);
  expect(item).toEqual(before);
  expect(item.value).toBe(value);
});

it('changes nothing of what anybody sees', () => {
  const texts = new CommonTexts();
  const value = () => ({
    text: 'long enough to be shared',
    short: '',
    long: 'y'.repeat(1000),
    nothing: null,
    number: 1,
    yes: true,
    list: ['long enough to be shared', 'and another one', [{}, ['and another one']]],
    ['__proto__']: 'long enough to be shared',
  });
  for (let n = 0; n < 3; n++) expect(sharedBy(texts, JSON.parse(JSON.stringify(value())))).toEqual(value());
});
