import { readFile } from 'node:fs/promises';
import { Agent, request } from 'undici';
import { parse } from 'yaml';
import { z } from 'zod';
import { Identity } from '../../src/api/identity.ts';

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

/** The same keys as in deploy/stamp. */
const EXTRA_KEYS = ['authentication.kubernetes.io/credential-id', 'arn', 'sessionName'];

const Whoami = z.object({ userInfo: Identity.strip() });

/** What the API server said, a refusal like anything else: `body` is an object, or a Status with a message. */
export interface Answer {
  readonly code: number;
  readonly body: z.infer<typeof Body>;
}

/** Speaks to the API server as one identity, in plain HTTP, so that a test decides on every byte. */
export interface Caller {
  get(path: string): Promise<Answer>;
  create(path: string, object: object): Promise<Answer>;
  /** A PUT of the whole object. */
  replace(path: string, object: object): Promise<Answer>;
  /** A JSON merge patch, or a JSON patch where it is a list. */
  patch(path: string, change: object): Promise<Answer>;
  /** Without `options` just as a plain HTTP client does it: no propagation policy. */
  delete(path: string, options?: object): Promise<Answer>;
  /** Server-side apply, which takes over what others own. */
  apply(path: string, object: object): Promise<Answer>;
  /** Whom the API server takes the caller for, with the details that requests and reviews hold. */
  identity(): Promise<Identity>;
  /** The same, but all that it does is a dry run: admission judges it, and nothing comes of it. */
  dryRun(): Caller;
  /** The same server with this bearer token in place of the certificate. */
  withToken(token: string): Caller;
  /** The same credentials under someone else's name and groups, for whoever may impersonate. */
  impersonating(username: string, ...groups: readonly string[]): Caller;
}

/** The identity that a test control plane's kubeconfig stands for. */
export async function callerFrom(kubeconfig: string): Promise<Caller> {
  const { clusters, users } = Kubeconfig.parse(parse(await readFile(kubeconfig, 'utf8')));
  const { server, 'certificate-authority-data': ca } = clusters[0].cluster;
  const { 'client-certificate-data': cert, 'client-key-data': key } = users[0].user;
  const agent = agentWith({ ca: decode(ca), cert: decode(cert), key: decode(key) });
  return caller({ server, ca: decode(ca), agent, headers: {}, dry: false });
}

/** Without HTTP/2, where one refusal of too large a body would end all that goes on beside it. */
function agentWith(connect: { ca: string; cert?: string; key?: string }): Agent {
  return new Agent({ allowH2: false, connect });
}

interface Session {
  readonly server: string;
  readonly ca: string;
  readonly agent: Agent;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly dry: boolean;
}

const JSON_PATCH = 'application/json-patch+json';
const MERGE_PATCH = 'application/merge-patch+json';

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

function caller(session: Session): Caller {
  const { server, ca, agent, headers, dry } = session;
  async function call(method: Method, path: string, body?: object, type = 'application/json'): Promise<Answer> {
    const url = new URL(path, server);
    if (dry && method !== 'GET') url.searchParams.set('dryRun', 'All');
    const response = await request(url, {
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
    replace: (path, object) => call('PUT', path, object),
    patch: (path, change) => call('PATCH', path, change, Array.isArray(change) ? JSON_PATCH : MERGE_PATCH),
    // the API server reads options from the body if there is one, and from the query if not
    delete: (path, options) => call('DELETE', path, options && { ...options, ...(dry && { dryRun: ['All'] }) }),
    apply: (path, object) =>
      call('PATCH', `${path}?fieldManager=test&force=true`, object, 'application/apply-patch+yaml'),
    async identity() {
      const review = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
      const { body } = await call('POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', review);
      const { extra = {}, ...rest } = Whoami.parse(body.status).userInfo;
      const kept = Object.entries(extra).filter(([key]) => EXTRA_KEYS.includes(key));
      return kept.length === 0 ? rest : { ...rest, extra: Object.fromEntries(kept) };
    },
    dryRun: () => caller({ ...session, dry: true }),
    withToken: (token) =>
      caller({ ...session, agent: agentWith({ ca }), headers: { authorization: `Bearer ${token}` } }),
    impersonating: (username, ...groups) =>
      caller({ ...session, headers: { 'impersonate-user': username, 'impersonate-group': [...groups] } }),
  };
}

function decode(base64: string): string {
  return Buffer.from(base64, 'base64').toString();
}
