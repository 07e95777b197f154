import { UserError } from './errors.mjs';

/** The options of programs that npm starts for us, each as it is written. */
const OPTIONS = /** @type {Record<string, readonly string[]>} */ ({
  start: ['--once', '--kubeconfig FILE'],
  bench: ['--profile FOLDER'],
  soak: ['--minutes N', '--seed S'],
});

/**
 * Fails where npm took an option for one of its own, because the `--` before it was forgotten. It
 * passes on none of these, but sets `npm_config_once` for `--once`.
 *
 * @param {string} target
 * @param {NodeJS.ProcessEnv} env
 */
export function refuseSwallowed(target, env) {
  const options = Object.hasOwn(OPTIONS, target) ? (OPTIONS[target] ?? []) : [];
  const swallowed = options.filter((option) => env[option.replace(/^--(\w+).*/, 'npm_config_$1')] !== undefined);
  if (swallowed.length === 0) return;
  const command = target === 'start' ? 'npm start' : `npm run ${target}`;
  throw new UserError(
    `npm keeps what stands before \`--\` for itself: write \`${command} -- ${swallowed.join(' ')}\`.`,
  );
}
