/**
 * Punycode as symbols of Rust have it: ASCII letters, `_`, and a number for each other letter and its place.
 *
 * Source: RFC 3492, sections 6.1 to 6.3, with `_` in place of `-`.
 */

const BASE = 36;
const T_MIN = 1;
const T_MAX = 26;
const SKEW = 38;
const DAMP = 700;
const INITIAL_BIAS = 72;
const INITIAL_POINT = 128;
const POINT_MAX = 0x10ffff;
const DIGITS = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** The text; undefined for invalid input. Its time is bounded by the square of the length. */
export function punycodeText(encoded: string): string | undefined {
  const split = encoded.lastIndexOf('_');
  const letters = split < 0 ? [] : [...encoded.slice(0, split)];
  let [point, bias, place] = [INITIAL_POINT, INITIAL_BIAS, 0];
  for (let at = split + 1; at < encoded.length; place++) {
    const before = place;
    let weight = 1;
    for (let k = BASE; ; k += BASE) {
      const digit = at < encoded.length ? DIGITS.indexOf(encoded[at++]) : -1;
      if (digit < 0) return undefined;
      place += digit * weight;
      const threshold = Math.min(Math.max(k - bias, T_MIN), T_MAX);
      if (digit < threshold) break;
      weight *= BASE - threshold;
      if (weight > Number.MAX_SAFE_INTEGER / BASE) return undefined;
    }
    const count = letters.length + 1;
    bias = adapted(place - before, count, before === 0);
    point += Math.floor(place / count);
    place %= count;
    if (point > POINT_MAX || (point >= 0xd800 && point <= 0xdfff)) return undefined;
    letters.splice(place, 0, String.fromCodePoint(point));
  }
  return letters.join('');
}

function adapted(change: number, count: number, isFirst: boolean): number {
  let rest = Math.floor(change / (isFirst ? DAMP : 2));
  rest += Math.floor(rest / count);
  let k = 0;
  for (; rest > ((BASE - T_MIN) * T_MAX) >> 1; k += BASE) rest = Math.floor(rest / (BASE - T_MIN));
  return k + Math.floor(((BASE - T_MIN + 1) * rest) / (rest + SKEW));
}
