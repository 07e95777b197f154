import { type AccessRequest, ACCESS_REQUESTS, readAccessRequest } from '../../../src/api/access-request.ts';
import type { Phase } from '../../../src/api/access-request.ts';
import { ACCESS_POLICIES, readAccessPolicy } from '../../../src/api/access-policy.ts';
import { findCondition } from '../../../src/api/condition.ts';
import type { KubernetesObject } from '../../../src/runtime/object.ts';
import type { Person } from '../cluster/cluster.ts';
import { firstChange } from '../cluster/watch.ts';
import { StoryError } from '../tools/failure.ts';
import { until } from '../tools/until.ts';
import type { Attempt } from './hands.ts';
import type { Scene } from './scene.ts';

/** How long a step may take that takes no time by itself, in seconds. */
export const PATIENCE = 30;

/** The developer reads pods until it comes out as it should: RBAC learns of bindings by a watch. */
export async function readPods(
  { terminal, cast, developer, stop }: Scene,
  outcome: 'allowed' | 'refused',
): Promise<void> {
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

/** The platform team applies a policy, and the operator says that it is ready. */
export async function applyPolicy(
  { terminal, platform, stop }: Scene,
  { file, name, ready }: { file: string; name: string; ready: string },
): Promise<void> {
  const attempt = await platform.hands.send('apply', file);
  show(terminal, platform, attempt);
  if (!attempt.ok) throw new StoryError(`${platform.name} could not apply ${file}`);
  const patience = { otherwise: `policy ${name} is not ready`, seconds: PATIENCE, signal: stop.signal };
  await terminal.during(
    'the operator reads it',
    firstChange(
      platform.api.client,
      ACCESS_POLICIES.resource,
      {},
      ({ object }) => object.metadata.name === name && readiness(object)?.status === 'True',
      { ...patience, describe: (object) => JSON.stringify(readiness(object) ?? 'no status') },
    ),
    () => ready,
  );
}

function readiness(object: KubernetesObject) {
  const policy = readAccessPolicy(object);
  return 'unreadable' in policy ? undefined : findCondition(policy.status.conditions, 'Ready');
}

/**
 * The developer asks, and the request comes as far as `phase`.
 * @returns the request, and how long that took, in milliseconds
 */
export async function ask(
  { terminal, cast, developer, stop }: Scene,
  file: string,
  phase: Phase,
): Promise<{ request: AccessRequest; took: number }> {
  const { namespace } = cast;
  const asked = performance.now();
  const before = new Set(
    (await developer.api.client.list(ACCESS_REQUESTS.resource, { namespace, signal: stop.signal })).items.map(
      ({ metadata }) => metadata.uid,
    ),
  );
  const reached = firstChange(
    developer.api.client,
    ACCESS_REQUESTS.resource,
    { namespace },
    ({ object }) => !before.has(object.metadata.uid) && isIn(object, phase),
    {
      otherwise: `${developer.name}'s request is not ${phase}`,
      seconds: PATIENCE,
      signal: stop.signal,
      describe: (object) => JSON.stringify(object['status'] ?? 'no status'),
    },
  ).then((object) => ({ object, took: performance.now() - asked }));
  reached.catch(() => {}); // it is awaited below, unless creating fails first
  const attempt = await developer.hands.send('create', file);
  show(terminal, developer, attempt);
  if (!attempt.ok) throw new StoryError(`${developer.name} could not create ${file}`);
  const { object, took } = await terminal.alive(() => '… the operator decides', reached);
  return { request: readable(object), took };
}

/** @throws StoryError once it never can be */
function isIn(object: KubernetesObject, phase: Phase): boolean {
  const { metadata, status } = readable(object);
  const ended = findCondition(status.conditions, 'Ended');
  if (ended?.status === 'True' && status.phase !== phase) {
    throw new StoryError(`${metadata.name} is ${status.phase}: ${ended.message}`);
  }
  return status.phase === phase;
}

/** Where a request stands, for people. */
export function phaseOf(object: KubernetesObject): string {
  const request = readAccessRequest(object);
  return 'unreadable' in request ? request.unreadable : (request.status.phase ?? 'no phase');
}

/** @throws StoryError for a request that makes no sense */
function readable(object: KubernetesObject): AccessRequest {
  const request = readAccessRequest(object);
  if ('unreadable' in request) throw new StoryError(`the request cannot be read: ${request.unreadable}`);
  return request;
}

/** What somebody typed, and what was answered. */
export function show(terminal: Scene['terminal'], { name }: Person, { typed, printed }: Attempt): void {
  terminal.typed(name, typed);
  terminal.output(printed);
}
