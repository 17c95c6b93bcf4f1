/**
 * Validations that wait for a dependency, by the hash that they wait for. Invariant: a validation is here exactly as long as its last verdict
 * is `UnresolvedDependencies`, up to the bound; then the one that has waited longest is forgotten, and counted.
 */
import { toHex } from '../base/hash.js';
import type { Dependencies } from '../boundary/validation-result.js';

export interface WaitingValidation {
  /** MessagePack of the op. */
  readonly op: Uint8Array;
  readonly zome: string | undefined;
  readonly fuel: number;
}

interface Entry {
  readonly validation: WaitingValidation;
  readonly hashes: readonly string[];
}

export class Waiting {
  readonly #max: number;
  readonly #entries = new Map<string, Entry>();
  readonly #byHash = new Map<string, Set<string>>();
  /** Validations that were forgotten. */
  dropped = 0;

  constructor(max: number) {
    this.#max = max;
  }

  get count(): number {
    return this.#entries.size;
  }

  /** @param key of the validation */
  set(key: string, dependencies: Dependencies | undefined, validation: () => WaitingValidation): void {
    this.#delete(key);
    if (dependencies === undefined || this.#max === 0) return;
    if (this.#entries.size >= this.#max) {
      this.#delete(this.#entries.keys().next().value!);
      this.dropped += 1;
    }
    const hashes = hashesOf(dependencies);
    this.#entries.set(key, { validation: validation(), hashes });
    for (const hash of hashes) {
      const keys = this.#byHash.get(hash) ?? new Set();
      this.#byHash.set(hash, keys.add(key));
    }
  }

  for(hash: Uint8Array): readonly WaitingValidation[] {
    return [...(this.#byHash.get(toHex(hash)) ?? [])].map((key) => this.#entries.get(key)!.validation);
  }

  #delete(key: string): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#entries.delete(key);
    for (const hash of entry.hashes) {
      const keys = this.#byHash.get(hash)!;
      keys.delete(key);
      if (keys.size === 0) this.#byHash.delete(hash);
    }
  }
}

/** Of an agent's activity the agent: any action of theirs may be what is missing. */
function hashesOf(dependencies: Dependencies): readonly string[] {
  return dependencies.kind === 'Hashes' ? dependencies.hashes.map(toHex) : [toHex(dependencies.agent)];
}
