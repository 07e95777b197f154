import type { z } from 'zod';
import type { Resource } from '../runtime/object.ts';

/** The API group of all Daypass kinds. */
const GROUP = 'daypass.dev';

/** The one version there is. */
const VERSION = 'v1alpha1';

/**
 * One kind of the Daypass API: where it lives, what it holds, how kubectl shows it. The CRD is
 * generated from this (`npm run generate`), and whatever reads an object parses it with the same
 * schemas, so the API server and the operator cannot disagree about what is valid.
 */
export interface Kind {
  readonly resource: Resource;
  readonly shortNames: readonly string[];
  readonly description: string;
  readonly spec: z.ZodObject;
  readonly status: z.ZodObject;
  readonly printerColumns: readonly PrinterColumn[];
}

/** https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#additional-printer-columns */
interface PrinterColumn {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'boolean' | 'date';
  readonly jsonPath: string;
  readonly description?: string;
  /** Above 0: shown with `-o wide` alone. */
  readonly priority?: number;
}

/** The resource of a Daypass kind. Scope is a parameter: the cluster-wide twins share the schemas. */
export function daypassResource(kind: string, plural: string, scope: 'Namespaced' | 'Cluster'): Resource {
  return { group: GROUP, version: VERSION, kind, plural, namespaced: scope === 'Namespaced' };
}
