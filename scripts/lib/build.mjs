import { run } from './children.mjs';
import { root } from './paths.mjs';

/**
 * What the file starts with: some dependencies are CommonJS and call `require` for Node's own
 * modules, which an ES module does not have.
 */
const BANNER = "import{createRequire}from'node:module';const require=createRequire(import.meta.url);";

const FLAGS = [
  '--bundle',
  '--minify',
  '--keep-names', // the log tells what class an error is of
  '--platform=node',
  '--target=node22.19',
  '--format=esm',
  `--banner:js=${BANNER}`,
  '--legal-comments=eof',
  '--log-level=warning',
  '--outfile=dist/daypass.mjs',
];

/**
 * Writes dist/daypass.mjs, which needs Node >= 22.19 alone. It cannot tell an older one so: Node looks
 * for what is imported from its own modules before it runs a line.
 *
 * @param {NodeJS.ProcessEnv} env
 * @param {(text: string) => void} [onOutput]
 * @returns {Promise<number>}
 */
export async function build(env, onOutput) {
  return run('esbuild', ['src/main.ts', ...FLAGS], { cwd: root, env, ...(onOutput && { onOutput }) });
}
