import { type AccessRequest, ACCESS_REQUESTS, readAccessRequest } from '../../../src/api/access-request.ts';
import { ACCESS_POLICIES, readAccessPolicy } from '../../../src/api/access-policy.ts';
import { findCondition } from '../../../src/api/condition.ts';
import { ROLE_BINDINGS } from '../../../src/api/kubernetes.ts';
import { managedName } from '../../../src/api/names.ts';
import { parseTime } from '../../../src/api/time.ts';
import type { KubernetesObject } from '../../../src/runtime/object.ts';
import type { Person } from '../cluster/cluster.ts';
import { StoryError } from '../tools/failure.ts';
import type { Attempt } from './hands.ts';
import { showRecord } from './record.ts';
import type { Scene } from './scene.ts';
import { seconds } from '../tools/text.ts';
import { until } from '../tools/until.ts';
import { firstChange } from '../cluster/watch.ts';

/** How long a step may take that takes no time by itself, in seconds. */
const PATIENCE = 30;

/** The main job, step by step. @throws StoryError at the first step that is not seen to happen */
export async function tellStory(scene: Scene): Promise<void> {
  const { terminal, cast, developer, platform } = scene;
  terminal.heading(`1. ${developer.name} is a developer. What runs in ${cast.namespace} is not theirs to see.`);
  await readPods(scene, 'refused');
  terminal.check('refused: nobody has standing access');

  terminal.heading(`2. ${platform.name} of the platform team writes down who may ask for what.`);
  await applyPolicy(scene);

  terminal.heading(`3. ${developer.name} asks for access.`);
  const granted = await ask(scene);

  terminal.heading('4. The same command, now.');
  await readPods(scene, 'allowed');
  terminal.check(`allowed, in ${cast.namespace} alone, and for ${granted.status.duration ?? 'a while'}`);

  terminal.heading('5. The time is up.');
  await awaitEnd(scene, granted);
  await readPods(scene, 'refused');
  terminal.check('refused again: nothing is left of it');

  terminal.heading('6. What is on record.');
  await showRecord(scene, granted);
}

/** The developer reads pods until it comes out as it should: RBAC learns of bindings by a watch. */
async function readPods({ terminal, cast, developer, stop }: Scene, outcome: 'allowed' | 'refused'): Promise<void> {
  const otherwise = `${developer.name}'s reading of pods was not ${outcome}`;
  const attempt = await until(
    async () => {
      const found = await developer.hands.get('pods', cast.namespace);
      return (outcome === 'allowed' ? found.ok : found.refused) ? { found } : { miss: found.printed };
    },
    { otherwise, seconds: PATIENCE, signal: stop.signal },
  );
  show(terminal, developer, attempt);
}

async function applyPolicy({ terminal, cast, examples, platform, stop }: Scene): Promise<void> {
  const attempt = await platform.hands.send('apply', examples.policy);
  show(terminal, platform, attempt);
  if (!attempt.ok) throw new StoryError(`${platform.name} could not apply ${examples.policy}`);
  const patience = { otherwise: `policy ${cast.policy} is not ready`, seconds: PATIENCE, signal: stop.signal };
  await terminal.during(
    'the operator reads it',
    firstChange(
      platform.api.client,
      ACCESS_POLICIES.resource,
      {},
      ({ object }) => object.metadata.name === cast.policy && readiness(object)?.status === 'True',
      { ...patience, describe: (object) => JSON.stringify(readiness(object) ?? 'no status') },
    ),
    () => 'the operator has read it, and has proven that what it gives will end',
  );
}

function readiness(object: KubernetesObject) {
  const policy = readAccessPolicy(object);
  return 'unreadable' in policy ? undefined : findCondition(policy.status.conditions, 'Ready');
}

async function ask({ terminal, cast, examples, developer, stop }: Scene): Promise<AccessRequest> {
  const { namespace } = cast;
  const asked = performance.now();
  const active = firstChange(
    developer.api.client,
    ACCESS_REQUESTS.resource,
    { namespace },
    ({ object }) => isActive(object),
    {
      otherwise: `${developer.name}'s request is not Active`,
      seconds: PATIENCE,
      signal: stop.signal,
      describe: (object) => JSON.stringify(object['status'] ?? 'no status'),
    },
  ).then((object) => ({ object, took: performance.now() - asked }));
  active.catch(() => {}); // it is awaited below, unless creating fails first
  const attempt = await developer.hands.send('create', examples.request);
  show(terminal, developer, attempt);
  if (!attempt.ok) throw new StoryError(`${developer.name} could not create ${examples.request}`);
  const { object, took } = await terminal.alive(() => '… the operator decides', active);
  show(terminal, developer, await developer.hands.get('accessrequests', namespace));
  terminal.check(`Active ${seconds(took)} after it was asked for; the API server wrote down who asked`);
  return readable(object);
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

/** @throws StoryError once it never can be */
function isActive(object: KubernetesObject): boolean {
  const { metadata, status } = readable(object);
  const ended = findCondition(status.conditions, 'Ended');
  if (ended?.status === 'True') throw new StoryError(`${metadata.name} is ${status.phase}: ${ended.message}`);
  return status.phase === 'Active';
}

function phaseOf(object: KubernetesObject): string {
  const request = readAccessRequest(object);
  return 'unreadable' in request ? request.unreadable : (request.status.phase ?? 'no phase');
}

function readable(object: KubernetesObject): AccessRequest {
  const request = readAccessRequest(object);
  if ('unreadable' in request) throw new StoryError(`the request cannot be read: ${request.unreadable}`);
  return request;
}

function show(terminal: Scene['terminal'], { name }: Person, { typed, printed }: Attempt): void {
  terminal.typed(name, typed);
  terminal.output(printed);
}
