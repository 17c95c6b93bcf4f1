/**
 * Results of mutants, kept between runs in a file per storey that is not committed. A result is valid as long as the
 * text of its source file is unchanged; survivors can be tested again after specs were added.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ListedMutant } from './listed-mutant.js';
import { REPORTS, type Result } from './stryker-round.js';

interface Kept {
  /** Hash of each source file at the time. */
  readonly files: Readonly<Record<string, string>>;
  readonly results: Readonly<Record<string, Result>>;
}

const NOTHING: Kept = { files: {}, results: {} };

export class KeptResults {
  readonly #path: string;
  readonly #files: Record<string, string>;
  readonly #results = new Map<string, Result>();

  constructor(storey: string, mutants: readonly ListedMutant[], isFresh: boolean) {
    this.#path = join(REPORTS, `${storey}.json`);
    const { files, results } = isFresh ? NOTHING : this.#read();
    this.#files = Object.fromEntries([...new Set(mutants.map(({ file }) => file))].map((file) => [file, hashOf(file)]));
    for (const { key, file } of mutants) {
      const result = results[key];
      if (result !== undefined && files[file] === this.#files[file]) this.#results.set(key, result);
    }
  }

  get(mutant: ListedMutant): Result | undefined {
    return this.#results.get(mutant.key);
  }

  add(results: ReadonlyMap<string, Result>): void {
    for (const [key, result] of results) this.#results.set(key, result);
    mkdirSync(REPORTS, { recursive: true });
    const kept: Kept = { files: this.#files, results: Object.fromEntries(this.#results) };
    writeFileSync(this.#path, `${JSON.stringify(kept, null, 1)}\n`);
  }

  #read(): Kept {
    return existsSync(this.#path) ? (JSON.parse(readFileSync(this.#path, 'utf8')) as Kept) : NOTHING;
  }
}

function hashOf(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}
