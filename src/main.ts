import { Command, InvalidArgumentError, Option } from 'commander';
import { Duration, fromSeconds } from './api/duration.ts';
import { LOG_LEVELS } from './main/log.ts';
import { operate } from './main/operate.ts';
import { sweepOnce } from './main/sweep-once.ts';
import { uninstallOnce } from './main/uninstall-once.ts';
import { PERSON_CLAIMS } from './policy/person.ts';

const KUBECONFIG = ['--kubeconfig <file>', 'how to reach the cluster; default: as a pod of it'] as const;
const LOG_LEVEL = new Option('--log-level <level>', 'what to log').choices(LOG_LEVELS).default('info');

const daypass = new Command('daypass')
  .description('Scoped access to Kubernetes for a limited time')
  .showHelpAfterError();

daypass
  .command('operator')
  .description('grant what policies permit, and take it back on time')
  .option(...KUBECONFIG)
  .option('--http-host <host>', 'where to serve /healthz, /readyz and /metrics', '127.0.0.1')
  .option('--http-port <port>', '0 for any free port; the log says which', portNumber, 0)
  .addOption(
    new Option('--identity-claim <claim>', 'what tells people apart, where one may have two usernames')
      .choices(PERSON_CLAIMS)
      .default('username'),
  )
  .option('--retention <duration>', 'how long ended requests are kept', durationOf, fromSeconds(30 * 24 * 3600))
  .addOption(LOG_LEVEL)
  .action(operate);

daypass
  .command('sweep')
  .description('delete what is overdue, once, without the operator')
  .option(...KUBECONFIG)
  .addOption(LOG_LEVEL)
  .action(sweepOnce);

daypass
  .command('uninstall')
  .description('take all access back, and Daypass out of the cluster, as its administrator')
  .option(...KUBECONFIG)
  .option('--record <file>', 'where to append requests, reviews and policies before they are deleted, as JSON lines')
  .option('--abandon-emergencies', 'also where emergencies were never reviewed', false)
  .option('--dry-run', 'change nothing: list what would be removed', false)
  .action(uninstallOnce);

await daypass.parseAsync();

function portNumber(text: string): number {
  const port = Number(text);
  if (!/^[0-9]{1,5}$/.test(text) || port > 65_535)
    throw new InvalidArgumentError('a port is a whole number from 0 to 65535.');
  return port;
}

function durationOf(text: string): Duration {
  const { data, error } = Duration.safeParse(text);
  if (data === undefined) throw new InvalidArgumentError(`${error.issues[0]?.message ?? 'not a duration'}.`);
  return data;
}
