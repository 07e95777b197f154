/** `npm run bench`: what the operator achieves, beside what cannot be exceeded. Called by scripts/run.mjs. */
import { inspect } from 'node:util';
import { Bench } from './bench.ts';
import type { Row } from './figures/row.ts';
import { tableOf } from './figures/table.ts';
import { HELP, readOptions } from './options.ts';
import { SCENARIOS } from './scenarios/all.ts';
import { FULL } from './sizes.ts';

async function main(): Promise<number> {
  let options;
  try {
    options = readOptions(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${HELP}`);
    return 2;
  }
  if (options.help) {
    process.stdout.write(HELP);
    return 0;
  }
  await using bench = new Bench(FULL, options.profile);
  const rows: Row[] = [];
  for (const name of options.names) {
    process.stderr.write(`${name} …\n`);
    rows.push(...((await SCENARIOS.get(name)?.(bench)) ?? []));
  }
  process.stdout.write(`${tableOf(rows)}\n`);
  return 0;
}

process.exit(
  await main().catch((error: unknown) => {
    process.stderr.write(`${inspect(error)}\n`);
    return 1;
  }),
);
