import { insider } from '../identity/insiders.ts';
import { person } from '../identity/stage.ts';
import { BY_ANYBODY } from './on/all.ts';
import { BY_DELETING_FUSES } from './on/fuses.ts';
import { BY_ITS_ACCOUNT } from './on/other-ways.ts';
import { ON_OTHERS_REQUESTS } from './on/requests.ts';
import type { Side } from './side.ts';

/** Somebody who works in the namespace, and whom nobody asked. */
export const BYSTANDERS: readonly Side[] = [
  {
    who: 'a bystander whom RBAC lets do everything',
    enlist: insider,
    attacks: [...BY_ANYBODY, ...ON_OTHERS_REQUESTS],
  },
  {
    who: 'a bystander with the built-in edit',
    enlist: (stage) => person(stage, 'edit'),
    may: [
      'create pods',
      'create jobs',
      'patch jobs',
      'delete jobs',
      'deletecollection jobs',
      'create events',
      'patch events',
    ],
    attacks: [...BY_ANYBODY, ...ON_OTHERS_REQUESTS, ...BY_DELETING_FUSES, ...BY_ITS_ACCOUNT],
  },
];
