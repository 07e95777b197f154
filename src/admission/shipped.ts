import { z } from 'zod';
import shipped from './shipped.json' with { type: 'json' };

/** The kinds of which `deploy/admission` is made. */
const ADMISSION_KINDS = ['ValidatingAdmissionPolicy', 'ValidatingAdmissionPolicyBinding'] as const;
export type AdmissionKind = (typeof ADMISSION_KINDS)[number];

/** One object of `deploy/admission`, with its spec as an API server stores it. */
export interface Shipped {
  readonly kind: AdmissionKind;
  readonly name: string;
  readonly spec: Readonly<Record<string, unknown>>;
}

/**
 * What an API server fills in. All else that has a default is written out in `deploy/admission`.
 * https://kubernetes.io/docs/reference/kubernetes-api/policy-resources/validating-admission-policy-v1/
 */
const FILLED_IN = { matchPolicy: 'Equivalent', namespaceSelector: {}, objectSelector: {} };

const File = z.array(
  z.object({
    kind: z.enum(ADMISSION_KINDS),
    name: z.string(),
    spec: z.looseObject({ matchConstraints: z.looseObject({}).optional() }),
  }),
);

/** All of `deploy/admission`, as it was when this program was made: shipped.json is generated from it. */
export const SHIPPED: readonly Shipped[] = File.parse(shipped).map(({ kind, name, spec }) => {
  const { matchConstraints } = spec;
  return {
    kind,
    name,
    spec: matchConstraints ? { ...spec, matchConstraints: { ...FILLED_IN, ...matchConstraints } } : spec,
  };
});
