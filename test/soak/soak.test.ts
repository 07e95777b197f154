import { expect, it } from 'vitest';
import { defectsIn, report } from '../../bench/soak/report.ts';
import { TINY } from '../../bench/soak/sizes.ts';
import { soak } from '../../bench/soak/soak.ts';

it('npm run soak, for seconds: whatever goes wrong on the way, every request ends as it must, once', async () => {
  const seed = Math.ceil(Math.random() * 1_000_000);
  console.info(`seed ${seed}`);
  const result = await soak(seed, TINY, () => undefined);
  console.info(report(result, { judged: false }));
  expect(defectsIn(result, { judged: false })).toEqual([]);
  const faults = (what: string) => [...result.faults.keys()].filter((name) => name.startsWith(what));
  expect({ calls: faults('call: ').length > 0, watches: faults('watch: ').length > 0 }).toEqual({
    calls: true,
    watches: true,
  });
  expect(result.lags.length).toBeGreaterThan(0);
  expect(result.trends.filter(({ figure }) => figure.bound !== undefined).map(({ mean }) => mean > 0)).not.toContain(
    false,
  );
});
