import { expect, it } from 'vitest';
import { runParts } from './parts.ts';
import { TestClock } from './test-clock.ts';
import { testLog } from './test-log.ts';

it('starts no part where the stop came first', async () => {
  const { log } = testLog();
  let begun = 0;
  const part = {
    name: 'part',
    run: async () => {
      begun++;
    },
  };
  await runParts([part, part], AbortSignal.abort(), { clock: new TestClock(), log });
  expect(begun).toBe(0);
});
