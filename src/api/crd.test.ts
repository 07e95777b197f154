import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ACCESS_POLICIES } from './access-policy.ts';
import { ACCESS_REQUESTS } from './access-request.ts';
import { type Node, nodesOf, schemaOf } from './test-structural.ts';

const KINDS = [ACCESS_POLICIES, ACCESS_REQUESTS];
const NODES = KINDS.flatMap((kind) =>
  (['spec', 'status'] as const).flatMap((part) => [...nodesOf(schemaOf(kind, part), `${kind.resource.kind}.${part}`)]),
);

/** The schema of a spec with one field of this schema. */
function generated(field: z.ZodType) {
  const kind = { ...ACCESS_POLICIES, spec: z.object({ field }) };
  return schemaOf(kind, 'spec').properties?.['field'];
}

/** Where in the two CRDs a node is not as it should be. */
function where(wrong: (node: Node) => boolean): string[] {
  return NODES.flatMap(([path, node]) => (wrong(node) ? [path] : []));
}

describe('everywhere in the CRDs', () => {
  it('there is a bound', () => {
    const bound = {
      string: ({ maxLength, enum: values }: Node) => maxLength ?? values,
      array: ({ maxItems }: Node) => maxItems,
      object: ({ maxProperties, properties }: Node) => maxProperties ?? properties,
      integer: ({ maximum, format }: Node) => maximum ?? format,
      boolean: () => true,
    } as const;
    expect(where((node) => bound[node.type](node) === undefined)).toEqual([]);
  });

  it('patterns are such as RE2 knows: they never look ahead, behind or back', () => {
    expect(where(({ pattern = '' }) => /\(\?|\\[1-9k]/.test(pattern))).toEqual([]);
  });

  it('nothing is filled in by the server: GitOps must see no drift', () => {
    expect(where((node) => 'default' in node)).toEqual([]);
  });
});

describe('the spec of a request', () => {
  it('cannot be changed, whatever admission policies there are', () => {
    const rules = schemaOf(ACCESS_REQUESTS, 'spec')['x-kubernetes-validations']?.map(({ rule }) => rule);
    expect(rules).toContain('self == oldSelf');
  });

  it('must say who asks; what for is either of two things, which a rule sees to', () => {
    expect(schemaOf(ACCESS_REQUESTS, 'spec').required).toEqual(['requester']);
  });
});

describe('refuses what could not be structural or has no bound:', () => {
  const shared = z.string().max(1).meta({ id: 'Shared' });
  it.each<[string, z.ZodType]>([
    ['a union', z.union([z.string().max(1), z.int().max(1)])],
    [
      'a choice of shapes',
      z.discriminatedUnion('a', [z.object({ a: z.literal('b') }), z.object({ a: z.literal('c') })]),
    ],
    ['a reference', z.object({ a: shared, b: shared })],
    ['anything', z.unknown()],
    ['a number that is no integer', z.number().max(1)],
    ['text without end', z.string()],
    ['a list without end', z.array(z.boolean())],
    ['a list of text without end', z.array(z.string()).max(1)],
    ['a map without end', z.record(z.string(), z.boolean())],
    ['a map of text without end', z.record(z.string(), z.string()).meta({ maxProperties: 1 })],
  ])('%s', (_, schema) => {
    expect(() => generated(schema)).toThrow(/^spec\.field.*: /);
  });
});

describe('an integer', () => {
  it('keeps the bounds that somebody chose', () => {
    expect(generated(z.int().min(-5).max(5))).toEqual({ type: 'integer', minimum: -5, maximum: 5 });
  });

  it('has 64 bits where nobody chose any, not the bounds of a double', () => {
    expect(generated(z.int())).toEqual({ type: 'integer', format: 'int64' });
    expect(generated(z.int().min(0))).toEqual({ type: 'integer', minimum: 0, format: 'int64' });
  });
});

it('leaves unknown fields to the API server, which refuses or drops them', () => {
  expect(generated(z.strictObject({ a: z.boolean() }))).toEqual({
    type: 'object',
    properties: { a: { type: 'boolean' } },
    required: ['a'],
  });
});
