import { BlockList, isIP } from 'node:net';

/** The environment, as `process.env`. */
type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The proxy on the way to a server: the one `given` in a kubeconfig, or else that of the
 * environment, by the rules of kubectl: HTTPS_PROXY (HTTP_PROXY for a server without TLS) but for
 * what NO_PROXY names, and never to the own machine. https://pkg.go.dev/golang.org/x/net/http/httpproxy
 *
 * @throws Error that says what is wrong, without the password that may be in it
 */
export function proxyFor(server: string, given: string | undefined, env: Environment): URL | undefined {
  if (given) return proxyIn(given, 'proxy-url');
  const url = new URL(server);
  const variable = url.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY';
  const found = setting(env, variable);
  return found && isProxied(url, setting(env, 'NO_PROXY')) ? proxyIn(found, variable) : undefined;
}

/** Empty counts as not set. */
function setting(env: Environment, name: string): string {
  return [env[name], env[name.toLowerCase()]].find((value) => value !== undefined && value !== '') ?? '';
}

function proxyIn(text: string, from: string): URL {
  const proxy = URL.parse(text.includes('://') ? text : `http://${text}`);
  if (!proxy?.hostname) throw new Error(`${from} is not the address of a proxy`);
  if (proxy.protocol === 'http:') return proxy;
  if (proxy.protocol === 'https:') {
    // undici would ask it for a certificate by SNI, which knows no addresses.
    if (isIP(unbracketed(proxy.hostname)) === 0) return proxy;
    throw new Error(`${from} names a proxy over TLS by its address, must be by its host name`);
  }
  throw new Error(`${from} is a proxy by ${proxy.protocol.slice(0, -1)}, must be one by http or https`);
}

function isProxied({ hostname, port, protocol }: URL, exceptions: string): boolean {
  const host = unbracketed(hostname);
  if (host === 'localhost' || isIn(host, '127.0.0.0/8') || isIn(host, '::1/128')) return false;
  const reached = port || (protocol === 'https:' ? '443' : '80');
  return !exceptions.split(',').some((entry) => isMeant(host, reached, entry.trim().toLowerCase()));
}

/** Whether an entry of NO_PROXY means this host: `*`, a network, an address, a domain with all below it, or `.` and a domain for what is below it. */
function isMeant(host: string, port: string, entry: string): boolean {
  if (entry === '*') return true;
  if (entry.includes('/')) return isIn(host, entry);
  const parts = isIP(entry) ? undefined : /^(.*):([0-9]+)$/.exec(entry);
  const name = unbracketed(parts?.[1] ?? entry).replace(/^\*\./, '.');
  if (name === '' || (parts && parts[2] !== port)) return false;
  if (isIP(name)) return isIn(host, `${name}/${isIP(name) === 6 ? 128 : 32}`);
  return host === name || host.endsWith(name.startsWith('.') ? name : `.${name}`);
}

function unbracketed(host: string): string {
  return host.replace(/^\[|\]$/g, '');
}

function isIn(host: string, network: string): boolean {
  const [address = '', bits = ''] = network.split('/');
  if (!isIP(host) || isIP(host) !== isIP(address) || !/^[0-9]{1,3}$/.test(bits)) return false;
  const family = isIP(host) === 6 ? 'ipv6' : 'ipv4';
  if (Number(bits) > (family === 'ipv6' ? 128 : 32)) return false;
  const networks = new BlockList();
  networks.addSubnet(address, Number(bits), family);
  return networks.check(host, family);
}
