import { mkdtempSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Writes kubeconfigs into a folder of its own. For tests alone. */
export class KubeconfigFolder implements Disposable {
  readonly path = mkdtempSync(join(tmpdir(), 'kubeconfigs-'));

  /** A file with one context per user, the first of them current. */
  async write(users: Record<string, object>, cluster: object = { server: 'https://127.0.0.1:6443' }): Promise<string> {
    const file = join(this.path, `${crypto.randomUUID()}.kubeconfig`);
    const names = Object.keys(users);
    const config = {
      clusters: [{ name: 'here', cluster }],
      users: names.map((name) => ({ name, user: users[name] })),
      contexts: names.map((name) => ({ name, context: { cluster: 'here', user: name } })),
      'current-context': names[0],
    };
    await writeFile(file, JSON.stringify(config));
    return file;
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true });
  }
}
