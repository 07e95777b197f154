import { expect, test } from 'vitest';
import { policiesInForce } from '../../scripts/start/install/in-force.ts';
import { ApiError } from '../../src/runtime/errors.ts';
import type { KubernetesObject } from '../../src/runtime/object.ts';

const LET_THROUGH = 'what it has to refuse was let through';

/** Waits for an API server that answers every dry run, whoever's, with what `create` does. */
function waitFor(create: () => Promise<KubernetesObject>, patience: { seconds: number; quiet: number }) {
  const misses: string[] = [];
  const { signal } = new AbortController();
  const anyone = { client: { create }, clock: { now: () => new Date(0) } };
  return { misses, result: policiesInForce(anyone, anyone, { signal, onMiss: (miss) => misses.push(miss), patience }) };
}

test('a policy that does not come into force fails with what was seen instead', async () => {
  const { misses, result } = waitFor(() => Promise.resolve({ metadata: {} }), { seconds: 0, quiet: 10 });
  await expect(result).rejects.toThrow(/^the admission policy daypass-\S+ is not in force within 0 s; seen last: what/);
  expect(misses).toEqual([]); // it is in the message, and too early otherwise
});

test('once it takes long, what is missing is told, once for each policy', async () => {
  let looks = 0;
  const { misses, result } = waitFor(
    () => {
      looks += 1;
      return looks > 18
        ? Promise.reject(new ApiError('Unavailable', 'it is going down'))
        : Promise.resolve({ metadata: {} });
    },
    { seconds: 1, quiet: 0 },
  );
  await expect(result).rejects.toThrow('within 1 s; seen last: it is going down');
  expect(misses.slice(0, 2)).toEqual([
    `the admission policy daypass-managed-objects is not in force yet: ${LET_THROUGH}`,
    `the admission policy daypass-hold-objects is not in force yet: ${LET_THROUGH}`,
  ]);
  expect(misses).toHaveLength(12);
  expect(misses.slice(6).every((miss) => miss.endsWith('yet: it is going down'))).toBe(true);
});
