const NEWLINE = 0x0a;

/**
 * The lines of a stream of bytes, without their ends. Rejects with the error that `broken` makes
 * where a line is longer than `limit` bytes, or the stream ends in the middle of one.
 */
export async function* readLines(
  chunks: AsyncIterable<Buffer>,
  limit: number,
  broken: (message: string) => Error,
): AsyncGenerator<string, void> {
  let parts: Buffer[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      // Decoded line by line: a character may be cut by the end of a chunk, never by the end of a line.
      const last = chunk.subarray(start, end);
      yield parts.length === 0 ? last.toString('utf8') : Buffer.concat([...parts, last]).toString('utf8');
      parts = [];
      length = 0;
      start = end + 1;
    }
    if (start === chunk.length) continue;
    parts.push(chunk.subarray(start));
    length += chunk.length - start;
    if (length > limit) throw broken(`a line longer than ${limit} bytes`);
  }
  if (length > 0) throw broken('ended in the middle of a line');
}
