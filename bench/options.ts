import { parseArgs } from 'node:util';
import { SCENARIOS } from './scenarios/all.ts';

export const HELP = `npm run bench -- [SCENARIO]... [--profile FOLDER]

Measures the operator beside the floor, on control planes of their own on this machine, and prints
one table. Scenarios, all where none is named: ${[...SCENARIOS.keys()].join(', ')}.

  --profile FOLDER  where the operator leaves profiles of its processor time (.cpuprofile)
  --help            this text
`;

/** What `npm run bench` was asked for. */
export interface Options {
  readonly names: readonly string[];
  readonly profile: string | undefined;
  readonly help: boolean;
}

/** Reads the command line. @throws Error that says what is wrong with it */
export function readOptions(args: readonly string[]): Options {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { profile: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
    allowPositionals: true,
  });
  const unknown = positionals.filter((name) => !SCENARIOS.has(name));
  if (unknown.length > 0) {
    throw new Error(`no scenario ${JSON.stringify(unknown[0])}; there are ${[...SCENARIOS.keys()].join(', ')}`);
  }
  const names = positionals.length > 0 ? positionals : [...SCENARIOS.keys()];
  return { names, profile: values.profile, help: values.help ?? false };
}
