import { EVENTS } from '../../../src/api/kubernetes.ts';
import type { DecidedAttack } from './attack.ts';
import type { Scene } from './scene.ts';

const AUTOMATIC = { approval: { automatic: true } };
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/u;
/** Bytes, the API server's bound on the note of an Event. */
const NOTE = 1024;

/** Names that directories have let through. What they would do to a terminal, a table or a log. */
const NAMES: readonly (readonly [what: string, name: string])[] = [
  ['colours a terminal', '\u001b[31mroot\u001b[0m'],
  ['ends a line, and begins another', 'dana\n2026-12-01T09:00:00Z Approved by lena'],
  ['turns what follows around', 'dana\u202egnp.exe'],
  ['is a link', '[dana](https://example.com/login)<img src=x onerror=alert(1)>'],
  ['is a shell command', '$(reboot)`reboot`'],
];

/** All that is told of a request in public, as one text for each. */
async function toldOf({ arena, admin }: Scene, uid: string, entries: number): Promise<string[]> {
  const seen = await arena.requests.find('all is told', ({ object }) => {
    return object.metadata.uid === uid && JSON.stringify(object['status'] ?? {}).includes(`"sequence":${entries}`);
  });
  await arena.events.find('its last Event', ({ object }) => object.metadata.name === `daypass.${uid}.${entries}`);
  const { namespace = '' } = seen.object.metadata;
  const events = (await admin.list(EVENTS, { namespace })).items;
  return [
    ...textsIn(seen.object['status']),
    ...events.flatMap((event) => textsIn([event['note'], event['reason'], event['action']])),
  ];
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

/** By text that whoever reads the record is to trip over. */
export const HOSTILE_TEXT: readonly DecidedAttack[] = [
  ...NAMES.map(
    ([what, name]): DecidedAttack => ({
      title: `has a username that ${what}`,
      promise: 'P5',
      stoppedBy: 'Requested, Approved, Granted: nothing invisible in it',
      async run(scene) {
        await scene.policy(AUTOMATIC);
        const grant = await scene.grant(await scene.developer(name));
        const texts = await toldOf(scene, grant.uid, 3);
        const types = ['Requested', 'Approved', 'Granted'].filter((type) => texts.includes(type));
        return `${types.join(', ')}: ${texts.find((text) => INVISIBLE.test(text)) ?? 'nothing invisible'} in it`;
      },
    }),
  ),
  {
    title: 'denies by a comment that is too long for an Event, to keep it off the record',
    promise: 'P5',
    stoppedBy: 'Reviewed in full, and in an Event cut short',
    async run(scene) {
      await scene.policy();
      const asked = await scene.pending(await scene.developer());
      const comment = '\u{1f512}'.repeat(512);
      await scene.review(await scene.lead(), asked, 'Deny', comment);
      await scene.ended(asked);
      const [texts, { object }] = await Promise.all([
        toldOf(scene, asked.uid, 3),
        scene.arena.events.find('its Event', (seen) => seen.object.metadata.name === `daypass.${asked.uid}.2`),
      ]);
      const note = String(object['note']);
      const isShort = Buffer.byteLength(note) <= NOTE && note.length > 0 && !note.includes('\ufffd');
      return `Reviewed ${texts.some((text) => text.includes('\u{1f512}'.repeat(500))) ? 'in full' : 'in part'}, and in an Event ${isShort ? 'cut short' : 'too long'}`;
    },
  },
  {
    title: 'has a reason in Markdown and HTML, and gets it word for word',
    promise: 'P5',
    stoppedBy: '<b>INC-1</b> [x](javascript:alert(1)) $(reboot) ${x} {{.}}',
    async run(scene) {
      await scene.policy(AUTOMATIC);
      // biome-ignore lint/suspicious/noTemplateCurlyInString: that it is none is the point
      const reason = '<b>INC-1</b> [x](javascript:alert(1)) $(reboot) ${x} {{.}}';
      const { managed } = await scene.grant(await scene.developer(), { reason });
      const { object } = await scene.arena.bindings.find(
        'its binding',
        (seen) => seen.object.metadata.name === managed,
      );
      return object.metadata.annotations?.['daypass.dev/reason'] ?? '';
    },
  },
];
