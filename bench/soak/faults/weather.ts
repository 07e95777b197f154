import { setTimeout as pause } from 'node:timers/promises';
import type { CallFault } from '../../../test/runtime/faulty-answers.ts';
import type { FaultyServer } from '../../../test/runtime/faulty-server.ts';
import { between, oneOf } from '../random.ts';
import type { Climate, Stretch } from './climate.ts';

/**
 * What goes wrong with a server, stretch after stretch, all drawn from a seed: the same seed has
 * the same stretches. Which calls they meet is up to when those come.
 */
export class Weather {
  /** How often there was each stretch; what of its faults it has met the server knows. */
  readonly counts = new Map<string, number>();
  readonly #random: () => number;
  readonly #ofCalls: () => number;

  /** `random` draws the stretches, `ofCalls` what becomes of each call in them. */
  constructor(random: () => number, ofCalls: () => number) {
    this.#random = random;
    this.#ofCalls = ofCalls;
  }

  /** Lets this climate come over a server until the signal is aborted; from then on nothing fails. */
  async over(server: FaultyServer, climate: Climate, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const stretch = nextIn(climate, this.#random);
      const stream = oneOf(stretch.streams, this.#random);
      const lasts = between(stretch.lasts, this.#random);
      const what = `stretch: ${stretch.name}`;
      this.counts.set(what, (this.counts.get(what) ?? 0) + 1);
      server.fault = () => this.#faultIn(stretch);
      server.streamFault = stream;
      if (stretch.hangUp) server.hangUp();
      await pause(lasts, undefined, { signal }).catch(() => undefined);
    }
    server.fault = () => undefined;
    server.streamFault = undefined;
  }

  #faultIn({ share, calls }: Stretch): CallFault | undefined {
    if (this.#ofCalls() >= share) return undefined;
    return oneOf(calls, this.#ofCalls);
  }
}

function nextIn(climate: Climate, random: () => number): Stretch {
  const all = climate.flatMap((stretch) => Array.from({ length: stretch.weight }, () => stretch));
  return oneOf(all, random);
}
