import { addSeconds } from '../api/time.ts';
import { type Checkpoint, saveCheckpoint } from '../record/checkpoint.ts';
import { Controller } from '../runtime/controller.ts';
import type { Step } from '../runtime/step.ts';
import type { Context, Surroundings } from './context.ts';

/** The one key of the checkpoint's controller. */
export const CHECKPOINT_KEY = 'checkpoint';

/** How often the checkpoint may be written, in seconds: what a restart would do again at the most. */
const INTERVAL = 10;

interface CheckpointSnapshot {
  readonly current: Checkpoint;
  readonly saved: Checkpoint;
  readonly savedAt: Date | undefined;
}

interface CheckpointOptions extends Surroundings, Pick<Context, 'client'> {
  /** What was there at the start. */
  readonly loaded: Checkpoint;
  readonly current: () => Checkpoint;
}

const FIELDS = ['events', 'fuseProvenAt', 'admission', 'admissionProvenAt'] as const satisfies (keyof Checkpoint)[];

const keep: Step<CheckpointSnapshot, Checkpoint> = ({ current, saved, savedAt }, now) => {
  if (FIELDS.every((field) => current[field] === saved[field])) return { next: 'stop', reason: 'saved' };
  const due = savedAt ? addSeconds(savedAt, INTERVAL) : now;
  return now < due ? { next: 'wait', until: due, lane: 'low' } : { next: 'write', plan: current };
};

/** Writes the checkpoint when it has changed, but not all the time. */
export function checkpointController({
  loaded,
  current,
  ...options
}: CheckpointOptions): Controller<CheckpointSnapshot, Checkpoint> {
  let saved = loaded;
  let savedAt: Date | undefined;
  return new Controller<CheckpointSnapshot, Checkpoint>({
    name: 'checkpoint',
    workers: 1,
    ...options,
    snapshot: () => ({ current: current(), saved, savedAt }),
    steps: [keep],
    apply: async (checkpoint, _key, signal) => {
      await saveCheckpoint(options.client, checkpoint, signal);
      saved = checkpoint;
      savedAt = options.clock.now();
      return 'low';
    },
  });
}
