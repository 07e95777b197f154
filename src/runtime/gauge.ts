import { Gauge, type Registry } from 'prom-client';

/** What a gauge shows: one value, or one for each value of its first label, and so on for the next. */
export type Reading = number | { readonly [value: string]: Reading };

/** Adds a gauge that is read whenever somebody looks, and shows then what there is and no more. */
export function addGauge(
  registry: Registry,
  { name, help, labels = [] }: { name: string; help: string; labels?: readonly string[] },
  read: () => Reading,
): void {
  const gauge = new Gauge({
    name,
    help,
    labelNames: [...labels],
    registers: [],
    collect() {
      this.reset();
      show(this, labels, read(), {});
    },
  });
  registry.registerMetric(gauge);
}

function show(
  gauge: Gauge,
  [label, ...further]: readonly string[],
  reading: Reading,
  at: Readonly<Record<string, string>>,
): void {
  if (typeof reading === 'number') gauge.set(at, reading);
  else if (label !== undefined)
    for (const [value, inner] of Object.entries(reading)) show(gauge, further, inner, { ...at, [label]: value });
}
