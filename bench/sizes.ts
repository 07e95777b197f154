/** How much is done: enough for figures, or just enough to see that it works. */
export interface Sizes {
  /** How often operator and floor take turns. */
  readonly rounds: number;
  /** Lives of each before anything is measured. */
  readonly warmUp: number;
  /** Lives one by one, in each round: ended by their requester, and by their time. */
  readonly idle: { readonly lives: number; readonly ends: number };
  /** Between two steps of such a life, in milliseconds. */
  readonly rest: number;
  /** How many lives in each round, by how many at once. */
  readonly lives: readonly { readonly atOnce: number; readonly lives: number }[];
  /** Grants that end in one second, in each round. */
  readonly ends: number;
  /** Ended requests that are stored when an operator starts. */
  readonly stored: readonly number[];
  /** Grants that are active at the same time. */
  readonly active: number;
  /** How long an operator has to come to rest, in seconds. */
  readonly settle: number;
  /** For how long processor time is measured, in seconds. */
  readonly quiet: number;
  /** For how long `decide` is called, in milliseconds. */
  readonly deciding: number;
}

/** Enough for figures that come out alike again: about three quarters of an hour on two cores. */
export const FULL: Sizes = {
  rounds: 3,
  warmUp: 150,
  idle: { lives: 25, ends: 8 },
  rest: 150,
  lives: [
    { atOnce: 1, lives: 40 },
    { atOnce: 16, lives: 160 },
    { atOnce: 64, lives: 256 },
  ],
  ends: 1000,
  stored: [0, 10_000, 50_000],
  active: 10_000,
  settle: 5,
  quiet: 300,
  deciding: 1000,
};

/** Just enough to see that everything works. */
export const TINY: Sizes = {
  rounds: 1,
  warmUp: 2,
  idle: { lives: 1, ends: 1 },
  rest: 1,
  lives: [{ atOnce: 2, lives: 2 }],
  ends: 3,
  stored: [0, 2],
  active: 2,
  settle: 0.1,
  quiet: 0.1,
  deciding: 5,
};
