/** Effects of the host on an instance: reuse, native overflow, failures of host functions, declined modules. */
import { deepEqual, equal, ok, throws } from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { defineLimits, LIMITS_1 } from '../../src/base/limits.js';
import { isDeclined } from '../../src/instrumented/declined.js';
import type { InstrumentedInstance } from '../../src/instrumented/instance.js';
import { instrumentedProgram } from '../../src/instrumented/program.js';
import { interpreterProgram } from '../../src/interpreter/program.js';
import { FunctionInstance } from '../../src/machine/function-instance.js';
import type { HostFunction } from '../../src/machine/host-function.js';
import { HostFailure } from '../../src/machine/outcome.js';
import { RerunNeeded } from '../../src/machine/rerun-needed.js';
import { Store } from '../../src/machine/store.js';
import { FUEL_1 } from '../../src/metering/schedule.js';
import { finishRun, fitHost, instrument, loadModule, parseBits, runExport } from './run-export.js';
import { wat } from './wat.js';

const FUEL = 1_000_000_000;

interface Guest {
  readonly name: string;
  readonly file: string;
  readonly export: string;
  readonly args: readonly string[];
}

const STATEFUL = `(module
  (memory 1) (table 4 funcref) (global $g (mut f64) (f64.const nan:0x4000000000001)) (global $h (mut i32) (i32.const 5))
  (data (i32.const 8) "abc") (data $p "xyz") (elem (i32.const 1) $f) (elem $e funcref (ref.func $f))
  (func $f (result i32) (i32.const 7))
  (func (export "change") (param i32) (result i32)
    (i64.store (i32.const 8) (i64.const -1))
    (memory.init $p (i32.const 100) (i32.const 0) (i32.const 3))
    (data.drop $p) (elem.drop $e)
    (table.set (i32.const 1) (ref.null func)) (table.set (i32.const 3) (ref.func $f))
    (global.set $g (f64.const 1)) (global.set $h (i32.add (global.get $h) (i32.const 1)))
    (global.get $h))
  (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0))))`;

function hostCalling(run: HostFunction['run']) {
  const metered = loadModule(wat('(module (import "h" "f" (func)) (func (export "run") (call 0)))'));
  const program = instrument(metered);
  const store = new Store(LIMITS_1, FUEL_1);
  store.gauge.reset(FUEL);
  const type = metered.module.types[0]!;
  const target = new FunctionInstance(store, type, undefined, -1, { module: 'h', name: 'f', type, run });
  const instance = program.instantiate(store, [{ kind: 'function', function: target }])!;
  return { store, instance, call: () => instance.invoke(1, []) };
}

describe('instrumented instance', () => {
  it('after a reset equals a new one, in every global, element, byte and segment', () => {
    const program = instrument(loadModule(wat(STATEFUL)));
    const fresh = runExport(program, 'change', [1], FUEL, { digest: true });
    const store = new Store(LIMITS_1, FUEL_1);
    store.gauge.reset(FUEL);
    const instance = program.instantiate(store, []) as InstrumentedInstance;
    const before = instance.stateDigest();
    for (let round = 0; round < 3; round++) {
      deepEqual(finishRun(store, instance, 'change', [1], true), fresh);
      store.gauge.reset(FUEL);
      ok(program.reinstantiate(instance));
      deepEqual(instance.stateDigest(), before);
    }
  });

  it('is not reused after its memory has grown', () => {
    const program = instrument(loadModule(wat(STATEFUL)));
    const store = new Store(LIMITS_1, FUEL_1);
    store.gauge.reset(FUEL);
    const instance = program.instantiate(store, []) as InstrumentedInstance;
    finishRun(store, instance, 'grow', [0], false);
    equal(instance.isReusable, true);
    finishRun(store, instance, 'grow', [1], false);
    equal(instance.isReusable, false);
  });

  it('returns the same for the guests of the benchmark in each call', () => {
    for (const guest of JSON.parse(readFileSync('vectors/guests/raw/guests.json', 'utf8')) as Guest[]) {
      const program = instrument(loadModule(readFileSync(`vectors/guests/raw/${guest.file}`)));
      const args = guest.args.map(parseBits);
      const store = new Store(LIMITS_1, FUEL_1);
      store.gauge.reset(FUEL);
      const instance = program.instantiate(store, []) as InstrumentedInstance;
      const first = finishRun(store, instance, guest.export, args, true);
      store.gauge.reset(FUEL);
      ok(program.reinstantiate(instance), guest.name);
      deepEqual(finishRun(store, instance, guest.export, args, true), first, guest.name);
    }
  });

  it('has dropped the segments before the one that trapped, and no others', () => {
    const segments = {
      element: '(elem (i32.const 0) $f) (elem $e (i32.const 4) $f $f) (elem (i32.const 1) $f) (elem declare func $f)',
      data: '(data (i32.const 0) "a") (data $p "p") (data (i32.const 65536) "b") (data (i32.const 2) "c")',
      used: '(data (i32.const 0) "a") (data (i32.const 65536) "b") (data $p (i32.const 2) "c")',
    };
    for (const [name, text] of Object.entries(segments)) {
      const uses = name === 'element' ? '(elem.drop $e)' : '(data.drop $p)';
      const module = `(module (memory 1) (table 5 funcref) ${text} (func $f) (func (export "run") ${uses}))`;
      const metered = loadModule(wat(module));
      const expected = runExport(interpreterProgram(metered), 'run', [], FUEL, { digest: true });
      ok(expected.outcome.startsWith('trapped'), name);
      deepEqual(runExport(instrument(metered), 'run', [], FUEL, { digest: true }), expected, name);
    }
  });

  it('requests another run when the native stack overflows, and is not reused', () => {
    const limits = defineLimits('deep', { stackWords: 1_048_576 });
    const program = instrument(loadModule(readFileSync('vectors/guests/wat/recurse.wasm')));
    const store = new Store(limits, FUEL_1);
    store.gauge.reset(FUEL);
    const instance = program.instantiate(store, []) as InstrumentedInstance;
    throws(() => instance.invoke(0, [0]), RerunNeeded);
    equal(instance.isReusable, false);
  });

  it('requests another run after a RangeError of a host function', () => {
    const { call } = hostCalling(() => {
      throw new RangeError('Maximum call stack size exceeded');
    });
    throws(call, RerunNeeded);
  });

  it('throws what a host function throws, even if the host swallowed it', () => {
    const failure = new Error('no disk');
    const inner = hostCalling(() => {
      throw failure;
    });
    throws(inner.call, (error) => error === failure);
    let depth = 0;
    const outer = hostCalling((context) => {
      if (depth++ > 0) throw new HostFailure('deep');
      try {
        context.caller.invoke(1, []);
      } catch {
        // The host continues as if nothing had happened.
      }
      return [];
    });
    throws(outer.call, HostFailure);
  });

  it('throws the first failure, even if the host throws another one later', () => {
    let depth = 0;
    const { call } = hostCalling((context) => {
      if (depth++ > 0) throw new HostFailure('deep');
      try {
        context.caller.invoke(1, []);
      } catch {
        throw new HostFailure('later');
      }
      return [];
    });
    throws(call, /deep/);
  });

  it('keeps the first outcome of a nested call', () => {
    let depth = 0;
    const { call, store } = hostCalling((context) => {
      if (depth++ > 0) return { kind: 'breached', code: 'test' };
      context.caller.invoke(1, []);
      return [];
    });
    deepEqual(call(), { kind: 'breached', code: 'test' });
    deepEqual(store.gauge.stop, { kind: 'breached', code: 'test' });
  });

  it('runs nothing more after the call has ended', () => {
    let depth = 0;
    const { call } = hostCalling((context) => {
      if (depth++ > 0) return { kind: 'breached', code: 'test' };
      for (let time = 0; time < 3; time++) context.caller.invoke(1, []);
      return [];
    });
    deepEqual(call(), { kind: 'breached', code: 'test' });
    equal(depth, 2);
  });

  it('shares one gauge between guest and host through re-entry', () => {
    const seen: number[] = [];
    let depth = 0;
    const { call, store } = hostCalling((context) => {
      seen.push(context.fuelLeft());
      if (depth++ < 3) context.caller.invoke(1, []);
      seen.push(context.fuelLeft());
      return [];
    });
    deepEqual(call(), { kind: 'returned', results: [] });
    deepEqual(
      seen,
      [...seen].sort((left, right) => right - left),
      'fuel only goes down',
    );
    equal(store.gauge.wordsLeft, LIMITS_1.stackWords);
    equal(store.gauge.fuelLeft, seen.at(-1));
  });

  it('nests host calls no deeper than the limit', () => {
    const { call } = hostCalling((context) => {
      context.caller.invoke(1, []);
      return [];
    });
    deepEqual(call(), { kind: 'exhausted', resource: 'stack' });
  });
});

describe('instrumented program', () => {
  it('declines a function that the host would compile too slowly', () => {
    const locals = '(local i64)'.repeat(3000);
    const body = '(block (br_if 0 (local.get 0)) (local.set 1 (i64.const 1)))'.repeat(14_000);
    const metered = loadModule(wat(`(module (func (param i32) ${locals} ${body}))`));
    const program = instrumentedProgram(metered, fitHost());
    ok(isDeclined(program));
    equal(program.declined, 'too-heavy');
  });
});
