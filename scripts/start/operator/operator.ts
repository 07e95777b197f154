import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { StoryError } from '../tools/failure.ts';
import { type Service, startService } from '../tools/service.ts';
import type { Setting } from '../setting.ts';
import { messageOf } from '../tools/text.ts';
import { until } from '../tools/until.ts';

/** How long the operator may take to be ready, in seconds. */
const PATIENCE = 60;

/** How many of its last log lines are kept at hand. */
const KEPT = 15;

const Listening = z.object({ msg: z.literal('listening'), port: z.number() });

/** The operator, running as a process of its own. */
export interface Operator {
  readonly logFile: string;
  lastLines(): readonly string[];
  /** Resolves once it is ready. */
  ready(): Promise<void>;
}

/** Starts the operator with a kubeconfig; its log goes to a file. */
export function startOperator({ folder, root, stop, cleanup }: Setting, kubeconfig: string): Operator {
  const logFile = join(folder, 'operator.log');
  const leash = new URL('leash.ts', import.meta.url).href;
  const flags = ['--kubeconfig', kubeconfig, '--http-host', '127.0.0.1', '--http-port', '0'];
  const args = ['--import', leash, join(root, 'src/main.ts'), 'operator', ...flags];
  const service = startService(process.execPath, args, process.env);
  cleanup.add('stop the operator', () => service.stop());

  const log = createWriteStream(logFile, { mode: 0o600 });
  const lines: string[] = [];
  let port: number | undefined;
  service.onLine((line) => {
    log.write(`${line}\n`);
    lines.splice(0, Math.max(0, lines.length + 1 - KEPT));
    lines.push(line);
    port ??= portIn(line);
  });
  void service.ended.then((how) => {
    log.end();
    stop.fail(new StoryError(`the operator ${how}: ${service.lastWords()}`));
  });
  return {
    logFile,
    lastLines: () => [...lines, ...wordsOf(service)],
    ready: () =>
      until(() => isReady(port), { otherwise: 'the operator is not ready', seconds: PATIENCE, signal: stop.signal }),
  };
}

function wordsOf(service: Service): string[] {
  const words = service.lastWords();
  return words === '' ? [] : [words];
}

function portIn(line: string): number | undefined {
  try {
    return Listening.safeParse(JSON.parse(line)).data?.port;
  } catch {
    return undefined;
  }
}

async function isReady(port: number | undefined): Promise<{ found: undefined } | { miss: string }> {
  if (port === undefined) return { miss: 'it does not listen yet' };
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/readyz`);
    const causes = await answer.text();
    return answer.ok ? { found: undefined } : { miss: causes.trim().replaceAll('\n', '; ') };
  } catch (error) {
    return { miss: messageOf(error) };
  }
}
