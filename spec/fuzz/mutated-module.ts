/**
 * Real modules with a few instructions and constants replaced by others of the same type, so that they stay valid. No
 * byte moves: an instruction is one byte, and so is its replacement.
 */
import { LIMITS_1 } from '../../src/base/limits.js';
import { decode } from '../../src/decode/decode.js';
import { InstructionReader } from '../../src/wasm/instruction-reader.js';
import { INSTRUCTIONS, type InstructionRow, ROW_BY_INDEX } from '../../src/wasm/instructions.js';
import { skipImmediates } from '../../src/wasm/skip-immediates.js';

/** One-byte opcodes without immediates, by type. */
const ALIKE: ReadonlyMap<string, readonly number[]> = (() => {
  const alike = new Map<string, number[]>();
  for (const { type, opcode, immediates } of INSTRUCTIONS as readonly InstructionRow[]) {
    if (!type.includes('->') || opcode >= 0x100 || (immediates !== 'none' && immediates !== 'memarg')) continue;
    const key = `${type} ${immediates}`;
    alike.set(key, [...(alike.get(key) ?? []), opcode]);
  }
  return alike;
})();

interface Place {
  readonly at: number;
  readonly opcodes: readonly number[];
}

/** A module whose instructions can be replaced. */
export class MutableModule {
  readonly #bytes: Uint8Array;
  /** Opcodes that can be replaced, and the last bytes of constants. */
  readonly #places: Place[] = [];

  constructor(
    readonly name: string,
    bytes: Uint8Array,
  ) {
    this.#bytes = bytes;
    const { module } = decode(bytes, LIMITS_1);
    for (let own = 0; own < module.bodyStarts.length; own++) {
      const reader = new InstructionReader(module.bytes, module.bodyStarts[own], module.bodyEnds[own]);
      for (let runs = reader.u32(); runs > 0; runs--) {
        reader.u32();
        reader.u8();
      }
      while (!reader.atEnd) this.#addPlace(reader);
    }
  }

  #addPlace(reader: InstructionReader): void {
    const at = reader.pos;
    const index = reader.opcode();
    const { type, immediates } = ROW_BY_INDEX[index]!;
    skipImmediates(reader, index);
    const opcodes = ALIKE.get(`${type} ${immediates}`);
    // A narrower access must not have the alignment of a wider one.
    if (opcodes !== undefined && index < 0x100 && (immediates === 'none' || reader.bytes[at + 1] === 0)) {
      this.#places.push({ at, opcodes });
    }
    // The last group of an integer: any seven bits, except a sign that would not fit.
    if (immediates === 'i32' && reader.pos - at <= 5) {
      this.#places.push({ at: reader.pos - 1, opcodes: [0, 1, 0x3f, 0x40, 0x7f, 0x20, 0x21, 0x0b] });
    }
  }

  /** With one to eight changes. */
  mutated(random: () => number): Uint8Array {
    const bytes = this.#bytes.slice();
    for (let left = 1 + (random() % 8); left > 0; left--) {
      const { at, opcodes } = this.#places[random() % this.#places.length]!;
      bytes[at] = opcodes[random() % opcodes.length]!;
    }
    return bytes;
  }
}
