/**
 * `node scripts/run.mjs TARGET [ARGUMENT]...`: what every npm script calls. Sets up what TARGET
 * needs and is not there yet, then runs it. Needs Node >= 18 and nothing else, because it is what
 * brings the rest.
 */
import { inspect } from 'node:util';
import { stopWithAncestors } from './lib/ancestors.mjs';
import { interrupted, stopChildren } from './lib/children.mjs';
import { UserError } from './lib/errors.mjs';
import { say } from './lib/say.mjs';
import { refuseSwallowed } from './lib/swallowed.mjs';
import { targets } from './lib/targets.mjs';

/** @param {string[]} args */
async function main([name = '', ...args]) {
  const target = Object.hasOwn(targets, name) ? targets[name] : undefined;
  if (target === undefined) {
    throw new UserError(`No target ${JSON.stringify(name)}; there are ${Object.keys(targets).join(', ')}.`);
  }
  refuseSwallowed(name, process.env);
  return target(args);
}

stopWithAncestors();
try {
  process.exit(await main(process.argv.slice(2)));
} catch (error) {
  const code = interrupted();
  if (code === undefined) say(error instanceof UserError ? error.message : inspect(error));
  await stopChildren();
  process.exit(code ?? 1);
}
