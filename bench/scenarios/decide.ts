import { decide } from '../../src/policy/decide.ts';
import { allow } from '../../src/api/test-objects.ts';
import { question } from '../../src/policy/test-question.ts';
import type { Row } from '../figures/row.ts';
import { now } from '../world/now.ts';
import type { Scenario } from './scenario.ts';

/** How many policies there are: a small company's, and a large one's. */
const POLICIES = [10, 200];

/** How often a request can be decided, by policies each of which has to be looked at; no I/O, so no floor. */
export const deciding: Scenario = ({ sizes: { deciding: ms } }) =>
  Promise.resolve(
    POLICIES.map((count): Row => {
      const policies = Array.from({ length: count }, (_, nth) =>
        allow(
          `policy-${nth}`,
          nth % 2 === 0 ? {} : { namespaces: { selector: { matchLabels: { team: `team-${nth}` } } } },
        ),
      );
      const asked = question();
      const turn = () => decide(policies, asked);
      for (const end = now() + ms / 4; now() < end; ) turn();
      const started = now();
      let times = 0;
      for (; now() < started + ms; times += 1) turn();
      return { figure: `decide() with ${count} policies`, unit: '/s', operator: (times / (now() - started)) * 1000 };
    }),
  );
