import type { MergePatch } from './client.ts';
import { isJsonObject } from './merge-patch.ts';
import type { KubernetesObject, Resource } from './object.ts';

/** https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/lease-v1/ */
export const LEASES = {
  group: 'coordination.k8s.io',
  version: 'v1',
  kind: 'Lease',
  plural: 'leases',
  namespaced: true,
} as const satisfies Resource;

/** What a Lease says. Its times are another machine's, and are for people alone. */
export interface LeaseRecord {
  /** Changes with every write that changes anything. */
  readonly version: string;
  /** Absent where nobody holds it: it is new, or was released. */
  readonly holder: string | undefined;
  /** How long it holds without a change, in milliseconds; 0 where that is not said. */
  readonly duration: number;
  /** How often it has changed hands. */
  readonly transitions: number;
}

/** Reads a Lease; what makes no sense counts as absent. */
export function readLease({ metadata, ...object }: KubernetesObject): LeaseRecord {
  const spec = isJsonObject(object['spec']) ? object['spec'] : {};
  const { holderIdentity: holder, leaseDurationSeconds: seconds, leaseTransitions: transitions } = spec;
  return {
    version: metadata.resourceVersion ?? '',
    holder: typeof holder === 'string' && holder !== '' ? holder : undefined,
    duration: typeof seconds === 'number' ? seconds * 1000 : 0,
    transitions: typeof transitions === 'number' ? transitions : 0,
  };
}

/** Makes a Lease ours that still is as `found`, or prolongs it: for `duration` ms from `now`. */
export function claim(found: LeaseRecord, identity: string, duration: number, now: Date): MergePatch {
  const taken = found.holder !== identity;
  return {
    metadata: { resourceVersion: found.version },
    spec: {
      holderIdentity: identity,
      leaseDurationSeconds: duration / 1000,
      renewTime: microTime(now),
      ...(taken && { acquireTime: microTime(now), leaseTransitions: found.transitions + 1 }),
    },
  };
}

/** Gives a Lease up that still is as `found`: whoever looks next may have it at once. */
export function release(found: LeaseRecord, now: Date): MergePatch {
  return {
    metadata: { resourceVersion: found.version },
    spec: { holderIdentity: null, leaseDurationSeconds: 1, renewTime: microTime(now) },
  };
}

/** Kubernetes' MicroTime: RFC 3339 with six decimals, no fewer. */
function microTime(date: Date): string {
  return date.toISOString().replace('Z', '000Z');
}
