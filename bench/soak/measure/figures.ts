import { readdir, readlink } from 'node:fs/promises';
import { Metrics } from '../../operator/metrics.ts';
import type { OperatorProcess } from '../../../test/support/operator.ts';

/** What is looked at, and by how much it may grow in an hour (docs/soak.md says why that much); without a bound it is shown alone. */
export interface Figure {
  readonly name: string;
  readonly unit: string;
  readonly bound?: number;
}

export const MEMORY: Figure = { name: 'resident memory', unit: 'MB', bound: 24 };
export const HEAP: Figure = { name: 'heap in use', unit: 'MB', bound: 24 };
const DESCRIPTORS: Figure = { name: 'open file descriptors', unit: '', bound: 50 };
export const SOCKETS: Figure = { name: 'sockets, in /proc', unit: '', bound: 50 };
const HANDLES: Figure = { name: 'handles', unit: '', bound: 50 };
const RESOURCES: Figure = { name: 'resources', unit: '', bound: 50 };
const LAG: Figure = { name: 'event loop lag, p99', unit: 'ms' };

const MB = 1e6;

/** All there is to see of an operator at one moment. @throws where it does not say */
export async function lookAt(operator: OperatorProcess): Promise<ReadonlyMap<Figure, number>> {
  const { code, text } = await operator.ask('/metrics');
  if (code !== 200) throw new Error(`/metrics answered ${code}: ${text}`);
  const metrics = new Metrics(text);
  const seen = new Map<Figure, number>([
    [MEMORY, metrics.sum('process_resident_memory_bytes') / MB],
    [HEAP, metrics.sum('nodejs_heap_size_used_bytes') / MB],
    [HANDLES, metrics.sum('nodejs_active_handles_total')],
    [RESOURCES, metrics.sum('nodejs_active_resources_total')],
    [LAG, metrics.sum('nodejs_eventloop_lag_p99_seconds') * 1000],
  ]);
  for (const [type, count] of metrics.byLabel('nodejs_active_handles')) seen.set(named('handles', type), count);
  for (const [type, count] of metrics.byLabel('nodejs_active_resources')) seen.set(named('resources', type), count);
  if (process.platform !== 'linux') return seen;
  seen.set(DESCRIPTORS, metrics.sum('process_open_fds'));
  return seen.set(SOCKETS, await socketsOf(operator.pid));
}

const byName = new Map<string, Figure>();

/** The same one for the same names. */
function named(of: string, type: string): Figure {
  const name = `${of}, ${type}`;
  const known = byName.get(name) ?? { name, unit: '' };
  byName.set(name, known);
  return known;
}

/** As the kernel sees it. */
async function socketsOf(pid: number): Promise<number> {
  const folder = `/proc/${pid}/fd`;
  const targets = await Promise.all(
    // One may be closed between the two looks.
    (await readdir(folder)).map((fd) => readlink(`${folder}/${fd}`).catch(() => '')),
  );
  return targets.filter((target) => target.startsWith('socket:')).length;
}
