import { type Cast, castNamed, LOCAL_CAST } from './cast.ts';
import { ACCESS_POLICIES } from '../../../src/api/access-policy.ts';
import { openApi } from '../cluster/api.ts';
import { borrowCluster } from '../cluster/borrowed.ts';
import type { Cluster, Person } from '../cluster/cluster.ts';
import { endRequests } from '../leave/end-requests.ts';
import { examplesFor } from './examples.ts';
import { handsOf } from './hands.ts';
import { policiesInForce } from '../install/in-force.ts';
import { install } from '../install/install.ts';
import { startLocalCluster } from '../cluster/local.ts';
import { type Operator, startOperator } from '../operator/operator.ts';
import { operatorKubeconfig } from '../operator/identity.ts';
import { partsToInstall } from '../install/parts.ts';
import { removeAll } from '../leave/remove.ts';
import type { Actor, Scene } from './scene.ts';
import type { Setting } from '../setting.ts';
import { propsFor, setStage } from './stage.ts';

/**
 * Makes everything that the story needs: a cluster with Daypass on it, the operator, people. On a
 * cluster of others, all of it is added to the cleanup before it is made.
 */
export async function raiseCurtain(
  setting: Setting,
  { kubeconfig, suffix }: { kubeconfig: string | undefined; suffix: string },
  onOperator: (operator: Operator) => void,
): Promise<Scene> {
  const { terminal } = setting;
  terminal.heading('Setting the stage');
  const own = kubeconfig === undefined;
  const cluster = own ? await startLocalCluster(setting) : await borrowCluster(setting, kubeconfig);
  const { admin } = cluster;
  const cast = own ? LOCAL_CAST : castNamed(suffix);
  if (!own) await removeParts(setting, admin);
  await install(setting, admin);
  await runOperator(setting, admin, onOperator);
  const examples = await examplesFor(setting, cast);
  const props = propsFor(cast);
  if (!own) tidyUp(setting, admin, cast);
  await setStage(setting, admin, props);
  terminal.check(
    `namespace ${cast.namespace} has something to read, and ${cast.developer.name} may ask for access there`,
  );
  return {
    ...setting,
    cast,
    examples,
    admin,
    developer: await actor(setting, cluster, cast.developer),
    platform: await actor(setting, cluster, cast.platform),
    lead: await actor(setting, cluster, cast.lead),
    security: await actor(setting, cluster, cast.security),
  };
}

async function removeParts({ cleanup, ...setting }: Setting, admin: Person): Promise<void> {
  const parts = await partsToInstall({ cleanup, ...setting }, admin);
  cleanup.add('remove Daypass from the cluster', () => removeAll(admin.api.client, parts));
}

function tidyUp({ cleanup }: Setting, admin: Person, cast: Cast): void {
  const policies = [cast.policy, cast.strictPolicy].map((name) => {
    return { resource: ACCESS_POLICIES.resource, object: { metadata: { name } } };
  });
  cleanup.add('remove what the story made', () => removeAll(admin.api.client, [...propsFor(cast), ...policies]));
  cleanup.add('revoke what was granted', () => endRequests(admin.api.client));
}

async function runOperator(setting: Setting, admin: Person, onOperator: (operator: Operator) => void): Promise<void> {
  const { terminal, stop } = setting;
  const kubeconfig = await operatorKubeconfig(setting, admin);
  const { client, ...api } = await openApi(kubeconfig);
  await terminal.during(
    'waiting until the admission policies are in force',
    policiesInForce(
      admin.api,
      { client, ...api },
      { signal: stop.signal, onMiss: (miss) => terminal.note(`still waiting: ${miss}`) },
    ),
    (count, took) => `the admission policies are in force: ${count} dry runs came out as they must (${took})`,
  );
  const operator = startOperator(setting, kubeconfig);
  onOperator(operator);
  await terminal.during(
    'starting the operator',
    operator.ready(),
    (_, took) =>
      `the operator is ready (${took}); it is daypass-system/daypass-operator, with the shipped rights alone\n` +
      `its log: ${operator.logFile}`,
  );
}

async function actor(setting: Setting, cluster: Cluster, { name, groups }: Cast['developer']): Promise<Actor> {
  const person = await cluster.person(name, groups);
  return { ...person, groups, hands: handsOf(person, setting) };
}
