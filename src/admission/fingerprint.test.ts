import { describe, expect, it } from 'vitest';
import { fingerprintOf } from './fingerprint.ts';
import { SHIPPED } from './shipped.ts';
import type { AdmissionObject } from './stored.ts';

const { kind: KIND, name: NAME } = { kind: 'ValidatingAdmissionPolicy', name: 'daypass-hold-identity' } as const;

/** A cluster with all that was shipped, once made and never changed, but for one of them. */
function fingerprint(change?: Partial<AdmissionObject['metadata']> | 'missing'): string {
  const held = (kind: string) => ({
    get(name: string): AdmissionObject | undefined {
      const isOne = kind === KIND && name === NAME;
      if (isOne && change === 'missing') return undefined;
      const metadata = { name, uid: `${kind}/${name}`, resourceVersion: '1', generation: 1 };
      const other = isOne && change !== 'missing' ? change : {};
      return { metadata: { ...metadata, ...other }, shipped: true, difference: undefined };
    },
  });
  return fingerprintOf({
    ValidatingAdmissionPolicy: held('ValidatingAdmissionPolicy'),
    ValidatingAdmissionPolicyBinding: held('ValidatingAdmissionPolicyBinding'),
  });
}

describe('the fingerprint of the admission policies', () => {
  it('is the same for the same, whatever does not count', () => {
    expect(fingerprint({ resourceVersion: '2', labels: { team: 'x' } })).toBe(fingerprint());
  });

  it.each([{ generation: 2 }, { uid: 'another' }, 'missing' as const])('is another with %j', (change) => {
    expect(SHIPPED.some(({ kind, name }) => kind === KIND && name === NAME)).toBe(true);
    expect(fingerprint(change)).not.toBe(fingerprint());
  });
});
