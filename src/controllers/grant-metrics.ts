import { Counter, Histogram, type Registry } from 'prom-client';
import { type AccessRequest, hasEnded } from '../api/access-request.ts';
import { HistoryType } from '../api/history.ts';
import type { RoleBinding } from '../api/kubernetes.ts';
import { ANNOTATION, requestUidOf } from '../api/names.ts';
import type { Unreadable } from '../api/read.ts';
import type { Trouble } from '../grant/trouble.ts';
import type { Clock } from '../runtime/clock.ts';
import { addGauge } from '../runtime/gauge.ts';
import type { Change } from '../runtime/store.ts';
import { type Stores, YES } from './stores.ts';

/** Bounds of what should take less than a second, in seconds; beyond that the fuse (30) and the sweep (300) take over. */
const LAG = [0.05, 0.1, 0.25, 0.5, 1, 2, 5, 15, 30, 60, 300];

/** Why nothing may be granted, so that each shows as 0 while it is not so. */
const TROUBLES = ['AdmissionNotEnforced', 'FuseUnavailable'] as const satisfies readonly Trouble['reason'][];

interface GrantMetricsOptions {
  readonly registry: Registry;
  readonly stores: Pick<Stores, 'bindings' | 'requests'>;
  readonly clock: Pick<Clock, 'now' | 'monotonic'>;
  readonly trouble: () => Trouble | undefined;
}

/**
 * What there is of access, how promptly it comes and goes, and what stands in its way, as this
 * process sees it. No label names a person, a request or a namespace: who had what is for the
 * record, and not for everybody who may read metrics.
 */
export function measureGrants({ registry, stores, clock, trouble }: GrantMetricsOptions): void {
  const { bindings, requests } = stores;
  addGauge(
    registry,
    { name: 'daypass_grants_active', help: 'RoleBindings that give access now.' },
    () => bindings.size,
  );
  addGauge(
    registry,
    { name: 'daypass_grants_overdue', help: 'RoleBindings that are past their end and still there.' },
    () => {
      const now = clock.now().getTime();
      return Array.from(bindings.values(), endOf).filter((end) => end < now).length;
    },
  );
  addGauge(
    registry,
    { name: 'daypass_requests_open', help: 'AccessRequests that have not ended: they wait, or are active.' },
    () => requests.list('open', YES).length,
  );
  addGauge(
    registry,
    { name: 'daypass_emergencies_unreviewed', help: 'Emergencies that were granted and that nobody has reviewed yet.' },
    () => requests.list('unreviewed', YES).length,
  );
  addGauge(
    registry,
    { name: 'daypass_granting_blocked', help: 'Whether nothing is granted, for this reason.', labels: ['reason'] },
    () => {
      const now = trouble();
      return Object.fromEntries(TROUBLES.map((reason) => [reason, now?.reason === reason ? 1 : 0]));
    },
  );
  measureSteps(registry, stores);
  measureLag(registry, stores, clock);
}

/** Counts what is put on record while this process looks on; what was there at its start is not counted again. */
function measureSteps(registry: Registry, { requests }: Pick<Stores, 'requests'>): void {
  const steps = new Counter({
    name: 'daypass_request_steps_total',
    help: 'Entries in the histories of AccessRequests, by their type: Granted, Denied, EmergencyGranted and so on.',
    labelNames: ['type'],
    registers: [registry],
  });
  // Else the first of a type would be no increase for who watches.
  for (const type of HistoryType.options) steps.inc({ type }, 0);
  requests.subscribe(({ before, after }) => {
    if (!before || !isReadable(before) || !isReadable(after)) return;
    const seen = before.status.history?.at(-1)?.sequence ?? 0;
    for (const { sequence, type } of after.status.history ?? []) if (sequence > seen) steps.inc({ type });
  });
}

/** Times how long what asks nobody takes to be granted, and how long after its end access is gone. */
function measureLag(
  registry: Registry,
  { requests, bindings }: Pick<Stores, 'requests' | 'bindings'>,
  clock: Pick<Clock, 'now' | 'monotonic'>,
): void {
  const registers = [registry];
  const granting = new Histogram({
    name: 'daypass_grant_duration_seconds',
    help: 'From when the operator saw a request that waits for nobody and starts at once, until its RoleBinding was there.',
    buckets: LAG,
    registers,
  });
  const revoking = new Histogram({
    name: 'daypass_revocation_lag_seconds',
    help: 'How long after its end a RoleBinding was gone. Those that went before their end are not counted.',
    buckets: LAG,
    registers,
  });
  /** When what has not been granted yet was first seen, by uid, on the monotonic clock. */
  const seen = new Map<string, number>();

  requests.subscribe((change) => {
    const uid = (change.after ?? change.before)?.metadata.uid ?? '';
    if (isNew(change)) seen.set(uid, clock.monotonic());
    else if (!waitsForNobody(change.after)) seen.delete(uid);
  });
  bindings.subscribe(({ before, after }) => {
    const metadata = (after ?? before)?.metadata;
    if (!metadata) return;
    const since = seen.get(requestUidOf(metadata));
    if (after && since !== undefined) {
      granting.observe((clock.monotonic() - since) / 1000);
      seen.delete(requestUidOf(metadata));
    }
    const lag = before && !after ? clock.now().getTime() - endOf(before) : -1;
    if (lag >= 0) revoking.observe(lag / 1000);
  });
}

function isNew({ before, after }: Change<AccessRequest | Unreadable>): boolean {
  return !before && isReadable(after) && after.status.phase === undefined && after.spec.startTime === undefined;
}

function waitsForNobody(request: AccessRequest | Unreadable | undefined): boolean {
  return isReadable(request) && !hasEnded(request) && request.status.phase !== 'Pending';
}

function isReadable(request: AccessRequest | Unreadable | undefined): request is AccessRequest {
  return request !== undefined && !('unreadable' in request);
}

/** In milliseconds since 1970; NaN for a binding that does not say. */
function endOf({ metadata }: RoleBinding): number {
  return Date.parse(metadata.annotations?.[ANNOTATION.expiresAt] ?? '');
}
