import type { Bench } from '../bench.ts';
import type { Row } from '../figures/row.ts';

/** Measures one thing. */
export type Scenario = (bench: Bench) => Promise<Row[]>;

export const LATENCY = { of: 'ratio', atMost: 1.5 } as const;
export const THROUGHPUT = { of: 'ratio', atLeast: 0.85 } as const;
