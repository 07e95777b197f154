import { fileURLToPath } from 'node:url';
import { ACCESS_REQUESTS } from '../../src/api/access-request.ts';
import { pathOf } from '../../src/runtime/http-path.ts';
import { launch } from '../../test/support/launch.ts';
import { now } from '../world/now.ts';
import { connectionOf } from './connection.ts';

const READER = fileURLToPath(new URL('reader.ts', import.meta.url));

/** What the least start took: milliseconds, and bytes of memory. */
export interface Reading {
  readonly took: number;
  readonly rss: number;
}

/** Has a process of its own read every AccessRequest, and nothing else: see reader.ts. */
export async function readAll(kubeconfig: string): Promise<Reading> {
  const { origin, headers, tls } = await connectionOf(kubeconfig);
  const env = { ...process.env, AUTHORIZATION: String(headers['authorization']), CA: String(tls.ca) };
  const started = now();
  const args = [READER, origin, pathOf(ACCESS_REQUESTS.resource, {})];
  const { line, exited } = await launch(process.execPath, args, { env });
  const [, rss] = await line(/^rss ([0-9]+)$/);
  const took = now() - started;
  await exited;
  return { took, rss: Number(rss) };
}
