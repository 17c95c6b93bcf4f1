/**
 * The programs that an engine has made, by the hash of the module's bytes, within a bound of bytes: the one that was used
 * longest ago goes first. Schedule, limits and tier are the engine's own, so the hash says all. Faults are not kept.
 * Loading is priced by the module's length alone, so nothing of this shows.
 */
import type { IdleSeatsOfModule } from './idle-seats.js';
import type { ModulePrograms } from './module-programs.js';

/** The programs of a module, its identity, and its instances that wait for their next call. */
export interface CachedProgram {
  readonly programs: ModulePrograms;
  /** BLAKE2b-256 of the module's bytes. */
  readonly hash: Uint8Array;
  readonly idle: IdleSeatsOfModule;
}

export class ProgramCache {
  /** By the hash in hexadecimal, in the order of last use. */
  readonly #programs = new Map<string, CachedProgram>();
  #bytes = 0;

  /** @param bytesMax of the modules; what is made of them is 2 to 4 times that */
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
    return known;
  }

  put(key: string, cached: CachedProgram): void {
    const bytes = bytesOf(cached);
    if (bytes > this.bytesMax || this.#programs.has(key)) return;
    this.#programs.set(key, cached);
    this.#bytes += bytes;
    for (const oldest of this.#programs.keys()) {
      if (this.#bytes <= this.bytesMax) break;
      this.#remove(oldest);
    }
  }

  /** Forgets everything. Modules that are in use go on as they are. */
  clear(): void {
    for (const key of [...this.#programs.keys()]) this.#remove(key);
  }

  #remove(key: string): void {
    const cached = this.#programs.get(key)!;
    this.#programs.delete(key);
    this.#bytes -= bytesOf(cached);
    // An idle instance would keep its program in memory, which is counted nowhere.
    cached.idle.clear();
  }
}

function bytesOf({ programs }: CachedProgram): number {
  return programs.metered.module.bytes.length;
}
