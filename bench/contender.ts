import type { KubernetesObject } from '../src/runtime/object.ts';

/**
 * Who carries out what is asked for. The operator sees for itself what there is to do; the floor is
 * told, which is one of the things that make it the floor.
 */
export interface Contender {
  readonly name: 'operator' | 'floor';
  /** Rejects when it cannot go on. */
  readonly broken: Promise<never>;
  /** Somebody has asked; `request` is what the API server answered. */
  asked(request: KubernetesObject): void;
  /** The time of these is over, or with `Revoked` their requesters have deleted them. */
  over(uids: readonly string[], how: 'Expired' | 'Revoked'): void;
  /** API calls made so far, and processor time used, in seconds, where that can be told from what measures. */
  used(): Promise<{ readonly calls: number; readonly cpu?: number; readonly rss?: number }>;
}
