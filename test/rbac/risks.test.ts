import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { READS } from '../../src/rbac/risky-rights.ts';
import { risks } from '../../src/rbac/risks.ts';
import { NO_RULE } from '../../src/rbac/test-rules.ts';
import { kubectlOk } from '../support/kubectl.ts';
import { sharedControlPlane } from '../support/shared.ts';

/**
 * Every right to change something that the API server knows, and that is not risky: looked at, one
 * by one. What is missing here or too much is new in Kubernetes, and waits for somebody to judge it
 * (src/rbac/risky-rights.ts, or here).
 */
const HARMLESS = {
  'asks about rights or logins, and changes nothing': [
    'authentication.k8s.io: selfsubjectreviews tokenreviews',
    'authorization.k8s.io: localsubjectaccessreviews selfsubjectaccessreviews selfsubjectrulesreviews subjectaccessreviews',
  ],
  'only ends what runs, or moves it': [
    'apps: controllerrevisions(delete) daemonsets(delete) deployments(delete) replicasets(delete) statefulsets(delete)',
    'batch: cronjobs(delete) jobs(delete)',
    'core: bindings pods/binding pods(delete) pods/eviction replicationcontrollers(delete)',
    'resource.k8s.io: devicetaintrules devicetaintrules/status',
  ],
  'how many run and with how much, not what': [
    'apps: deployments/scale replicasets/scale statefulsets/scale',
    'autoscaling: horizontalpodautoscalers horizontalpodautoscalers/status',
    'core: limitranges pods/resize replicationcontrollers/scale resourcequotas resourcequotas/status',
    'policy: poddisruptionbudgets poddisruptionbudgets/status',
    'scheduling.k8s.io: priorityclasses',
  ],
  'how it fares, as others will note again': [
    'apps: daemonsets/status deployments/status replicasets/status statefulsets/status',
    'batch: cronjobs/status jobs/status',
    'core: persistentvolumeclaims/status persistentvolumes/status pods/status replicationcontrollers/status services/status',
    'storage.k8s.io: csinodes/status csistoragecapacities volumeattachments/status',
    'storagemigration.k8s.io: storageversionmigrations storageversionmigrations/status',
  ],
  'only a pod makes something of it': [
    'core: persistentvolumeclaims podtemplates serviceaccounts',
    'resource.k8s.io: resourceclaims resourceclaimtemplates',
    'storage.k8s.io: volumeattributesclasses',
  ],
  'network and data of applications': [
    'coordination.k8s.io: leases',
    'core: configmaps endpoints events services',
    'discovery.k8s.io: endpointslices',
    'events.k8s.io: events',
    'networking.k8s.io: ingressclasses ingresses ingresses/status ipaddresses networkpolicies servicecidrs servicecidrs/status',
  ],
};

/** Every right only to read that is risky. */
const RISKY_READS = [
  'core: nodes/proxy pods/attach pods/exec pods/portforward pods/proxy secrets services/proxy',
  'rbac.authorization.k8s.io: rolebindings',
];

interface Rights {
  readonly group: string;
  readonly resource: string;
  readonly verbs: readonly string[];
}

const Discovery = z.object({ resources: z.array(z.object({ name: z.string(), verbs: z.array(z.string()) })) });

/** All that can be done with the API server's own kinds of object: those of Kubernetes, and Daypass's. */
async function everyRight(): Promise<Rights[]> {
  const cluster = sharedControlPlane();
  const versions = (await kubectlOk(['api-versions'], cluster)).trim().split('\n');
  const own = versions.filter((version) => !version.includes('.') || /\.k8s\.io\/|^daypass\.dev\//.test(version));
  const found = await Promise.all(
    own.map(async (version) => {
      const [group, path] = version === 'v1' ? ['', '/api/v1'] : [version.replace(/\/.*/, ''), `/apis/${version}`];
      const { resources } = Discovery.parse(JSON.parse(await kubectlOk(['get', '--raw', path], cluster)));
      return resources.map(({ name, verbs }) => ({ group, resource: name, verbs }));
    }),
  );
  return found.flat();
}

function isRisky({ group, resource }: Rights, verb: string): boolean {
  return risks([{ ...NO_RULE, apiGroups: [group], resources: [resource], verbs: [verb] }]).length > 0;
}

/** As above, but one by one: `core pods(delete)`, where deleting alone is meant. */
function named({ group, resource, verbs }: Rights): string {
  const onlyDeletes = verbs.every((verb) => verb.startsWith('delete'));
  return `${group || 'core'} ${resource}${onlyDeletes ? '(delete)' : ''}`;
}

function listed(lines: readonly string[]): Set<string> {
  const split = lines.map((line) => line.split(': '));
  return new Set(split.flatMap(([group, names = '']) => names.split(' ').map((name) => `${group} ${name}`)));
}

let all: Rights[];

beforeAll(async () => {
  all = await everyRight();
});

describe('of all rights that there are', () => {
  it('to change something, those that somebody has found to be harmless are not risky, and no others', () => {
    const isHarmless = (right: Rights, verb: string) => !READS.includes(verb) && !isRisky(right, verb);
    const harmless = all
      .map((right) => ({ ...right, verbs: right.verbs.filter((verb) => isHarmless(right, verb)) }))
      .filter(({ verbs }) => verbs.length > 0);
    expect(new Set(harmless.map(named))).toEqual(listed(Object.values(HARMLESS).flat()));
  });

  it('to read something, few are risky', () => {
    const risky = all.filter((right) => right.verbs.some((verb) => READS.includes(verb) && isRisky(right, verb)));
    expect(new Set(risky.map(named))).toEqual(listed(RISKY_READS));
  });
});
