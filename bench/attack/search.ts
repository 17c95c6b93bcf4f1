/**
 * A search for expensive code: loops of random pieces, with one piece changed at a time; a change that takes more time
 * per unit is kept. Seeded, so that a run can be repeated as far as clocks allow; limited in time.
 */
import { loopOf } from './attack-guests.js';

export interface Found {
  readonly text: string;
  readonly rate: number;
  readonly tried: number;
}

const PIECES_MAX = 24;

/** @param pieces bodies that leave the stack unchanged */
export async function search(
  pieces: readonly string[],
  seed: number,
  seconds: number,
  rateOf: (text: string) => Promise<number>,
): Promise<Found> {
  const random = generator(seed);
  const pick = (count: number) => Math.floor(random() * count);
  const anyPiece = () => pieces[pick(pieces.length)]!;
  const end = performance.now() + seconds * 1000;
  let best = Array.from({ length: 1 + pick(8) }, anyPiece);
  let rate = await rateOf(loopOf(best.join(' '), { times: 1 }));
  let tried = 1;
  while (performance.now() < end) {
    const next = [...best];
    const at = pick(next.length + 1);
    const removed = random() < 0.5 && next.length > 1 ? 1 : 0;
    const added = removed === 0 || random() < 0.7 ? [anyPiece()] : [];
    next.splice(at, removed, ...added);
    const found = await rateOf(loopOf(next.slice(0, PIECES_MAX).join(' '), { times: 1 }));
    tried++;
    if (found <= rate) continue;
    best = next.slice(0, PIECES_MAX);
    rate = found;
  }
  return { text: loopOf(best.join(' '), { times: 1 }), rate, tried };
}

/** Numbers from 0 to 1, the same for a seed (mulberry32). */
function generator(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
