import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Phase } from '../../src/api/access-request.ts';
import { ReviewDecision } from '../../src/api/access-review.ts';
import { HistoryType } from '../../src/api/history.ts';
import { requestSteps } from '../../src/controllers/access-request/steps.ts';
import { eventFor } from '../../src/record/event.ts';
import { codesIn, readText, ROOT, rowsOf } from './page.ts';

const PAGE = 'docs/access-request.md';
const CONTROLLER = 'src/controllers/access-request';

/** Words in the code that look like a reason and are part of other vocabularies. */
const OTHER_WORDS = [
  'Allow',
  'AlreadyExists',
  'True',
  'False',
  'Unknown',
  'Unreadable',
  'ServiceAccount',
  'NotCheckedYet',
];

/** Every word in the code that decides on a request, in quotes and written like a reason; and what a reviewer decided. */
function wordsInCode(): Set<string> {
  const steps = readdirSync(`${ROOT}/${CONTROLLER}`, { recursive: true, encoding: 'utf8' });
  const files = steps.filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'));
  const sources = [...files.map((file) => `${CONTROLLER}/${file}`), 'src/policy/admissible.ts', 'src/policy/decide.ts'];
  sources.push('src/grant/trouble.ts');
  const text = sources.map(readText).join('\n');
  const words = Array.from(text.matchAll(/'([A-Z][A-Za-z]+)'/g), ([, word = '']) => word);
  return new Set([...words, ...ReviewDecision.options]);
}

function firstCodes(section: string): string[] {
  return rowsOf(PAGE, section).flatMap(([cell]) => codesIn(cell));
}

describe('docs/access-request.md', () => {
  it('explains every reason that the code has, and no other', () => {
    const reasons = firstCodes('Reasons');
    const conditions = firstCodes('Conditions');
    const words = wordsInCode();
    expect(reasons.filter((reason) => !words.has(reason))).toEqual([]);
    const known = new Set([...reasons, ...conditions, ...Phase.options, ...HistoryType.options, ...OTHER_WORDS]);
    expect([...words].filter((word) => !known.has(word))).toEqual([]);
  });

  it('lists each reason once', () => {
    const reasons = firstCodes('Reasons');
    expect(reasons).toEqual([...new Set(reasons)]);
  });

  it('names under its conditions only reasons that it explains', () => {
    const named = rowsOf(PAGE, 'Conditions').flatMap(([, , reasons]) => codesIn(reasons));
    const explained = firstCodes('Reasons');
    expect(named.filter((reason) => !explained.includes(reason))).toEqual([]);
  });

  it('explains every phase and every type of history', () => {
    expect(firstCodes('Phases')).toEqual(Phase.options);
    expect(firstCodes('History')).toEqual(HistoryType.options);
  });
});

it.each(rowsOf(PAGE, 'History'))('docs/access-request.md knows what Event %s becomes', (cell, documented) => {
  const request = { namespace: 'payments', name: 'one', uid: '1' };
  const [type] = codesIn(cell).map((code) => HistoryType.parse(code));
  if (!type) throw new Error(`no type of history in ${cell}`);
  const entry = { sequence: 1, time: '2026-12-01T09:00:00Z', type, reason: type, actor: 'ada', message: '' };
  expect(eventFor({ request, entry }, 'test')['type']).toBe(documented);
});

it('docs/access-policy.md explains every reason of Ready', () => {
  const [, union = ''] = /reason:\s+(\|? ?'[^;]*');/.exec(readText('src/controllers/access-policy/readiness.ts')) ?? [];
  const inCode = Array.from(union.matchAll(/'(\w+)'/g), ([, reason]) => reason);
  const explained = rowsOf('docs/access-policy.md', 'Reasons of Ready').flatMap(([cell]) => codesIn(cell));
  expect(explained).toEqual(inCode);
});

it('docs/architecture.md lists the steps of a request in their order', () => {
  const listed = rowsOf('docs/architecture.md', 'The life of a request').flatMap(([cell]) => codesIn(cell));
  expect(listed).toEqual(requestSteps.map(({ name }) => name));
});
