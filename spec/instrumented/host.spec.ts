/**
 * Hosts with the same message for several traps: notes of the rewritten code distinguish them, whatever call ran before
 * in the same instance. V8's messages are merged further to imitate hosts that do not exist. docs/SEMANTICS.md, section
 * 7.
 */
import { deepEqual, match, ok } from 'node:assert/strict';
import { LIMITS_1 } from '../../src/base/limits.js';
import { isDeclined } from '../../src/instrumented/declined.js';
import { learnHost } from '../../src/instrumented/host.js';
import { instrumentedProgram } from '../../src/instrumented/program.js';
import { interpreterProgram } from '../../src/interpreter/program.js';
import type { GuestInstance } from '../../src/machine/instance.js';
import type { Program } from '../../src/machine/program.js';
import { Store } from '../../src/machine/store.js';
import { FUEL_1 } from '../../src/metering/schedule.js';
import { loadModule } from './run-export.js';
import { wat } from './wat.js';

const FUEL = 1_000_000;

/** Bodies of `(func (param $n i32) (result i32))`, called with 0; each traps differently. */
const TRAPS: Readonly<Record<string, string>> = {
  'div_s of i32': '(i32.div_s (i32.const 0x80000000) (i32.sub (local.get $n) (i32.const 1)))',
  'div_s of i64':
    '(i32.wrap_i64 (i64.div_s (i64.const 0x8000000000000000) (i64.extend_i32_s (i32.sub (local.get $n) (i32.const 1)))))',
  'trunc of a large f32': '(i32.trunc_f32_s (f32.const 1e20))',
  'trunc of a large f64': '(i32.wrap_i64 (i64.trunc_f64_u (f64.const -1)))',
  'trunc of an f32 NaN': '(i32.trunc_f32_u (f32.const nan:0x200001))',
  'trunc of an f64 NaN': '(i32.wrap_i64 (i64.trunc_f64_s (f64.div (f64.const 0) (f64.const 0))))',
  'trunc, then div_s':
    '(i32.div_s (i32.sub (i32.const 0x80000000) (i32.trunc_f32_s (f32.const 0))) (i32.sub (local.get $n) (i32.const 1)))',
  'division by zero': '(i32.rem_u (i32.const 1) (local.get $n))',
  'an element out of bounds': '(call_indirect (type $f) (local.get $n) (i32.const 4))',
  'an element far out of bounds': '(call_indirect (type $f) (local.get $n) (i32.const -1))',
  'a null element': '(call_indirect (type $f) (local.get $n) (i32.const 3))',
  'an element of another type': '(call_indirect (type $f) (local.get $n) (i32.const 1))',
  'an element of no table': '(call_indirect $none (type $f) (local.get $n) (i32.const 0))',
  'a valid element, then a null one':
    '(call_indirect (type $f) (call_indirect (type $f) (local.get $n) (i32.const 0)) (i32.const 2))',
  'a read of a table': '(ref.is_null (table.get (i32.sub (local.get $n) (i32.const 1))))',
  'a load': '(i32.load (i32.const -1))',
  unreachable: 'unreachable',
};
/** Calls that do not trap, between the others. */
const GOOD: Readonly<Record<string, string>> = {
  'a saturating trunc of a NaN': '(i32.trunc_sat_f32_u (f32.const nan))',
  'a trunc': '(i32.trunc_f64_s (f64.const 7.5))',
};

const MODULE = `(module (type $f (func (param i32) (result i32)))
  (memory 1) (table 4 funcref) (table $none 0 funcref) (elem (i32.const 0) $id $other)
  (func $id (type $f) (local.get 0)) (func $other)
  ${Object.entries({ ...TRAPS, ...GOOD })
    .map(([name, body]) => `(func (export "${name}") (param $n i32) (result i32) ${body})`)
    .join('\n  ')})`;

/** Runs all calls in one instance in the order given by `step`; returns how each ended, with fuel. */
function ends(program: Program, step: number): string[] {
  const { exports } = program.metered.module;
  const store = new Store(LIMITS_1, FUEL_1);
  let instance: GuestInstance | undefined;
  return exports.map((_, i) => {
    const { name, index } = exports[(i * step) % exports.length]!;
    store.beginCall(FUEL);
    if (instance?.isReusable !== false && instance !== undefined) program.reinstantiate(instance);
    else instance = program.instantiate(store, []);
    const outcome = instance!.invoke(index, [0]);
    return `${name}: ${outcome.kind === 'trapped' ? outcome.code : outcome.kind}, ${store.gauge.fuelUsed}`;
  });
}

/** A host whose trap messages are those of V8, mapped by `name`. */
function hostSaying(name: (message: string) => string): ReturnType<typeof learnHost> {
  return learnHost(({ message }) => name(message.replace(/ \(evaluating .*/, '')));
}

const V8 = {
  number: /divide result unrepresentable|float unrepresentable/,
  call: /table index is out of bounds|null function|signature mismatch/,
  bounds: /table index is out of bounds|memory access out of bounds/,
} as const;

const MERGING: Readonly<Record<string, (message: string) => string>> = {
  'like this one': (message) => message,
  'with the same message for div_s and trunc': (message) => (V8.number.test(message) ? 'integer overflow' : message),
  'with the same message for every call_indirect': (message) => (V8.call.test(message) ? 'bad call' : message),
  'with the same message for both kinds': (message) =>
    V8.number.test(message) ? 'bad number' : V8.call.test(message) ? 'bad call' : message,
  'with the same message for memories and tables, and for div_s and trunc, as in Firefox': (message) =>
    V8.bounds.test(message) ? 'index out of bounds' : V8.number.test(message) ? 'integer overflow' : message,
};

describe('instrumented host', () => {
  for (const [what, name] of Object.entries(MERGING)) {
    it(`identifies every trap on a host ${what}, in any order of calls, without a second run`, () => {
      const host = hostSaying(name);
      ok('traps' in host, JSON.stringify(host));
      const metered = loadModule(wat(MODULE));
      const program = instrumentedProgram(metered, host);
      ok(!isDeclined(program));
      for (const step of [1, 5, 7, 11]) {
        deepEqual(ends(program, step), ends(interpreterProgram(metered), step));
      }
    });
  }

  it('is learnt from its messages of the traps that leave no note', () => {
    const host = learnHost();
    ok('traps' in host);
    const codes = [...new Set(host.traps.values())].sort();
    deepEqual(codes, [
      'indirect-call',
      'integer-divide-by-zero',
      'integer-overflow',
      'out-of-bounds-memory-access',
      'unreachable',
    ]);
  });

  it('is rejected if no note distinguishes traps with the same message', () => {
    const host = hostSaying((message) => (/unreachable$|divide by zero/.test(message) ? 'trap' : message));
    ok('unfit' in host);
    match(host.unfit, /reports .* and .* with the same message: trap/);
  });
});
