/**
 * Finds where two nodes diverge: with one unit less than the lowest fuel limit at which they differ, the run stops
 * before the block (or the charge by data) after which memory, globals, tables, outcome or fuel differ. The interpreter
 * reports where that is.
 */
import { fromHex } from '../base/hash.js';
import { defineLimits, LIMITS_1 } from '../base/limits.js';
import { decode } from '../decode/decode.js';
import { createEngine, type Engine } from '../engine/engine.js';
import { type AgreementCall, type AgreementSubject, type AgreementZomes, callText } from './agreement-call.js';
import { agreementHost } from './agreement-host.js';
import { blockLines } from './block-lines.js';
import { disassembleBody } from './disassemble.js';
import { hostsNamed } from './host-set.js';
import { leastFuel } from './least-fuel.js';
import type { AgreementNode } from './node.js';
import { callResult } from './node-answer.js';

export interface Localisation {
  /** The lowest fuel limit at which they differ. */
  readonly fuel: number;
  /** Function and byte offset of the block's first instruction; undefined if no instruction was reached. */
  readonly functionIndex: number | undefined;
  readonly offset: number | undefined;
  /** The disassembly around it; lines of the block begin with `>`. */
  readonly lines: readonly string[];
}

/** Undefined if the nodes do not differ again, or cannot run with other fuel limits. */
export async function localise(
  left: AgreementNode,
  right: AgreementNode,
  module: AgreementSubject,
  calls: readonly AgreementCall[],
): Promise<Localisation | undefined> {
  const fuel = await leastFuel(left, right, module, calls);
  if (fuel === undefined) return undefined;
  const place = fuel === 0 ? undefined : await placeAt(module, { ...calls.at(-1)!, fuel: fuel - 1 });
  if (place === undefined) return { fuel, functionIndex: undefined, offset: undefined, lines: [] };
  const { metered, functionIndex, offset } = place;
  return { fuel, functionIndex, offset, lines: blockLines(metered, functionIndex, offset) };
}

async function placeAt(module: AgreementSubject, call: AgreementCall) {
  const limits = module.limits === undefined ? LIMITS_1 : defineLimits('agreement', module.limits);
  const engine = createEngine({ tier: 'interpreter', limits });
  if ('zomes' in module) return placeInZome(engine, module, call);
  const loaded = await engine.load(module.bytes, { imports: await hostsNamed(module.hosts) });
  if (!loaded.ok) return undefined;
  const frame = callResult(loaded.module, call).diagnostics.backtrace()[0];
  return frame && { metered: loaded.module.metered, functionIndex: frame.functionIndex, offset: frame.offset };
}

/** The last guest of a validation is the one that the fuel limit stopped. */
async function placeInZome(engine: Engine, zomes: AgreementZomes, call: AgreementCall) {
  const made = await agreementHost(engine, zomes);
  if (!made.ok || call.kind !== 'op') return undefined;
  const { host, ...options } = made.value;
  const last = host.validateOp(fromHex(call.op), { ...options, fuel: call.fuel }).calls.at(-1);
  const frame = last?.diagnostics.backtrace()[0];
  if (last === undefined || frame === undefined) return undefined;
  const { metered } = host.zome(last.zome).module;
  return { metered, functionIndex: frame.functionIndex, offset: frame.offset };
}

/** A localisation for people. */
export function localisationLines(place: Localisation, call: AgreementCall): readonly string[] {
  const head = `they diverge at fuel ${place.fuel} of ${callText(call)}`;
  if (place.functionIndex === undefined) return [`${head}, before the first block`];
  const where = `function ${place.functionIndex}, byte ${place.offset}`;
  return [`${head}, in the block marked below (${where}):`, ...place.lines];
}

/** Number of instructions in the bodies of a module, without `end` and `else`; undefined if it does not decode. */
export function instructionCount(bytes: Uint8Array): number | undefined {
  const { module, fault } = decode(bytes, LIMITS_1);
  if (fault !== undefined) return undefined;
  let count = 0;
  for (let own = 0; own < module.bodyStarts.length; own++) {
    count += disassembleBody(module, own).filter(({ row }) => row.cost !== 'delimiter').length;
  }
  return count;
}
