/**
 * The programs that an engine has made, by the hash of the module's bytes, within a bound of bytes: the least recently
 * used one is dropped first. Schedule, limits and tier are fixed for the engine, so the hash is enough. Faults are not
 * kept. The price of loading depends only on the module's length, so the cache is not observable.
 */
import type { IdleSeatsOfModule } from '../call/idle-seats.js';
import type { ModulePrograms } from './module-programs.js';

/** The programs of a module, its hash, and its idle instances. */
export interface CachedProgram {
  readonly programs: ModulePrograms;
  /** BLAKE2b-256 of the module's bytes. */
  readonly hash: Uint8Array;
  readonly idle: IdleSeatsOfModule;
}

export class ProgramCache {
  /** By the hash in hexadecimal, in the order of last use. */
  readonly #programs = new Map<string, CachedProgram>();
  /** For each length, the hash of the most recently used module of that length. */
  readonly #lastOfLength = new Map<number, string>();
  #bytes = 0;

  /** @param bytesMax of the modules; their programs take 2 to 4 times that */
  constructor(readonly bytesMax: number) {}

  /** Bytes of the modules that are kept. */
  get bytes(): number {
    return this.#bytes;
  }

  get count(): number {
    return this.#programs.size;
  }

  take(key: string): CachedProgram | undefined {
    const known = this.#programs.get(key);
    if (known === undefined) return undefined;
    this.#programs.delete(key);
    this.#programs.set(key, known);
    this.#lastOfLength.set(bytesOf(known), key);
    return known;
  }

  /**
   * The program of exactly these bytes, found without a hash: comparing takes a seventh of the time. Of several modules
   * with the same length only the last is compared, so that a miss costs little.
   */
  takeSame(bytes: Uint8Array): CachedProgram | undefined {
    const key = this.#lastOfLength.get(bytes.length);
    if (key === undefined) return undefined;
    const { programs } = this.#programs.get(key)!;
    return areSame(programs.metered.module.bytes, bytes) ? this.take(key) : undefined;
  }

  put(key: string, cached: CachedProgram): void {
    const bytes = bytesOf(cached);
    if (bytes > this.bytesMax || this.#programs.has(key)) return;
    this.#programs.set(key, cached);
    this.#lastOfLength.set(bytes, key);
    this.#bytes += bytes;
    for (const oldest of this.#programs.keys()) {
      if (this.#bytes <= this.bytesMax) break;
      this.#remove(oldest);
    }
  }

  /** Forgets everything. Modules that are in use remain usable. */
  clear(): void {
    for (const key of [...this.#programs.keys()]) this.#remove(key);
  }

  #remove(key: string): void {
    const cached = this.#programs.get(key)!;
    const bytes = bytesOf(cached);
    this.#programs.delete(key);
    if (this.#lastOfLength.get(bytes) === key) this.#lastOfLength.delete(bytes);
    this.#bytes -= bytes;
    // An idle instance would keep its program in memory without being counted.
    cached.idle.clear();
  }
}

const WORD_BYTES = 8;

/** Whether bytes are the same, word by word. Unaligned bytes count as different. */
function areSame(a: Uint8Array, b: Uint8Array): boolean {
  if (a.byteOffset % WORD_BYTES !== 0 || b.byteOffset % WORD_BYTES !== 0) return false;
  const words = Math.floor(a.length / WORD_BYTES);
  const wordsA = new BigInt64Array(a.buffer, a.byteOffset, words);
  const wordsB = new BigInt64Array(b.buffer, b.byteOffset, words);
  for (let i = 0; i < words; i++) if (wordsA[i] !== wordsB[i]) return false;
  for (let i = words * WORD_BYTES; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

function bytesOf({ programs }: CachedProgram): number {
  return programs.metered.module.bytes.length;
}
