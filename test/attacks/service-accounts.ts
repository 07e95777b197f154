import { armed } from '../identity/insiders.ts';
import { BY_ANYBODY } from './on/all.ts';
import { BY_CONTROLLERS } from './on/controllers.ts';
import type { Side } from './side.ts';

/** Whom the policies exempt from something, and only from that. */
const EXEMPT = ['generic-garbage-collector', 'job-controller', 'namespace-controller', 'ttl-after-finished-controller'];

/** Who is nearly called like somebody whom the policies exempt. */
const NEARLY = [
  'system:serviceaccount:daypass-system:daypass-operator2',
  'system:serviceaccount:daypass-system2:daypass-operator',
  'system:serviceaccount:daypass-system:DAYPASS-OPERATOR',
  'daypass-operator',
  'system:serviceaccount:kube-system:generic-garbage-collector2',
];

/** Whoever holds the token of a service account, by RBAC's mistake with every right in the namespace. */
export const SERVICE_ACCOUNTS: readonly Side[] = [
  ...EXEMPT.map(
    (name): Side => ({
      who: `the holder of the token of Kubernetes' own ${name}`,
      enlist: (stage) => armed(stage, `system:serviceaccount:kube-system:${name}`),
      attacks: BY_CONTROLLERS,
    }),
  ),
  ...NEARLY.map(
    (name): Side => ({
      who: `the account ${name}, which is not the operator's`,
      enlist: (stage) => armed(stage, name),
      attacks: BY_ANYBODY,
    }),
  ),
];
