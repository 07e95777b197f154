import { active } from './active.ts';
import { deciding } from './decide.ts';
import { ends } from './ends.ts';
import { idle } from './idle.ts';
import { lifecycles } from './lifecycles.ts';
import type { Scenario } from './scenario.ts';
import { stored } from './stored.ts';

/** Each by the name that `npm run bench` takes. */
export const SCENARIOS: ReadonlyMap<string, Scenario> = new Map([
  ['decide', deciding],
  ['idle', idle],
  ['lifecycles', lifecycles],
  ['ends', ends],
  ['stored', stored],
  ['active', active],
]);
