import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readLines } from './lines.ts';

async function* inChunks(bytes: Buffer, size: number): AsyncGenerator<Buffer, void> {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}

async function linesOf(text: string, size: number, limit = 1000): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of readLines(inChunks(Buffer.from(text), size), limit, (message) => new Error(message)))
    lines.push(line);
  return lines;
}

it('puts lines together again however the stream was cut, through the middle of characters too', async () => {
  const line = fc.string({ unit: 'grapheme', maxLength: 20 }).map((text) => text.replaceAll('\n', ''));
  await fc.assert(
    fc.asyncProperty(fc.array(line), fc.integer({ min: 1, max: 40 }), async (lines, size) => {
      expect(await linesOf(lines.map((each) => `${each}\n`).join(''), size)).toEqual(lines);
    }),
  );
});

it('tells a stream that ends within a line from one that ends after it', async () => {
  await expect(linesOf('whole\nhal', 2)).rejects.toThrow('in the middle');
  expect(await linesOf('whole\n', 2)).toEqual(['whole']);
  expect(await linesOf('', 2)).toEqual([]);
});

it('does not gather a line without end', async () => {
  await expect(linesOf('x'.repeat(101), 10, 100)).rejects.toThrow('longer than 100');
  expect(await linesOf(`${'x'.repeat(100)}\n`, 10, 100)).toHaveLength(1);
});
