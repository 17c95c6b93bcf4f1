/**
 * How often the work of a worker is checked by another: always at first, then the less the more of its lines were confirmed, never less than a
 * least share. One line that was found wrong begins it again. Source: adaptive replication in BOINC.
 */
import { Blake2b } from '../base/blake2b.js';
import { HASH_BYTES } from '../base/hash.js';

/** Share of a worker's jobs that a second one runs too, by what it has had confirmed. */
export function shareOf(confirmed: number, least: number): number {
  return Math.max(least, CONFIRMED_HALF / (CONFIRMED_HALF + confirmed));
}

/** After so many lines a worker is checked half of the time. */
const CONFIRMED_HALF = 10;

/**
 * Whether a job is drawn for a check. Only who has the secret can know beforehand; the same job is drawn each time.
 * @param secret 32 bytes
 */
export function isDrawn(secret: Uint8Array, job: Uint8Array, share: number): boolean {
  const drawn = new Blake2b(HASH_BYTES, secret).update(job).digest();
  const number = drawn[0] * 2 ** 24 + drawn[1] * 2 ** 16 + drawn[2] * 2 ** 8 + drawn[3];
  return number < share * 2 ** 32;
}
