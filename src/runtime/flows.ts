import { Line, type Linked } from './line.ts';

/** A key on its place. */
interface Place extends Linked<Place> {
  readonly key: string;
  readonly flow: Flow;
}

/** The keys of one flow, which has something in it. */
interface Flow extends Linked<Flow> {
  readonly name: string;
  readonly places: Line<Place>;
}

/**
 * Keys that belong to flows: the flows take turns, and within each the first in is the first out.
 * So of F flows with something in them, whatever comes into an empty one is handed out after at
 * most F - 1 others, however many there are.
 */
export class Flows {
  readonly #places = new Map<string, Place>();
  readonly #flows = new Map<string, Flow>();
  readonly #turns = new Line<Flow>();

  get size(): number {
    return this.#places.size;
  }

  /** A key that is there already keeps its place. */
  add(key: string, name: string): void {
    if (this.#places.has(key)) return;
    let flow = this.#flows.get(name);
    if (!flow) {
      flow = { name, places: new Line(), previous: undefined, next: undefined };
      this.#flows.set(name, flow);
      this.#turns.push(flow);
    }
    const place: Place = { key, flow, previous: undefined, next: undefined };
    this.#places.set(key, place);
    flow.places.push(place);
  }

  /** Takes out the key whose turn it is. */
  shift(): string | undefined {
    const flow = this.#turns.first;
    const key = flow?.places.first?.key;
    if (!flow || key === undefined) return undefined;
    this.remove(key);
    if (flow.places.first) {
      this.#turns.remove(flow);
      this.#turns.push(flow);
    }
    return key;
  }

  /** Takes out a key before its turn; nothing happens where it is not there. */
  remove(key: string): void {
    const place = this.#places.get(key);
    if (!place) return;
    this.#places.delete(key);
    const { flow } = place;
    flow.places.remove(place);
    if (flow.places.first) return;
    this.#flows.delete(flow.name);
    this.#turns.remove(flow);
  }
}
