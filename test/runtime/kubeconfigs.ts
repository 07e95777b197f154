import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';

const Kubeconfig = z.object({
  clusters: z.tuple([z.object({ name: z.string(), cluster: z.looseObject({ server: z.string() }) })]),
  users: z.tuple([z.object({ name: z.string(), user: z.record(z.string(), z.string()) })]),
  contexts: z.tuple([z.looseObject({ name: z.string() })]),
  'current-context': z.string(),
});

/** Writes a kubeconfig in `folder` like the one in `file`, with these fields in its cluster, and this user where given. */
export async function kubeconfigLike(
  file: string,
  folder: string,
  { cluster = {}, user }: { cluster?: object; user?: object },
): Promise<string> {
  const config = Kubeconfig.parse(parse(await readFile(file, 'utf8')));
  Object.assign(config.clusters[0].cluster, cluster);
  const changed = { ...config, users: [{ ...config.users[0], ...(user && { user }) }] };
  const path = join(folder, `${crypto.randomUUID()}.kubeconfig`);
  await writeFile(path, JSON.stringify(changed), { mode: 0o600 });
  return path;
}

/** The client certificate and the key in a kubeconfig, as PEM. */
export async function certificateIn(file: string): Promise<{ cert: string; key: string }> {
  const { user } = Kubeconfig.parse(parse(await readFile(file, 'utf8'))).users[0];
  const [cert = '', key = ''] = [user['client-certificate-data'], user['client-key-data']].map((data) =>
    atob(data ?? ''),
  );
  return { cert, key };
}
