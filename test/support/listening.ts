import { readdir, readFile, readlink } from 'node:fs/promises';

const LISTEN = '0A';

/**
 * Where these processes accept TCP connections, as `address:port`. Linux only: from proc_net_tcp(5),
 * whose addresses are in hexadecimal, bytes of IPv4 in reverse; IPv6 is left as it stands.
 */
export async function listeningAddresses(pids: readonly number[]): Promise<string[]> {
  const inodes = new Set((await Promise.all(pids.map(socketInodes))).flat());
  const tables = await Promise.all(['tcp', 'tcp6'].map((file) => readFile(`/proc/net/${file}`, 'utf8')));
  return tables
    .flatMap((table) => table.trim().split('\n').slice(1))
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , , state, , , , , , inode]) => state === LISTEN && inodes.has(String(inode)))
    .map(([, local = '']) => readable(local));
}

async function socketInodes(pid: number): Promise<string[]> {
  const folder = `/proc/${pid}/fd`;
  const links = await Promise.all((await readdir(folder)).map((fd) => readlink(`${folder}/${fd}`).catch(() => '')));
  return links.flatMap((link) => /^socket:\[([0-9]+)\]$/.exec(link)?.slice(1) ?? []);
}

function readable(local: string): string {
  const [address = '', port = ''] = local.split(':');
  const bytes = address.match(/../g) ?? [];
  const host =
    bytes.length === 4
      ? bytes
          .toReversed()
          .map((byte) => Number.parseInt(byte, 16))
          .join('.')
      : address;
  return `${host}:${Number.parseInt(port, 16)}`;
}
