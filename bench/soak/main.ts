/** `npm run soak`: whether the operator holds out behind a server that fails. Called by scripts/run.mjs. */
import { availableParallelism, loadavg } from 'node:os';
import { HELP, type Options, readOptions } from './options.ts';
import { defectsIn, report } from './report.ts';
import { JUDGED, sizesFor } from './sizes.ts';
import { soak } from './soak.ts';

async function main(): Promise<number> {
  let options: Options;
  try {
    options = readOptions(process.argv.slice(2), Math.random);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${HELP}`);
    return 2;
  }
  const { minutes, seed, help } = options;
  if (help) {
    process.stdout.write(HELP);
    return 0;
  }
  process.stdout.write(`npm run soak -- --minutes ${minutes} --seed ${seed}\n`);
  const result = await soak(seed, sizesFor(minutes), (what) => process.stderr.write(`${what} …\n`));
  const judged = minutes >= JUDGED;
  const [, , load = Number.NaN] = loadavg();
  process.stdout.write(`machine: ${availableParallelism()} processors, load ${load.toFixed(1)} over 15 minutes\n`);
  process.stdout.write(`${report(result, { judged })}\n`);
  return defectsIn(result, { judged }).length === 0 ? 0 : 1;
}

process.exit(await main());
