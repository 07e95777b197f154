import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The top folder of the project. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url)).replace(/[/\\]$/, '');

/** Every page of the documentation, by its path in the project. */
export const PAGES = [
  'README.md',
  'docs/access-policy.md',
  'docs/access-request.md',
  'docs/access-review.md',
  'docs/architecture.md',
  'docs/install.md',
  'docs/metrics.md',
  'docs/performance.md',
  'docs/threat-model.md',
] as const;

/** A fenced block of a page. */
export interface Block {
  readonly language: string;
  /** Without the fences; ends with a line break. */
  readonly text: string;
  /** The nearest heading above it. */
  readonly section: string;
}

/** A file of the project, as text. */
export function readText(path: string): string {
  return readFileSync(`${ROOT}/${path}`, 'utf8');
}

/** The fenced blocks of a page, in order. */
export function blocksOf(path: string): Block[] {
  const blocks: Block[] = [];
  let section = '';
  let open: { language: string; lines: string[] } | undefined;
  for (const line of readText(path).split('\n')) {
    const fence = /^```(.*)$/.exec(line);
    if (!fence) {
      if (open) open.lines.push(`${line}\n`);
      else section = /^#+ (.+)$/.exec(line)?.[1] ?? section;
    } else if (open) {
      blocks.push({ language: open.language, text: open.lines.join(''), section });
      open = undefined;
    } else {
      open = { language: fence[1] ?? '', lines: [] };
    }
  }
  return blocks;
}

/** The text of the blocks in this language under this heading, one after the other; none is a mistake of the test. */
export function scriptOf(path: string, section: string, language = 'sh'): string {
  const blocks = blocksOf(path).filter((block) => block.section === section && block.language === language);
  if (blocks.length === 0) throw new Error(`${path} has no block of ${language} under "${section}"`);
  return blocks.map(({ text }) => text).join('');
}

/** The example of a page that comes first, or the first that says this; none is a mistake of the test. */
export function firstManifest(path: string, says = ''): string {
  const block = blocksOf(path).find(({ language, text }) => language === 'yaml' && text.includes(says));
  if (!block) throw new Error(`${path} has no manifest${says && ` that says ${says}`}`);
  return block.text;
}

/** All the manifests under this heading, as one file. */
export function manifestsUnder(path: string, section: string): string {
  const blocks = blocksOf(path).filter((block) => block.section === section && block.language === 'yaml');
  return blocks.map(({ text }) => text).join('---\n');
}

/** The rows of the tables under this heading, cell by cell, without headers; none is a mistake of the test. */
export function rowsOf(path: string, section: string): string[][] {
  const rows: string[][] = [];
  let current = '';
  for (const line of readText(path).split('\n')) {
    current = /^#+ (.+)$/.exec(line)?.[1] ?? current;
    if (current !== section || !line.startsWith('|')) continue;
    if (/^\|[-|]+\|$/.test(line)) rows.pop();
    else rows.push(cellsOf(line));
  }
  if (rows.length === 0) throw new Error(`${path} has no table under "${section}"`);
  return rows;
}

/** The words set as code in a cell. */
export function codesIn(cell = ''): string[] {
  return Array.from(cell.matchAll(/`([^`]+)`/g), ([, code = '']) => code);
}

/** The anchors that the headings of a page make. */
export function anchorsOf(path: string): string[] {
  const headings = Array.from(readText(path).matchAll(/^#+ (.+)$/gm), ([, heading = '']) => heading);
  return headings.map((heading) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} -]/gu, '')
      .replaceAll(' ', '-'),
  );
}

function cellsOf(line: string): string[] {
  return line
    .slice(1, -1)
    .split('|')
    .map((cell) => cell.trim());
}
