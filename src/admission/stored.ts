import { type Metadata, storedMetadata } from '../api/read.ts';
import { clip, oneLine } from '../api/text.ts';
import type { KubernetesObject } from '../runtime/object.ts';
import { firstDifference } from './difference.ts';
import { type AdmissionKind, SHIPPED } from './shipped.ts';

/** An admission policy or binding that the API server holds. */
export interface AdmissionObject {
  readonly metadata: Metadata;
  /** Whether its name is one of those that were shipped. */
  readonly shipped: boolean;
  /** Where it differs from what was shipped under its name, found once, when it is read; undefined where it does not. */
  readonly difference: string | undefined;
}

/** How much of a path is told: the fields of an object that somebody changed may have any name. */
const PATH = 128;

/** A reader for admission policies, or for their bindings. */
export function admissionReader(kind: AdmissionKind): (object: KubernetesObject) => AdmissionObject {
  const specs = new Map(SHIPPED.filter((each) => each.kind === kind).map(({ name, spec }) => [name, spec]));
  return (object) => {
    const metadata = storedMetadata(object.metadata);
    const wanted = specs.get(metadata.name);
    const path = wanted && firstDifference(wanted, object['spec']);
    return {
      metadata,
      shipped: wanted !== undefined,
      difference: path === undefined ? undefined : clip(oneLine(`spec${path}`), PATH),
    };
  };
}

/** Whether a change of what is stored is one of what the API server goes by, even if the result is as shipped. */
export function disturbs({ before, after }: { before?: AdmissionObject; after?: AdmissionObject }): boolean {
  return before?.metadata.generation !== after?.metadata.generation;
}
