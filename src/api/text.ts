import { z } from 'zod';

/**
 * Control, format (bidi among them), private-use, surrogate and line-separating characters.
 * Unassigned ones are no part of it: which those are depends on the version of Unicode, and
 * API server and operator have to agree.
 */
const INVISIBLE = '\\p{Cc}\\p{Cf}\\p{Co}\\p{Cs}\\p{Zl}\\p{Zp}';

/** At most `maxLength` characters, counted as the API server counts them: by code point, not by UTF-16 unit. */
export function Text(maxLength: number) {
  return z
    .string()
    .check(({ value, issues }) => {
      if (value.length <= maxLength || [...value].length <= maxLength) return;
      issues.push({ code: 'too_big', origin: 'string', maximum: maxLength, inclusive: true, input: value });
    })
    .meta({ maxLength });
}

/**
 * `schema` narrowed by `pattern`, with what that allows in words. In the CRD the words need a rule
 * of their own: for a pattern alone the API server answers with the pattern.
 */
export function spelled(schema: z.ZodString, pattern: RegExp, allowed: string, ...more: readonly Rule[]): z.ZodString {
  const rule: Rule = { rule: `self.matches(r'${pattern.source}')`, message: `must be ${allowed}` };
  return schema.regex(pattern, allowed).meta({ ...schema.meta(), 'x-kubernetes-validations': [rule, ...more] });
}

/** A CEL rule of a CRD, and what the API server says where it does not hold. */
interface Rule {
  readonly rule: string;
  readonly message: string;
}

/**
 * One line of free text from a person. Control, format (bidi) and line-separating characters are
 * refused at the door, so that no reader's terminal, table or log is ever asked to deal with them.
 */
export function Line(maxLength: number) {
  const visible = new RegExp(`^[^${INVISIBLE}]+$`, 'u');
  return spelled(Text(maxLength).min(1), visible, 'one line without control or invisible characters');
}

/** Where a name may go into a URL path: RBAC names may hold capitals and colons, but neither `/` nor `%`. */
export const RoleName = spelled(
  Text(253).min(1),
  new RegExp(`^[^/%${INVISIBLE}]+$`, 'u'),
  'the name of a ClusterRole, without "/" or "%"',
);

/** RFC 1123 subdomain: the form of the name of most objects. */
export const SubdomainName = spelled(
  z.string().min(1).max(253),
  /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/,
  'the name of an object: lower-case letters, digits, "-" and "."',
);

/** RFC 1123 label: the form of a namespace's name. */
export const NamespaceName = spelled(
  z.string().max(63),
  /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/,
  'the name of a namespace: lower-case letters, digits and "-"',
);

/** `text` as one line that any terminal can show: what is invisible becomes a question mark. */
export function oneLine(text: string): string {
  return text.replaceAll(new RegExp(`[${INVISIBLE}]`, 'gu'), '?');
}

/** `text` cut to at most `length` UTF-16 units, never through the middle of a character. */
export function clip(text: string, length: number): string {
  if (text.length <= length) return text;
  const last = text.charCodeAt(length - 1);
  const isHighSurrogate = last >= 0xd800 && last < 0xdc00;
  return text.slice(0, isHighSurrogate ? length - 1 : length);
}
