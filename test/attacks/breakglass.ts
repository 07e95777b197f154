import { createRole, person } from '../identity/stage.ts';
import { uniqueName } from '../support/shared.ts';
import { ON_REQUESTS } from './on/requests.ts';
import { ON_SPECS } from './on/specs.ts';
import type { Side } from './side.ts';

/** Whoever may let requests go once the operator is gone, and nothing else. */
export const BREAKERS: readonly Side[] = [
  {
    who: 'whoever has the verb breakglass',
    async enlist(stage) {
      const role = uniqueName('breakglass');
      await createRole(stage.admin, role, [
        { apiGroups: ['daypass.dev'], resources: ['accessrequests'], verbs: ['patch', 'breakglass'] },
      ]);
      return person(stage, role);
    },
    may: ['patch accessrequests'],
    attacks: [...ON_REQUESTS, ...ON_SPECS],
  },
];
