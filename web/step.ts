/** A place in a call for display, and its memory. */
import { blockLines } from '../src/agreement/block-lines.js';
import { disassembleBody } from '../src/agreement/disassemble.js';
import { floatText } from '../src/agreement/float-text.js';
import { toHex } from '../src/base/hash.js';
import { type CallState, type StateValue, stateAt } from '../src/profile/state-at.js';
import type { AnyCall } from './asked-run.js';
import type { MemoryPart, Stepped, StepValue } from './messages.js';
import type { SourcePlaces } from './source-places.js';

const MEMORY_BYTES_SHOWN = 256;
const FRAMES_SHOWN = 64;
const VALUES_SHOWN = 128;

export class Stepper {
  readonly #places: SourcePlaces;
  #memory: Uint8Array = new Uint8Array(0);
  #before: Uint8Array = new Uint8Array(0);

  constructor(places: SourcePlaces) {
    this.#places = places;
  }

  stepTo(call: AnyCall, fuel: number): Stepped {
    const state = stateAt(call, fuel);
    this.#before = this.#memory;
    this.#memory = state.memory;
    const { paid, next, part, pages, digest, locals, globals } = state;
    return {
      used: call.receipt.fuel.used,
      paid,
      next,
      part,
      instruction: instructionAt(state),
      frames: state.frames
        .slice(0, FRAMES_SHOWN)
        .map(({ name, offset }) => this.#places.placeText(state.metered.module, name, offset)),
      lines: linesAt(state),
      locals: locals.slice(0, VALUES_SHOWN).map(valueText),
      globals: globals.slice(0, VALUES_SHOWN).map(valueText),
      pages,
      digest: digest && toHex(digest),
    };
  }

  /** @param at rounded down to a line of 16 bytes, within the memory */
  memoryAt(at: number): MemoryPart {
    const { length } = this.#memory;
    const last = Math.max(0, length - MEMORY_BYTES_SHOWN);
    const from = Math.min(Math.max(0, at - (at % 16)), last);
    const bytes = this.#memory.slice(from, from + MEMORY_BYTES_SHOWN);
    const isCompared = this.#before.length > 0;
    const changed = [...bytes.keys()].filter((i) => isCompared && bytes[i] !== (this.#before[from + i] ?? 0));
    return { at: from, length, bytes, changed };
  }

  /** The first byte that differs from the previous place; undefined if there is none. */
  firstChange(): number | undefined {
    if (this.#before.length === 0) return undefined;
    const at = this.#memory.findIndex((byte, i) => byte !== (this.#before[i] ?? 0));
    return at < 0 ? undefined : at;
  }
}

function instructionAt({ frames, metered: { module } }: CallState): string | undefined {
  const [innermost] = frames;
  if (innermost === undefined) return undefined;
  const { functionIndex, offset } = innermost;
  return disassembleBody(module, functionIndex - module.importedFunctions).find((line) => line.offset === offset)?.text;
}

function linesAt({ frames, metered }: CallState): readonly string[] {
  const [innermost] = frames;
  return innermost === undefined ? [] : blockLines(metered, innermost.functionIndex, innermost.offset);
}

function valueText({ type, low, high }: StateValue): StepValue {
  switch (type) {
    case 'i32':
      return { type, text: `${low}` };
    case 'i64':
      return { type, text: `${(BigInt(high) << 32n) | BigInt(low >>> 0)}` };
    case 'f32':
      return { type, text: decimalText(new Float32Array(Int32Array.of(low).buffer)[0], BigInt(low >>> 0), 32) };
    case 'f64':
      return {
        type,
        text: decimalText(
          new Float64Array(Int32Array.of(low, high).buffer)[0],
          (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0),
          64,
        ),
      };
    default:
      return { type, text: low === 0 ? 'null' : 'a reference' };
  }
}

/** A NaN by its bits, which are part of the state. */
function decimalText(value: number, bits: bigint, width: 32 | 64): string {
  if (Number.isNaN(value)) return floatText(bits, width);
  return Object.is(value, -0) ? '-0' : String(value);
}
