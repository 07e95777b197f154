import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const SRC = fileURLToPath(new URL('../src', import.meta.url));
const LONGEST = 300;
/** Words, and the beginnings of words and of names in code. */
const WORDS_OF_ACCESS =
  /daypass|\baccess\b|Access(?:Policy|Request|Review)|\b(?:approv|grant|revo[ck])[a-z]*|\b(?:canary|emergency|fuse|requester|reviewer)s?\b/gi;

/** docs/architecture.md: what the files of a folder may import, besides their own folder and packages. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  runtime: [],
  api: ['runtime'],
  rbac: ['runtime', 'api'],
  policy: ['runtime', 'api', 'rbac'],
  grant: ['runtime', 'api', 'rbac', 'policy'],
  record: ['runtime', 'api', 'rbac', 'policy', 'grant'],
  admission: ['runtime', 'api', 'rbac', 'policy', 'grant'],
  controllers: ['runtime', 'api', 'rbac', 'policy', 'grant', 'record', 'admission'],
  audit: ['runtime', 'api', 'policy', 'grant'],
  cli: ['runtime', 'api', 'policy', 'grant'],
  sweep: ['runtime', 'api', 'policy', 'grant'],
  ui: ['runtime', 'api', 'policy', 'grant'],
};

/** What holds everything together: the command and its sub-commands. */
const TOP = ['main', 'main.ts'];

/** Paths below src, with slashes. */
const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .map((file) => file.split(sep).join('/'))
  .filter((file) => file.endsWith('.ts'));

const folderOf = (file: string): string => file.split('/')[0] ?? '';

/** Why this file may not import that one (paths below src), or undefined where it may. */
function objection(file: string, imported: string): string | undefined {
  const [from, to] = [folderOf(file), folderOf(imported)];
  if (TOP.includes(from)) return to === '..' && imported !== '../package.json' ? 'outside of src' : undefined;
  if (from === to || MAY_IMPORT[from]?.includes(to) === true) return undefined;
  return MAY_IMPORT[from] ? `${from} may import ${MAY_IMPORT[from].join(', ') || 'nothing'}` : `no rule for ${from}`;
}

/** What `src/runtime` knows nothing of: it would do for any operator. Addresses of pages may have such words in them. */
function wordsOfAccess(text: string): string[] {
  return text.replaceAll(/https?:\/\/\S+/g, '').match(WORDS_OF_ACCESS) ?? [];
}

function importsOf(file: string): string[] {
  const text = readFileSync(join(SRC, file), 'utf8');
  const specifiers = [...text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*'(\.[^']+)'/g)].map(
    ([, specifier = '']) => specifier,
  );
  return specifiers.map((specifier) =>
    relative(SRC, join(SRC, dirname(file), specifier))
      .split(sep)
      .join('/'),
  );
}

describe('src', () => {
  it('has imports in one direction', () => {
    expect(files.length).toBeGreaterThan(0);
    const violations = files.flatMap((file) =>
      importsOf(file).flatMap((imported) => {
        const reason = objection(file, imported);
        return reason === undefined ? [] : [`${file} imports ${imported}: ${reason}`];
      }),
    );
    expect(violations).toEqual([]);
  });

  it('has no word of access in its runtime', () => {
    const runtime = files.filter((file) => folderOf(file) === 'runtime' && !file.endsWith('.test.ts'));
    expect(runtime.length).toBeGreaterThan(0);
    const found = runtime.map((file) => [file, wordsOfAccess(readFileSync(join(SRC, file), 'utf8'))] as const);
    expect(found.filter(([, words]) => words.length > 0)).toEqual([]);
  });

  it('asks for lists through pages alone, which find their way where one is too long', () => {
    const asking = files.filter(
      (file) =>
        folderOf(file) !== 'runtime' &&
        !/(?:\.test\.ts|\/test-[^/]*)$/.test(file) &&
        /\bclient\.list\(/.test(readFileSync(join(SRC, file), 'utf8')),
    );
    expect(asking).toEqual([]);
  });

  it('has no file that is too long to read at once', () => {
    const lengths = files.map((file) => [file, readFileSync(join(SRC, file), 'utf8').split('\n').length - 1] as const);
    expect(lengths.filter(([, lines]) => lines > LONGEST)).toEqual([]);
  });
});

describe('the rule about imports', () => {
  it.each([
    ['runtime/store.ts', 'api/names.ts', 'runtime may import nothing'],
    ['policy/decide.ts', 'grant/plan.ts', 'policy may import runtime, api, rbac'],
    ['sweep/sweep.ts', 'controllers/stores.ts', 'sweep may import runtime, api, policy, grant'],
    ['api/names.ts', '../test/support/kubectl.ts', 'api may import runtime'],
    ['api/names.ts', 'main.ts', 'api may import runtime'],
    ['novelty/x.ts', 'api/names.ts', 'no rule for novelty'],
    ['main/operate.ts', '../scripts/x.ts', 'outside of src'],
    ['runtime/http-transport.ts', '../package.json', 'runtime may import nothing'],
  ])('keeps %s from importing %s', (file, imported, reason) => {
    expect(objection(file, imported)).toBe(reason);
  });

  it.each([
    ['grant/plan.ts', 'policy/decide.ts'],
    ['grant/plan.ts', 'grant/apply.ts'],
    ['main.ts', 'main/operate.ts'],
    ['main/operate.ts', 'controllers/operator.ts'],
    ['main/program.ts', '../package.json'],
  ])('lets %s import %s', (file, imported) => {
    expect(objection(file, imported)).toBeUndefined();
  });
});

describe('words of access', () => {
  it.each([
    "name: 'daypass_leader'",
    'user-agent: Daypass/1',
    '/** What ends access. */',
    'it alone grants',
    'const revocations = 1;',
    'ACCESS_REQUESTS or accessRequest',
    'until it is approved',
    'the fuses burn',
  ])('are in %s', (text) => {
    expect(wordsOfAccess(text)).not.toEqual([]);
  });

  it.each([
    'https://kubernetes.io/docs/reference/access-authn-authz/authentication/',
    'accessors of an object',
    '403: RBAC or an admission policy says no',
    'what is urgent ends first',
  ])('are not in %s', (text) => {
    expect(wordsOfAccess(text)).toEqual([]);
  });
});
