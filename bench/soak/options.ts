import { parseArgs } from 'node:util';
import { JUDGED } from './sizes.ts';

export const HELP = `npm run soak -- [--minutes N] [--seed S]

Lets an operator work for N minutes behind a server that fails at random, on a control plane of
its own on this machine, while people ask for access as ever. Prints how its memory, sockets and
handles have moved, and what has gone wrong. Exit code 1 where anything has.

  --minutes N  1 to 50, default ${JUDGED}; half of it is for warming up, and how they move is judged from ${JUDGED} on
  --seed S     a whole number from 1 to 2147483646: the same weather again; default any
  --help       this text
`;

/** The operator's token is good for an hour. */
const LONGEST = 50;
/** Seeds are below this: see `randomFrom`. */
const SEEDS = 2_147_483_647;

/** What `npm run soak` was asked for. */
export interface Options {
  readonly minutes: number;
  readonly seed: number;
  readonly help: boolean;
}

/** Reads the command line; `random` gives a seed where it names none. @throws Error that says what is wrong with it */
export function readOptions(args: readonly string[], random: () => number): Options {
  const { values } = parseArgs({
    args: [...args],
    options: { minutes: { type: 'string' }, seed: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
  });
  return {
    minutes: wholeNumber('--minutes', values.minutes, LONGEST) ?? JUDGED,
    seed: wholeNumber('--seed', values.seed, SEEDS - 1) ?? 1 + Math.floor(random() * (SEEDS - 1)),
    help: values.help ?? false,
  };
}

function wholeNumber(flag: string, text: string | undefined, most: number): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!/^[0-9]+$/.test(text) || value < 1 || value > most) {
    throw new Error(`${flag} is ${JSON.stringify(text)}, must be a whole number from 1 to ${most}`);
  }
  return value;
}
