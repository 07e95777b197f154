import { beforeEach, describe, expect, it } from 'vitest';
import { appendEntry, type HistoryEntry } from '../api/history.ts';
import { request } from '../api/test-objects.ts';
import { Outbox } from './outbox.ts';

const TYPES = ['Requested', 'Approved', 'Granted', 'Expired'] as const;

/** A request with this many entries, one at each given second after nine. */
function asked(name: string, ...seconds: number[]) {
  let history: HistoryEntry[] = [];
  for (const [index, second] of seconds.entries()) {
    const type = TYPES[index] ?? 'Failed';
    history = appendEntry(history, { type, reason: type, actor: 'ada', message: '' }, time(second));
  }
  return request(name, {}, { history });
}

function time(second: number): string {
  return `2026-12-01T09:00:${String(second).padStart(2, '0')}Z`;
}

let now: string;
const clock = { now: () => new Date(now) };
let outbox: Outbox;
beforeEach(() => {
  now = time(30);
  outbox = new Outbox(time(0), clock);
});

/** All that is left to deliver of a request, delivered, as sequence numbers. */
function drain(uid: string): number[] {
  const sequences: number[] = [];
  for (let next = outbox.next(uid); next; next = outbox.next(uid)) {
    sequences.push(next.entry.sequence);
    outbox.delivered(uid);
  }
  return sequences;
}

describe('entries', () => {
  it('come with whose they are', () => {
    expect(outbox.observe(asked('r', 1))).toBe(true);
    expect(outbox.next('uid-r')).toMatchObject({
      request: { namespace: 'payments', name: 'r', uid: 'uid-r' },
      entry: { sequence: 1, type: 'Requested' },
    });
  });

  it('are delivered in order, one after the other, and stay until they are', () => {
    outbox.observe(asked('r', 1, 2, 3));
    expect(outbox.next('uid-r')).toBe(outbox.next('uid-r'));
    expect(drain('uid-r')).toEqual([1, 2, 3]);
  });

  it('are taken in once, however often the request is seen', () => {
    outbox.observe(asked('r', 1, 2));
    expect(outbox.observe(asked('r', 1, 2))).toBe(false);
    expect(drain('uid-r')).toEqual([1, 2]);
    expect(outbox.observe(asked('r', 1, 2))).toBe(false);
  });

  it('that are new come after those that wait', () => {
    outbox.observe(asked('r', 1, 2));
    outbox.delivered('uid-r');
    expect(outbox.observe(asked('r', 1, 2, 3))).toBe(true);
    expect(drain('uid-r')).toEqual([2, 3]);
  });

  it('are not taken in again when an older version of the request is seen late', () => {
    outbox.observe(asked('r', 1, 2, 3));
    expect(outbox.observe(asked('r', 1))).toBe(false);
    expect(drain('uid-r')).toEqual([1, 2, 3]);
    expect(outbox.observe(asked('r', 1, 2, 3))).toBe(false);
  });

  it('of one request do not wait for those of another', () => {
    outbox.observe(asked('a', 1));
    outbox.observe(asked('b', 2));
    expect(drain('uid-b')).toEqual([1]);
    expect(drain('uid-a')).toEqual([1]);
  });

  it('from before the checkpoint were delivered; those of that very second may not have been', () => {
    outbox = new Outbox(time(2), clock);
    outbox.observe(asked('r', 1, 2, 3));
    expect(drain('uid-r')).toEqual([2, 3]);
  });

  it('wait since the newest of them was taken in', () => {
    expect(outbox.waitingSince('uid-r')).toBeUndefined();
    outbox.observe(asked('r', 1, 2));
    now = time(40);
    outbox.observe(asked('r', 1, 2, 3));
    outbox.observe(asked('r', 1, 2, 3));
    now = time(50);
    expect(outbox.waitingSince('uid-r')).toEqual(new Date(time(40)));
    drain('uid-r');
    expect(outbox.waitingSince('uid-r')).toBeUndefined();
  });

  it('there are none of a request that nothing happened to', () => {
    expect(outbox.observe(request('r'))).toBe(false);
    expect(outbox.next('uid-r')).toBeUndefined();
  });
});

describe('a request that is gone', () => {
  it('still has delivered what it left behind', () => {
    outbox.observe(asked('r', 1, 2));
    outbox.forget('uid-r');
    expect(drain('uid-r')).toEqual([1, 2]);
  });

  it('is not mistaken for another of the same name', () => {
    outbox.observe(asked('r', 1, 2));
    const again = asked('r', 3);
    expect(outbox.observe({ ...again, metadata: { ...again.metadata, uid: 'uid-new' } })).toBe(true);
    expect(drain('uid-new')).toEqual([1]);
  });
});

describe('the watermark', () => {
  it('is not known while nothing was delivered', () => {
    expect(outbox.watermark()).toBeUndefined();
    outbox.observe(asked('r', 1));
    expect(outbox.watermark()).toBeUndefined();
  });

  it('is the newest entry delivered when nothing waits', () => {
    outbox.observe(asked('a', 5));
    outbox.observe(asked('b', 3));
    drain('uid-a');
    drain('uid-b');
    expect(outbox.watermark()).toBe(time(5));
  });

  it('never passes an entry that still waits', () => {
    outbox.observe(asked('a', 1, 5));
    outbox.observe(asked('b', 3, 9));
    drain('uid-a');
    expect(outbox.watermark()).toBe(time(3));
    outbox.delivered('uid-b');
    expect(outbox.watermark()).toBe(time(5));
  });

  it('waits for what a deleted request left behind', () => {
    outbox.observe(asked('a', 1));
    outbox.observe(asked('b', 5));
    outbox.forget('uid-a');
    drain('uid-b');
    expect(outbox.watermark()).toBe(time(1));
  });
});
