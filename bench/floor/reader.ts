/**
 * `node bench/floor/reader.ts ORIGIN PATH`: the least that a start takes. A process that reads a
 * collection once, page by page, and keeps nothing of it; then it prints one line, with the memory
 * that it has. The environment has what lets it in: AUTHORIZATION, a header, and CA, a certificate.
 */
import { Agent, get } from 'node:https';
import { text } from 'node:stream/consumers';
import { isJsonObject } from '../../src/runtime/merge-patch.ts';

/** As many objects as the operator asks for at once. */
const PAGE = 500;

const [origin, path] = process.argv.slice(2);
const agent = new Agent({ keepAlive: true, ca: process.env['CA'] });
const headers = { authorization: process.env['AUTHORIZATION'] };

function page(token: string): Promise<unknown> {
  const url = `${origin}${path}?limit=${PAGE}&continue=${encodeURIComponent(token)}`;
  return new Promise((resolve, reject) => {
    const request = get(url, { agent, headers }, (answer) => {
      text(answer).then((body) => resolve(JSON.parse(body) satisfies unknown), reject);
    });
    request.on('error', reject);
  });
}

/** What asks for the next page; empty after the last. */
function nextOf(list: unknown): string {
  const metadata = isJsonObject(list) ? list['metadata'] : undefined;
  if (!isJsonObject(metadata)) throw new TypeError(`not a list: ${JSON.stringify(list)}`);
  const { continue: next = '' } = metadata;
  if (typeof next !== 'string') throw new TypeError(`not a list: ${JSON.stringify(metadata)}`);
  return next;
}

let token = '';
do token = nextOf(await page(token));
while (token !== '');
agent.destroy();
process.stdout.write(`rss ${process.memoryUsage.rss()}\n`);
