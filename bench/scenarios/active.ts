import { ask } from '../../test/operator/stage.ts';
import type { Row } from '../figures/row.ts';
import { busy, untilCalm } from '../operator/busy.ts';
import { inParallel } from '../world/in-parallel.ts';
import { hurryFuses } from '../world/job-controller.ts';
import { TEAM, World } from '../world/world.ts';
import type { Scenario } from './scenario.ts';
import { startsOf } from './stored.ts';

const AT_ONCE = 32;
const MEGABYTE = 1024 * 1024;

/** Many grants at the same time: what they take while nothing happens, and to start with. */
export const active: Scenario = async ({ sizes, profile }) => {
  await using world = await World.create();
  await using _ = await hurryFuses(world.stage.cluster.dataDir);
  const name = `${sizes.active} active`;
  const memory = { of: 'figure', atMost: 180 } as const;
  const rows: Row[] = [];
  {
    await using operator = await world.operator(profile);
    await inParallel(AT_ONCE, Array.from({ length: sizes.active }).keys(), async () => {
      const { metadata } = await ask(world.requester, TEAM, { duration: '1h' });
      await world.requests.sight(metadata.uid ?? '').came;
    });
    await untilCalm(operator, sizes.settle);
    const percent = await busy(operator, sizes.quiet);
    const { rss = Number.NaN } = await operator.used();
    rows.push(
      { figure: `${name}: idle, of a core`, unit: '%', operator: percent, aim: { of: 'figure', atMost: 0.5 } },
      { figure: `${name}: memory (RSS) after granting them`, unit: 'MB', operator: rss / MEGABYTE, aim: memory },
    );
  }
  return [...rows, ...(await startsOf(world, name, sizes, { profile, aim: memory }))];
};
