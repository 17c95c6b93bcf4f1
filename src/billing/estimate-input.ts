/** The facts about a call's input that an estimate uses: its size and, for a validated op, its kind of work. */
import type { Codec } from '../boundary/codec.js';
import { decodeBytes, encodeBytes, insideBytes } from '../boundary/codec-bytes.js';
import type { Generation } from '../boundary/generation.js';
import { type Op, op } from '../zome/op.js';
import { opWork } from '../zome/op-work.js';
import type { UsageSample } from './estimate.js';
import type { Evidence, EvidenceCall } from './evidence.js';

export type EstimateInput = Omit<UsageSample, 'fuel'>;

/** For an op to validate. */
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

  /** Making a codec takes longer than using it. */
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
