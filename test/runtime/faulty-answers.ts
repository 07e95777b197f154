import type { ServerResponse } from 'node:http';

/** What can go wrong with a call that is carried out, once it has been. */
export type PartFault =
  /** The connection is closed before the answer. */
  | { readonly how: 'lose' }
  /** The answer ends in the middle, in good order. A watch meets no such thing, nor those that follow. */
  | { readonly how: 'truncate' }
  /** The connection is closed in the middle of the answer. */
  | { readonly how: 'tear' }
  /** The connection stays open in the middle of the answer, and not a byte comes over it from then on. */
  | { readonly how: 'freeze' };

/** What can go wrong with a call. */
export type CallFault =
  /** It is refused with this HTTP status, and changes nothing. */
  | { readonly how: 'refuse'; readonly code: number; readonly retryAfter?: number }
  /** The connection is closed before an answer, and nothing is changed. */
  | { readonly how: 'reset' }
  /** Nobody ever answers, and nothing is changed. */
  | { readonly how: 'stall' }
  /** It is answered, with 200 and nothing that makes sense. */
  | { readonly how: 'garbage' }
  | PartFault;

/** What can go wrong with a watch that has begun, at the next event. */
export type StreamFault =
  /** The stream ends in good order, in the middle of the event. */
  | 'truncate'
  /** The connection is closed in the middle of the event. */
  | 'tear'
  /** Something that is no event comes in its place. */
  | 'garbage'
  /** An ERROR event with status 410 comes in its place. */
  | 'expire'
  /** The connection stays open, and not a byte comes over it from now on. */
  | 'freeze';

/** Such as `reset`, or `refuse 410`. */
export function nameOf(fault: CallFault): string {
  return fault.how === 'refuse' ? `refuse ${fault.code}` : fault.how;
}

/** Answers a call that is not carried out; one that stalls it leaves alone. */
export function answerWith(fault: Exclude<CallFault, PartFault>, response: ServerResponse): void {
  if (fault.how === 'reset') response.destroy();
  else if (fault.how === 'garbage') response.writeHead(200).end('{"kind": "Tea\n');
  else if (fault.how === 'refuse') refuse(response, fault);
}

/** Answers as an API server that does not serve a WatchList. */
export function noWatchList(response: ServerResponse): void {
  refuse(response, { code: 422 });
}

/** Sends half of an answer whose head has been sent. */
export function answerHalf(fault: Exclude<PartFault['how'], 'lose'>, answer: Buffer, response: ServerResponse): void {
  const half = halfOf(answer);
  if (fault === 'truncate') response.end(half);
  else if (fault === 'tear') response.write(half, () => response.destroy());
  else response.write(half);
}

/** Puts an end to a watch at this event. */
export function breakOff(fault: Exclude<StreamFault, 'freeze'>, event: Buffer, response: ServerResponse): void {
  const half = halfOf(event);
  if (fault === 'truncate') response.end(half);
  else if (fault === 'tear') response.write(half, () => response.destroy());
  else if (fault === 'garbage') response.end('\u0000\uFFFDnot an event\n');
  else response.end(`${JSON.stringify({ type: 'ERROR', object: statusOf(410) })}\n`);
}

function halfOf(bytes: Buffer): Buffer {
  return bytes.subarray(0, Math.floor(bytes.length / 2));
}

function refuse(response: ServerResponse, { code, retryAfter }: { code: number; retryAfter?: number }): void {
  response.writeHead(code, { ...(retryAfter !== undefined && { 'retry-after': String(retryAfter) }) });
  response.end(JSON.stringify(statusOf(code)));
}

function statusOf(code: number) {
  return { apiVersion: 'v1', kind: 'Status', metadata: {}, status: 'Failure', code, message: `the test says ${code}` };
}
