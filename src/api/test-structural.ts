import { z } from 'zod';
import { customResourceDefinition } from './crd.ts';
import type { Kind } from './kind.ts';

/** A node of a CRD's schema, as far as the generator makes use of what there is. For tests alone. */
const Node = z.strictObject({
  type: z.enum(['object', 'array', 'string', 'integer', 'boolean']),
  description: z.string().optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
  additionalProperties: z.unknown().optional(),
  required: z.array(z.string()).optional(),
  items: z.unknown().optional(),
  enum: z.array(z.unknown()).optional(),
  default: z.unknown().optional(),
  format: z.enum(['int64', 'date-time']).optional(),
  pattern: z.string().optional(),
  minLength: z.int().optional(),
  maxLength: z.int().optional(),
  minimum: z.int().optional(),
  maximum: z.int().optional(),
  minItems: z.int().optional(),
  maxItems: z.int().optional(),
  maxProperties: z.int().optional(),
  'x-kubernetes-list-type': z.enum(['atomic', 'set', 'map']).optional(),
  'x-kubernetes-list-map-keys': z.array(z.string()).optional(),
  'x-kubernetes-validations': z
    .array(z.strictObject({ rule: z.string(), message: z.string(), fieldPath: z.string().optional() }))
    .optional(),
});
export type Node = z.infer<typeof Node>;

const Definition = z.object({
  spec: z.object({
    versions: z.tuple([
      z.object({ schema: z.object({ openAPIV3Schema: z.object({ properties: z.record(z.string(), z.unknown()) }) }) }),
    ]),
  }),
});

/** The schema of `spec` or `status` in the CRD of a kind. */
export function schemaOf(kind: Kind, part: 'spec' | 'status'): Node {
  return nodeOf(
    Definition.parse(customResourceDefinition(kind)).spec.versions[0].schema.openAPIV3Schema.properties[part],
  );
}

/** A nested node. It throws for a keyword that is not in the list above. */
function nodeOf(value: unknown): Node {
  return Node.parse(value);
}

/** Every node with its path, from the root down. */
export function* nodesOf(node: Node, path: string): Generator<[path: string, node: Node]> {
  yield [path, node];
  for (const [key, value] of Object.entries(node.properties ?? {})) yield* nodesOf(nodeOf(value), `${path}.${key}`);
  if (node.items !== undefined) yield* nodesOf(nodeOf(node.items), `${path}[]`);
  if (node.additionalProperties !== undefined) yield* nodesOf(nodeOf(node.additionalProperties), `${path}.*`);
}

/**
 * Whether the API server takes a value by the schema alone: CEL rules, sets and unknown fields
 * aside. Lengths count characters, as in https://json-schema.org/understanding-json-schema/reference/string#length
 */
export function accepts(node: Node, value: unknown): boolean {
  if (node.enum && !node.enum.includes(value)) return false;
  switch (node.type) {
    case 'boolean':
      return typeof value === 'boolean';
    case 'integer':
      return Number.isInteger(value) && within(Number(value), node.minimum, node.maximum);
    case 'string':
      return (
        typeof value === 'string' &&
        within(Array.from(value).length, node.minLength, node.maxLength) &&
        fits(node, value)
      );
    case 'array':
      return (
        Array.isArray(value) &&
        within(value.length, node.minItems, node.maxItems) &&
        value.every((each) => accepts(nodeOf(node.items), each))
      );
    case 'object':
      return (
        typeof value === 'object' &&
        value !== null &&
        !Array.isArray(value) &&
        acceptsFields(node, Object.entries(value))
      );
  }
}

function acceptsFields(
  { properties = {}, required = [], additionalProperties, maxProperties }: Node,
  fields: [string, unknown][],
): boolean {
  const names = new Set(fields.map(([name]) => name));
  if (!within(names.size, undefined, maxProperties) || required.some((name) => !names.has(name))) return false;
  return fields.every(([name, value]) => {
    const node = Object.hasOwn(properties, name) ? properties[name] : additionalProperties;
    return node === undefined || accepts(nodeOf(node), value);
  });
}

function fits({ pattern, format }: Node, value: string): boolean {
  if (pattern !== undefined && !new RegExp(pattern, 'u').test(value)) return false;
  return format !== 'date-time' || !Number.isNaN(Date.parse(value));
}

function within(value: number, least = -Infinity, most = Infinity): boolean {
  return least <= value && value <= most;
}
