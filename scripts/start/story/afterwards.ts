import type { Scene } from './scene.ts';
import { shellWord } from '../tools/text.ts';

/** Tells what to type in a second terminal, as whom. */
export function explainWhatNow({ terminal, root, cast, examples, kubectl, ...people }: Scene): void {
  const { developer, platform, admin } = people;
  const inNamespace = `-n ${cast.namespace}`;
  terminal.heading('It stays up for you to try. In a second terminal:');
  if (!kubectl) terminal.note('(with kubectl, which is not on PATH here: https://kubernetes.io/docs/tasks/tools/)');
  terminal.note(`cd ${shellWord(root)}`);
  terminal.note('');
  const lines = (who: typeof admin, what: string, commands: readonly string[]) => {
    terminal.note(`export KUBECONFIG=${shellWord(who.kubeconfig)}   # ${what}`);
    for (const command of commands) terminal.note(['kubectl', ...who.flags.map(shellWord), command].join(' '));
    terminal.note('');
  };
  lines(developer, `you are ${developer.name}, the developer`, [
    `create -f ${shellWord(examples.request)}`,
    `get accessrequests ${inNamespace} --watch   # until Ctrl-C`,
    `get pods ${inNamespace}`,
    `delete accessrequests --all ${inNamespace}   # gives access back at once`,
  ]);
  lines(platform, `you are ${platform.name}, of the platform team`, [
    `edit accesspolicy ${cast.policy}`,
    `get events ${inNamespace}`,
  ]);
  lines(admin, 'you are the administrator', [
    `get rolebindings,jobs ${inNamespace} -l app.kubernetes.io/managed-by=daypass`,
  ]);
  terminal.note('Ctrl-C stops everything and leaves nothing behind.');
}
