/**
 * Inputs in another order: of some that are read ahead, the one that will take longest first, so that no thread is left with a long job
 * when the others are done. What is read ahead is bounded in number and in bytes.
 */

const AHEAD_MAX = 4_096;
const AHEAD_BYTES_MAX = 16 * 1024 * 1024;

/** @param weight of an input: its bytes, or what it is expected to cost; it must be finite */
export async function* longestFirst<I extends { readonly bytes: Uint8Array }>(
  inputs: AsyncIterable<I> | Iterable<I>,
  weight: (input: I) => number = ({ bytes }) => bytes.length,
): AsyncGenerator<I, void, undefined> {
  let ahead: I[] = [];
  let aheadBytes = 0;
  const take = () => {
    const sorted = ahead.map((input, i) => ({ input, i, weight: weight(input) }));
    sorted.sort((a, b) => b.weight - a.weight || a.i - b.i);
    ahead = [];
    aheadBytes = 0;
    return sorted;
  };
  for await (const input of inputs) {
    ahead.push(input);
    aheadBytes += input.bytes.length;
    if (ahead.length < AHEAD_MAX && aheadBytes < AHEAD_BYTES_MAX) continue;
    for (const { input: next } of take()) yield next;
  }
  for (const { input: next } of take()) yield next;
}
