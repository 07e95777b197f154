import { Gauge, type Registry } from 'prom-client';

/** What a gauge shows: one value, or one for each value of its label. */
export type Reading = number | Readonly<Record<string, number>>;

/** Adds a gauge whose value is read whenever somebody looks; `label` tells its values apart where there are several. */
export function addGauge(
  registry: Registry,
  { name, help, label }: { name: string; help: string; label?: string },
  read: () => Reading,
): void {
  const gauge = new Gauge({
    name,
    help,
    labelNames: label === undefined ? [] : [label],
    registers: [],
    collect() {
      const reading = read();
      if (typeof reading === 'number') this.set(reading);
      else if (label !== undefined)
        for (const [key, value] of Object.entries(reading)) this.set({ [label]: key }, value);
    },
  });
  registry.registerMetric(gauge);
}
