import { run } from './children.mjs';
import { root } from './paths.mjs';

/**
 * What the file starts with. Some dependencies are CommonJS and call `require` for Node's own
 * modules, which an ES module does not have. And an older Node would fail with a page of code.
 */
const BANNER = [
  "import{createRequire}from'node:module';const require=createRequire(import.meta.url);",
  "{const[major,minor]=process.versions.node.split('.').map(Number);",
  'if(major<22||major===22&&minor<19){',
  'console.error(`daypass needs Node >= 22.19, this is ${process.versions.node}`);process.exit(1)}}',
].join('');

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
 * Writes dist/daypass.mjs, which needs Node alone.
 *
 * @param {NodeJS.ProcessEnv} env
 * @param {(text: string) => void} [onOutput]
 * @returns {Promise<number>}
 */
export async function build(env, onOutput) {
  return run('esbuild', ['src/main.ts', ...FLAGS], { cwd: root, env, ...(onOutput && { onOutput }) });
}
