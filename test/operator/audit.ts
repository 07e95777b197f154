import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import type { ControlPlane } from '../support/controlplane.ts';

/** https://kubernetes.io/docs/reference/config-api/apiserver-audit.v1/#audit-k8s-io-v1-Event */
const Call = z.looseObject({
  verb: z.string(),
  requestURI: z.string(),
  /** When the API server had read its head, which is soon after it was sent, whenever it was answered. */
  requestReceivedTimestamp: z.string(),
  user: z.looseObject({ extra: z.record(z.string(), z.array(z.string())).optional() }),
});

const Kubeconfig = z.looseObject({
  users: z.tuple([z.looseObject({ user: z.looseObject({ token: z.string() }) })]),
});

/** By which two tokens of one account can be told apart in the audit log. */
const CREDENTIAL = 'authentication.kubernetes.io/credential-id';

/**
 * What whoever has the token in a kubeconfig made or changed, or tried to, since a moment (in
 * milliseconds since 1970), as the API server put it on record: verb and path. Without dry runs,
 * which change nothing.
 */
export async function writesBy(kubeconfig: string, since: number, { dataDir }: ControlPlane): Promise<string[]> {
  const credential = `JTI=${await tokenId(kubeconfig)}`;
  const log = await readFile(join(dataDir, 'logs', 'audit.log'), 'utf8');
  const calls = log
    .split('\n')
    .slice(0, -1)
    .map((line) => Call.parse(JSON.parse(line)));
  return calls
    .filter(({ verb }) => ['create', 'update', 'patch'].includes(verb))
    .filter(({ requestURI }) => !requestURI.includes('dryRun=All'))
    .filter(({ user }) => user.extra?.[CREDENTIAL]?.includes(credential))
    .filter(({ requestReceivedTimestamp }) => Date.parse(requestReceivedTimestamp) >= since)
    .map(({ verb, requestURI }) => `${verb} ${requestURI}`);
}

/** The name of a service account's token among all of them, which it says itself. */
async function tokenId(kubeconfig: string): Promise<string> {
  const { users } = Kubeconfig.parse(parse(await readFile(kubeconfig, 'utf8')));
  const [, claims = ''] = users[0].user.token.split('.');
  return z.looseObject({ jti: z.string() }).parse(JSON.parse(Buffer.from(claims, 'base64url').toString())).jti;
}
