import { author } from '../identity/insiders.ts';
import { mayBind } from '../identity/stage.ts';
import { BY_ANYBODY } from './on/all.ts';
import { BY_AUTHORS, BY_AUTHORS_OF_EIGHT, BY_AUTHORS_OF_ONE, ROLES } from './on/authors.ts';
import { ON_OTHERS_REQUESTS } from './on/requests.ts';
import type { Side } from './side.ts';

const MAY = ['create accesspolicies', 'patch accesspolicies'];

/** Whoever writes policies, and may bind some roles in the whole cluster. */
export const POLICY_AUTHORS: readonly Side[] = [
  {
    who: 'a policy author with bind on the roles of their own',
    enlist: (stage) => author(stage, mayBind(...ROLES)),
    may: MAY,
    attacks: [...BY_AUTHORS_OF_EIGHT, ...BY_AUTHORS, ...BY_ANYBODY, ...ON_OTHERS_REQUESTS],
  },
  {
    who: 'a policy author with bind on one role',
    enlist: (stage) => author(stage, mayBind(stage.role)),
    may: MAY,
    attacks: [...BY_AUTHORS_OF_ONE, ...BY_AUTHORS],
  },
];
