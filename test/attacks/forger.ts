import { armed, insider } from '../identity/insiders.ts';
import { person } from '../identity/stage.ts';
import { FORGERIES, OMISSIONS } from './on/forgeries.ts';
import type { Side } from './side.ts';

/** Who attacks a cluster without deploy/stamp, besides all others. */
export const FORGERS: readonly Side[] = [
  {
    who: 'a requester whom RBAC lets do everything',
    enlist: insider,
    attacks: [...FORGERIES, ...OMISSIONS],
  },
  {
    who: 'a requester with the shipped role',
    enlist: (stage) => person(stage, 'daypass-requester'),
    may: ['create accessrequests', 'create accessreviews'],
    attacks: [...FORGERIES, ...OMISSIONS],
  },
  {
    who: 'whoever may impersonate users, as somebody else',
    enlist: (stage) => armed(stage, 'lena'),
    attacks: FORGERIES,
  },
];
