import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SHIPPED } from '../../src/admission/shipped.ts';
import { codesIn, readText, ROOT } from './page.ts';

const PAGE = 'docs/threat-model.md';

/** The rows of all tables of the page that say who holds off what. */
const threats = readText(PAGE)
  .split('\n')
  .filter((line) => line.startsWith('| ') && line.split('|').length === 5)
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .filter(([, threat]) => threat !== 'Threat');

describe('the threat model', () => {
  it('names for each threat tests that there are', () => {
    expect(threats.length).toBeGreaterThan(30);
    const tests = threats.map(([, threat, , heldBy]) => ({ threat, paths: codesIn(heldBy) }));
    expect(
      tests.filter(({ paths }) => paths.length === 0 || !paths.every((path) => existsSync(join(ROOT, path)))),
    ).toEqual([]);
  });

  it('names every admission policy', () => {
    const policies = SHIPPED.filter(({ kind }) => kind === 'ValidatingAdmissionPolicy').map(({ name }) => name);
    const named = new Set(codesIn(readText(PAGE)));
    expect(policies.filter((policy) => !named.has(policy))).toEqual([]);
  });

  it('names every list of attacks', () => {
    const folder = 'test/attacks';
    const files = readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map(
      (file) => `${folder}/${file}`,
    );
    const lists = files.filter((file) => /^test\/attacks\/(on|decided)\/.*\.ts$/.test(file) && isList(readText(file)));
    const named = new Set(codesIn(readText(PAGE)));
    expect(lists.length).toBeGreaterThan(15);
    expect(lists.filter((list) => !named.has(list))).toEqual([]);
  });
});

/** Whether a file has attacks of its own, and does not only put lists together. */
function isList(text: string): boolean {
  return /readonly (Attempt|DecidedAttack)\[\]/.test(text) && text.includes('run');
}
