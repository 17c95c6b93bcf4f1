/**
 * An instance that was reset after a call, compared with a new instance of the interpreter: outcome, fuel and its
 * parts, pages, log and the digest of the state. Every call is made after every other. docs/SEMANTICS.md, section 6.
 */
import { deepEqual, equal, notDeepEqual } from 'node:assert/strict';
import { hostFunction } from '../../src/agreement/host-functions.js';
import { toHex } from '../../src/base/hash.js';
import { defineLimits } from '../../src/base/limits.js';
import { FunctionInstance } from '../../src/machine/function-instance.js';
import { Global, writeBits } from '../../src/machine/global.js';
import type { GuestInstance } from '../../src/machine/instance.js';
import { linkImports } from '../../src/machine/link.js';
import type { Program } from '../../src/machine/program.js';
import { Store } from '../../src/machine/store.js';
import { FUEL_1 } from '../../src/metering/schedule.js';
import { loadModule } from '../instrumented/run-export.js';
import { wat } from '../instrumented/wat.js';
import { TIERS } from '../tiers.js';

/** Room for two nested host calls and a few frames. */
const LIMITS = defineLimits('spec-pristine', { stackWords: 400, hostNesting: 2 });

const MODULE = `(module
  (import "env" "nothing" (func $nothing))
  (import "env" "burn" (func $burn (param i32)))
  (import "env" "stop" (func $stop (param i32) (result i32)))
  (import "env" "poke" (func $poke (param i32 i32) (result i32)))
  (import "env" "third" (global $third f64))
  (type $t (func (result i32)))
  (memory 2 8) (table $a 3 9 funcref) (table $b 2 externref)
  (global $i (mut i32) (i32.const 5)) (global $l (mut i64) (i64.const -5))
  (global $f (mut f32) (f32.const nan:0x200001)) (global $d (mut f64) (f64.const nan:0x4000000000001))
  (global $r (mut funcref) (ref.func $five)) (global $c (mut f64) (global.get $third))
  (data (i32.const 8) "abc") (data $p "xyz") (data (i32.const 131069) "end")
  (elem (table $a) (i32.const 1) func $five) (elem $e funcref (ref.func $six) (ref.null func)) (elem declare func $six)
  (func $five (type $t) (i32.const 5)) (func $six (type $t) (i32.const 6))
  (func $start (global.set $i (i32.add (global.get $i) (i32.const 1))) (call $nothing)
    (i32.store (i32.const 16) (i32.add (i32.load (i32.const 16)) (i32.const 7))))
  (start $start)
  (func (export "numbers") (global.set $i (i32.const 1)) (global.set $l (i64.const 1)) (global.set $f (f32.const 1))
    (global.set $d (f64.const 1)) (global.set $c (f64.const 1)))
  (func (export "one number") (global.set $d (f64.const nan:0x4000000000007)))
  (func (export "reference") (global.set $r (ref.null func)))
  (func (export "memory") (i64.store (i32.const 8) (i64.const -1)) (i32.store8 (i32.const 131071) (i32.const 1)))
  (func (export "first page") (i32.store8 (i32.const 0) (i32.const 1)))
  (func (export "last byte") (i32.store8 (i32.const 131068) (i32.const 1)))
  (func (export "grow memory") (result i32) (memory.grow (i32.const 3)))
  (func (export "grow and fill") (drop (memory.grow (i32.const 1)))
    (memory.fill (i32.const 131072) (i32.const 7) (i32.const 65536)))
  (func (export "element") (table.set $a (i32.const 2) (ref.func $six)))
  (func (export "first element") (table.set $a (i32.const 1) (ref.null func)))
  (func (export "grow table") (result i32) (table.grow $a (ref.func $six) (i32.const 2)))
  (func (export "fill table") (table.fill $a (i32.const 0) (ref.func $six) (i32.const 3)))
  (func (export "data.drop") (data.drop $p))
  (func (export "memory.init") (memory.init $p (i32.const 0) (i32.const 0) (i32.const 3)))
  (func (export "elem.drop") (elem.drop $e))
  (func (export "table.init") (table.init $a $e (i32.const 1) (i32.const 0) (i32.const 2)))
  (func (export "trap") (global.set $i (i32.const 99)) (unreachable))
  (func (export "table trap") (drop (table.get $a (i32.const 77))))
  (func (export "null") (result i32) (call_indirect $a (type $t) (i32.const 0)))
  (func $deep (export "deep") (param i32) (call $deep (i32.const 0)) (call $nothing))
  (func (export "burn") (call $burn (i32.const 300)))
  (func (export "burn all") (call $burn (i32.const 60000)))
  (func (export "stop") (result i32) (call $stop (i32.const 1)))
  (func (export "poke") (result i32) (call $poke (i32.const 9) (i32.const 44)))
  (func (export "look") (result i32 i64 f32 f64 i32 f64 i32 i32 i32 i32)
    (global.get $i) (global.get $l) (global.get $f) (global.get $d) (ref.is_null (global.get $r)) (global.get $c)
    (memory.size) (table.size $a) (i32.load (i32.const 8)) (call_indirect $a (type $t) (i32.const 1))))`;

/** Modules with exactly one way to change state. */
const ONE_WAY: Readonly<Record<string, string>> = {
  'global.set': '(global $g (mut i32) (i32.const 3)) (func (export "f") (global.set $g (i32.const 4)))',
  'global.set of the last of two':
    '(global (mut i64) (i64.const 3)) (global $g (mut f32) (f32.const 3)) (func (export "f") (global.set $g (f32.const 4)))',
  'table.set':
    '(table 3 funcref) (elem declare func $f) (func $f (export "f") (table.set (i32.const 2) (ref.func $f)))',
  'table.grow': '(table 3 8 funcref) (func (export "f") (drop (table.grow (ref.null func) (i32.const 2))))',
  'table.fill':
    '(table 3 funcref) (elem declare func $f) (func $f (export "f") (table.fill (i32.const 0) (ref.func $f) (i32.const 2)))',
  'table.copy':
    '(table 3 funcref) (elem (i32.const 0) func $f) (func $f (export "f") (table.copy (i32.const 1) (i32.const 0) (i32.const 2)))',
  'table.init':
    '(table 3 funcref) (elem $e func $f) (func $f (export "f") (table.init $e (i32.const 1) (i32.const 0) (i32.const 1)))',
  'elem.drop': '(elem $e func $f) (func $f (export "f") (elem.drop $e))',
  'i32.store8': '(memory 1) (func (export "f") (i32.store8 (i32.const 70) (i32.const 1)))',
  'memory.grow': '(memory 1 4) (func (export "f") (drop (memory.grow (i32.const 1))))',
  'memory.init':
    '(memory 1) (data $d "abc") (func (export "f") (memory.init $d (i32.const 9) (i32.const 0) (i32.const 3)))',
  'data.drop': '(memory 1) (data $d "abc") (func (export "f") (data.drop $d))',
};

const METERED = loadModule(wat(MODULE), FUEL_1, LIMITS);
const NAMES = METERED.module.exports.map(({ name }) => name);
const ENOUGH = 50_000;
/** For the first call: enough, not enough for the start function, not enough to instantiate. */
const FUELS = [ENOUGH, METERED.instantiationCharge + 12, 10];

class Place {
  readonly store = new Store(LIMITS, FUEL_1);
  readonly #program: Program;
  #instance: GuestInstance | undefined;

  constructor(makeProgram: (metered: typeof METERED) => Program) {
    this.#program = makeProgram(METERED);
  }

  #imports() {
    const linked = linkImports(METERED.module, (_, name) => {
      if (name === 'third') {
        const cells = new Int32Array(2);
        writeBits(cells, 0, 0x3fd5555555555555n);
        return { kind: 'global', global: new Global({ type: 0x7c, mutable: false }, cells) };
      }
      const host = hostFunction(name);
      return { kind: 'function', function: new FunctionInstance(this.store, host.type, undefined, 0, host) };
    });
    if (!linked.ok) throw new Error(linked.fault.code);
    return linked.value;
  }

  /** In the instance of the previous call, if it can be reset. */
  call(name: string, fuel: number): unknown {
    this.store.beginCall(fuel);
    const instance =
      this.#instance?.isReusable === true
        ? this.#program.reinstantiate(this.#instance)
        : this.#program.instantiate(this.store, this.#imports());
    this.#instance = instance ?? this.#instance;
    const { gauge } = this.store;
    const { index } = METERED.module.exports.find((item) => item.name === name)!;
    const args = name === 'deep' ? [0] : [];
    const outcome = instance === undefined ? gauge.stop : (gauge.stop ?? instance.invoke(index, args));
    return {
      outcome: outcome?.kind === 'returned' ? outcome.results.map(String) : outcome,
      parts: gauge.parts,
      used: gauge.fuelUsed,
      words: outcome?.kind === 'returned' ? gauge.wordsLeft : undefined,
      pages: instance?.memory?.pages,
      log: this.store.log.kept.map(
        (line) => `${line.module} ${line.name} ${toHex(line.inputHash)} ${toHex(line.outputHash)}`,
      ),
      digest: instance === undefined ? '' : toHex(instance.stateDigest()),
    };
  }
}

describe('an instance that was reset', () => {
  const interpreter = TIERS.get('interpreter')!;
  const wanted = new Map(NAMES.map((name) => [name, new Place(interpreter).call(name, ENOUGH)]));

  for (const [tier, makeProgram] of TIERS) {
    for (const fuel of FUELS) {
      it(`serves every call as a new one does, after every other at fuel ${fuel}: ${tier}`, () => {
        for (const first of NAMES) {
          const place = new Place(makeProgram);
          // With less fuel the earlier calls hardly differ, so they all run first.
          const seconds = fuel === ENOUGH ? ['look', first, 'numbers'] : ['look', 'grow memory', 'burn all', 'look'];
          for (const second of seconds) {
            place.call(first, fuel);
            deepEqual(place.call(second, ENOUGH), wanted.get(second), `'${second}' after '${first}'`);
          }
        }
      });
    }
  }

  for (const [name, text] of Object.entries(ONE_WAY)) {
    it(`undoes ${name}, in every tier`, () => {
      const metered = loadModule(wat(`(module ${text})`));
      const digests = [...TIERS.values()].flatMap((makeProgram) => {
        const program = makeProgram(metered);
        const store = new Store(LIMITS, FUEL_1);
        store.beginCall(ENOUGH);
        const instance = program.instantiate(store, [])!;
        const seen = [instance.stateDigest()];
        instance.invoke(0, []);
        equal(store.gauge.stop, undefined);
        notDeepEqual(instance.stateDigest(), seen[0], 'it changes something');
        if (!instance.isReusable) return seen;
        store.beginCall(ENOUGH);
        program.reinstantiate(instance);
        return [...seen, instance.stateDigest()];
      });
      for (const digest of digests) deepEqual(digest, digests[0]);
    });
  }
});
