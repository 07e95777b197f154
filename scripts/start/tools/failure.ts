/** Something a person can act on: shown as it stands, without a stack. */
export class StoryError extends Error {
  override readonly name = 'StoryError';
}

/** Someone wants it to end: Ctrl-C, a signal, or the end of whoever started it. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
  /** What a shell reports for a program that the signal ended. */
  readonly exitCode: number;

  constructor(reason: string, exitCode: number) {
    super(reason);
    this.exitCode = exitCode;
  }
}
