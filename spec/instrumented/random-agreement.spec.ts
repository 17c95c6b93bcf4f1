/**
 * Both tiers on random modules: the outcome, the fuel and its parts, the pages, the log of host calls and the digest of the
 * state are equal at full fuel and where it runs short, and a reused instance gives what a new one gives.
 */
import { deepEqual } from 'node:assert/strict';
import fc from 'fast-check';
import { anyModule, type GeneratedCall } from '../../src/agreement/module-arbitrary.js';
import { toHex } from '../../src/base/hash.js';
import { LIMITS_1 } from '../../src/base/limits.js';
import type { InstrumentedInstance } from '../../src/instrumented/instance.js';
import { interpreterProgram } from '../../src/interpreter/program.js';
import type { Program } from '../../src/machine/program.js';
import { Store } from '../../src/machine/store.js';
import { FUEL_1 } from '../../src/metering/schedule.js';
import { argumentBits, meteredModule, type Run, runCall } from '../agreement/run-interpreter.js';
import { instrument } from './run-export.js';

const FUEL = 100_000;

/** Everything that must be equal; references by whether they are null. */
function observed({ outcome, store, instance }: Run) {
  const { gauge, log } = store;
  return {
    outcome: outcome.kind === 'returned' ? outcome.results.map(String) : outcome,
    used: gauge.fuelUsed,
    parts: gauge.parts,
    pages: instance?.memory?.pages,
    log: log.map(({ name, inputHash, outputHash }) => [name, toHex(inputHash), toHex(outputHash)]),
    digest: instance === undefined ? '' : toHex(instance.stateDigest()),
  };
}

function returnsReferences(bytes: Uint8Array, { export: name }: GeneratedCall): boolean {
  const { module } = meteredModule(bytes);
  const item = module.exports.find((one) => one.kind === 'function' && one.name === name)!;
  return module.types[module.functionTypes[item.index]!]!.results.some((type) => type < 0x7c);
}

describe('instrumented random agreement', () => {
  it('the tiers agree on random modules, at full fuel and short of it, and on reused instances', () => {
    const property = fc.property(
      anyModule(),
      fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 4 }),
      check,
    );
    fc.assert(property, { numRuns: 60 });
  });
});

function check(
  generated: { readonly bytes: Uint8Array; readonly calls: readonly GeneratedCall[] },
  shares: number[],
): void {
  const metered = meteredModule(generated.bytes);
  const reference = interpreterProgram(metered);
  const program = instrument(metered);
  for (const call of generated.calls) {
    // Handles of references are each tier's own.
    if (returnsReferences(generated.bytes, call)) continue;
    const full = observed(runCall(reference, call, FUEL));
    const run = runCall(program, call, FUEL);
    deepEqual(observed(run), full);
    for (const share of shares) {
      const limit = Math.floor(share * full.used);
      deepEqual(observed(runCall(program, call, limit)), observed(runCall(reference, call, limit)), `fuel ${limit}`);
    }
    if (run.instance === undefined) continue;
    run.store.gauge.reset(FUEL);
    run.store.log = [];
    const instance = run.instance as InstrumentedInstance;
    if (!instance.isReusable) continue;
    program.reinstantiate(instance);
    if (metered.module.imports.length === 0) deepEqual(instance.stateDigest(), freshDigest(program), 'after a reset');
    deepEqual(observed({ ...run, outcome: callAgain(instance, call) }), full, 'reused');
  }
}

function freshDigest(program: Program): Uint8Array | undefined {
  const store = new Store(LIMITS_1, FUEL_1);
  store.gauge.reset(FUEL);
  return program.instantiate(store, [])?.stateDigest();
}

function callAgain(instance: InstrumentedInstance, call: GeneratedCall) {
  const { stop } = instance.store.gauge;
  if (stop !== undefined) return stop;
  const item = instance.metered.module.exports.find(({ kind, name }) => kind === 'function' && name === call.export)!;
  return instance.invoke(item.index, argumentBits(call.args));
}
