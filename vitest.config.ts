import { availableParallelism, totalmem } from 'node:os';
import { defineConfig } from 'vitest/config';

/** Tests of the house itself and of its judges, not of what happens in a cluster. */
const withoutCluster = [
  'test/architecture.test.ts',
  'test/image.test.ts',
  'test/setup*.test.ts',
  'test/attacks/judge.test.ts',
  'test/soak/judging.test.ts',
  'test/soak/trend.test.ts',
];
/** Hold the operator to a time while it has all it can do: nothing may run beside them. */
const alone = ['operator/load', 'operator/kill', 'operator/flood', 'operator/leader', 'attacks/flood'].map(
  (name) => `test/${name}.test.ts`,
);

/** Files under test/ wait most of their time, for what ends or burns when it is due: even two processors have time for four. */
const enough = Math.max(4, availableParallelism() - 1);
/** At 1 GB for a control plane and an operator of one's own, beside the shared ones and the rest of the machine. */
const room = Math.max(1, Math.floor(totalmem() / 2 ** 30) - 2);

/** Milliseconds. Long, because a machine that has much else to do makes nothing wrong. */
const patience = { testTimeout: 120_000, hookTimeout: 120_000, expect: { poll: { timeout: 60_000 } } };

export default defineConfig({
  test: {
    maxWorkers: Math.min(enough, room),
    projects: [
      { test: { name: 'unit', include: ['src/**/*.test.ts', ...withoutCluster], ...patience } },
      {
        test: {
          name: 'cluster',
          include: ['test/**/*.test.ts'],
          exclude: [...withoutCluster, ...alone],
          globalSetup: ['test/support/shared.ts'],
          ...patience,
        },
      },
      // Without parallelism they come last, one by one.
      { test: { name: 'alone', include: alone, fileParallelism: false, ...patience } },
    ],
  },
});
