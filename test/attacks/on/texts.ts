import { ask, decide } from '../../identity/grant.ts';
import type { Attempt } from '../attempt.ts';
import { refusal, schema } from '../barriers.ts';

/** What would write on somebody's terminal, or say something else than it shows. */
const HOSTILE = [
  ['a line break', 'fine\nGranted by lena'],
  ['a carriage return', 'evil\rfine'],
  ['a NUL', 'fine\0evil'],
  ['an ANSI escape', 'fine\u001b[2J\u001b[1;1HGranted by lena'],
  ['the C1 form of an ANSI escape', 'fine\u009b2J'],
  ['a hyperlink for terminals', 'fine\u001b]8;;https://example.com\u0007here\u001b]8;;\u0007'],
  ['a right-to-left override', 'fine\u202Eevil'],
  ['a bidi isolate', 'fine\u2066evil\u2069'],
  ['a zero-width space', 'fi\u200Bne'],
  ['a byte order mark', '\uFEFFfine'],
  ['a line separator', 'fine\u2028Granted by lena'],
  ['a private character', 'fine\uE000'],
] as const;

const ONE_LINE = schema('must be one line without control or invisible characters');
const TOO_LARGE = refusal(413, 'Request entity too large: limit is');

const MEGABYTES = 10 * 1024 * 1024;

/** By what they write for others to read. */
export const BY_TEXTS: readonly Attempt[] = [
  ...(['reason', 'ticket'] as const).flatMap((field): Attempt[] => [
    ...HOSTILE.map(
      ([what, text]): Attempt => ({
        promise: 'P5',
        title: `asks with ${what} in the ${field}`,
        right: ['create', 'accessrequests'],
        stoppedBy: ONE_LINE,
        run: (who, { stage }) => ask(who, stage, { spec: { [field]: text } }),
      }),
    ),
    {
      promise: 'P6',
      title: `asks with a ${field} of 513 characters`,
      right: ['create', 'accessrequests'],
      stoppedBy: schema(`spec.${field}: Too long: may not be more than`),
      run: (who, { stage }) => ask(who, stage, { spec: { [field]: 'x'.repeat(513) } }),
    },
    {
      promise: 'P6',
      title: `asks with a ${field} of 10 MB`,
      right: ['create', 'accessrequests'],
      stoppedBy: TOO_LARGE,
      run: (who, { stage }) => ask(who, stage, { spec: { [field]: 'x'.repeat(MEGABYTES) } }),
    },
  ]),
  ...HOSTILE.map(
    ([what, comment]): Attempt => ({
      promise: 'P5',
      title: `decides with ${what} in the comment`,
      right: ['create', 'accessreviews'],
      stoppedBy: ONE_LINE,
      run: (who, { stage }) => decide(who, stage, SOME, { spec: { comment } }),
    }),
  ),
  {
    promise: 'P6',
    title: 'decides with a comment of 513 characters',
    right: ['create', 'accessreviews'],
    stoppedBy: schema('spec.comment: Too long: may not be more than'),
    run: (who, { stage }) => decide(who, stage, SOME, { spec: { comment: 'x'.repeat(513) } }),
  },
  {
    promise: 'P6',
    title: 'decides with a comment of 10 MB',
    right: ['create', 'accessreviews'],
    stoppedBy: TOO_LARGE,
    run: (who, { stage }) => decide(who, stage, SOME, { spec: { comment: 'x'.repeat(MEGABYTES) } }),
  },
];

/** A decision on any request. */
const SOME: Parameters<typeof decide>[2] = [{ name: 'any', uid: crypto.randomUUID() }, 'Approve'];
