import type { Clock } from '../../runtime/clock.ts';
import { sleep } from '../../runtime/waiting.ts';

/** Between two looks, in milliseconds. */
const PAUSE = 250;

/** Whoever does not want to wait ends the process: another run goes on from there. */
const NEVER = new AbortController().signal;

/** Looks until nothing is left; false once there has been no progress, no fewer than before, for so many milliseconds. */
export async function untilNone(clock: Clock, patience: number, look: () => Promise<number>): Promise<boolean> {
  let [fewest, since] = [Number.POSITIVE_INFINITY, clock.monotonic()];
  for (;;) {
    const left = await look();
    if (left === 0) return true;
    if (left < fewest) [fewest, since] = [left, clock.monotonic()];
    else if (clock.monotonic() - since >= patience) return false;
    await sleep(PAUSE, clock, NEVER);
  }
}
