import { setTimeout as pause } from 'node:timers/promises';
import { ok } from '../identity/answers.ts';
import type { Answer, Caller } from '../identity/caller.ts';
import type { Grant } from '../identity/grant.ts';
import { newStage } from '../identity/stage.ts';
import type { ControlPlane } from '../support/controlplane.ts';
import { installDaypass } from '../support/install.ts';
import type { Attacker } from './attack.ts';
import type { Validation } from './barriers.ts';
import { meet, type Side } from './side.ts';
import type { Tried } from './tried.ts';

/** A cluster where admission policies can be weakened, and where nothing that is attempted is done. */
export interface Laboratory {
  /** What the API server says to an attack, in a dry run. */
  readonly attempt: (tried: Tried) => Promise<Answer>;
  /** Attempts it until the answer is right: the API server looks at its policies about once a second. */
  readonly until: (tried: Tried, isRight: (answer: Answer) => boolean) => Promise<Answer>;
  /** Makes one validation let everything in, and all others stay as they are. */
  readonly lose: (validation: Validation) => Promise<void>;
  readonly restore: (validation: Validation) => Promise<void>;
}

/**
 * Makes a laboratory of a new control plane, with all in force that is shipped but for what stands
 * before the admission policies: the stamps (as before Kubernetes 1.36), and the schema's own rules
 * about specs.
 */
export async function laboratoryOn(cluster: ControlPlane, sides: Iterable<Side>): Promise<Laboratory> {
  await installDaypass(cluster, { stamps: false });
  const stage = await newStage({}, cluster);
  for (const resource of ['accessrequests', 'accessreviews']) await unfreeze(stage.admin, resource);
  const there = new Map<Side, { attacker: Attacker; grant: Grant }>();
  for (const side of sides) {
    const { attacker, grant } = await meet(side, stage);
    there.set(side, { attacker: { ...attacker.dryRun(), name: attacker.name }, grant });
  }

  async function attempt({ side, attack }: Tried): Promise<Answer> {
    const met = there.get(side);
    if (met === undefined) throw new Error(`${side.who} is not there`);
    return attack.run(met.attacker, met.grant);
  }
  return {
    attempt,
    async until(tried, isRight) {
      const late = AbortSignal.timeout(30_000);
      for (;;) {
        const answer = await attempt(tried);
        if (isRight(answer)) return answer;
        if (late.aborted) throw new Error(`who ${tried.attack.title} still gets ${answer.code} ${answer.body.message}`);
        await pause(20);
      }
    },
    lose: (validation) => write(stage.admin, validation, 'true'),
    restore: (validation) => write(stage.admin, validation, validation.expression),
  };
}

/** In place, so that all others keep theirs. */
async function write(admin: Caller, { policy, index }: Validation, expression: string): Promise<void> {
  const path = `/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies/${policy}`;
  ok(await admin.patch(path, [{ op: 'replace', path: `/spec/validations/${index}/expression`, value: expression }]));
}

/** Takes the rule away that a spec cannot change. */
async function unfreeze(admin: Caller, resource: string): Promise<void> {
  const path = '/spec/versions/0/schema/openAPIV3Schema/properties/spec/x-kubernetes-validations';
  const crd = `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${resource}.daypass.dev`;
  ok(await admin.patch(crd, [{ op: 'remove', path }]));
}
