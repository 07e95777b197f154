import type { KubernetesObject } from '../../runtime/object.ts';

/**
 * What would go with the objects, kept elsewhere: every version that was seen of each, as the API
 * server has it, one line of JSON each. No object is deleted before it is in here (promise P5).
 */
export class KeptRecord {
  readonly #append: (text: string) => Promise<void>;
  readonly #kept = new Set<string>();

  /** `append` resolves once the text is where a crash cannot reach it. */
  constructor(append: (text: string) => Promise<void>) {
    this.#append = append;
  }

  /** How many objects are in it, by their uids. */
  get size(): number {
    return new Set(Array.from(this.#kept, (version) => version.split(' ')[0])).size;
  }

  async keep(objects: readonly KubernetesObject[]): Promise<void> {
    const fresh = objects.filter((object) => !this.#kept.has(versionOf(object)));
    if (fresh.length === 0) return;
    await this.#append(fresh.map((object) => `${JSON.stringify(object)}\n`).join(''));
    for (const object of fresh) this.#kept.add(versionOf(object));
  }
}

function versionOf({ metadata: { uid, resourceVersion } }: KubernetesObject): string {
  return `${uid} ${resourceVersion}`;
}
