/**
 * A module with a large stack at the start of its memory, of which only the possibly written part is zeroed for the
 * next call. Whatever code wrote, and wherever: the next call finds the memory of a new instance. Memory that cannot
 * have been written is left alone.
 */
import { deepEqual, equal, ok } from 'node:assert/strict';
import fc from 'fast-check';
import { anyModule, GeneratedModule } from '../../src/agreement/module-arbitrary.js';
import { constant } from '../../src/agreement/program.js';
import { defineLimits } from '../../src/base/limits.js';
import type { InstrumentedProgram } from '../../src/instrumented/program.js';
import { FunctionInstance } from '../../src/machine/function-instance.js';
import type { GuestInstance } from '../../src/machine/instance.js';
import { linkImports } from '../../src/machine/link.js';
import type { Bits } from '../../src/machine/outcome.js';
import { Store } from '../../src/machine/store.js';
import type { MeteredModule } from '../../src/metering/meter.js';
import { FUEL_1 } from '../../src/metering/schedule.js';
import { INSTRUCTIONS } from '../../src/wasm/instructions.js';
import { ValueType } from '../../src/wasm/types.js';
import { instrument, loadModule } from '../instrumented/run-export.js';
import { wat } from '../instrumented/wat.js';
import { TIERS } from '../tiers.js';
import { Place } from './place.js';

const PAGE = 65_536;
const PAGES = 9;
const STACK_POINTER = 8 * PAGE;
/** Stores at or above this address are not noted. */
const NOTED_BELOW = STACK_POINTER - PAGE;
const LIMITS = defineLimits('spec-noted-stores', { pages: PAGES + 2 });
const FUEL = 1_000_000;

const STORES = INSTRUCTIONS.filter(({ immediates, type }) => immediates === 'memarg' && type.trim().endsWith('->'));

function storeText({ name, type }: (typeof STORES)[number], offset: number): string {
  const value = type.split('->')[0]!.trim().split(' ')[1]!;
  return `(func (export "${name} ${offset}") (param $a i32) (param $b i32) (param $c i32)
    (${name} offset=${offset} (local.get $a) (${value}.const ${value.startsWith('f') ? 'nan:0x1' : '-2'})))`;
}

/** Ways to compute an address, each a body with the parameters $a, $b and $c, and an i32 $f. */
const WAYS = {
  'a parameter used twice':
    '(i32.store offset=8 (local.get $a) (i32.const 1)) (i32.store (local.get $a) (i32.const 2))',
  'a parameter that is written between two stores':
    '(i32.store (local.get $a) (i32.const 1)) (local.set $a (local.get $b)) (i32.store (local.get $a) (i32.const 2))',
  'a parameter written by the value expression':
    '(i32.store (local.get $a) (local.tee $a (local.get $b))) (i32.store (local.get $a) (i32.const 2))',
  'a parameter written twice by the value expression':
    '(local.get $a) (local.set $a (local.get $b)) (i32.const 7) (i32.store) (i32.store8 (local.get $a) (i32.const 2))',
  'a local written along the way':
    '(i32.store (local.tee $f (local.get $b)) (local.get $a)) (i32.store (local.get $f) (i32.const 3))',
  'a parameter that a loop writes': `(i32.store (local.get $b) (i32.const 1)) (local.set $f (i32.const 2)) (loop
      (i32.store (local.get $b) (i32.const 1)) (local.set $b (local.get $a))
      (br_if 0 (local.tee $f (i32.sub (local.get $f) (i32.const 1)))))`,
  'one half of an if and what follows':
    '(if (local.get $c) (then (i32.store (local.get $a) (i32.const 1)))) (i32.store (local.get $a) (i32.const 2))',
  'the other half of an if':
    '(if (local.get $c) (then (i32.store (local.get $a) (i32.const 1))) (else (i32.store (local.get $a) (i32.const 2))))',
  'a block that is left early':
    '(block (br_if 0 (local.get $c)) (i32.store (local.get $b) (i32.const 1))) (i32.store (local.get $b) (i32.const 2))',
  'a write in half of an if': `(i32.store (local.get $b) (i32.const 1))
    (if (local.get $c) (then (local.set $b (local.get $a)))) (i32.store (local.get $b) (i32.const 2))`,
  'after code that is skipped':
    '(block (br 0) (i32.store (local.get $a) (i32.const 1))) (i32.store (local.get $a) (i32.const 2))',
  'a frame': `(global.set $sp (local.tee $f (i32.sub (global.get $sp) (i32.sub (i32.const ${STACK_POINTER}) (local.get $a)))))
    (i32.store offset=12 (local.get $f) (i32.const 1)) (call $nothing) (i32.store offset=4 (local.get $f) (i32.const 1))`,
  'a frame that is taken in half of an if': `(local.set $f (local.get $a))
    (if (local.get $c) (then (global.set $sp (local.tee $f (local.get $b))))) (i32.store (local.get $f) (i32.const 1))`,
  'a frame that is written': `(global.set $sp (local.tee $f (local.get $b))) (local.set $f (local.get $a))
    (i32.store (local.get $f) (i32.const 1))`,
  'a frame in a loop': `(loop (if (i32.eqz (local.get $c)) (then (global.set $sp (local.tee $f (local.get $b)))))
      (i32.store (local.get $f) (i32.const 1)) (local.set $f (local.get $a))
      (br_if 0 (i32.eqz (local.tee $c (i32.add (local.get $c) (i32.const -1))))))`,
  'a sum': '(i32.store (i32.add (local.get $a) (local.get $c)) (i32.const 1))',
  'a constant': '(i32.store offset=9 (i32.const 77) (i32.const 1))',
  'an index and the address of an array': `(i32.store8 offset=${PAGE} (local.get $c) (i32.const 1))`,
  'a value returned by a call': '(i32.store (local.get $a) (call $id (local.get $b)))',
  'an address returned by a call': '(i32.store (call $second (local.get $b) (local.get $a)) (i32.const 1))',
  'a value with a NaN': '(f64.store (local.get $a) (f64.div (f64.const 0) (f64.convert_i32_s (local.get $c))))',
  'a function with floats': `(local $x f64) (local.set $x (f64.const 1)) (f64.store (local.get $b) (local.get $x))
    (local.set $b (local.get $a)) (f64.store (local.get $b) (local.get $x))`,
  'a fill': '(memory.fill (local.get $a) (i32.const 9) (i32.const 3))',
  'a fill of zero bytes': '(memory.fill (local.get $a) (i32.const 9) (i32.const 0))',
  'a copy': `(memory.copy (local.get $a) (i32.const ${STACK_POINTER}) (i32.const 4))`,
  'a copy over itself': `(memory.copy (local.get $a) (local.get $b) (i32.const 4))`,
  'the host': '(drop (call $poke (local.get $a) (i32.const 5)))',
  'what traps': '(i32.store (local.get $a) (i32.const 1)) (unreachable)',
  'a store beyond memory': '(i32.store offset=4294967288 (local.get $a) (i32.const 1))',
  'a memory that grows': `(drop (memory.grow (i32.const 1))) (i32.store (local.get $a) (i32.const 1))
    (i32.store (i32.const ${PAGES * PAGE}) (i32.const 1))`,
  'an inner call': '(call $id (local.get $a)) (i32.store (i32.const 1)) (i32.store (local.get $b) (i32.const 1))',
} as const;

/** @param own code that only the module in its own form can have */
function moduleText(own: string): string {
  return `(module (import "env" "poke" (func $poke (param i32 i32) (result i32)))
  (memory (export "memory") ${PAGES}) (global $sp (mut i32) (i32.const ${STACK_POINTER}))
  (data (i32.const 100) "low") (data (i32.const ${STACK_POINTER}) "data")
  (func $nothing (export "nothing") (param i32 i32 i32)) (func $id (param i32) (result i32) (local.get 0))
  (func $second (param i32 i32) (result i32) (local.get 1))
  (func (export "grow") (param i32 i32 i32) (drop (memory.grow (local.get 0))))
  ${STORES.flatMap((row) => [0, 1, 65_535, 65_536].map((offset) => storeText(row, offset))).join('\n')}
  ${Object.entries(WAYS)
    .map(([name, body]) => {
      const [, locals = '', code = body] = /^(\(local [^)]*\))?([\s\S]*)$/.exec(body) ?? [];
      const params = '(param $a i32) (param $b i32) (param $c i32)';
      return `(func (export "${name}") ${params} (local $f i32) ${locals} ${code.replaceAll('(call $nothing)', NOTHING)})`;
    })
    .join('\n')}
  ${own})`;
}

const NOTHING = '(call $nothing (i32.const 0) (i32.const 0) (i32.const 0))';

const PASSIVE = `(data $passive "passive") (func (export "a segment") (param i32 i32 i32)
  (memory.init $passive (local.get 0) (i32.const 0) (i32.const 4)))`;

const ADDRESSES = [
  0,
  4_000,
  NOTED_BELOW - 65_540,
  ...[-9, -4, -1, 0, 1].map((distance) => NOTED_BELOW + distance),
  STACK_POINTER,
  -4,
];

/** One instance, reset for each call. */
class Again {
  readonly store = new Store(LIMITS, FUEL_1);
  readonly instance: GuestInstance;

  constructor(readonly program: InstrumentedProgram) {
    this.store.beginCall(FUEL);
    this.instance = program.instantiate(this.store, this.#imports())!;
  }

  get metered(): MeteredModule {
    return this.program.metered;
  }

  get bytes(): Uint8Array {
    return this.instance.memory!.bytes;
  }

  #imports() {
    const linked = linkImports(this.metered.module, () => {
      const type = this.metered.module.types[typeOf(this.metered, 'env')];
      const host = {
        module: 'env',
        name: 'poke',
        type,
        run: (_: unknown, [at, byte]: readonly Bits[]) => {
          this.instance.memory!.write((at as number) >>> 0, Uint8Array.of(byte as number));
          return [0];
        },
      };
      return { kind: 'function', function: new FunctionInstance(this.store, type, undefined, 0, host) };
    });
    if (!linked.ok) throw new Error(linked.fault.code);
    return linked.value;
  }

  /** Resets the instance. */
  begin(): void {
    ok(this.instance.isReusable);
    this.store.beginCall(FUEL);
    equal(this.program.reinstantiate(this.instance), this.instance);
  }

  invoke(name: string, args: readonly number[]): string {
    const { index } = this.metered.module.exports.find((item) => item.name === name)!;
    return this.instance.invoke(index, args).kind;
  }
}

function typeOf({ module }: MeteredModule, from: string): number {
  const { description } = module.imports.find((item) => item.module === from)!;
  if (description.kind !== 'function') throw new Error(`${from} is no function`);
  return description.typeIndex;
}

function same(bytes: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(bytes, other) === 0;
}

/** Calls every export whose name fits, with every address, and checks the memory that the next call finds. */
function looksNewAfterAll(again: Again, fits: (name: string) => boolean, afterEach: () => void): void {
  again.begin();
  const pristine = again.bytes.slice();
  equal(pristine.length, PAGES * PAGE);
  const { exports } = again.metered.module;
  const names = exports.filter(({ kind, name }) => kind === 'function' && fits(name)).map(({ name }) => name);
  let written = 0;
  for (const name of names) {
    for (const a of ADDRESSES) {
      if (name === 'the host' && a < 0) continue;
      for (const b of [300_000, STACK_POINTER]) {
        for (const c of [0, 1]) {
          again.invoke(name, [a, b, c]);
          written += same(again.bytes, pristine) ? 0 : 1;
          afterEach();
          again.begin();
          ok(same(again.bytes, pristine), `${name}, ${a}, ${b}, ${c}`);
        }
      }
    }
  }
  ok(written > (names.length * ADDRESSES.length * 4) / 2, `${written} calls wrote anything`);
}

describe('noted stores', () => {
  it('do not leak into the next call', () => {
    const again = new Again(instrument(loadModule(wat(moduleText(PASSIVE)), FUEL_1, LIMITS)));
    // An instance that has grown is discarded if there is no guarded form.
    looksNewAfterAll(
      again,
      (name) => !name.includes('grow'),
      () => undefined,
    );
  }).timeout(60_000);

  it('do not leak into the next call in the guarded form', () => {
    const program = instrument(loadModule(wat(moduleText('')), FUEL_1, LIMITS));
    const again = new Again(program);
    again.invoke('grow', [2, 0, 0]);
    equal(again.instance.isReusable, false);
    while (!program.upkeep.step(1000));
    equal(program.upkeep.refusal, undefined);
    // A series of calls that do not grow would discard the instance.
    let calls = 0;
    looksNewAfterAll(
      again,
      () => true,
      () => {
        if (calls++ % 50 !== 49) return;
        again.begin();
        again.invoke('grow', [2, 0, 0]);
      },
    );
  }).timeout(60_000);

  it('limit what is zeroed to what was written', () => {
    const again = new Again(instrument(loadModule(wat(moduleText(PASSIVE)), FUEL_1, LIMITS)));
    const at = 5_000;
    const isLeftAlone = (name: string, a: number) => {
      again.begin();
      // Written directly, so that the test shows what is zeroed.
      again.bytes[at] = 1;
      again.invoke(name, [a, STACK_POINTER, 0]);
      again.begin();
      const left = again.bytes[at] === 1;
      again.bytes[at] = 0;
      return left;
    };
    for (const name of ['nothing', 'i32.store 0', 'a parameter used twice', 'a frame', 'a fill', 'the host']) {
      equal(isLeftAlone(name, at + 100), true, name);
      equal(isLeftAlone(name, NOTED_BELOW), true, name);
      if (name !== 'nothing') equal(isLeftAlone(name, at - 100), false, name);
    }
    equal(isLeftAlone('an index and the address of an array', 0), true);
  });

  it('agree with a new instance on generated modules', () => {
    const stackFirst = anyModule({ bodySizeMax: 60, functionsMax: 3 })
      .filter(({ program }) => program.memory !== undefined)
      .map(({ program }) => {
        const id = Math.max(0, ...[...program.globals, ...program.importedGlobals].map((global) => global.id)) + 1;
        const stack = { id, type: ValueType.I32, mutable: true, init: constant(ValueType.I32, STACK_POINTER) };
        const memory = { pagesMin: PAGES, pagesMax: undefined };
        const dataId = Math.max(0, ...program.data.map((item) => item.id)) + 1;
        const offset = constant(ValueType.I32, STACK_POINTER);
        const data = [...program.data, { id: dataId, offset, bytes: [1] }];
        return new GeneratedModule({ ...program, memory, data, globals: [stack, ...program.globals] });
      });
    fc.assert(
      fc.property(stackFirst, (generated) => {
        const metered = loadModule(generated.bytes, FUEL_1, LIMITS);
        const anew = new Place(TIERS.get('interpreter')!(metered), LIMITS);
        const again = new Place(instrument(metered), LIMITS);
        for (let round = 0; round < 2; round++) {
          for (const { export: name, args } of generated.calls) {
            const bits = args.map((value) => ('bits' in value ? value.bits : 0));
            deepEqual(again.call(name, bits, 50_000), anew.call(name, bits, 50_000), name);
          }
          again.program.upkeep?.step(Infinity);
        }
      }),
      { numRuns: 25 },
    );
  }).timeout(120_000);
});
