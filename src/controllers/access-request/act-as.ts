import type { Identity } from '../../api/identity.ts';
import { SUBJECT_ACCESS_REVIEWS } from '../../api/kubernetes.ts';
import type { Pair } from '../../policy/act-as.ts';
import { type ResourceAttributes, waysToActAs } from '../../rbac/act-as.ts';
import type { Client } from '../../runtime/client.ts';
import type { Clock } from '../../runtime/clock.ts';
import { apiVersionOf } from '../../runtime/object.ts';

/** How long an answer is good for, in seconds: rights change, and approvals are judged again when access is given. */
const FRESH = 60;

interface Answer {
  readonly could: boolean;
  /** On the monotonic clock, in milliseconds. */
  readonly until: number;
}

/**
 * Who could act as whom, as the API server's own authorizer says. People stand behind service
 * accounts: whoever could act as the other side of an approval would agree with themself (promise P4).
 */
export class ActAs {
  readonly #client: Client;
  readonly #clock: Clock;
  readonly #answers = new Map<string, Answer>();
  /** What is being asked right now. */
  readonly #asking = new Map<string, Promise<void>>();

  constructor({ client, clock }: { client: Client; clock: Clock }) {
    this.#client = client;
    this.#clock = clock;
  }

  /** Whether any of these could; undefined while that has not been asked lately. */
  couldAny(pairs: readonly Pair[]): boolean | undefined {
    const now = this.#clock.monotonic();
    const answers = pairs.map((pair) => this.#answers.get(keyOf(pair)));
    const fresh = answers.filter((answer) => answer !== undefined && answer.until > now);
    if (fresh.some((answer) => answer?.could === true)) return true;
    return fresh.length === pairs.length ? false : undefined;
  }

  /**
   * Asks the API server about each, unless it has been asked lately, or is being asked right now.
   * @throws ApiError
   */
  async ask(pairs: readonly Pair[], signal: AbortSignal): Promise<void> {
    const now = this.#clock.monotonic();
    for (const [key, { until }] of this.#answers) if (until <= now) this.#answers.delete(key);
    for (const pair of pairs) {
      const key = keyOf(pair);
      if (!this.#answers.has(key)) await (this.#asking.get(key) ?? this.#askAbout(pair, key, signal));
    }
  }

  #askAbout({ who, as }: Pair, key: string, signal: AbortSignal): Promise<void> {
    const asking = this.#isAllowedAny(who, waysToActAs(as), signal)
      .then((could) => void this.#answers.set(key, { could, until: this.#clock.monotonic() + FRESH * 1000 }))
      .finally(() => this.#asking.delete(key));
    this.#asking.set(key, asking);
    return asking;
  }

  async #isAllowedAny(
    { username: user, uid, groups, extra }: Identity,
    ways: readonly ResourceAttributes[],
    signal: AbortSignal,
  ): Promise<boolean> {
    const answers = await Promise.all(
      ways.map(async (resourceAttributes) => {
        const review = {
          apiVersion: apiVersionOf(SUBJECT_ACCESS_REVIEWS),
          kind: SUBJECT_ACCESS_REVIEWS.kind,
          metadata: {},
          spec: { user, uid, groups, extra, resourceAttributes },
        };
        return (await this.#client.create(SUBJECT_ACCESS_REVIEWS, review, { signal }))['status'];
      }),
    );
    return answers.some((status) => !isRefused(status));
  }
}

/** Only a plain no is one: an authorizer that errs, or says nothing, must not give an approval. */
function isRefused(status: unknown): boolean {
  return typeof status === 'object' && status !== null && 'allowed' in status && status.allowed === false
    ? !('evaluationError' in status)
    : false;
}

function keyOf({ who: { username, uid, groups, extra }, as: { namespace, name } }: Pair): string {
  return JSON.stringify([namespace, name, username, uid, groups, extra]);
}
