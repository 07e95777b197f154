import { person } from '../identity/stage.ts';
import { BY_ANYBODY } from './on/all.ts';
import { ON_OTHERS_REQUESTS } from './on/requests.ts';
import { ON_STAMPS } from './on/stamped.ts';
import { BY_TEXTS } from './on/texts.ts';
import type { Side } from './side.ts';

/** Whoever may agree to the access of others. */
export const REVIEWERS: readonly Side[] = [
  {
    who: 'a reviewer with the shipped role',
    enlist: (stage) => person(stage, 'daypass-reviewer'),
    may: ['create accessreviews', 'delete accessreviews'],
    attacks: [...BY_ANYBODY, ...ON_STAMPS, ...BY_TEXTS, ...ON_OTHERS_REQUESTS],
  },
];
