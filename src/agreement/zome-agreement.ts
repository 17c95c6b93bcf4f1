/** The check of zomes for their authors: ops from an arbitrary, every property, one report. */
import type fc from 'fast-check';
import { encodeBytes } from '../boundary/codec-bytes.js';
import { list } from '../boundary/codec-struct.js';
import type { Generation } from '../boundary/generation.js';
import { type Op, op as opCodec } from '../zome/op.js';
import { type Record, record } from '../zome/record.js';
import { type AgreementZomes, opCall } from './agreement-call.js';
import type { CheckReport } from './agreement-check.js';
import { checkInputs, type InputsOptions, reportOf } from './check-inputs.js';
import { generationOfZomes } from './generation-of-module.js';
import type { AgreementNode } from './node.js';
import { withNodes } from './node-spec.js';

export interface ZomeAgreementOptions extends InputsOptions {
  /** Ops, or their MessagePack: your own, or `hostileOp`. */
  readonly ops: fc.Arbitrary<Op | Uint8Array>;
  /** Nodes, or their names (node-spec.ts). Those named are closed at the end. Default: `DEFAULT_NODES`. */
  readonly nodes?: readonly (AgreementNode | string)[];
  /** Ops that come before those; `runs` counts them. */
  readonly examples?: readonly (Op | Uint8Array)[];
  /** Fuel limit of each guest call. Default 10^7. */
  readonly fuel?: number;
}

/**
 * Runs every check on the validation of ops. Failures are in the report; only mistakes of the caller and bugs are
 * thrown.
 * @throws RangeError for an op of another generation than the zomes'
 */
export function zomeAgreement(zomes: AgreementZomes, options: ZomeAgreementOptions): Promise<CheckReport> {
  const { ops, nodes, fuel, examples } = options;
  const generation = zomes.generation ?? generationOfZomes(zomes.zomes);
  const callOn = (op: Op | Uint8Array) => opCall(opBytes(op, generation), fuel);
  return withNodes(nodes, async (all) => reportOf(await checkInputs(all, zomes, ops, callOn, options, examples)));
}

function opBytes(op: Op | Uint8Array, generation: Generation): Uint8Array {
  if (op instanceof Uint8Array) return op;
  const codec = opCodec(generation);
  if (codec.is(op)) return encodeBytes(codec, op);
  throw new RangeError(`not an op of generation ${generation}`);
}

/** Records as the `dependencies` of `AgreementZomes`. */
export function dependencyBytes(records: readonly Record[], generation: Generation): Uint8Array {
  return encodeBytes(list(record(generation)), records);
}
