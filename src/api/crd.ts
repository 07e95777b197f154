import { z } from 'zod';
import { resourceName } from '../runtime/object.ts';
import type { Kind } from './kind.ts';

/** A node of a structural schema. https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#specifying-a-structural-schema */
interface Schema {
  [keyword: string]: unknown;
}

/** Keywords of JSON Schema that a structural schema does not know, or that say nothing there. */
const DROPPED = new Set(['additionalProperties', 'propertyNames', '$schema', 'id']);

/**
 * The CustomResourceDefinition of a kind, as a plain object.
 * @throws TypeError for a schema that could not be structural or has no bound: a CRD without
 *   bounds lets anyone fill etcd, and makes the cost of its CEL rules unlimited.
 */
export function customResourceDefinition({ resource, ...kind }: Kind): object {
  const { group, version, plural } = resource;
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: resourceName(resource), labels: { 'app.kubernetes.io/name': 'daypass' } },
    spec: {
      group,
      scope: resource.namespaced ? 'Namespaced' : 'Cluster',
      names: {
        kind: resource.kind,
        listKind: `${resource.kind}List`,
        plural,
        singular: resource.kind.toLowerCase(),
        shortNames: kind.shortNames,
        categories: ['daypass'],
      },
      versions: [
        {
          name: version,
          served: true,
          storage: true,
          subresources: { status: {} },
          additionalPrinterColumns: kind.printerColumns,
          schema: {
            openAPIV3Schema: {
              type: 'object',
              description: kind.description,
              required: ['spec'],
              properties: {
                spec: structural(kind.spec, 'spec'),
                status: structural(kind.status, 'status'),
              },
            },
          },
        },
      ],
    },
  };
}

function structural(schema: z.ZodType, path: string): Schema {
  return convert(z.toJSONSchema(schema, { target: 'openapi-3.0', io: 'input' }), path);
}

function convert(schema: Schema, path: string): Schema {
  for (const keyword of ['$ref', 'anyOf', 'oneOf', 'allOf', 'not']) {
    if (keyword in schema) throw new TypeError(`${path}: ${keyword} cannot be part of a structural schema`);
  }
  const kept = Object.entries(schema).filter(([keyword]) => !DROPPED.has(keyword));
  const result: Schema = Object.fromEntries(kept);
  switch (schema['type']) {
    case 'object':
      return convertObject(schema, result, path);
    case 'array':
      return { ...bounded(result, path, 'maxItems'), items: convert(child(schema['items']), `${path}[]`) };
    case 'string':
      return convertString(result, path);
    case 'integer':
      return convertInteger(result);
    case 'boolean':
      return result;
    default:
      throw new TypeError(`${path}: type ${String(schema['type'])} is not supported`);
  }
}

function convertObject(schema: Schema, result: Schema, path: string): Schema {
  const properties = child(schema['properties'] ?? {});
  if (Object.keys(properties).length > 0) {
    const entries = Object.entries(properties).map(([key, value]) => [key, convert(child(value), `${path}.${key}`)]);
    return { ...result, properties: Object.fromEntries(entries) };
  }
  const values = convert(child(schema['additionalProperties']), `${path}.*`);
  return { ...bounded(result, path, 'maxProperties'), additionalProperties: values };
}

function convertString(result: Schema, path: string): Schema {
  if ('enum' in result) return result;
  return bounded(result, path, 'maxLength');
}

/** Safe integers are zod's own bound for any integer, not one that anybody chose; 64 bits are bound enough. */
function convertInteger(result: Schema): Schema {
  const chosen = Object.entries(result).filter(
    ([, value]) => typeof value !== 'number' || Math.abs(value) < Number.MAX_SAFE_INTEGER,
  );
  const schema: Schema = Object.fromEntries(chosen);
  return 'minimum' in schema && 'maximum' in schema ? schema : { ...schema, format: 'int64' };
}

function bounded(result: Schema, path: string, keyword: string): Schema {
  if (typeof result[keyword] !== 'number') throw new TypeError(`${path}: needs ${keyword}`);
  return result;
}

/** A nested node; zod's own output types are wider than what it emits for this target. */
function child(value: unknown): Schema {
  if (typeof value !== 'object' || value === null) throw new TypeError('expected a schema node');
  return Object.fromEntries(Object.entries(value));
}
