import { expect, it } from 'vitest';
import { configMaps } from './conformance-subject.ts';
import { eventOf, listOf, objectOf, parseJson, remainderOf } from './http-body.ts';

const object = { metadata: { name: 'a', uid: 'u', resourceVersion: '7' } };

it.each([
  ['ADDED', { type: 'ADDED', object }],
  ['DELETED', { type: 'DELETED', object }],
  ['BOOKMARK', { type: 'BOOKMARK', resourceVersion: '7', initialEventsEnd: false }],
])('reads %s events', (type, event) => {
  expect(eventOf(JSON.stringify({ type, object }))).toEqual(event);
});

it('knows the bookmark that closes the first part of a WatchList', () => {
  const metadata = { resourceVersion: '7', annotations: { 'k8s.io/initial-events-end': 'true' } };
  expect(eventOf(JSON.stringify({ type: 'BOOKMARK', object: { metadata } }))).toMatchObject({ initialEventsEnd: true });
});

it.each([
  [410, 'Expired'],
  [500, 'Unavailable'],
  ['410', 'Unavailable'],
])('throws what an ERROR event with code %j tells', (code, reason) => {
  const status = { kind: 'Status', code, message: 'too old' };
  expect(() => eventOf(JSON.stringify({ type: 'ERROR', object: status }))).toThrow(
    expect.objectContaining({ reason, message: 'too old' }),
  );
});

it.each([
  '',
  'null',
  '[]',
  '{}',
  '{"type":"ADDED"}',
  '{"type":"ADDED","object":{}}',
  '{"type":"SUBTRACTED","object":{"metadata":{}}}',
])('makes no event of %j', (line) => {
  expect(() => eventOf(line)).toThrow(expect.objectContaining({ name: 'ApiError', reason: 'Unavailable' }));
});

it.each([undefined, null, 'x', [], {}, { metadata: null }])('makes no object of %j', (body) => {
  expect(() => objectOf(body)).toThrow(expect.objectContaining({ reason: 'Unavailable' }));
});

it.each([
  { metadata: {} },
  { metadata: { resourceVersion: '1' } },
  { metadata: { resourceVersion: '1' }, items: [null] },
])('makes no list of %j', (body) => {
  expect(() => listOf(configMaps, body)).toThrow(expect.objectContaining({ reason: 'Unavailable' }));
});

it('takes an empty list for one, and an empty continue token for none', () => {
  expect(listOf(configMaps, { metadata: { resourceVersion: '1', continue: '' }, items: [] })).toEqual({
    items: [],
    resourceVersion: '1',
  });
});

it('knows what a deletion left behind', () => {
  const held = { metadata: { ...object.metadata, finalizers: ['a/b'] } };
  expect(remainderOf({ kind: 'Status', metadata: {}, status: 'Success' })).toBeUndefined();
  expect(remainderOf(object)).toBeUndefined();
  expect(remainderOf(held)).toBe(held);
});

it('does not quote what it cannot parse', () => {
  expect(() => parseJson('{"token": secret')).toThrow(expect.not.stringContaining('secret'));
  expect(() => parseJson('{"token": secret')).toThrow('not JSON');
});
