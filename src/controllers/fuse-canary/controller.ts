import { type Job, JOBS } from '../../api/kubernetes.ts';
import { OPERATOR_NAMESPACE } from '../../api/names.ts';
import type { Client } from '../../runtime/client.ts';
import { Controller } from '../../runtime/controller.ts';
import { isApiError } from '../../runtime/errors.ts';
import type { Context, Surroundings } from '../context.ts';
import { type CanaryAction, type CanarySnapshot, watchCanary } from './canary.ts';
import { CANARY_PREFIX, lightCanary } from './light.ts';
import type { CanaryState } from './state.ts';

/** The one key of the canary's controller. */
export const CANARY_KEY = 'canary';

interface CanaryOptions extends Surroundings, Pick<Context, 'client' | 'stores'> {
  readonly state: CanaryState;
  /** Called when fuses have become trustworthy, or no longer are. */
  readonly onChange: () => void;
}

/** Lights canaries, and draws the conclusions. */
export function canaryController({
  stores,
  state,
  onChange,
  ...options
}: CanaryOptions): Controller<CanarySnapshot, CanaryAction> {
  const { client, clock, random, log } = options;
  const jobs = () =>
    stores.fuses
      .list('namespace', OPERATOR_NAMESPACE)
      .filter(({ metadata }) => metadata.name.startsWith(CANARY_PREFIX));
  return new Controller<CanarySnapshot, CanaryAction>({
    name: 'fuse-canary',
    workers: 1,
    ...options,
    snapshot: () => state.snapshot(jobs()),
    steps: [watchCanary],
    apply: async (action, _key, signal) => {
      if (action === 'light') {
        await lightCanary(client, random().toString(36).slice(2, 12), signal);
        state.lit();
        return 'low';
      }
      if (action === 'proven') state.proven(clock.now());
      else {
        log.error({}, 'a test fuse did not burn: nothing is granted until one does');
        state.failed(clock.now());
      }
      onChange();
      // Last: it may have to wait, and a failure must be known at once.
      if (action === 'failed') await removeJobs(client, jobs(), signal);
      return 'low';
    },
  });
}

/** They guard nothing, so this takes nothing back. */
async function removeJobs(client: Client, jobs: readonly Job[], signal: AbortSignal): Promise<void> {
  for (const { metadata } of jobs) {
    const name = { namespace: OPERATOR_NAMESPACE, name: metadata.name };
    try {
      await client.delete(JOBS, name, { uid: metadata.uid, signal, lane: 'low' });
    } catch (error) {
      if (!isApiError(error, 'NotFound', 'Conflict')) throw error;
    }
  }
}
