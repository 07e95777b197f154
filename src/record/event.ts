import { isDeepStrictEqual } from 'node:util';
import { ACCESS_REQUESTS } from '../api/access-request.ts';
import type { HistoryType } from '../api/history.ts';
import { EVENTS } from '../api/kubernetes.ts';
import { apiVersionOf, type KubernetesObject } from '../runtime/object.ts';
import type { Delivery } from './outbox.ts';

/** Who reports Daypass's Events. */
const REPORTING_CONTROLLER = 'daypass.dev/operator';

const WARNINGS: ReadonlySet<HistoryType> = new Set<HistoryType>([
  'Denied',
  'Revoked',
  'Lapsed',
  'Failed',
  'EmergencyGranted',
  'AfterReviewOverdue',
]);

/** The API server's bound on `note`, in bytes. */
const NOTE_LIMIT = 1024;

/**
 * The Event that copies a history entry. The name is its identity, so delivering twice makes one Event.
 * https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/event-v1/
 */
export function eventFor({ request, entry }: Delivery, instance: string): KubernetesObject {
  const { namespace, name, uid } = request;
  const { resource } = ACCESS_REQUESTS;
  return {
    apiVersion: apiVersionOf(EVENTS),
    kind: EVENTS.kind,
    metadata: { name: `daypass.${uid}.${entry.sequence}`, namespace },
    // MicroTime: exactly six decimals, or the API server refuses it.
    eventTime: entry.time.replace('Z', '.000000Z'),
    type: WARNINGS.has(entry.type) ? 'Warning' : 'Normal',
    reason: entry.type,
    action: entry.type,
    note: clipBytes(entry.message, NOTE_LIMIT),
    regarding: { apiVersion: apiVersionOf(resource), kind: resource.kind, namespace, name, uid },
    reportingController: REPORTING_CONTROLLER,
    reportingInstance: instance,
  };
}

/** Whether an Event that bears the name already is a copy of the same entry, whoever in the operator wrote it. */
export function isSameEvent(found: KubernetesObject, wanted: KubernetesObject): boolean {
  return isDeepStrictEqual(wordsOf(found), wordsOf(wanted));
}

/** All that an Event says. What is empty is not stored. */
function wordsOf(event: KubernetesObject): readonly unknown[] {
  const { regarding, type, reason, action, note = '', reportingController } = event;
  return [regarding, type, reason, action, note, reportingController];
}

/** As a stream, the decoder holds back the half of a character that may be left at the end. */
function clipBytes(text: string, bytes: number): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(Buffer.from(text).subarray(0, bytes), { stream: true });
}
