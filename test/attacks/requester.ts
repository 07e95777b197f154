import { insider } from '../identity/insiders.ts';
import { person } from '../identity/stage.ts';
import { BY_ANYBODY } from './on/all.ts';
import { BY_OTHER_WAYS } from './on/other-ways.ts';
import { ON_OTHERS_REQUESTS } from './on/requests.ts';
import { ON_STAMPS } from './on/stamped.ts';
import { BY_TEXTS } from './on/texts.ts';
import type { Side } from './side.ts';

const SHIPPED = 'daypass-requester';
const MAY = ['create accessrequests', 'delete accessrequests', 'create accessreviews', 'delete accessreviews'];

/** Whoever may ask for access, with and without having got it. */
export const REQUESTERS: readonly Side[] = [
  {
    who: 'a requester with the shipped role',
    enlist: (stage) => person(stage, SHIPPED),
    may: MAY,
    attacks: [...BY_ANYBODY, ...ON_STAMPS, ...BY_TEXTS, ...ON_OTHERS_REQUESTS],
  },
  {
    who: 'the holder of an active grant',
    enlist: (stage) => person(stage, SHIPPED),
    may: MAY,
    ownGrant: true,
    attacks: [...BY_ANYBODY, ...ON_STAMPS, ...BY_OTHER_WAYS],
  },
  {
    who: 'the holder of an active grant whom RBAC lets do everything',
    enlist: insider,
    ownGrant: true,
    attacks: [...BY_ANYBODY, ...ON_STAMPS],
  },
];
