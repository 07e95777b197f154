import { MANAGED_BY, MANAGED_BY_LABEL } from '../../../../src/api/names.ts';
import { fuse, pods } from '../../../identity/grant.ts';
import { pathsIn } from '../../../identity/stage.ts';
import { uniqueName } from '../../../support/shared.ts';
import type { Attempt } from '../../attempt.ts';
import { validation } from '../../barriers.ts';
import { light } from './made.ts';

const FENCE = 'daypass-fence-jobs';
const NO_POD = validation(FENCE, 'a fuse never runs a pod');
const BURNS = validation(FENCE, 'a fuse burns by itself');
const AT_ONCE = validation(FENCE, 'a fuse is complete at once');
const ADOPTS_NONE = validation(FENCE, 'a fuse selects pods that cannot be');

/** By making Jobs, all else in them being in order. */
export const BY_JOBS: readonly Attempt[] = [
  ...(
    [
      ['that completes by running a pod', { completions: 1 }, NO_POD],
      ['that runs a pod', { parallelism: 1 }, NO_POD],
      ['that leaves its pods to a default', { completions: null }, NO_POD],
      ['that stays', { ttlSecondsAfterFinished: null }, BURNS],
      ['that stays for days', { ttlSecondsAfterFinished: 200_000 }, BURNS],
      ['that is suspended', { suspend: true }, AT_ONCE],
      ['that is left to a controller which is not there', { managedBy: 'example.com/nobody' }, AT_ONCE],
      ['that adopts pods, to end them', adopting(), ADOPTS_NONE],
    ] as const
  ).map(
    ([which, spec, stoppedBy]): Attempt => ({
      promise: stoppedBy === NO_POD || stoppedBy === ADOPTS_NONE ? 'P7' : 'P2',
      title: `creates a Job ${which}`,
      right: ['create', 'jobs'],
      stoppedBy,
      run: (who, { stage }) => light(who, stage, { spec }),
    }),
  ),
  {
    promise: 'P7',
    title: 'has a canary run something in its own namespace',
    right: ['create', 'jobs'],
    stoppedBy: NO_POD,
    run: (who) => {
      const name = uniqueName('daypass-canary');
      const metadata = { name, labels: { [MANAGED_BY_LABEL]: MANAGED_BY } };
      return who.create(pathsIn('daypass-system').jobs, { metadata, spec: { ...pods(name, 1), completions: 1 } });
    },
  },
];

/** A Job that takes over pods by a selector of its own; with parallelism 0 it would end them. */
function adopting() {
  const labels = { app: 'checkout' };
  const { template } = fuse({ uid: crypto.randomUUID(), name: 'ask' }).spec;
  return { selector: { matchLabels: labels }, template: { ...template, metadata: { labels } } };
}
