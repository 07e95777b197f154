import { parseArgs } from 'node:util';
import { StoryError } from './tools/failure.ts';
import { messageOf } from './tools/text.ts';

/** What `npm start` was asked to do. */
export interface Options {
  /** End after the story, instead of staying up. */
  readonly once: boolean;
  /** Use the cluster of this file, instead of a control plane of its own. */
  readonly kubeconfig: string | undefined;
  readonly help: boolean;
}

export const HELP = `npm start -- [--once] [--kubeconfig FILE]

Shows what Daypass does on a real Kubernetes control plane, started for it on this machine: a
developer asks for access, gets it, and loses it when the time is up. Then it stays up for you to
try, until Ctrl-C, and leaves nothing behind.

  --once             end after the story; the exit code is 0 only if every step was seen to happen
  --kubeconfig FILE  on the cluster of this file's current context instead: Kubernetes 1.36 or newer,
                     as cluster-admin. Installs Daypass (deploy/local), runs the operator on this
                     machine, plays the users by impersonation, in a namespace and under names of its
                     own, and removes all of it at the end. A cluster that has Daypass already, or
                     parts of it, is left alone: there it refuses to start.
  --help             this text
`;

/** Reads the command line. @throws StoryError */
export function readOptions(args: readonly string[]): Options {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { once: { type: 'boolean' }, kubeconfig: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
    });
    return { once: values.once ?? false, kubeconfig: values.kubeconfig, help: values.help ?? false };
  } catch (error) {
    throw new StoryError(`${messageOf(error)}\n\n${HELP}`, { cause: error });
  }
}
