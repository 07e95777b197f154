import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { reader, storedMetadata } from './read.ts';

const metadata = { name: 'a', uid: 'u', resourceVersion: '1' };
const read = reader(
  z.object({
    spec: z.strictObject({ size: z.int().max(3).optional(), tags: z.record(z.string(), z.int()).optional() }),
  }),
);

function unreadable(spec: unknown): string {
  const result = read({ metadata, spec });
  return 'unreadable' in result ? result.unreadable : '';
}

it('reads what the schema allows, with the metadata', () => {
  const finalizers = ['daypass.dev/revoke'];
  expect(read({ metadata: { ...metadata, finalizers }, spec: { size: 3 } })).toEqual({
    metadata: { ...metadata, finalizers },
    spec: { size: 3 },
  });
});

describe.each(['labels', 'annotations'] as const)('of the %s', (kind) => {
  const kept = (texts: Record<string, string>) => storedMetadata({ ...metadata, [kind]: texts })[kind];

  it('keeps those of Daypass itself', () => {
    const own = { 'daypass.dev/expires-at': '2026-12-01T09:00:00Z', 'app.kubernetes.io/managed-by': 'daypass' };
    expect(kept(own)).toEqual(own);
  });

  it('keeps that there are marks of GitOps, not what they say, which may be long', () => {
    expect(kept({ 'argocd.argoproj.io/tracking-id': 'x'.repeat(8000) })).toEqual({
      'argocd.argoproj.io/tracking-id': '',
    });
  });

  it('keeps no others, of which people may hang as many on an object as they like', () => {
    const others = Object.fromEntries(
      Array.from({ length: 3000 }, (_, n) => [`team.example.com/${n}`, 'x'.repeat(63)]),
    );
    expect(kept({ ...others, 'app.kubernetes.io/name': 'daypass', __proto__: 'x' })).toEqual({});
  });
});

it('hands on what the schema refuses, as it is, because a store must be able to hold it', () => {
  const object = { metadata, spec: { size: 4 } };
  expect(read(object)).toEqual({
    metadata,
    unreadable: 'spec.size: Too big: expected number to be <=3',
    raw: { spec: object.spec },
  });
});

it.each([[undefined], [null], ['x'], [[]], [{ size: {} }]])('never throws, not for a spec of %j either', (spec) => {
  expect(unreadable(spec)).not.toBe('');
});

describe('what is wrong', () => {
  it('is one line that a terminal can show, whatever names the fields have', () => {
    expect(unreadable({ '\u001b[2J\n\u202e\u2028': 1 })).toBe('spec: Unrecognized key: "?[2J???"');
    expect(unreadable({ tags: { 'a\nb': 'x' } })).toContain('spec.tags.a?b: ');
  });

  it('is bounded, in whole characters', () => {
    const text = unreadable({ ['\u{1f525}'.repeat(1000)]: 1 });
    expect(text.length).toBeLessThanOrEqual(512);
    expect(text.isWellFormed()).toBe(true);
  });

  it('names five fields at most', () => {
    const tags = Object.fromEntries([...'abcdefgh'].map((name) => [name, 'x']));
    expect(unreadable({ tags }).split('; ')).toHaveLength(5);
  });
});

it.each(['name', 'uid', 'resourceVersion'] as const)('does not take an object without %s for a stored one', (field) => {
  expect(() => storedMetadata({ ...metadata, [field]: undefined })).toThrow(TypeError);
});
