import { defineConfig } from 'vitest/config';

/** Tests of the house itself, not of what it does in a cluster. */
const withoutCluster = ['test/architecture.test.ts', 'test/setup*.test.ts'];

export default defineConfig({
  test: {
    projects: [
      { test: { name: 'unit', include: ['src/**/*.test.ts', ...withoutCluster] } },
      {
        test: {
          name: 'cluster',
          include: ['test/**/*.test.ts'],
          exclude: withoutCluster,
          globalSetup: ['test/support/shared.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
