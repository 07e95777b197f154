import type { Person } from '../cluster/cluster.ts';
import type { Scene } from './scene.ts';
import { shellWord } from '../tools/text.ts';

/** The asks and what came of them; for those that were denied or have ended, why. */
const WHY = `NAME:.metadata.name,PHASE:.status.phase,WHY:.status.conditions[?(@.type=="Ended")].message`;

/** Tells what to type in a second terminal, as whom, in an order in which each line shows something. */
export function explainWhatNow({ terminal, root, cast, examples, kubectl: isThere, ...people }: Scene): void {
  const { developer, platform, lead, security, admin } = people;
  const inNamespace = `-n ${cast.namespace}`;
  const request = shellWord(examples.request);
  terminal.heading('It stays up for you to try. In a second terminal:');
  if (!isThere) {
    terminal.note('(with kubectl, which is not on PATH here: https://kubernetes.io/docs/tasks/tools/)');
    terminal.note(
      "(or the one in the control plane, which needs Go once: alias kubectl='npm run -s controlplane -- kubectl')",
    );
  }
  terminal.note(`cd ${shellWord(root)}`);
  terminal.note('');
  const lines = (who: Person, what: string, commands: (kubectl: string) => readonly string[]) => {
    terminal.note(`export KUBECONFIG=${shellWord(who.kubeconfig)}   # ${what}`);
    for (const line of commands(['kubectl', ...who.flags.map(shellWord)].join(' '))) terminal.note(line);
    terminal.note('');
  };
  lines(developer, `you are ${developer.name}, the developer`, (kubectl) => [
    `sed 's/15s/30m/' ${request} | ${kubectl} create -f -   # the same request, for 30 minutes`,
    `${kubectl} get accessrequests ${inNamespace}`,
    `${kubectl} get pods ${inNamespace}   # allowed, until EXPIRES`,
    `sed 's/pod-logs/view/' ${request} | ${kubectl} create -f -   # for a role that no policy gives: Denied`,
    `${kubectl} get accessrequests ${inNamespace} -o custom-columns=${shellWord(WHY)}   # why`,
    `${kubectl} create -f ${shellWord(examples.restart)}   # for what two others must agree to: Pending`,
    `${kubectl} get accessrequests ${inNamespace} --watch   # until Ctrl-C`,
  ]);
  const approve = 'approve it as README.md says under "A review"';
  const seen = (kubectl: string) => [`${kubectl} get accessreviews ${inNamespace}   # whose count, and why not`];
  lines(lead, `you are ${lead.name}, a lead: ${approve}`, seen);
  lines(security, `you are ${security.name}, of security: the same`, seen);
  lines(platform, `you are ${platform.name}, of the platform team`, (kubectl) => [
    `${kubectl} get events ${inNamespace}`,
    `${kubectl} edit accesspolicy ${cast.policy}   # add "- daypass-view" to spec.roles: ${developer.name} gets it next time`,
  ]);
  lines(admin, 'you are the administrator', (kubectl) => [
    `${kubectl} get rolebindings,jobs ${inNamespace} -l app.kubernetes.io/managed-by=daypass   # what a grant is made of`,
  ]);
  lines(developer, `you are ${developer.name} again`, (kubectl) => [
    `${kubectl} delete accessrequests --all ${inNamespace}   # gives access back at once`,
    `${kubectl} get pods ${inNamespace}   # refused`,
  ]);
  terminal.note('Ctrl-C stops everything and leaves nothing behind.');
}
