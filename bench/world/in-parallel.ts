/** Works on all of these, so many at once, each next one as soon as one is done. */
export async function inParallel<T>(
  atOnce: number,
  all: Iterable<T>,
  work: (each: T) => Promise<unknown>,
): Promise<void> {
  const left = all[Symbol.iterator]();
  const worker = async () => {
    for (let next = left.next(); next.done !== true; next = left.next()) await work(next.value);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}
