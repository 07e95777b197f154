import { run } from './children.mjs';

/**
 * Runs npm to its end, quietly: what it said is shown only if it fails.
 *
 * @param {readonly string[]} args
 * @param {string} cwd
 * @returns {Promise<{ code: number, output: string }>}
 */
export async function npm(args, cwd) {
  const script = process.env['npm_execpath'];
  const [program, ...first] = script && /npm-cli\.c?js$/.test(script) ? [process.execPath, script] : ['npm'];
  let output = '';
  const flags = ['--no-audit', '--no-fund', '--no-update-notifier'];
  const code = await run(program, [...first, ...args, ...flags], { cwd, onOutput: (text) => void (output += text) });
  return { code, output };
}
