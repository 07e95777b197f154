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
 * One line of free text from a person. Control, format (bidi) and line-separating characters are
 * refused at the door, so that no reader's terminal, table or log is ever asked to deal with them.
 */
export function Line(maxLength: number) {
  return Text(maxLength)
    .min(1)
    .regex(new RegExp(`^[^${INVISIBLE}]+$`, 'u'), 'one line without control or invisible characters');
}

/** Where a name may go into a URL path: RBAC names may hold capitals and colons, but neither `/` nor `%`. */
export const RoleName = Text(253)
  .min(1)
  .regex(new RegExp(`^[^/%${INVISIBLE}]+$`, 'u'), 'a ClusterRole name, without "/" or "%"');

/** RFC 1123 label: the form of a namespace's name. */
export const NamespaceName = z
  .string()
  .max(63)
  .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/, 'the name of a namespace');

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
