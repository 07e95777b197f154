import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clip, Line, NamespaceName, oneLine, RoleName, Text } from './text.ts';

const HOSTILE = {
  'a terminal escape': '\u001b[2J',
  'a C1 control sequence': '\u009b31m',
  NUL: '\u0000',
  'a new line': '\n',
  'a carriage return': '\r',
  'a tab': '\t',
  'a right-to-left override': '\u202e',
  'a bidi isolate': '\u2066',
  'a zero-width space': '\u200b',
  'a byte order mark': '\ufeff',
  'a line separator': '\u2028',
  'a paragraph separator': '\u2029',
  'half a character': '\ud83d',
  'a private character': '\ue000',
  'a tag character': '\u{e0041}',
} as const;

/** One, two, three and four bytes, one and two UTF-16 units. */
const character = fc.constantFrom('a', 'ü', '→', '\u{1f525}');

describe.each(Object.entries(HOSTILE))('%s', (_, text) => {
  it('is not part of a line', () => {
    expect(Line(512).safeParse(`INC-1 ${text} x`).error?.issues[0]?.message).toBe(
      'one line without control or invisible characters',
    );
  });

  it('is not part of a role name', () => {
    expect(RoleName.safeParse(`view${text}`).success).toBe(false);
  });

  it('does not survive in one line', () => {
    expect(oneLine(`a${text}b`)).toMatch(/^a\?[ -~]*b$/);
  });
});

describe('Line', () => {
  it.each(['INC-4711 checkout returns 5xx', 'Übergabe 引き継ぎ', '\u{1f525} fire', 'a <b> & "c"'])(
    'takes %j',
    (text) => {
      expect(Line(512).safeParse(text).success).toBe(true);
    },
  );

  it('may not be empty', () => {
    expect(Line(512).safeParse('').success).toBe(false);
  });

  it('counts characters as the API server does, not UTF-16 units', () => {
    expect(Line(3).safeParse('\u{1f525}'.repeat(3)).success).toBe(true);
    expect(Line(3).safeParse('\u{1f525}'.repeat(4)).error?.issues[0]?.message).toContain('<=3 characters');
  });

  it('leaves unassigned characters alone: API server and operator may know different versions of Unicode', () => {
    expect(Line(512).safeParse('\u0378').success).toBe(true);
  });
});

it('counts the same whatever the text is made of', () => {
  const schema = Text(4);
  fc.assert(
    fc.property(fc.string({ unit: character, maxLength: 8 }), (text) => {
      expect(schema.safeParse(text).success).toBe(Array.from(text).length <= 4);
    }),
  );
});

describe('RoleName', () => {
  it.each(['view', 'daypass-pod-logs', 'Team:Admin', 'system:aggregate-to-view', 'a b'])('takes %j', (name) => {
    expect(RoleName.safeParse(name).success).toBe(true);
  });

  it.each(['', 'a/b', '../x', '%2e%2e', 'a%00'])('refuses %j', (name) => {
    expect(RoleName.safeParse(name).success).toBe(false);
  });
});

describe('NamespaceName', () => {
  it.each(['a', 'payments', 'kube-system', '0', 'a'.repeat(63)])('takes %j', (name) => {
    expect(NamespaceName.safeParse(name).success).toBe(true);
  });

  it.each(['', '-a', 'a-', 'Payments', 'a.b', 'a/b', 'a*', 'a\n', 'ä', 'a'.repeat(64)])('refuses %j', (name) => {
    expect(NamespaceName.safeParse(name).success).toBe(false);
  });
});

describe('clip', () => {
  it('leaves alone what fits', () => {
    expect(clip('four', 4)).toBe('four');
  });

  it('never leaves half a character behind', () => {
    expect(clip('abc\u{1f525}', 4)).toBe('abc');
  });

  it('gives the longest beginning of whole characters that fits', () => {
    fc.assert(
      fc.property(fc.string({ unit: character }), fc.nat(20), (text, length) => {
        const clipped = clip(text, length);
        expect(text.startsWith(clipped)).toBe(true);
        expect(clipped.isWellFormed()).toBe(true);
        expect(clipped.length).toBeLessThanOrEqual(length);
        if (clipped.length < Math.min(length, text.length)) expect(length - clipped.length).toBe(1);
      }),
    );
  });
});
