/** What an estimate goes by of a call's input: its size and, of a validated op, what sort of work it is. */
import type { Codec } from '../boundary/codec.js';
import { decodeBytes, encodeBytes, insideBytes } from '../boundary/codec-bytes.js';
import type { Generation } from '../boundary/generation.js';
import { type Op, op } from '../zome/op.js';
import { opWork } from '../zome/op-work.js';
import type { UsageSample } from './estimate.js';
import type { Evidence, EvidenceCall } from './evidence.js';

export type EstimateInput = Omit<UsageSample, 'fuel'>;

/** Of an op that is to be validated. */
export function inputOfOp(value: Op, generation: Generation): EstimateInput {
  return { inputBytes: encodeBytes(opPayload(generation), value).length, kind: opWork(value) };
}

/** Past calls as samples, from their evidence. */
export class UsageSampler {
  readonly #payloads = new Map<Generation, Codec<Op>>();

  sample({ receipt, call }: Pick<Evidence, 'receipt' | 'call'>): UsageSample {
    return { ...this.#input(call), fuel: receipt.fuel.used };
  }

  #input(call: EvidenceCall): EstimateInput {
    if (call.kind === 'values') return { inputBytes: call.args.join(' ').length };
    const inputBytes = call.payload.length;
    if (call.kind !== 'zome' || call.callback !== 'validate') return { inputBytes };
    const decoded = decodeBytes(this.#payload(call.generation), call.payload);
    return decoded.ok ? { inputBytes, kind: opWork(decoded.value) } : { inputBytes };
  }

  /** A codec takes longer to make than to use. */
  #payload(generation: Generation): Codec<Op> {
    const known = this.#payloads.get(generation);
    if (known !== undefined) return known;
    const made = opPayload(generation);
    this.#payloads.set(generation, made);
    return made;
  }
}

function opPayload(generation: Generation): Codec<Op> {
  return insideBytes(op(generation));
}
