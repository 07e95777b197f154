import { describe, expect, it } from 'vitest';
import { proxyFor } from './proxy.ts';

const SERVER = 'https://api.example.com:6443';
const PROXY = 'http://proxy:3128';

it.each([
  [PROXY, 'http://proxy:3128/'],
  ['https://user:secret@proxy', 'https://user:secret@proxy/'],
  ['proxy:3128', 'http://proxy:3128/'],
])('takes %s of a kubeconfig, whatever the environment says', (given, expected) => {
  const env = { HTTPS_PROXY: 'http://other', NO_PROXY: '*' };
  expect(proxyFor(SERVER, given, env)?.href).toBe(expected);
});

it.each([
  ['socks5://user:secret@proxy', 'proxy-url is a proxy by socks5, must be one by http or https'],
  ['https://user:secret@10.0.0.1', 'proxy-url names a proxy over TLS by its address, must be by its host name'],
  ['https://[fd00::1]', 'proxy-url names a proxy over TLS by its address, must be by its host name'],
  ['http://', 'proxy-url is not the address of a proxy'],
  ['http://user:secret@:1', 'proxy-url is not the address of a proxy'],
])('refuses %s, without its password', (given, message) => {
  expect(() => proxyFor(SERVER, given, {})).toThrow(new Error(message));
});

describe('of the environment', () => {
  it.each([
    [SERVER, { HTTPS_PROXY: PROXY }, true],
    [SERVER, { https_proxy: PROXY }, true],
    [SERVER, { HTTP_PROXY: PROXY }, false],
    [SERVER, { HTTPS_PROXY: '' }, false],
    [SERVER, {}, false],
    ['http://api.example.com', { HTTP_PROXY: PROXY }, true],
    ['https://localhost:6443', { HTTPS_PROXY: PROXY }, false],
    ['https://127.0.0.1:6443', { HTTPS_PROXY: PROXY }, false],
    ['https://127.8.9.1:6443', { HTTPS_PROXY: PROXY }, false],
    ['https://[::1]:6443', { HTTPS_PROXY: PROXY }, false],
  ])('%s with %j', (server, env, proxied) => {
    expect(proxyFor(server, undefined, env) !== undefined).toBe(proxied);
  });

  it('that is none by http names its variable', () => {
    const env = { HTTPS_PROXY: 'socks5://proxy' };
    expect(() => proxyFor(SERVER, undefined, env)).toThrow('HTTPS_PROXY is a proxy by socks5');
  });

  it.each([
    ['*', SERVER, false],
    ['api.example.com', SERVER, false],
    ['example.com', SERVER, false],
    [' Example.com ', SERVER, false],
    ['.example.com', SERVER, false],
    ['*.example.com', SERVER, false],
    ['.api.example.com', SERVER, true],
    ['*.api.example.com', SERVER, true],
    ['ample.com', SERVER, true],
    ['com.example', SERVER, true],
    ['', SERVER, true],
    [',,', SERVER, true],
    ['api.example.com:6443', SERVER, false],
    ['api.example.com:443', SERVER, true],
    ['api.example.com:443', 'https://api.example.com', false],
    ['.svc,10.0.0.0/8', 'https://10.96.0.1:443', false],
    ['.svc,10.0.0.0/8', 'https://11.96.0.1:443', true],
    ['10.0.0.0/99', 'https://10.96.0.1:443', true],
    ['10.0.0.0/', 'https://10.96.0.1:443', true],
    ['10.96.0.1', 'https://10.96.0.1:443', false],
    ['10.96.0.1:443', 'https://10.96.0.1:443', false],
    ['10.96.0.1:80', 'https://10.96.0.1:443', true],
    ['fd00::/8', 'https://[fd00::1]', false],
    ['fd00:0:0::1', 'https://[fd00::1]', false],
    ['[fd00::1]:443', 'https://[fd00::1]', false],
    ['[fd00::1]:80', 'https://[fd00::1]', true],
    ['10.0.0.0/8', 'https://[fd00::1]', true],
  ])('and NO_PROXY=%s, on the way to %s: %s', (exceptions, server, proxied) => {
    const env = { HTTPS_PROXY: PROXY, NO_PROXY: exceptions };
    expect(proxyFor(server, undefined, env) !== undefined).toBe(proxied);
  });
});
