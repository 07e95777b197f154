import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';
import { daypassArgs } from '../support/operator.ts';
import { runProgram } from '../support/run-program.ts';
import { anchorsOf, blocksOf, codesIn, PAGES, readText, ROOT, rowsOf } from './page.ts';

describe('the README quotes', () => {
  it.each([
    ['examples/policy.yaml', 'A policy', 'yaml'],
    ['examples/request.yaml', 'A request', 'yaml'],
  ])('%s to the letter', (file, section, language) => {
    const quoted = blocksOf('README.md').filter((block) => block.section === section && block.language === language);
    expect(quoted.map(({ text }) => text.trimEnd())).toEqual([readText(file).trimEnd()]);
  });

  it('the first chapters of docs/story.txt to the letter', () => {
    const [quoted, ...more] = blocksOf('README.md').filter((block) => block.language === 'text');
    expect(more).toEqual([]);
    const [chapters = ''] = readText('docs/story.txt').split('\n7. ');
    expect(quoted?.text.trimEnd()).toBe(chapters.trimEnd());
  });
});

describe.each(PAGES)('%s', (page) => {
  const links = Array.from(readText(page).matchAll(/\]\(([^)]+)\)/g), ([, target = '']) => target);

  it('links only to what there is', () => {
    expect(links.filter((link) => !isThere(page, link))).toEqual([]);
  });

  it('names only folders and files that there are', () => {
    const named = codesIn(readText(page).replaceAll(/^```[^]*?^```/gm, ''));
    const paths = named.filter((code) => /^(crds|deploy|src|test|scripts|docs|examples)(\/[\w./-]+)?$/.test(code));
    expect(paths.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });
});

function isThere(page: string, link: string): boolean {
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? page : normalize(join(dirname(page), path));
  return existsSync(join(ROOT, target)) && (anchor === undefined || anchorsOf(target).includes(anchor));
}

it.each([
  ['Node', /Node (\S+) or newer/, 'package.json', /"node": ">=(.*)"/],
  [
    'the Node that is new enough as it is',
    /a Node if yours is older than ([\d.]+)/,
    'scripts/lib/node.mjs',
    /OLDEST = '(.*)\.0'/,
  ],
  ['Go', /Go (\S+) or newer/, 'scripts/lib/go.mjs', /OLDEST = '(.*)'/],
  [
    'the Go that is new enough as it is',
    /a Go if yours is older than\s([\d.]+);/,
    'controlplane/go.mod',
    /^go (.*)\.0$/m,
  ],
])('the README says, as the code does, which version is needed: %s', (_what, inReadme, file, inFile) => {
  const needed = inFile.exec(readText(file))?.[1];
  expect(needed).toBeDefined();
  expect(inReadme.exec(readText('README.md'))?.[1]).toBe(needed);
});

it.each(['daypass operator', 'daypass sweep', 'daypass uninstall'])(
  'the flags of %s are those that its help lists',
  async (command) => {
    const [, name = ''] = command.split(' ');
    const { stdout } = await runProgram(process.execPath, daypassArgs(name, '--help'));
    const offered = Array.from(stdout.matchAll(/^ +(?:-\w, )?(--[a-z-]+)/gm), ([, flag]) => flag);
    const documented = rowsOf('docs/install.md', command).map(([cell]) => codesIn(cell)[0]?.split(' ')[0]);
    expect(new Set([...documented, '--help'])).toEqual(new Set(offered));
  },
);
