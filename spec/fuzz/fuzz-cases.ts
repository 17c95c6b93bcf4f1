/** The modules of a seed, one after the other: our own random modules and binaryen's, with calls to run on them. */

import { anyShift } from '../../src/agreement/generate-shift.js';
import { type GeneratedModule, moduleOfSeed } from '../../src/agreement/module-arbitrary.js';
import { RandomChoice, SeededSource } from '../../src/agreement/random-choice.js';
import { LIMITS_1 } from '../../src/base/limits.js';
import { decode } from '../../src/decode/decode.js';
import type { Bits } from '../../src/machine/outcome.js';
import { type MeteredModule, meter } from '../../src/metering/meter.js';
import { FUEL_1 } from '../../src/metering/schedule.js';
import { validate } from '../../src/validate/validate.js';
import { typeOfFunction } from '../../src/wasm/module.js';
import { isReferenceType, ValueType } from '../../src/wasm/types.js';
import type { FuzzCall } from './compare-tiers.js';
import type { FuzzTranslator } from './translate-to-fuzz.js';

/** Our own generator, the same with large indices, binaryen, wasm-smith, or a real module with changes. */
export type Origin = 'own' | 'large' | 'binaryen' | 'smith' | 'mutated';

export interface FuzzCase {
  readonly origin: Origin;
  readonly bytes: Uint8Array;
  readonly metered: MeteredModule;
  readonly calls: readonly FuzzCall[];
  /** The generator's data of our own modules, from which they can be shrunk. */
  readonly generated: GeneratedModule | undefined;
}

/** A stream of 32-bit numbers (Mulberry32): the same for a seed on every machine. */
export function randomOf(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
}

/** Bit patterns that arithmetic treats specially, used beside arbitrary ones. */
const EDGES = [0n, 1n, -1n, 1n << 63n, 0x7ff8_0000_0000_0001n, 0x7fa0_0000n, 0xfff0_0000_0000_0001n, 0xffc0_0000n];
const CALLS_MAX = 6;

function argument(type: number, random: () => number): Bits {
  if (isReferenceType(type)) return 0;
  const any = (BigInt(random()) << 32n) | BigInt(random());
  const bits = random() % 2 === 0 ? EDGES[random() % EDGES.length]! : any;
  return type === ValueType.I64 || type === ValueType.F64 ? BigInt.asUintN(64, bits) : Number(BigInt.asIntN(32, bits));
}

/** The metered module, or the fault's code if the engine does not accept it. */
export function load(bytes: Uint8Array): MeteredModule | string {
  const valid = validate(decode(bytes, LIMITS_1), LIMITS_1);
  return valid.ok ? meter(valid.value, FUEL_1) : valid.fault.code;
}

export function ownCase(seed: number): FuzzCase {
  return caseOfGenerated(moduleOfSeed(seed & 0x7fff_ffff));
}

export function caseOfGenerated(generated: GeneratedModule): FuzzCase {
  const { bytes } = generated;
  const metered = load(bytes);
  if (typeof metered === 'string') throw new Error(`a generated module is not accepted: ${metered}`);
  const calls = generated.calls.map((call) => ({
    export: call.export,
    args: call.args.map((arg) => ('bits' in arg ? arg.bits : 0)),
  }));
  return { origin: 'own', bytes, metered, calls, generated };
}

/** binaryen's module for random bytes, or why the engine does not accept it. */
export async function binaryenCase(random: () => number, translator: FuzzTranslator): Promise<FuzzCase | string> {
  const length = 40 + (random() % (random() % 4 === 0 ? 4000 : 600));
  return caseOfBytes('binaryen', await translator.translate(Uint8Array.from({ length }, random)), random);
}

/**
 * One of our modules with large indices, heights and integers throughout; in the others they are shifted only now and
 * then.
 */
export function largeCase(seed: number): FuzzCase {
  const kept = seed & 0x7fff_ffff;
  const shift = anyShift(new RandomChoice(new SeededSource(kept)), undefined);
  return { ...caseOfGenerated(moduleOfSeed(kept, { shift })), origin: 'large' };
}

/** Any module with calls of the first exports that can be called, or why the engine does not accept it. */
export function caseOfBytes(origin: Origin, bytes: Uint8Array, random: () => number): FuzzCase | string {
  const metered = load(bytes);
  if (typeof metered === 'string') return metered;
  const { module } = metered;
  const calls = module.exports
    .filter(({ kind }) => kind === 'function')
    .slice(0, CALLS_MAX)
    .map(({ name, index }) => ({
      export: name,
      args: Array.from(typeOfFunction(module, index).params, (type) => argument(type, random)),
    }));
  return { origin, bytes, metered, calls, generated: undefined };
}
