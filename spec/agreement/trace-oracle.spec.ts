import { assert } from 'chai';
import fc from 'fast-check';
import { anyModule, type GeneratedCall, type GeneratedModule } from '../../src/agreement/module-arbitrary.js';
import type { Outcome } from '../../src/machine/outcome.js';
import { FUEL_1 } from '../../src/metering/schedule.js';
import { valueTypeName } from '../../src/wasm/types.js';
import { printValue } from '../../src/wasm/value.js';
import { type Trace, traceCost } from '../metering/trace-oracle.js';
import { programOf, type Run, runCall } from './run-interpreter.js';

const FUEL_LIMIT = 100_000;
const { ASSAY_MODULES = '35' } = process.env;
const MODULES = Number(ASSAY_MODULES);
/** Smaller limits tried for each call. */
const LIMITS_PER_CALL = 10;

/** The oracle supplies no imports with values. */
const OPTIONS = { hostNeeds: [], importedGlobals: false, bodySizeMax: 50, calls: 2 } as const;

const seen = { calls: 0, limits: 0, tooDeep: 0 };

function outcomeText(outcome: Outcome, types: Uint8Array): string {
  switch (outcome.kind) {
    case 'returned':
      return `returned ${outcome.results
        .map((bits, index) => {
          const name = valueTypeName(types[index]!);
          const digits = typeof bits === 'bigint' ? BigInt.asUintN(64, bits) : bits >>> 0;
          return `${name}:0x${digits.toString(16).padStart(name.endsWith('32') ? 8 : 16, '0')}`;
        })
        .join(' ')}`;
    case 'trapped':
      return `trapped ${outcome.code}`;
    case 'exhausted':
      return `exhausted ${outcome.resource}`;
    default:
      return outcome.kind;
  }
}

function traceText({ outcome }: Trace): string {
  if (outcome.kind === 'returned') return `returned ${outcome.values.join(' ')}`;
  return outcome.kind === 'trapped' ? `trapped ${outcome.code}` : `exhausted ${outcome.resource}`;
}

interface Compared {
  readonly outcome: string;
  readonly used: number;
  readonly instantiate: number;
  readonly guest: number;
  readonly pages: number;
}

function oursOf({ outcome, store, instance }: Run, types: Uint8Array): Compared {
  const { gauge } = store;
  const { instantiate, guest } = gauge.parts;
  const memory = instance?.memory;
  return { outcome: outcomeText(outcome, types), used: gauge.fuelUsed, instantiate, guest, pages: memory?.pages ?? 0 };
}

function theirsOf(trace: Trace): Compared {
  const { instantiate, guest } = trace.parts;
  return { outcome: traceText(trace), used: trace.used, instantiate, guest, pages: trace.pages };
}

/** The oracle recurses with the guest: for a deep guest the host's stack may end before the guest's does. */
function traceOf(generated: GeneratedModule, call: GeneratedCall, fuelLimit: number): Trace | undefined {
  try {
    return traceCost(generated.bytes, call.export, call.args.map(printValue), FUEL_1, fuelLimit);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    seen.tooDeep++;
    return undefined;
  }
}

/** Partial sums of the charges, and one unit less: limits at which a run stops elsewhere. */
function limitsOf({ charges }: Trace, seed: number): number[] {
  const sums: number[] = [];
  let sum = 0;
  for (const { fuel } of charges) {
    sum += fuel;
    sums.push(sum);
  }
  const picked = Array.from(
    { length: LIMITS_PER_CALL >> 1 },
    (_, index) => sums[(seed * 31 + index * 7919) % sums.length]!,
  );
  return [...new Set(picked.flatMap((limit) => [limit, Math.max(limit - 1, 0)]))];
}

function check(generated: GeneratedModule): void {
  const program = programOf(generated.bytes);
  for (const [position, call] of generated.calls.entries()) {
    const types = Uint8Array.from(generated.exports.find(({ name }) => name === call.export)!.type.results);
    const compare = (fuelLimit: number) => {
      const trace = traceOf(generated, call, fuelLimit);
      if (trace === undefined) return undefined;
      const ours = oursOf(runCall(program, call, fuelLimit), types);
      const [left, right] = [JSON.stringify(ours), JSON.stringify(theirsOf(trace))];
      if (left !== right) assert.fail(`at fuel limit ${fuelLimit}\ninterpreter ${left}\ntrace       ${right}`);
      return trace;
    };
    const full = compare(FUEL_LIMIT);
    seen.calls++;
    if (full === undefined) continue;
    for (const limit of limitsOf(full, generated.size + position)) {
      compare(limit);
      seen.limits++;
    }
  }
}

describe('the interpreter and the trace of charges', () => {
  it('have the same outcome, fuel, parts and pages at full fuel and where smaller limits stop', () => {
    fc.assert(fc.property(anyModule(OPTIONS), check), { numRuns: MODULES });
    console.log(`      ${seen.calls} calls, ${seen.limits} smaller limits, ${seen.tooDeep} too deep for the oracle`);
    assert.isAbove(seen.limits, seen.calls);
  }).timeout(600_000);
});
