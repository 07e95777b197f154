import { readFile } from 'node:fs/promises';
import { Agent, request } from 'undici';
import { parse } from 'yaml';
import { z } from 'zod';

const Kubeconfig = z.object({
  clusters: z.tuple([
    z.object({ cluster: z.object({ server: z.string(), 'certificate-authority-data': z.base64() }) }),
  ]),
  users: z.tuple([
    z.object({ user: z.object({ 'client-certificate-data': z.base64(), 'client-key-data': z.base64() }) }),
  ]),
});

const Body = z.object({
  message: z.string().optional(),
  rules: z.unknown().optional(),
  spec: z.unknown().optional(),
  status: z.unknown().optional(),
  metadata: z
    .object({
      name: z.string().default(''),
      uid: z.string().default(''),
      resourceVersion: z.string().default(''),
      creationTimestamp: z.string().default(''),
    })
    .optional(),
});

/** What the API server said, a refusal like anything else: `body` is an object, or a Status with a message. */
export interface Answer {
  readonly code: number;
  readonly body: z.infer<typeof Body>;
}

/** Speaks to the API server as one identity, in plain HTTP, so that a test decides on every byte. */
export interface Caller {
  get(path: string): Promise<Answer>;
  create(path: string, object: object): Promise<Answer>;
  /** A JSON merge patch. */
  patch(path: string, change: object): Promise<Answer>;
  /** Without `options` just as a plain HTTP client does it: no propagation policy. */
  delete(path: string, options?: object): Promise<Answer>;
  /** The same server with this bearer token in place of the certificate. */
  withToken(token: string): Caller;
  /** Someone else's name and groups, which only an administrator may use. */
  impersonating(username: string, ...groups: readonly string[]): Caller;
}

/** The identity that a test control plane's kubeconfig stands for. */
export async function callerFrom(kubeconfig: string): Promise<Caller> {
  const { clusters, users } = Kubeconfig.parse(parse(await readFile(kubeconfig, 'utf8')));
  const { server, 'certificate-authority-data': ca } = clusters[0].cluster;
  const { 'client-certificate-data': cert, 'client-key-data': key } = users[0].user;
  const agent = new Agent({ connect: { ca: decode(ca), cert: decode(cert), key: decode(key) } });
  return caller({ server, ca: decode(ca) }, agent, {});
}

function caller(api: { server: string; ca: string }, agent: Agent, headers: Record<string, string | string[]>): Caller {
  async function call(method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, body?: object): Promise<Answer> {
    const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
    const response = await request(api.server + path, {
      method,
      dispatcher: agent,
      headers: { ...headers, ...(body && { 'content-type': type }) },
      body: body === undefined ? null : JSON.stringify(body),
    });
    return { code: response.statusCode, body: Body.parse(await response.body.json()) };
  }
  return {
    get: (path) => call('GET', path),
    create: (path, object) => call('POST', path, object),
    patch: (path, change) => call('PATCH', path, change),
    delete: (path, options) => call('DELETE', path, options),
    withToken: (token) => caller(api, new Agent({ connect: { ca: api.ca } }), { authorization: `Bearer ${token}` }),
    impersonating: (username, ...groups) =>
      caller(api, agent, { 'impersonate-user': username, 'impersonate-group': [...groups] }),
  };
}

function decode(base64: string): string {
  return Buffer.from(base64, 'base64').toString();
}
