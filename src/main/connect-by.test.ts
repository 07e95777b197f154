import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { ServerClock } from '../runtime/server-clock.ts';
import { TestClock } from '../runtime/test-clock.ts';
import { connectBy } from './connect-by.ts';
import { PlainError } from './plain-error.ts';

async function problem(kubeconfig: string | undefined): Promise<unknown> {
  const error: unknown = await connectBy(kubeconfig, new ServerClock(new TestClock())).catch(
    (reason: unknown) => reason,
  );
  return error instanceof PlainError ? error.message : error;
}

it('names the flag, the file, and what is wrong with it', async () => {
  expect(await problem('/no/such/file')).toBe('--kubeconfig /no/such/file: no such file or directory');
  const folder = await mkdtemp(join(tmpdir(), 'connect-by-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, 'kubeconfig');
  await writeFile(file, 'users: []\n');
  expect(await problem(file)).toBe(`--kubeconfig ${file}: it has no current-context`);
});

it('says what to do where there is neither a flag nor a pod', async () => {
  vi.stubEnv('KUBERNETES_SERVICE_HOST', '');
  onTestFinished(() => void vi.unstubAllEnvs());
  expect(await problem(undefined)).toMatch(/^no kubeconfig given, and not in a pod: /);
});
