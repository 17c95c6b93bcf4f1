/**
 * How often a worker's jobs are checked by another worker: always at first, then less with each confirmed line, down to
 * a minimum. A line that was found wrong starts this again. Source: adaptive replication in BOINC.
 */
import { Blake2b } from '../base/blake2b.js';
import { HASH_BYTES } from '../base/hash.js';

/** Share of a worker's jobs that a second worker also runs, by its number of confirmed lines. */
export function shareOf(confirmed: number, least: number): number {
  return Math.max(least, CONFIRMED_HALF / (CONFIRMED_HALF + confirmed));
}

/** After this many confirmed lines, half of a worker's jobs are checked. */
const CONFIRMED_HALF = 10;

/**
 * Whether a job is drawn for a check. Only the holder of the secret can know in advance; the result is the same each
 * time.
 * @param secret 32 bytes
 */
export function isDrawn(secret: Uint8Array, job: Uint8Array, share: number): boolean {
  const drawn = new Blake2b(HASH_BYTES, secret).update(job).digest();
  const number = drawn[0] * 2 ** 24 + drawn[1] * 2 ** 16 + drawn[2] * 2 ** 8 + drawn[3];
  return number < share * 2 ** 32;
}
