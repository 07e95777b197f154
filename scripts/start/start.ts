import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';
import { clip } from '../../src/api/text.ts';
import { isApiError } from '../../src/runtime/errors.ts';
import { aborted } from '../../src/runtime/waiting.ts';
import { explainWhatNow } from './story/afterwards.ts';
import { Cleanup } from './leave/cleanup.ts';
import { Interrupted, StoryError } from './tools/failure.ts';
import { hasKubectl } from './tools/kubectl.ts';
import type { Operator } from './operator/operator.ts';
import type { Options } from './options.ts';
import { raiseCurtain } from './story/raise.ts';
import type { Stop } from './leave/stop.ts';
import { tellStory } from './story/story.ts';
import type { Terminal } from './tools/terminal.ts';

/** How much of a log line is shown; the rest is in the file, for as long as that is there. */
const LINE = 400;

/**
 * Sets up, tells the story, stays up, and cleans up, whatever happens on the way. Resolves to the
 * exit code: 0 once the whole story was seen and nothing is left behind.
 */
export async function start({ once, kubeconfig }: Options, terminal: Terminal, stop: Stop): Promise<number> {
  const cleanup = new Cleanup();
  let operator: Operator | undefined;
  let code = 0;
  try {
    const folder = await mkdtemp(join(tmpdir(), 'daypass-'));
    cleanup.add(`remove ${folder}`, () => rm(folder, { recursive: true, force: true }));
    const kubectl = await hasKubectl(stop.signal);
    const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');
    const setting = { terminal, stop, cleanup, root, folder, kubectl };
    const suffix = randomUUID().slice(0, 8);
    const scene = await raiseCurtain(setting, { kubeconfig, suffix }, (started) => (operator = started));
    await tellStory(scene);
    if (!once) {
      explainWhatNow(scene);
      await aborted(stop.signal);
      if (!(stop.signal.reason instanceof Interrupted)) throw stop.signal.reason;
    }
  } catch (error) {
    code = explain(error, terminal, stop, operator);
  }
  terminal.heading('Cleaning up');
  const failures = await terminal.alive(() => '…', cleanup.run());
  for (const failure of failures) terminal.cross(failure);
  if (failures.length === 0) terminal.check('everything is stopped, and nothing is left behind');
  return failures.length > 0 ? 1 : code;
}

/** Tells why the story ended early, and resolves to the exit code for it. */
function explain(error: unknown, terminal: Terminal, stop: Stop, operator: Operator | undefined): number {
  // Where something essential died, or a person stopped it, whatever failed failed of that.
  const reason: unknown = stop.signal.aborted ? stop.signal.reason : error;
  if (reason instanceof Interrupted) {
    terminal.cross(`stopped: ${reason.message}`);
    return reason.exitCode;
  }
  const known = reason instanceof StoryError || isApiError(reason);
  terminal.cross(known ? reason.message : inspect(reason));
  const lines = operator?.lastLines() ?? [];
  if (lines.length > 0) {
    terminal.note("The operator's last words:");
    terminal.output(lines.map((line) => clip(line, LINE)).join('\n'));
  }
  return 1;
}
