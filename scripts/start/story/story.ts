import { type AccessRequest, ACCESS_REQUESTS } from '../../../src/api/access-request.ts';
import { ROLE_BINDINGS } from '../../../src/api/kubernetes.ts';
import { managedName } from '../../../src/api/names.ts';
import { parseTime } from '../../../src/api/time.ts';
import { firstChange } from '../cluster/watch.ts';
import { StoryError } from '../tools/failure.ts';
import { seconds } from '../tools/text.ts';
import { applyPolicy, ask, PATIENCE, phaseOf, readPods, show } from './acts.ts';
import { showRecord } from './record.ts';
import type { Scene } from './scene.ts';
import { tellOfReviews } from './reviews.ts';

/** The main job, step by step. @throws StoryError at the first step that is not seen to happen */
export async function tellStory(scene: Scene): Promise<void> {
  const { terminal, cast, examples, developer, platform } = scene;
  terminal.heading(`1. ${developer.name} is a developer. What runs in ${cast.namespace} is not theirs to see.`);
  await readPods(scene, 'refused');
  terminal.check('refused: nobody has standing access');

  terminal.heading(`2. ${platform.name} of the platform team writes down who may ask for what.`);
  await applyPolicy(scene, {
    file: examples.policy,
    name: cast.policy,
    ready: 'the operator has read it, and has proven that what it gives will end',
  });

  terminal.heading(`3. ${developer.name} asks for access.`);
  const { request, took } = await ask(scene, examples.request, 'Active');
  show(terminal, developer, await developer.hands.get('accessrequests', cast.namespace));
  terminal.check(`Active ${seconds(took)} after it was asked for; the API server wrote down who asked`);

  terminal.heading('4. The same command, now.');
  await readPods(scene, 'allowed');
  terminal.check(`allowed, in ${cast.namespace} alone, and for ${request.status.duration ?? 'a while'}`);

  terminal.heading('5. The time is up.');
  await awaitEnd(scene, request);
  await readPods(scene, 'refused');
  terminal.check('refused again: nothing is left of it');

  terminal.heading('6. What is on record.');
  await showRecord(scene, request, ['Requested', 'Approved', 'Granted', 'Expired']);

  await tellOfReviews(scene);
}

async function awaitEnd(
  { terminal, cast, admin, platform, stop }: Scene,
  { metadata, status }: AccessRequest,
): Promise<void> {
  const { namespace } = cast;
  const { clock, client } = admin.api;
  const end = parseTime(status.expiresAt ?? '');
  const left = () => Math.max(0, Math.ceil((end.getTime() - clock.now().getTime()) / 1000));
  terminal.note(`access ends at ${status.expiresAt}, in ${left()} s`);
  const patience = { seconds: left() + PATIENCE, signal: stop.signal };
  const binding = firstChange(
    client,
    ROLE_BINDINGS,
    { namespace },
    ({ type, object }) => type === 'DELETED' && object.metadata.name === managedName(metadata.uid),
    { ...patience, otherwise: 'the RoleBinding is not gone' },
  ).then(() => clock.now().getTime() - end.getTime());
  const expired = firstChange(
    platform.api.client,
    ACCESS_REQUESTS.resource,
    { namespace },
    ({ object }) => object.metadata.uid === metadata.uid && phaseOf(object) === 'Expired',
    { ...patience, otherwise: 'the request is not Expired', describe: (object) => phaseOf(object) },
  );
  const [late] = await terminal.alive(() => `… access ends in ${left()} s`, Promise.all([binding, expired]));
  if (late < 0) throw new StoryError(`the RoleBinding was gone ${seconds(-late)} before its end`);
  terminal.check(`Expired: the RoleBinding was gone ${seconds(late)} after the end`);
}
