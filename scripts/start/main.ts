/** `npm start`: what Daypass does, shown on a real control plane. Called by scripts/run.mjs. */
import { HELP, readOptions } from './options.ts';
import { start } from './start.ts';
import { listenForStop } from './leave/stop.ts';
import { Terminal } from './tools/terminal.ts';
import { messageOf } from './tools/text.ts';

async function main(): Promise<number> {
  let options;
  try {
    options = readOptions(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\n`);
    return 2;
  }
  if (options.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const stop = listenForStop();
  process.stdout.on('error', (error) => stop.fail(error)); // whoever was watching is gone
  return start(options, new Terminal(process.stdout), stop);
}

process.exit(await main());
