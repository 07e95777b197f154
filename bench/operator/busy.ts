import { setTimeout as pause } from 'node:timers/promises';
import { now } from '../world/now.ts';
import type { Operator } from './operator.ts';

/** What counts as having nothing left to do, in percent of a processor, and how long to wait for it, in milliseconds. */
const CALM = { percent: 3, patience: 600_000 };

/** How much of a processor it uses over so many seconds, in percent. */
export async function busy(operator: Operator, seconds: number): Promise<number> {
  const [started, before] = [now(), await operator.used()];
  await pause(seconds * 1000);
  const [ended, after] = [now(), await operator.used()];
  return (((after.cpu ?? 0) - (before.cpu ?? 0)) / ((ended - started) / 1000)) * 100;
}

/** Resolves once it has had nothing to do for so many seconds, and no sooner than after these. */
export async function untilCalm(operator: Operator, seconds: number): Promise<void> {
  const late = now() + CALM.patience;
  while ((await busy(operator, seconds)) > CALM.percent && now() < late);
}
