/**
 * Values that cross between guest and host keep every bit, in the right place, in both tiers: arguments and results of
 * host functions and of exports, globals that are read and written from outside, references. docs/SEMANTICS.md, section
 * 2.
 */
import { deepEqual, equal } from 'node:assert/strict';
import { defineLimits, LIMITS_1 } from '../../src/base/limits.js';
import { FunctionInstance } from '../../src/machine/function-instance.js';
import type { HostFunction } from '../../src/machine/host-function.js';
import type { GuestInstance } from '../../src/machine/instance.js';
import { linkImports } from '../../src/machine/link.js';
import type { Bits } from '../../src/machine/outcome.js';
import { Store } from '../../src/machine/store.js';
import { FUEL_1 } from '../../src/metering/schedule.js';
import { loadModule } from '../instrumented/run-export.js';
import { wat } from '../instrumented/wat.js';
import { TIERS } from '../tiers.js';

const F32_BITS = [0x7fa00001 | 0, 0xffa00001 | 0, 0xffc00000 | 0, 0x7fc00000, -0x80000000, 1];
const F64_BITS = [0x7ff4000000000001n, 0xfff4000000000001n, 0xfff8000000000000n, 0x7ff8000000000000n, 1n << 63n, 1n];

const MODULE = `(module
  (import "env" "back" (func $back (param i32 f32 i64 f64 f32) (result f32 f64 i64 i32 f32)))
  (import "env" "seen" (func $seen (param f64 f32)))
  (import "env" "one" (func $one (param f32) (result f64)))
  (type $fs (func (param f64 f32)))
  (type $ff (func (param f32 f64) (result f64 f32)))
  (global (export "i") (mut i32) (i32.const 1)) (global (export "l") (mut i64) (i64.const 2))
  (global (export "f") (mut f32) (f32.const 3)) (global (export "d") (mut f64) (f64.const 4))
  (global (export "fixed") f32 (f32.const nan:0x200001))
  (table (export "table") 4 funcref) (elem (i32.const 0) func $swap $seen $two $swap) (elem declare func $seen)
  (func $swap (export "swap") (type $ff) (local.get 1) (local.get 0))
  (func $two (export "two") (param f32) (result f64) (call $one (local.get 0)))
  (func (export "around") (param i32 f32 i64 f64 f32) (result f32 f64 i64 i32 f32)
    (call $seen (local.get 3) (local.get 1))
    (call $back (local.get 0) (local.get 1) (local.get 2) (local.get 3) (local.get 4)))
  (func (export "indirect") (param f32 f64) (result f64 f32)
    (call_indirect (type $ff) (local.get 0) (local.get 1) (i32.const 3)))
  (func (export "by reference") (param f64 f32)
    (table.set (i32.const 1) (ref.func $seen))
    (call_indirect (type $fs) (local.get 0) (local.get 1) (i32.const 1)))
  (func (export "globals") (result i32 i64 f32 f64)
    (global.get 0) (global.get 1) (global.get 2) (global.get 3))
  (func (export "move") (param i32) (table.set (local.get 0) (table.get (i32.const 2))))
  (func (export "i64 result") (param i64) (result i64) (local.get 0)))`;

const METERED = loadModule(wat(MODULE));

const unsigned = (bits: Bits) => (typeof bits === 'bigint' ? BigInt.asUintN(64, bits) : bits >>> 0);

function place(tier: string) {
  const store = new Store(LIMITS_1, FUEL_1);
  store.gauge.reset(1_000_000);
  const seen: string[] = [];
  const runs: Readonly<Record<string, HostFunction['run']>> = {
    back: (_, [i, f, l, d, g]) => [g!, d!, l!, i!, f!],
    seen: (_, args) => {
      seen.push(args.map(unsigned).join());
      return [];
    },
    one: (_, [f]) => [BigInt.asUintN(32, BigInt(f!)) << 32n],
  };
  const linked = linkImports(METERED.module, (_, name) => {
    const { description } = METERED.module.imports.find((item) => item.name === name)!;
    if (description.kind !== 'function') return undefined;
    const type = METERED.module.types[description.typeIndex]!;
    const host = { module: 'env', name, type, run: runs[name]! };
    return { kind: 'function', function: new FunctionInstance(store, type, undefined, 0, host) };
  });
  if (!linked.ok) throw new Error(linked.fault.code);
  const instance = TIERS.get(tier)!(METERED).instantiate(store, linked.value)!;
  return { instance, seen };
}

function invoke(instance: GuestInstance, name: string, args: readonly Bits[]): Bits[] {
  const { index } = METERED.module.exports.find((item) => item.name === name)!;
  const outcome = instance.invoke(index, args);
  if (outcome.kind !== 'returned') throw new Error(outcome.kind);
  return outcome.results.map(unsigned);
}

function globalOf(instance: GuestInstance, name: string) {
  const item = instance.exported(name);
  if (item?.kind !== 'global') throw new Error(`no global ${name}`);
  return item.global;
}

describe('the edge between guest and host', () => {
  for (const tier of TIERS.keys()) {
    it(`preserves the bits and the order of arguments and results: ${tier}`, () => {
      const { instance, seen } = place(tier);
      F32_BITS.forEach((f, at) => {
        const d = F64_BITS[at]!;
        const other = F32_BITS[(at + 1) % F32_BITS.length]!;
        seen.length = 0;
        deepEqual(invoke(instance, 'around', [-7, f, -9n, d, other]), [
          unsigned(other),
          d,
          unsigned(-9n),
          unsigned(-7),
          unsigned(f),
        ]);
        invoke(instance, 'by reference', [d, other]);
        deepEqual(seen, [`${d},${unsigned(f)}`, `${d},${unsigned(other)}`]);
        deepEqual(invoke(instance, 'swap', [f, d]), [d, unsigned(f)]);
        deepEqual(invoke(instance, 'indirect', [f, d]), [d, unsigned(f)]);
        deepEqual(invoke(instance, 'two', [f]), [BigInt(unsigned(f)) << 32n]);
        deepEqual(invoke(instance, 'i64 result', [-3n]), [unsigned(-3n)]);
      });
    });

    it(`preserves the bits of globals that are read and written from outside: ${tier}`, () => {
      const { instance } = place(tier);
      equal(unsigned(globalOf(instance, 'fixed').bits), 0x7fa00001);
      F32_BITS.forEach((f, at) => {
        const d = F64_BITS[at]!;
        globalOf(instance, 'i').bits = f;
        globalOf(instance, 'l').bits = d;
        globalOf(instance, 'f').bits = f;
        globalOf(instance, 'd').bits = d;
        const wanted = [unsigned(f), d, unsigned(f), d];
        deepEqual(
          ['i', 'l', 'f', 'd'].map((name) => unsigned(globalOf(instance, name).bits)),
          wanted,
        );
        deepEqual(invoke(instance, 'globals', []), wanted);
      });
    });
  }

  it('recognises a function that passed through a table, also an imported one', () => {
    const [expected, actual] = [...TIERS.keys()].map((tier) => {
      const { instance } = place(tier);
      return [0, 1, 3].map((to) => {
        invoke(instance, 'move', [to]);
        return instance.stateDigest();
      });
    });
    deepEqual(actual, expected);
  });
});

/** A guest whose only import calls back; each case supplies `host`. */
const CALLING = loadModule(
  wat(`(module (import "env" "host" (func $host))
    (func (export "leaf"))
    (func (export "run") (call $host))
    (func (export "twice") (call $host) (call $host)))`),
);

interface Nested {
  readonly stackWords?: number;
  readonly hostNesting?: number;
  readonly host?: HostFunction['run'];
  readonly baseFuel?: number;
}

function nested(tier: string, name: string, how: Nested) {
  const { ended, times } = runNested(tier, name, how);
  return { ended, times };
}

function runNested(tier: string, name: string, { host = () => [], baseFuel, ...limits }: Nested) {
  const store = new Store(defineLimits('spec-edge', limits), FUEL_1);
  store.beginCall(1_000_000);
  let times = 0;
  const run: HostFunction['run'] = (context, args) => {
    times++;
    return host(context, args);
  };
  const type = CALLING.module.types[0]!;
  const target = new FunctionInstance(store, type, undefined, 0, { module: 'env', name: 'host', type, run, baseFuel });
  const instance = TIERS.get(tier)!(CALLING).instantiate(store, [{ kind: 'function', function: target }])!;
  const { index } = CALLING.module.exports.find((item) => item.name === name)!;
  const outcome = instance.invoke(index, []);
  const ended = outcome.kind === 'returned' ? 'returned' : outcome;
  return { ended, times, hostFuel: store.gauge.parts.host };
}

const EXPORTED = new Map(CALLING.module.exports.map(({ name, index }) => [name, index]));

/** Calls an export of the guest that made the call. */
function calling(name: string): HostFunction['run'] {
  return ({ caller }) => {
    caller.invoke(EXPORTED.get(name)!, []);
    return [];
  };
}

const STACK_USED_UP = { kind: 'exhausted', resource: 'stack' };

describe('a host call', () => {
  for (const tier of TIERS.keys()) {
    it(`takes 32 words while it runs, in addition to the 12 of its caller: ${tier}`, () => {
      const returned = (times: number) => ({ ended: 'returned', times });
      deepEqual(nested(tier, 'run', { stackWords: 44 }), returned(1));
      deepEqual(nested(tier, 'twice', { stackWords: 44 }), returned(2));
      deepEqual(nested(tier, 'run', { stackWords: 43 }), { ended: STACK_USED_UP, times: 0 });
      deepEqual(nested(tier, 'run', { stackWords: 56, host: calling('leaf') }), returned(1));
      deepEqual(nested(tier, 'run', { stackWords: 55, host: calling('leaf') }), { ended: STACK_USED_UP, times: 1 });
    });

    it(`costs its own price, or that of the schedule: ${tier}`, () => {
      const hostFuel = (baseFuel?: number) =>
        runNested(tier, 'twice', baseFuel === undefined ? {} : { baseFuel }).hostFuel;
      deepEqual([hostFuel(), hostFuel(7), hostFuel(1)], [2 * FUEL_1.rates.hostCall.base, 14, 2]);
    });

    it(`takes one level of nesting while it runs: ${tier}`, () => {
      deepEqual(nested(tier, 'run', { hostNesting: 3, host: calling('run') }), { ended: STACK_USED_UP, times: 3 });
      deepEqual(nested(tier, 'twice', { hostNesting: 1 }), { ended: 'returned', times: 2 });
      deepEqual(nested(tier, 'run', { hostNesting: 1, host: calling('leaf') }), { ended: 'returned', times: 1 });
    });

    it(`ends the call with the first outcome, regardless of what follows: ${tier}`, () => {
      let depth = 0;
      const host: HostFunction['run'] = ({ caller }) => {
        if (depth++ > 0) return { kind: 'breached', code: 'first' };
        caller.invoke(EXPORTED.get('run')!, []);
        return { kind: 'breached', code: 'later' };
      };
      deepEqual(nested(tier, 'run', { host }), { ended: { kind: 'breached', code: 'first' }, times: 2 });
    });
  }
});
