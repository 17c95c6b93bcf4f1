/**
 * Runs the sequences of a module in both tiers, one after the other on one instance: with enough fuel, then on another
 * instance with one unit less than used. Each outcome must be equal, and the final state.
 */
import { isDeepStrictEqual } from 'node:util';
import { toHex } from '../../src/base/hash.js';
import { LIMITS_1 } from '../../src/base/limits.js';
import { interpreterProgram } from '../../src/interpreter/program.js';
import type { Program } from '../../src/machine/program.js';
import { Store } from '../../src/machine/store.js';
import type { MeteredModule } from '../../src/metering/meter.js';
import { instrument, loadModule } from '../instrumented/run-export.js';
import type { Naming } from './pieces.js';
import { type Sequence, SequenceModule } from './sequence-module.js';

const FUEL = 20_000_000;

export interface SequenceRuns {
  readonly bytes: Uint8Array;
  /** Runs of both tiers, each a call at one limit. */
  readonly runs: number;
}

interface Ran {
  readonly calls: readonly { readonly used: number }[];
  readonly digest: string;
}

/** Runs each export with each list of arguments, with this much fuel for each call. */
function run(program: Program, { exports, calls }: SequenceModule, fuelOf: (call: number) => number): Ran {
  const store = new Store(LIMITS_1, program.metered.schedule);
  store.beginCall(FUEL);
  const instance = program.instantiate(store, []);
  if (instance === undefined || store.gauge.stop !== undefined) throw new Error('no instance');
  const ran = exports
    .flatMap((index) => calls.map((args) => ({ index, args })))
    .map(({ index, args }, at) => {
      store.beginCall(fuelOf(at));
      const outcome = instance.invoke(index, args);
      const { stop, fuelUsed, parts } = store.gauge;
      return { results: outcome.kind === 'returned' ? outcome.results : outcome.kind, stop, used: fuelUsed, parts };
    });
  return { calls: ran, digest: toHex(instance.stateDigest()) };
}

/** Throws at the first difference, with the sequence. */
export function compareSequences(
  naming: Naming,
  sequences: readonly Sequence[],
  makeProgram: (metered: MeteredModule) => Program = instrument,
): SequenceRuns {
  const made = new SequenceModule(naming, sequences);
  const metered = loadModule(made.bytes);
  const reference = interpreterProgram(metered);
  const program = makeProgram(metered);
  const whole = run(reference, made, () => FUEL);
  let runs = 0;
  for (const fuelOf of [() => FUEL, (call: number) => whole.calls[call]!.used - 1]) {
    const expected = runs === 0 ? whole : run(reference, made, fuelOf);
    const actual = run(program, made, fuelOf);
    runs += expected.calls.length;
    if (isDeepStrictEqual(expected, actual)) continue;
    const at = expected.calls.findIndex((call, i) => !isDeepStrictEqual(call, actual.calls[i]));
    const where = `index ${naming.index}, turn ${naming.turn}`;
    if (at < 0) throw new Error(`${where}: the states differ after ${made.exports.length} sequences`);
    const { pieces, sources, below } = sequences[Math.floor(at / made.calls.length)]!;
    const what = `${pieces.map(({ name }) => name).join(', ')}; ${where}, operands by ${sources.join(' ')}, ${below} below`;
    const shown = JSON.stringify([expected.calls[at], actual.calls[at]], (_, value) =>
      typeof value === 'bigint' ? `${value}n` : value,
    );
    throw new Error(`${what}: ${shown}`);
  }
  return { bytes: made.bytes, runs };
}
