import { expect, test } from 'vitest';
import { Terminal } from '../../scripts/start/tools/terminal.ts';

const ESCAPE = '\x1b';

test('whoever wrote a text, it moves no cursor and sets no title', () => {
  const { terminal, printed } = terminalWith({ isTTY: false });
  terminal.output(`owned\x1b]0;title\x07\x1b[2J\rgone \u202Eevil\nsecond`);
  terminal.typed('jane\x1b[1m', 'ls\x08');
  terminal.check('done\x9b31m');
  expect(printed()).toBe('    owned?]0;title??[2J?gone ?evil\n    second\n  jane?[1m$ ls?\n  ✓ done?31m\n');
});

test('without a terminal nothing is drawn anew and nothing is coloured', async () => {
  const { terminal, printed } = terminalWith({ isTTY: false });
  expect(await terminal.alive(() => 'waiting', Promise.resolve(1))).toBe(1);
  terminal.heading('A part');
  expect(printed()).toBe('\nA part\n');
});

test('a line that is alive is gone when its work is done, or fails', async () => {
  const { terminal, printed } = terminalWith({ isTTY: true, env: { NO_COLOR: '1' } });
  await expect(terminal.alive(() => 'waiting', Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(printed()).toBe('\r\x1b[2K  waiting\r\x1b[2K');
});

test('what is told while a line is alive goes above it', async () => {
  const { terminal, printed } = terminalWith({ isTTY: true, env: { NO_COLOR: '1' } });
  let done = () => {};
  const work = terminal.alive(() => 'waiting', new Promise<void>((resolve) => (done = resolve)));
  terminal.note('still waiting');
  await expect.poll(printed).toBe('\r\x1b[2K  waiting\r\x1b[2K  still waiting\n\r\x1b[2K  waiting');
  done();
  await work;
  expect(printed().endsWith('waiting\r\x1b[2K')).toBe(true);
});

test('colours are for terminals, unless NO_COLOR is set', () => {
  const coloured = terminalWith({ isTTY: true });
  coloured.terminal.check('seen');
  expect(coloured.printed()).toContain(ESCAPE);
  const plain = terminalWith({ isTTY: true, env: { NO_COLOR: '1' } });
  plain.terminal.check('seen');
  expect(plain.printed()).toBe('  ✓ seen\n');
});

function terminalWith({ isTTY, env = {} }: { isTTY: boolean; env?: NodeJS.ProcessEnv }) {
  let text = '';
  const terminal = new Terminal({ isTTY, write: (more) => (text += more) }, env);
  return { terminal, printed: () => text };
}
