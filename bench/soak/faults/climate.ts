import type { CallFault, StreamFault } from '../../../test/runtime/faulty-answers.ts';

/** Some time in which things go wrong in the same way. */
export interface Stretch {
  readonly name: string;
  /** How often there is one like this, beside the others. */
  readonly weight: number;
  /** How long it lasts, in milliseconds: from, and below. */
  readonly lasts: readonly [number, number];
  /** The share of calls that fail. */
  readonly share: number;
  /** How: each as likely. */
  readonly calls: readonly CallFault[];
  /** One of these happens to the first event of any watch. */
  readonly streams: readonly StreamFault[];
  /** It begins with the end of all connections. */
  readonly hangUp?: true;
}

/** What kinds of stretches there are. */
export type Climate = readonly Stretch[];

const REFUSALS: readonly CallFault[] = [
  ...[410, 429, 500, 503].map((code) => ({ how: 'refuse', code }) as const),
  { how: 'refuse', code: 429, retryAfter: 1 },
];
const QUICK: readonly CallFault[] = [
  ...REFUSALS,
  { how: 'reset' },
  { how: 'garbage' },
  { how: 'lose' },
  { how: 'lose' },
];
const ALL: readonly CallFault[] = [...QUICK, { how: 'stall' }];
const DOWN: readonly CallFault[] = [{ how: 'reset' }, { how: 'refuse', code: 503 }];
const STREAMS = ['truncate', 'tear', 'garbage', 'expire'] as const;

/** Mostly bad; now and then nothing works; once in some minutes a connection falls silent, which takes three to be noticed. */
export const CLIMATE: Climate = [
  { name: 'fair', weight: 50, lasts: [4_000, 14_000], share: 0.02, calls: ALL, streams: STREAMS },
  { name: 'squall', weight: 36, lasts: [2_000, 8_000], share: 0.3, calls: ALL, streams: STREAMS },
  { name: 'outage', weight: 12, lasts: [1_000, 5_000], share: 1, calls: DOWN, streams: STREAMS, hangUp: true },
  { name: 'silence', weight: 2, lasts: [1_000, 3_000], share: 0.02, calls: ALL, streams: ['freeze'] },
];

/**
 * The same, but that an outage leaves connections as they are. To end them all every minute would end those
 * too that the operator had forgotten about, and nobody would ever see that they become more.
 */
export const LASTING_CLIMATE: Climate = CLIMATE.map(({ hangUp: _, ...stretch }) => stretch);

/** Worse, but for what would last, and for calls that are cut off while the server works on them. */
export const QUICK_CLIMATE: Climate = [
  { name: 'squall', weight: 3, lasts: [200, 600], share: 0.3, calls: QUICK, streams: STREAMS },
  { name: 'outage', weight: 1, lasts: [100, 300], share: 1, calls: DOWN, streams: STREAMS },
];
