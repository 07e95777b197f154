import type { Answer, Caller } from '../../identity/caller.ts';
import { kubectl } from '../../support/kubectl.ts';

/** `caller`, whose kubeconfig this is, but that it writes with kubectl. */
export function withKubectl(caller: Caller, kubeconfig: string): Caller {
  async function call(args: readonly string[], body?: object): Promise<Answer> {
    const input = body === undefined ? '' : JSON.stringify(body);
    const { code, stdout, stderr } = await kubectl(args, { kubeconfig, input });
    return { code: code === 0 ? 200 : codeOf(stderr), body: { message: code === 0 ? stdout : stderr } };
  }
  return {
    ...caller,
    create: (path, object) => call(['create', `--raw=${path}`, '--filename=-'], object),
    replace: (path, object) => call(['replace', `--raw=${path}`, '--filename=-'], object),
    patch: (path, change) => call(['patch', ...partsOf(path), '--type=merge', `--patch=${JSON.stringify(change)}`]),
    delete: (path, options = {}) => {
      const query = new URLSearchParams(Object.entries(options).map(([key, value]) => [key, String(value)]));
      return call(['delete', `--raw=${path}?${query.toString()}`]);
    },
  };
}

/** An object, or its status, as kubectl names it. */
function partsOf(path: string): string[] {
  const [, namespace, plural, name, subresource] =
    /^\/apis?\/(?:[^/]+\/)?v[^/]+(?:\/namespaces\/([^/]+))?\/([^/]+)\/([^/]+)(?:\/([^/]+))?$/.exec(path) ?? [];
  return [
    `${plural}/${name}`,
    ...(namespace === undefined ? [] : [`--namespace=${namespace}`]),
    ...(subresource === undefined ? [] : [`--subresource=${subresource}`]),
  ];
}

/** kubectl tells reasons, not codes. */
function codeOf(stderr: string): number {
  if (stderr.includes('(Forbidden)')) return 403;
  return stderr.includes(' is invalid: ') ? 422 : 400;
}
