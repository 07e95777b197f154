import type { Attempt } from '../attempt.ts';
import { ON_BINDINGS } from './bindings.ts';
import { ON_EVENTS } from './events.ts';
import { ON_FUSES } from './fuses.ts';
import { ON_NAMES } from './names.ts';
import { ON_POLICIES } from './policies.ts';
import { ON_HELD_REQUESTS, ON_REQUESTS } from './requests.ts';
import { ON_REVIEWS } from './reviews.ts';
import { ON_ROLES } from './roles.ts';
import { ON_SPECS } from './specs.ts';

/** What anybody but the operator may try. */
export const BY_ANYBODY: readonly Attempt[] = [
  ...ON_SPECS,
  ...ON_REQUESTS,
  ...ON_HELD_REQUESTS,
  ...ON_REVIEWS,
  ...ON_BINDINGS,
  ...ON_FUSES,
  ...ON_NAMES,
  ...ON_ROLES,
  ...ON_EVENTS,
  ...ON_POLICIES,
];
