import { ok } from '../../../identity/answers.ts';
import type { Answer } from '../../../identity/caller.ts';
import { fuse, roleBinding } from '../../../identity/grant.ts';
import { type Stage, pathsIn } from '../../../identity/stage.ts';
import { uniqueName } from '../../../support/shared.ts';
import type { Attacker } from '../../attack.ts';

/** What differs from what the operator would make; what is null is left out. */
interface Difference {
  readonly metadata?: object;
  /** Of the top level: subjects, roleRef. */
  readonly fields?: object;
  readonly spec?: object;
  readonly namespace?: string;
}

/** Creates the binding of a grant that differs in one way. */
export async function bind(who: Attacker, stage: Stage, difference: Difference): Promise<Answer> {
  const { metadata, ...binding } = roleBinding(stage, { uid: crypto.randomUUID(), user: 'dana' });
  const { namespace = stage.namespace } = difference;
  const object = { ...binding, metadata: { ...metadata, ...difference.metadata }, ...difference.fields };
  return who.create(pathsIn(namespace).bindings, object);
}

/** Creates a fuse that differs in one way. */
export async function light(who: Attacker, stage: Stage, difference: Difference): Promise<Answer> {
  const { metadata, spec } = fuse({ uid: crypto.randomUUID(), name: 'ask' });
  const { namespace = stage.namespace } = difference;
  const job = { metadata: { ...metadata, ...difference.metadata }, spec: { ...spec, ...difference.spec } };
  return who.create(pathsIn(namespace).jobs, job);
}

/** A new namespace in which nothing may be granted. */
export async function protectedNamespace({ admin }: Stage): Promise<string> {
  const metadata = { name: uniqueName('protected'), labels: { 'daypass.dev/protected': 'true' } };
  return ok(await admin.create('/api/v1/namespaces', { metadata })).metadata.name;
}
