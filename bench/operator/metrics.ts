/** One line of Prometheus' text format. */
interface Sample {
  readonly name: string;
  readonly labels: string;
  readonly value: number;
}

/** What `/metrics` said at one moment. */
export class Metrics {
  readonly #samples: readonly Sample[];

  constructor(text: string) {
    this.#samples = Array.from(text.matchAll(/^(\w+)(?:\{(.*)\})? (\S+)$/gm), ([, name = '', labels = '', value]) => ({
      name,
      labels,
      value: Number(value),
    }));
  }

  /** Over all samples of a metric, but those with a label like this. @throws where there is no such metric */
  sum(name: string, without?: string): number {
    const found = this.#samples.filter((sample) => sample.name === name);
    if (found.length === 0) throw new Error(`the operator has no metric ${name}`);
    return found
      .filter(({ labels }) => without === undefined || !labels.includes(without))
      .reduce((sum, { value }) => sum + value, 0);
  }

  /** The samples of a metric that has one label, by that one's value. Empty where there are none. */
  byLabel(name: string): ReadonlyMap<string, number> {
    const found = this.#samples.filter((sample) => sample.name === name);
    return new Map(found.map(({ labels, value }) => [/"(.*)"/.exec(labels)?.[1] ?? '', value]));
  }
}
