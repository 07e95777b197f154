import { ACCESS_POLICIES } from '../../api/access-policy.ts';
import { ACCESS_REQUESTS } from '../../api/access-request.ts';
import { ACCESS_REVIEWS } from '../../api/access-review.ts';
import type { Client } from '../../runtime/client.ts';
import type { KubernetesObject, Resource } from '../../runtime/object.ts';
import { describeGrant, endedByOperator, grants, revoke } from './access.ts';
import { close } from './close.ts';
import { installed, INSTALLED_KINDS, removeInstallation, stopOperator } from './installation.ts';
import { listAll } from './list-all.ts';
import { nameOf, putBack, shown } from './removals.ts';
import { refuseUnreviewed, release, releasedByOperator } from './requests.ts';
import { checkRights } from './rights.ts';
import type { Site } from './site.ts';

/** What was asked for, beside uninstalling. */
export interface Options {
  /** Also where emergencies were never reviewed. */
  readonly abandonEmergencies: boolean;
  /** Change nothing, and tell what there is to remove. */
  readonly dryRun: boolean;
}

/**
 * Takes Daypass out of a cluster. Whenever it is cut short, nobody has access for longer than
 * without it, and another run goes on from there: nothing new is granted from the first step on,
 * all access is gone before anything that guards it, and what is deleted is on record first.
 *
 * @throws UninstallError where a person has to do something
 * @throws ApiError for what the API server refuses, or while it cannot be reached
 */
export async function uninstall(site: Site, { abandonEmergencies, dryRun }: Options): Promise<void> {
  const { client, say } = site;
  const checkEmergencies = async () => {
    if (!abandonEmergencies) await refuseUnreviewed(client);
  };
  await checkRights(client);
  const found = await survey(client);
  if (dryRun) for (const each of found) say(`to be removed: ${each}`);
  if (found.length > 0) await checkEmergencies();
  if (found.length > 0 && !dryRun) {
    const operatorIsThere = await close(site);
    if (operatorIsThere && (await endedByOperator(site))) {
      await checkEmergencies(); // one may have come in between
      await releasedByOperator(site);
    }
    await stopOperator(site);
    await revoke(site);
    await checkEmergencies();
    await release(site);
    await removeInstallation(site);
    const [again] = await survey(client);
    if (again !== undefined) throw putBack(again);
  }
  if (found.length === 0 || !dryRun) say('there is nothing of Daypass in this cluster');
}

/** All that there is of Daypass. */
async function survey(client: Client): Promise<string[]> {
  const lines = (await grants(client)).map((grant) => `access ${describeGrant(grant)}`);
  const listed = async (resource: Resource, objects: Promise<KubernetesObject[]>) => {
    for (const { metadata } of await objects) lines.push(shown(resource, nameOf(metadata)));
  };
  for (const { resource } of [ACCESS_REQUESTS, ACCESS_REVIEWS, ACCESS_POLICIES]) {
    await listed(resource, listAll(client, resource));
  }
  for (const resource of INSTALLED_KINDS) await listed(resource, installed(client, resource));
  return lines;
}
