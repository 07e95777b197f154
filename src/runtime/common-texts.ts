/** How many texts are kept in each generation. */
const GENERATION = 4_096;
/** What is shorter V8's `JSON.parse` makes one of by itself, what is longer is hardly ever alike. */
const SHORTEST = 10;
const LONGEST = 256;

/**
 * Makes one of texts that are alike. Thousands of objects name the same role, policy and people, at
 * the same times, and every one of them is parsed with copies of its own: a quarter of all memory.
 *
 * It remembers what it met lately, not all: a text that has not come up again among the next
 * {@link GENERATION} new ones is forgotten, and those that are alike are then two. So it takes 5 MB
 * at the most: two generations of texts as long as can be, in two bytes a character, and the maps.
 */
export class CommonTexts {
  #young = new Map<string, string>();
  #old = new Map<string, string>();

  /**
   * Puts the texts that it knows into the place of those in `value` that are alike, which nobody can
   * tell. Goes through arrays and plain objects, without cycles or accessors; what is frozen, and
   * what is anything else, it leaves alone.
   */
  share(value: unknown): void {
    if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return;
    if (Array.isArray(value)) {
      const items: unknown[] = value;
      for (let n = 0; n < items.length; n++) {
        const item = items[n];
        if (typeof item === 'string') items[n] = this.#one(item);
        else this.share(item);
      }
    } else if (isPlain(value)) {
      for (const key in value) {
        const item = value[key];
        if (typeof item === 'string') value[key] = this.#one(item);
        else this.share(item);
      }
    }
  }

  #one(text: string): string {
    if (text.length < SHORTEST || text.length > LONGEST) return text;
    const young = this.#young.get(text);
    if (young !== undefined) return young;
    const known = this.#old.get(text) ?? text;
    if (this.#young.size >= GENERATION) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(known, known);
    return known;
  }
}

/** Whether a value is as `JSON.parse` or a literal would make it. */
function isPlain(value: object): value is Record<string, unknown> {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
