import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Launched, launch } from './support/launch.ts';

/** Says `held` when it has the lock, gives it back when told to; exits 3 if it was not alone. */
const HOLDER = `
import { mkdirSync, rmdirSync } from 'node:fs';
import { once } from 'node:events';
import { withLock } from '${new URL('../scripts/lib/lock.mjs', import.meta.url).href}';
const [path, alone] = process.argv.slice(1);
await withLock(path, 'testing', async () => {
  try { mkdirSync(alone); } catch { process.exit(3); }
  console.log('held');
  await once(process.stdin, 'data');
  rmdirSync(alone);
});
process.exit(0);
`;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'daypass-test-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function startHolder(): Promise<Launched> {
  const args = ['--input-type=module', '--eval', HOLDER, join(folder, 'lock'), join(folder, 'alone')];
  return launch(process.execPath, args);
}

/** Lets whoever gets the lock give it back, until all have had it; resolves to their exit codes. */
function finish(holders: readonly Launched[]): Promise<(number | null)[]> {
  return Promise.all(
    holders.map(async ({ child, line, exited }) => {
      await line(/held/);
      child.stdin?.write('go\n');
      return (await exited).code;
    }),
  );
}

it('is held by one at a time, and those that wait say so', async () => {
  const first = await startHolder();
  await first.line(/held/);
  const others = await Promise.all([startHolder(), startHolder(), startHolder()]);
  const told = await Promise.all(
    others.map(({ line }) => line(/Waiting for process ([0-9]+), which is testing/, 'stderr')),
  );
  expect(told.map(([, pid]) => pid)).toEqual(Array(3).fill(String(first.pid)));
  expect(await finish([first, ...others])).toEqual([0, 0, 0, 0]);
  expect(await readdir(folder)).toEqual([]);
});

it('is taken, by one at a time, from a holder that was killed', async () => {
  const killed = await startHolder();
  await killed.line(/held/);
  const others = await Promise.all([startHolder(), startHolder(), startHolder()]);
  await Promise.all(others.map(({ line }) => line(/Waiting/, 'stderr')));
  await rm(join(folder, 'alone'), { recursive: true });
  killed.child.kill('SIGKILL');
  expect(await finish(others)).toEqual([0, 0, 0]);
  expect(await readdir(folder)).toEqual([]);
});
