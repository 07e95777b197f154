import { describe, expect, it } from 'vitest';
import { createStores } from '../../src/controllers/stores.ts';
import { measureGrants } from '../../src/controllers/grant-metrics.ts';
import { METRICS_PREFIX } from '../../src/main/program.ts';
import { RECONCILE_OUTCOMES, RuntimeMetrics } from '../../src/runtime/metrics.ts';
import { ServerClock } from '../../src/runtime/server-clock.ts';
import { TestClock } from '../../src/runtime/test-clock.ts';
import { testLog } from '../../src/runtime/test-log.ts';
import { codesIn, readText, rowsOf } from './page.ts';

const PAGE = 'docs/metrics.md';

/** Name, type and labels of all that is measured, as the page has to have it. */
function measured(): string[] {
  const metrics = new RuntimeMetrics({ prefix: METRICS_PREFIX, process: false });
  const stores = createStores(testLog().log, 'username');
  const clock = new ServerClock(new TestClock());
  metrics.watchSkew(clock);
  metrics.watchLeader({ leads: false });
  metrics.watchSizes(Object.values(stores));
  measureGrants({ registry: metrics.registry, stores, clock, trouble: () => undefined });
  return metrics.registry
    .getMetricsAsArray()
    .map((metric) => {
      // Its type lists neither, though every kind of metric has both.
      const { labelNames, constructor } = Object.assign({ labelNames: [''] }, metric, {
        constructor: metric.constructor,
      });
      return [metric.name, constructor.name.toLowerCase(), ...labelNames].join(' ');
    })
    .toSorted();
}

describe('the page of metrics', () => {
  it('has every metric, with its type and labels, and no other', () => {
    const rows = rowsOf(PAGE, 'What there is').map(([name, type = '', labels]) => {
      return [...codesIn(name), type, ...codesIn(labels)].join(' ');
    });
    expect(rows.toSorted()).toEqual(measured());
  });

  it('has every outcome of a reconcile', () => {
    const outcomes = rowsOf(PAGE, 'What comes of a reconcile').flatMap(([outcome]) => codesIn(outcome));
    expect(outcomes).toEqual(RECONCILE_OUTCOMES);
  });

  it('advises on metrics that there are', () => {
    const names = new Set(measured().map((line) => line.split(' ')[0]));
    const advised = [...readText(PAGE).matchAll(/`[^`]*?(daypass_[a-z_]+?)(?:_bucket|_count)?\b/g)].map(
      ([, name]) => name,
    );
    expect(advised.length).toBeGreaterThan(names.size);
    expect(advised.filter((name) => !names.has(name))).toEqual([]);
  });
});
