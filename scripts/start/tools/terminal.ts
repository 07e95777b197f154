import { styleText } from 'node:util';
import { safeLines, seconds } from './text.ts';

/** The part of a stream that a terminal needs; `isTTY` where lines can be drawn anew. */
export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean;
}

type Style = Parameters<typeof styleText>[0];

/** How often a line that is alive is drawn, in milliseconds. */
const REDRAW = 200;

/**
 * Tells the story to a person. Every line is whole without colours, and without a terminal no
 * cursor is ever moved. All text is made safe here, whoever wrote it.
 */
export class Terminal {
  readonly #output: Output;
  readonly #live: boolean;
  readonly #colours: boolean;
  /** What the line that is alive shows; empty where it has to be drawn. */
  #drawn = '';

  constructor(output: Output, env: NodeJS.ProcessEnv = process.env) {
    this.#output = output;
    this.#live = output.isTTY === true && env['TERM'] !== 'dumb';
    this.#colours = this.#live && !env['NO_COLOR'];
  }

  /** Begins a part of the story. */
  heading(text: string): void {
    this.#print('');
    this.#lines(text, '', 'bold');
  }

  /** What someone typed, behind their prompt. */
  typed(who: string, command: string): void {
    this.#print(`  ${this.#style('cyan', `${safeLines(who).join(' ')}$`)} ${safeLines(command).join(' ')}`);
  }

  /** What came back. */
  output(text: string): void {
    this.#lines(text, '    ', 'dim');
  }

  /** Something that was seen to happen. */
  check(text: string): void {
    this.#lines(text, `  ${this.#style('green', '✓')} `);
  }

  /** Something that should have happened, and did not. */
  cross(text: string): void {
    this.#lines(text, `  ${this.#style('red', '✗')} `);
  }

  /** Plain text. */
  note(text: string): void {
    this.#lines(text, '  ');
  }

  /** Shows that something goes on while it does. `check` makes the line that stays from what it came to. */
  async during<T>(text: string, work: Promise<T>, check: (result: T, took: string) => string): Promise<T> {
    const start = performance.now();
    const elapsed = () => performance.now() - start;
    const result = await this.alive(() => `… ${text} ${Math.floor(elapsed() / 1000)} s`, work);
    this.check(check(result, seconds(elapsed())));
    return result;
  }

  /**
   * A line that is drawn anew until `work` ends, and vanishes then; nothing without a terminal. What
   * is told meanwhile goes above it.
   */
  async alive<T>(line: () => string, work: Promise<T>): Promise<T> {
    if (!this.#live) return work;
    const draw = () => {
      const text = safeLines(line()).join(' ');
      if (text !== this.#drawn) this.#output.write(`\r\x1b[2K  ${this.#style('dim', text)}`);
      this.#drawn = text;
    };
    draw();
    const timer = setInterval(draw, REDRAW);
    try {
      return await work;
    } finally {
      clearInterval(timer);
      this.#wipe();
    }
  }

  #wipe(): void {
    if (this.#drawn !== '') this.#output.write('\r\x1b[2K');
    this.#drawn = '';
  }

  #lines(text: string, prefix: string, style?: Style): void {
    const [first = '', ...rest] = safeLines(text);
    // eslint-disable-next-line no-control-regex -- the prefix is ours; its colours take no room
    const indent = ' '.repeat(prefix.replaceAll(/\x1b\[[0-9;]*m/g, '').length);
    this.#print(prefix + this.#style(style, first));
    for (const line of rest) this.#print(indent + this.#style(style, line));
  }

  #print(line: string): void {
    this.#wipe();
    this.#output.write(`${line.trimEnd()}\n`);
  }

  #style(style: Style | undefined, text: string): string {
    return style === undefined || !this.#colours ? text : styleText(style, text, { validateStream: false });
  }
}
