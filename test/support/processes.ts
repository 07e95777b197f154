import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { isAlive, type Process, readProcess } from '../../scripts/lib/processes.mjs';

/** The process and all that came from it, as far as the chain of parents still tells. */
export function familyOf(pid: number): Process[] {
  const all = listProcesses();
  const family = all.filter((process) => process.pid === pid);
  for (const parent of family) family.push(...all.filter(({ ppid }) => ppid === parent.pid)); // grows as it goes
  return family;
}

/** Which of these still run; zombies do not. */
export function survivorsOf(processes: readonly Process[]): string[] {
  return processes.filter(isAlive).map(({ command }) => command);
}

function listProcesses(): Process[] {
  const pids =
    process.platform === 'linux'
      ? readdirSync('/proc').filter((name) => /^[0-9]+$/.test(name))
      : execFileSync('ps', ['-axo', 'pid='], { encoding: 'utf8' }).trim().split(/\s+/);
  return pids.map((pid) => readProcess(Number(pid))).filter((found) => found !== undefined);
}
