import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { OPERATOR_NAME, OPERATOR_NAMESPACE } from '../../../src/api/names.ts';
import { loadKubeConfig } from '../../../src/runtime/kubeconfig.ts';
import type { Person } from '../cluster/cluster.ts';
import type { Setting } from '../setting.ts';

/** How long the token holds, in seconds. It dies with its service account before that. */
const TOKEN_LIFE = 24 * 3600;

const TokenRequest = z.object({ status: z.object({ token: z.string().min(1) }) });

/**
 * Writes a kubeconfig that makes its holder the operator's service account, by a token made for
 * it, and resolves to its path.
 */
export async function operatorKubeconfig({ folder, stop }: Setting, admin: Person): Promise<string> {
  const path = `/api/v1/namespaces/${OPERATOR_NAMESPACE}/serviceaccounts/${OPERATOR_NAME}/token`;
  const answer = await admin.api.call('POST', path, stop.signal, {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    spec: { expirationSeconds: TOKEN_LIFE },
  });
  const { token } = TokenRequest.parse(answer).status;
  const { server, config, proxy } = await loadKubeConfig(admin.kubeconfig);
  const cluster = config.getCurrentCluster();
  const name = OPERATOR_NAME;
  const content = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      {
        name,
        cluster: {
          server,
          'certificate-authority-data': cluster?.caData,
          'certificate-authority': cluster?.caFile,
          'proxy-url': proxy?.href,
          'tls-server-name': cluster?.tlsServerName,
          'insecure-skip-tls-verify': cluster?.skipTLSVerify,
        },
      },
    ],
    users: [{ name, user: { token } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    'current-context': name,
  };
  const file = join(folder, 'operator.kubeconfig');
  await writeFile(file, JSON.stringify(content), { mode: 0o600 });
  return file;
}
