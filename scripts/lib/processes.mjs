import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * A process as the kernel knows it. `start` tells it from a later one with the same pid; its unit
 * is the platform's. A zombie counts as gone: it waits to be collected and does nothing.
 *
 * @typedef {{ pid: number, ppid: number, start: string, command: string }} Process
 */

/**
 * @param {number} pid
 * @returns {Process | undefined} undefined where there is none
 */
export function readProcess(pid) {
  return process.platform === 'linux' ? readProc(pid) : readPs(pid);
}

/**
 * @param {Process} known
 * @returns {boolean} whether that very process still runs
 */
export function isAlive(known) {
  return readProcess(known.pid)?.start === known.start;
}

/** @param {number} pid */
function readProc(pid) {
  try {
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
    return parseStat(readFileSync(`/proc/${pid}/stat`, 'utf8'), command);
  } catch {
    return undefined;
  }
}

/**
 * proc_pid_stat(5). The second field is in brackets and may hold anything, brackets and spaces
 * included.
 *
 * @param {string} stat
 * @param {string} command
 * @returns {Process | undefined}
 */
export function parseStat(stat, command) {
  const [state = '', ppid, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if ('ZXx'.includes(state)) return undefined;
  return { pid: Number.parseInt(stat, 10), ppid: Number(ppid), start: String(rest[17]), command };
}

/** @param {number} pid */
function readPs(pid) {
  try {
    const env = { ...process.env, LC_ALL: 'C' };
    const fields = ['-o', 'pid=,ppid=,stat=,lstart=,command=', '-p', String(pid)];
    return parsePs(execFileSync('ps', fields, { encoding: 'utf8', env, stdio: ['ignore', 'pipe', 'ignore'] }));
  } catch {
    return undefined;
  }
}

/**
 * @param {string} line of `ps -o pid=,ppid=,stat=,lstart=,command=`; lstart is five words
 * @returns {Process | undefined}
 */
export function parsePs(line) {
  const match = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+((?:\S+\s+){4}\S+)\s+(.*)$/m.exec(line);
  if (match === null) return undefined;
  const [, pid, ppid, state = '', start = '', command = ''] = match;
  return state.startsWith('Z') ? undefined : { pid: Number(pid), ppid: Number(ppid), start, command };
}
