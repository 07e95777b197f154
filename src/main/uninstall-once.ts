import { type FileHandle, open } from 'node:fs/promises';
import { getSystemErrorMessage } from 'node:util';
import { oneLine } from '../api/text.ts';
import { KeptRecord } from '../cli/uninstall/kept-record.ts';
import { Removals } from '../cli/uninstall/removals.ts';
import { UninstallError } from '../cli/uninstall/site.ts';
import { type Options, uninstall } from '../cli/uninstall/uninstall.ts';
import { commandClock } from '../runtime/clock.ts';
import { isApiError } from '../runtime/errors.ts';
import type { HttpClient } from '../runtime/http-client.ts';
import { ServerClock } from '../runtime/server-clock.ts';
import { connectBy } from './connect-by.ts';
import { PlainError } from './plain-error.ts';

/** The flags of `daypass uninstall`. */
export interface UninstallFlags extends Options {
  readonly kubeconfig?: string;
  readonly record?: string;
}

/** Takes Daypass out of the cluster. The exit code is 1 if anything of it may be left. */
export async function uninstallOnce(flags: UninstallFlags): Promise<void> {
  try {
    const client = await connectBy(flags.kubeconfig, new ServerClock(commandClock));
    await run(client, flags);
    await client.close();
  } catch (error) {
    process.stderr.write(`${oneLine(messageOf(error))}\n`);
    process.exitCode = 1;
  }
}

async function run(client: HttpClient, { record, ...options }: UninstallFlags): Promise<void> {
  await using file = options.dryRun ? undefined : await openRecord(record);
  const append = async (text: string) => {
    await file?.appendFile(text);
    await file?.datasync();
  };
  const removals = new Removals(client, commandClock);
  await uninstall({ client, clock: commandClock, say, record: new KeptRecord(append), removals }, options);
}

/** To be appended to: what an earlier run has written stays. Who asked for what, and why, is for its owner alone. */
async function openRecord(path: string | undefined): Promise<FileHandle> {
  if (path === undefined) {
    throw new PlainError(
      '--record FILE is needed: requests, reviews and policies are about to be deleted, and go there first',
    );
  }
  try {
    return await open(path, 'a', 0o600);
  } catch (error) {
    const number = error instanceof Error && 'errno' in error ? Number(error.errno) : 0;
    throw new PlainError(`--record ${path}: ${getSystemErrorMessage(number)}`, { cause: error });
  }
}

function say(text: string): void {
  process.stdout.write(`${oneLine(text)}\n`);
}

function messageOf(error: unknown): string {
  if (error instanceof UninstallError || error instanceof PlainError) return error.message;
  if (isApiError(error))
    return `the API server: ${error.message}. Put that right, then run this again: it goes on from there`;
  return error instanceof Error ? error.message : String(error);
}
