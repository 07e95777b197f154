import { z } from 'zod';
import { type AccessRequest, ACCESS_REQUESTS, readAccessRequest } from '../../../src/api/access-request.ts';
import type { HistoryEntry } from '../../../src/api/history.ts';
import { EVENTS } from '../../../src/api/kubernetes.ts';
import { StoryError } from '../tools/failure.ts';
import type { Scene } from './scene.ts';
import { columns } from '../tools/text.ts';
import { until } from '../tools/until.ts';

/** How long Events may take to follow the history, in seconds. */
const PATIENCE = 30;

const RequestEvent = z.object({
  metadata: z.object({ name: z.string() }),
  eventTime: z.string(),
  type: z.string(),
  reason: z.string(),
  note: z.string().default(''),
  regarding: z.object({ uid: z.string() }),
});
type RequestEvent = z.infer<typeof RequestEvent>;

/**
 * Shows a request's history and its Events, read by the platform team.
 * @throws StoryError if they are not `whole`
 */
export async function showRecord(
  { terminal, platform, stop }: Scene,
  { metadata }: AccessRequest,
  whole: readonly string[],
): Promise<void> {
  const isWhole = (types: readonly string[]) => types.join() === whole.join();
  const { namespace, name, uid } = metadata;
  const { client } = platform.api;
  const object = await client.get(ACCESS_REQUESTS.resource, { namespace, name }, { signal: stop.signal });
  const request = readAccessRequest(object);
  const history = 'unreadable' in request ? [] : (request.status.history ?? []);
  if (!isWhole(history.map(({ type }) => type))) {
    throw new StoryError(`the history of ${name} is not ${whole.join(', ')}: ${JSON.stringify(history)}`);
  }
  terminal.note(`The history in the status of accessrequest/${name}:`);
  terminal.output(historyTable(history));

  const events = await until(
    async () => {
      const { items } = await client.list(EVENTS, { namespace, signal: stop.signal });
      const found = items
        .flatMap((item) => RequestEvent.safeParse(item).data ?? [])
        .filter(({ regarding }) => regarding.uid === uid);
      const ordered = found.toSorted((a, b) => sequenceOf(a) - sequenceOf(b));
      const reasons = ordered.map(({ reason }) => reason);
      return isWhole(reasons) ? { found: ordered } : { miss: reasons.join(', ') || 'none' };
    },
    { otherwise: `the Events of ${name} are not ${whole.join(', ')}`, seconds: PATIENCE, signal: stop.signal },
  );
  terminal.note(`Its Events in ${namespace}:`);
  terminal.output(eventTable(events));
  terminal.check('every step is there, once');
}

function historyTable(history: readonly HistoryEntry[]): string {
  const rows = history.map(({ time, type, actor, message }) => [time, type, actor, message]);
  return columns([['TIME', 'TYPE', 'ACTOR', 'MESSAGE'], ...rows]).join('\n');
}

function eventTable(events: readonly RequestEvent[]): string {
  const rows = events.map(({ eventTime, type, reason, note }) => [
    eventTime.replace(/\.\d+Z$/, 'Z'),
    type,
    reason,
    note,
  ]);
  return columns([['TIME', 'TYPE', 'REASON', 'NOTE'], ...rows]).join('\n');
}

/** Their names end with the number of the history entry that they copy. */
function sequenceOf({ metadata }: RequestEvent): number {
  return Number(metadata.name.split('.').at(-1));
}
