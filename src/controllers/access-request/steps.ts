import type { RequestStep } from './snapshot.ts';
import { adopt } from './steps/adopt.ts';
import { afterReview, checkAfterReview } from './steps/after-review.ts';
import { awaitRecord } from './steps/await-record.ts';
import { awaitStart } from './steps/await-start.ts';
import { clear } from './steps/clear.ts';
import { decide } from './steps/decide.ts';
import { distrust } from './steps/distrust.ts';
import { expire } from './steps/expire.ts';
import { extended } from './steps/extended.ts';
import { finish } from './steps/finish.ts';
import { followPolicy } from './steps/follow-policy.ts';
import { grant } from './steps/grant.ts';
import { obeyDeny } from './steps/obey-deny.ts';
import { obeyReviews } from './steps/obey-reviews.ts';
import { retire } from './steps/retire.ts';
import { showFuse } from './steps/show-fuse.ts';
import { watchGrant } from './steps/watch-grant.ts';
import { withdraw } from './steps/withdraw.ts';

/**
 * The life of a request, one file per transition. The order is the argument: a time that is over
 * waits for nothing; an emergency is looked at even when it is over; what has ended stays ended;
 * access that exists is put on record; ends come before everything that could keep a grant alive;
 * only then may access be given.
 */
export const requestSteps: readonly RequestStep[] = [
  expire,
  afterReview,
  finish,
  retire,
  adopt,
  clear,
  extended,
  withdraw,
  distrust,
  obeyReviews,
  obeyDeny,
  watchGrant,
  followPolicy,
  checkAfterReview,
  showFuse,
  awaitRecord,
  decide,
  awaitStart,
  grant,
];
