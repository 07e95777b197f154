import { afterEach, expect } from 'vitest';
import type { World } from './test-world.ts';

/** Holds the operators of each test's world to a log without errors. For tests alone. */
export function holdToQuiet(world: () => World): void {
  afterEach(() => {
    expect(world().log.at('error')).toEqual([]);
  });
}
