import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { type AccessRequest, ACCESS_REQUESTS } from '../../../src/api/access-request.ts';
import { ACCESS_REVIEWS, readAccessReview, type ReviewDecision } from '../../../src/api/access-review.ts';
import { ROLE_BINDINGS } from '../../../src/api/kubernetes.ts';
import { managedName } from '../../../src/api/names.ts';
import type { KubernetesObject } from '../../../src/runtime/object.ts';
import { firstChange } from '../cluster/watch.ts';
import { StoryError } from '../tools/failure.ts';
import { seconds } from '../tools/text.ts';
import { applyPolicy, ask, PATIENCE, phaseOf, readPods, show } from './acts.ts';
import { showRecord } from './record.ts';
import type { Actor, Scene } from './scene.ts';

/** How soon a revoked grant must be gone, in milliseconds: promise P2 of the README. */
const AT_ONCE = 1000;

/** A role that two others must agree to. @throws StoryError at the first step that is not seen to happen */
export async function tellOfReviews(scene: Scene): Promise<void> {
  const { terminal, cast, examples, developer, platform, lead, security } = scene;
  terminal.heading(`7. ${platform.name} has a second policy: to restart what runs there, two others must agree.`);
  await applyPolicy(scene, {
    file: examples.strictPolicy,
    name: cast.strictPolicy,
    ready: `the operator has read it: one of ${lead.groups.join()} must agree, and one of ${security.groups.join()}`,
  });

  terminal.heading(`8. ${developer.name} asks, and would rather not wait.`);
  const { request } = await ask(scene, examples.restart, 'Pending');
  show(terminal, developer, await developer.hands.get('accessrequests', cast.namespace));
  terminal.note(
    'A review names the request by its uid too, so it can be of no other. Who gives it is not written there either:',
  );
  terminal.output(stringify(reviewOf(request, 'Approve', developer, cast.namespace)));
  await review(scene, developer, request, { decision: 'Approve', counts: 'OwnRequest' });
  terminal.check('it does not count, and says why: nobody speaks for another, or approves their own');

  terminal.heading(`9. ${lead.name} leads the team, ${security.name} is of security. They agree.`);
  const active = reached(scene, request, 'Active');
  active.catch(() => {}); // it is awaited below, unless a review fails first
  await review(scene, lead, request, { decision: 'Approve', counts: 'Counted' });
  await review(scene, security, request, { decision: 'Approve', counts: 'Counted' });
  await terminal.alive(() => '… the operator counts', active);
  show(terminal, developer, await developer.hands.get('accessrequests', cast.namespace));
  await readPods(scene, 'allowed');
  terminal.check('Active, now that both have agreed');

  terminal.heading(`10. ${security.name} has second thoughts.`);
  const took = await revoke(scene, request);
  await readPods(scene, 'refused');
  terminal.check(`Revoked: the RoleBinding was gone ${seconds(took)} after ${security.name} said so`);

  terminal.heading('11. Who could do what, when, and who agreed.');
  await showRecord(scene, request, ['Requested', 'Reviewed', 'Reviewed', 'Approved', 'Granted', 'Reviewed', 'Revoked']);
}

/** Somebody reviews a request, and is told what became of it. */
async function review(
  { terminal, cast, folder, stop }: Scene,
  who: Actor,
  request: AccessRequest,
  { decision, counts }: { decision: ReviewDecision; counts: string },
): Promise<void> {
  const { namespace } = cast;
  const object = reviewOf(request, decision, who, namespace);
  const file = join(folder, `${object.metadata.name}.yaml`);
  await writeFile(file, stringify(object));
  const told = firstChange(
    who.api.client,
    ACCESS_REVIEWS.resource,
    { namespace },
    (seen) => seen.object.metadata.name === object.metadata.name && standingOf(seen.object) === counts,
    {
      otherwise: `the review of ${who.name} is not told ${counts}`,
      seconds: PATIENCE,
      signal: stop.signal,
      describe: (seen) => JSON.stringify(seen['status'] ?? 'no status'),
    },
  );
  told.catch(() => {}); // it is awaited below, unless creating fails first
  const attempt = await who.hands.send('create', file);
  show(terminal, who, attempt);
  if (!attempt.ok) throw new StoryError(`${who.name} could not create ${file}`);
  await terminal.alive(() => '… the operator weighs it', told);
  show(terminal, who, await who.hands.get('accessreviews', namespace));
}

function reviewOf({ metadata }: AccessRequest, decision: ReviewDecision, who: Actor, namespace: string) {
  return {
    apiVersion: 'daypass.dev/v1alpha1',
    kind: 'AccessReview',
    metadata: { name: `${metadata.name}-${who.name}-${decision.toLowerCase()}`, namespace },
    spec: { request: { name: metadata.name, uid: metadata.uid }, decision },
  };
}

function standingOf(object: KubernetesObject): string | undefined {
  const found = readAccessReview(object);
  return 'unreadable' in found ? undefined : found.status.reason;
}

async function reached(
  { cast: { namespace }, developer, stop }: Scene,
  { metadata }: AccessRequest,
  phase: string,
): Promise<void> {
  await firstChange(
    developer.api.client,
    ACCESS_REQUESTS.resource,
    { namespace },
    ({ object }) => object.metadata.uid === metadata.uid && phaseOf(object) === phase,
    { otherwise: `the request is not ${phase}`, seconds: PATIENCE, signal: stop.signal, describe: phaseOf },
  );
}

/** @returns how many milliseconds after the Revoke was stored the binding was gone */
async function revoke(scene: Scene, request: AccessRequest): Promise<number> {
  const { admin, cast, security, terminal, stop } = scene;
  const { namespace } = cast;
  const patience = { seconds: PATIENCE, signal: stop.signal };
  // A watch that began after the binding went would wait for it in vain.
  const watched = Promise.withResolvers<void>();
  const times = Promise.all([
    moment(
      firstChange(admin.api.client, ACCESS_REVIEWS.resource, { namespace }, ({ object }) => isRevoke(object, request), {
        ...patience,
        otherwise: 'the Revoke was not stored',
      }),
    ),
    moment(
      firstChange(
        admin.api.client,
        ROLE_BINDINGS,
        { namespace },
        ({ type, object }) => {
          if (object.metadata.name !== managedName(request.metadata.uid)) return false;
          watched.resolve();
          return type === 'DELETED';
        },
        { ...patience, otherwise: 'the RoleBinding is not gone' },
      ),
    ),
    reached(scene, request, 'Revoked'),
  ]);
  times.catch(() => {}); // they are awaited below, unless the review fails first
  await Promise.race([watched.promise, times]);
  await review(scene, security, request, { decision: 'Revoke', counts: 'Counted' });
  const [stored, gone] = await terminal.alive(() => '… the operator revokes', times);
  const took = Math.max(0, gone - stored);
  if (took > AT_ONCE) throw new StoryError(`the RoleBinding was gone only ${seconds(took)} after it was revoked`);
  return took;
}

async function moment(happens: Promise<unknown>): Promise<number> {
  await happens;
  return performance.now();
}

function isRevoke(object: KubernetesObject, { metadata }: AccessRequest): boolean {
  const found = readAccessReview(object);
  return !('unreadable' in found) && found.spec.request.uid === metadata.uid && found.spec.decision === 'Revoke';
}
