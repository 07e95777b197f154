import type { Logger } from 'pino';
import type { Client } from './client.ts';
import type { Clock } from './clock.ts';
import { ApiError, isApiError } from './errors.ts';
import { claim, type LeaseRecord, LEASES, readLease, release } from './lease.ts';
import type { ObjectName } from './object.ts';
import { momentOf, RENEW_DEADLINE, Term } from './term.ts';
import { sleep, withAny } from './waiting.ts';

/** How long a Lease must not have changed before another takes it, in milliseconds. */
const LEASE_DURATION = 10_000;
/** For how long nobody leads after a term that was lost, in milliseconds: what was sent before its end can land. */
const LANDING = LEASE_DURATION - RENEW_DEADLINE;
/** How long until whoever leads prolongs it, in milliseconds. */
const RENEW = 1_500;
/**
 * How soon again after a failure, and how often the others look, in milliseconds; up to a fifth less at
 * random. Where the server asks for more time it gets that, but no more than {@link RENEW}.
 */
const RETRY = 500;
/** How long the API server may take to answer, in milliseconds: where a connection is dead there is time for another. */
const ANSWER = 3_000;
/** Whatever else is under way, the Lease does not wait for it. */
const LANE = 'urgent';

export interface ElectorOptions {
  client: Client;
  /** The machine's own: only differences count, and both clocks do. */
  clock: Clock;
  /** In [0, 1), as `Math.random`. */
  random: () => number;
  log: Logger;
  /** It has to exist: RBAC cannot limit `create` by name. */
  lease: ObjectName;
  /** Names this process, and no other nor an earlier start of it. */
  identity: string;
  /**
   * What only a leader does. Works until `signal` is aborted, then ends what it has begun and
   * resolves; only after that does anybody here lead again. Rejects where it cannot go on. Where it
   * takes more than 8 s to end, a manager may stop (parts.ts) before the Lease is given up.
   */
  lead: (term: Term, signal: AbortSignal) => Promise<void>;
}

/**
 * Sees to it that of all processes that share a Lease at most one leads. After client-go's
 * leaderelection, with terms as fences; times are 10 s for the Lease, 6 s to renew it, 500 ms
 * between tries.
 *
 * - Whoever leads goes by the time at which it last sent a renewal that was answered: six seconds
 *   later its term is over (term.ts), whether the process ran meanwhile or not.
 * - The others go by their own monotonic clock alone, never by the times in the Lease: they take it
 *   when they have seen it unchanged for ten seconds. What they see is never older than the write,
 *   so no two lead at once as long as no clock runs more than two thirds faster than another:
 *   ten seconds of the faster are then no less than six of the slower.
 * - Whoever leads calls nobody without its term (fenced-client.ts). A write that was sent before
 *   its end has the four seconds between to land, whoever leads next: the process that lost the
 *   term keeps away from the Lease for as long. It may still land later, as any write whose answer
 *   is lost: nothing limits for how long a network or an API server holds one back. So writes need
 *   what makes them harmless then: preconditions, and names that can be taken once.
 * - A term is lost when nothing was renewed in time; the process goes on, and may lead again. When
 *   it is to end, it renews until its work has ended, and then gives the Lease up, unless a call of
 *   the work has no answer yet: then it leaves the Lease to lapse, as after a loss.
 */
export class Elector {
  readonly name = 'leader election';
  readonly #options: ElectorOptions;
  #term: Term | undefined;
  /** As it was last read or written; undefined when nobody knows how it is now. */
  #lease: LeaseRecord | undefined;
  /** Since when it has been seen like this. */
  #seen = { version: '', since: 0 };
  #holder: string | undefined;
  #failure: ApiError | undefined;

  constructor(options: ElectorOptions) {
    this.#options = options;
  }

  /** Whether this process leads at this very moment. */
  get leads(): boolean {
    return this.#term?.holds() ?? false;
  }

  /** Who leads, as far as was heard last: whoever held the Lease, but for a term of our own that is over. */
  get holder(): string | undefined {
    return this.#holder === this.#options.identity && !this.leads ? undefined : this.#holder;
  }

  /** Why this process could never lead as things are: an answer that waiting does not change. */
  get obstacle(): string | undefined {
    return this.#failure && this.#failure.advice !== 'retry' ? this.#failure.message : undefined;
  }

  /** Takes part until `signal` is aborted and what it leads has ended. Rejects if that could not go on. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#attempt((any, late) => this.#compete(any, late), signal);
      if (this.#term) await this.#serve(this.#term, signal);
      else await this.#pause(this.#again, signal);
    }
  }

  /**
   * One look at the Lease, until `signal` is aborted; takes it where it can be had. A claim that is under way is waited
   * for, until `late`: the Lease would be kept from the others though nobody leads.
   */
  async #compete(signal: AbortSignal, late: AbortSignal): Promise<void> {
    const { clock, identity } = this.#options;
    const found = await this.#read(signal);
    if (signal.aborted) return;
    if (found.version !== this.#seen.version) this.#seen = { version: found.version, since: clock.monotonic() };
    const over = this.#seen.since + Math.max(LEASE_DURATION, found.duration);
    const free = found.holder === undefined || found.holder === identity || clock.monotonic() >= over;
    if (!free) return;
    const begun = momentOf(clock);
    if (!(await this.#claim(found, late))) return;
    const term = new Term(clock, begun);
    if (term.holds()) this.#term = term;
  }

  /** Leads for as long as it holds; where it was lost, waits until what was sent has had time to land. */
  async #serve(term: Term, signal: AbortSignal): Promise<void> {
    const { clock, log, lead, identity } = this.#options;
    log.info({ identity }, 'leading');
    const over = new AbortController();
    const finish = () => over.abort();
    term.lost.addEventListener('abort', finish);
    const work = withAny([signal, term.lost], (stop) => lead(term, stop)).finally(finish);
    const renewals = this.#renew(term, over.signal).catch((defect: unknown) => {
      term.end();
      throw defect;
    });
    const ends = await Promise.allSettled([work, renewals]);
    if (term.underWay > 0) term.end();
    const kept = term.holds();
    if (kept) await this.#release(term);
    else log.warn({ identity }, 'no longer leading');
    this.#term = undefined;
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
    if (!kept) await sleep(LANDING, clock, signal);
  }

  async #renew(term: Term, over: AbortSignal): Promise<void> {
    await this.#pause(RENEW, over);
    // Whoever wakes up after its term would prolong for others, too, a time in which nobody leads.
    while (term.holds() && !over.aborted) {
      // One that is under way when the work ends is waited for: the Lease cannot be given up while nobody knows how it is.
      const renewed = await this.#attempt((signal) => this.#prolong(term, signal), term.lost);
      await this.#pause(renewed ? RENEW : this.#again, over);
    }
  }

  async #prolong(term: Term, signal: AbortSignal): Promise<void> {
    const { clock, identity } = this.#options;
    const found = this.#lease ?? (await this.#read(signal));
    if (found.holder !== identity) {
      term.end();
      return;
    }
    const begun = momentOf(clock);
    if (await this.#claim(found, signal)) term.renewed(begun);
  }

  /** First of all the term ends: once the Lease is given up, anybody may have it. */
  async #release(term: Term): Promise<void> {
    const { client, clock, lease, identity, log } = this.#options;
    term.end();
    const released = await this.#attempt(async (signal) => {
      const found = this.#lease ?? (await this.#read(signal));
      if (found.holder !== identity) return;
      this.#lease = undefined;
      await client.patch(LEASES, lease, release(found, clock.now()), { signal, lane: LANE });
    });
    if (released) log.info({ identity }, 'gave up the Lease');
  }

  async #read(signal: AbortSignal): Promise<LeaseRecord> {
    const { client, lease } = this.#options;
    this.#lease = readLease(await client.get(LEASES, lease, { signal, lane: LANE }));
    this.#holder = this.#lease.holder;
    return this.#lease;
  }

  /** Whether it is ours now. Until the answer is there, nobody knows. */
  async #claim(found: LeaseRecord, signal: AbortSignal): Promise<boolean> {
    const { client, clock, lease, identity } = this.#options;
    this.#lease = undefined;
    const patch = claim(found, identity, LEASE_DURATION, clock.now());
    const claimed = readLease(await client.patch(LEASES, lease, patch, { signal, lane: LANE }));
    this.#lease = claimed;
    this.#holder = claimed.holder;
    // A patch that changes nothing, as one by a clock that was set back may, is no sign of life to the others.
    return claimed.version !== found.version;
  }

  /**
   * Whether the call went through. It is given what ends it, `outer` or that the time for an answer is over, and the
   * latter alone. What is in its way is told once.
   */
  async #attempt(call: (any: AbortSignal, late: AbortSignal) => Promise<void>, outer?: AbortSignal): Promise<boolean> {
    const { clock, log } = this.#options;
    const late = new AbortController();
    const timer = clock.timer(ANSWER, () => {
      late.abort(new ApiError('Unavailable', `no answer within ${ANSWER / 1000} s`, { maybeDone: true }));
    });
    try {
      await withAny([late.signal, outer], (any) => call(any, late.signal));
      this.#failure = undefined;
      return true;
    } catch (error) {
      if (outer?.aborted) return false;
      if (!isApiError(error)) throw error;
      // Who else wanted it was faster; that is how it should be.
      const level = this.#failure || error.reason === 'Conflict' ? 'debug' : 'warn';
      log[level]({ err: error }, 'no answer about the Lease, trying again');
      this.#failure = error;
      return false;
    } finally {
      timer.cancel();
    }
  }

  get #again(): number {
    return Math.min(Math.max(RETRY, this.#failure?.retryAfter ?? 0), RENEW);
  }

  #pause(ms: number, signal: AbortSignal): Promise<void> {
    const { clock, random } = this.#options;
    return sleep(ms * (1 - random() / 5), clock, signal);
  }
}
