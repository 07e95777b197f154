import { messageOf } from '../tools/text.ts';

/** What has to be undone at the end, however that comes. */
export class Cleanup {
  readonly #steps: { what: string; undo: () => Promise<void> }[] = [];

  /** `what` completes "could not …". Add it before what it undoes is begun, so that half of it is undone too. */
  add(what: string, undo: () => Promise<void>): void {
    this.#steps.push({ what, undo });
  }

  /** Undoes all of it, newest first. One that fails holds none of the others up; resolves to what failed. */
  async run(): Promise<string[]> {
    const failures: string[] = [];
    for (let step = this.#steps.pop(); step; step = this.#steps.pop()) {
      try {
        await step.undo();
      } catch (error) {
        failures.push(`could not ${step.what}: ${messageOf(error)}`);
      }
    }
    return failures;
  }
}
