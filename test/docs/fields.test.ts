import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { codesIn, readText, rowsOf } from './page.ts';

/** A node of a CRD's schema, as far as a reader of the docs has to know it. */
const Node = z.object({
  properties: z.record(z.string(), z.unknown()).optional(),
  required: z.array(z.string()).default([]),
  items: z.unknown().optional(),
  additionalProperties: z.unknown().optional(),
  enum: z.array(z.unknown()).default([]),
  maxLength: z.int().optional(),
  minimum: z.int().optional(),
  maximum: z.int().optional(),
  maxItems: z.int().optional(),
  maxProperties: z.int().optional(),
});
type Node = z.infer<typeof Node>;

const Definition = z.object({
  spec: z.object({
    versions: z.tuple([z.object({ schema: z.object({ openAPIV3Schema: Node }) })]),
  }),
});

/** A field that has a row of its own, with the bounds that the row has to name. */
interface Field {
  readonly path: string;
  readonly required: boolean;
  readonly bounds: readonly string[];
}

function boundsOf(node: Node): string[] {
  const { maxLength, minimum, maximum, maxItems, maxProperties } = node;
  const numbers = [maxLength, minimum, maximum, maxItems, maxProperties].filter((bound) => bound !== undefined);
  return [...numbers, ...node.enum].map(String);
}

/** The fields below a node. Lists and maps of plain values are one field, with the bounds of both. */
function fieldsOf(node: Node, path: string): Field[] {
  return Object.entries(node.properties ?? {}).flatMap(([key, value]) => {
    const child = Node.parse(value);
    const here = { path: path === '' ? key : `${path}.${key}`, required: node.required.includes(key) };
    const bounds: string[] = boundsOf(child);
    const nested: Field[] = fieldsOf(child, here.path);
    for (let inner = insideOf(child); inner; inner = insideOf(inner)) {
      if (inner.properties) nested.push(...fieldsOf(inner, `${here.path}[]`));
      else bounds.push(...boundsOf(inner));
    }
    return [{ ...here, bounds }, ...nested];
  });
}

function insideOf({ items, additionalProperties, properties }: Node): Node | undefined {
  const inside = properties ? undefined : (items ?? additionalProperties);
  return inside === undefined ? undefined : Node.parse(inside);
}

describe.each([
  ['docs/access-policy.md', 'crds/accesspolicies.yaml'],
  ['docs/access-request.md', 'crds/accessrequests.yaml'],
  ['docs/access-review.md', 'crds/accessreviews.yaml'],
])('%s', (page, crd) => {
  const [{ schema }] = Definition.parse(parse(readText(crd))).spec.versions;
  const fields = fieldsOf(schema.openAPIV3Schema, '').filter(({ path }) => path.includes('.'));
  const rows = new Map([...rowsOf(page, 'Spec'), ...rowsOf(page, 'Status')].map((row) => [codesIn(row[0])[0], row]));

  it('describes every field of the CRD, and no other', () => {
    expect(new Set(rows.keys())).toEqual(new Set(fields.map(({ path }) => path)));
  });

  it.each(fields)('names the bounds of $path', ({ path, required, bounds }) => {
    const [, type = '', needed] = rows.get(path) ?? [];
    const words = type.match(/-?\w+/g) ?? [];
    expect(words).toEqual(expect.arrayContaining([...bounds]));
    expect(needed).toBe(required ? 'yes' : 'no');
  });
});
