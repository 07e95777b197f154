import { person } from '../identity/stage.ts';
import { BY_ANYBODY } from './on/all.ts';
import { BY_ITS_ACCOUNT } from './on/other-ways.ts';
import { ON_OTHERS_REQUESTS } from './on/requests.ts';
import type { Side } from './side.ts';

/** Whoever owns a namespace, and all that is in it but for what Daypass makes. */
export const NAMESPACE_ADMINS: readonly Side[] = [
  {
    who: 'a namespace admin with the built-in admin',
    enlist: (stage) => person(stage, 'admin'),
    may: [
      'create pods',
      'create jobs',
      'patch jobs',
      'delete jobs',
      'deletecollection jobs',
      'create events',
      'patch events',
      'create roles',
      'create rolebindings',
      'patch rolebindings',
    ],
    attacks: [...BY_ANYBODY, ...ON_OTHERS_REQUESTS, ...BY_ITS_ACCOUNT],
  },
];
