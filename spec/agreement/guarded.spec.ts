/**
 * An instance whose memory has grown and was then reset, so that guarded code runs with more host memory than the guest
 * knows of, compared with a new instance of the interpreter. Outcome, fuel, pages and the digest of the state are equal
 * for every access at every edge, before and after growth, in nested calls and at the cap. docs/SEMANTICS.md, sections
 * 5 and 6.
 */
import { deepEqual, equal, ok } from 'node:assert/strict';
import fc from 'fast-check';
import { anyModule, type GeneratedModule } from '../../src/agreement/module-arbitrary.js';
import type { Node } from '../../src/agreement/program.js';
import { defineLimits } from '../../src/base/limits.js';
import type { GuardedProgram } from '../../src/instrumented/guarded-program.js';
import { rewrite } from '../../src/instrumented/rewrite.js';
import type { MeteredModule } from '../../src/metering/meter.js';
import { FUEL_1 } from '../../src/metering/schedule.js';
import { INSTRUCTIONS } from '../../src/wasm/instructions.js';
import { typeOfFunction } from '../../src/wasm/module.js';
import { instrument, loadModule } from '../instrumented/run-export.js';
import { wat } from '../instrumented/wat.js';
import { TIERS } from '../tiers.js';
import { Place } from './place.js';

const PAGES_MIN = 2;
const PAGES_MAX = 7;
/** More than the growth of any call here. */
const GROWN = 4;
const LIMITS = defineLimits('spec-guarded', { pages: PAGES_MAX });

const OFFSETS = [0, 1, 65_535, 131_064, 131_072, 131_080, 4_294_967_288];

const ACCESSES = INSTRUCTIONS.filter(({ immediates }) => immediates === 'memarg');

/** @param before code that the function runs first */
function accessText(name: string, type: string, offset: number, before = ''): string {
  const [operands, result] = type.split('->').map((side) => side.trim()) as [string, string];
  const value = operands.split(' ')[1];
  const body = `(local.get 0)${value === undefined ? '' : ` (${value}.const ${value.startsWith('f') ? 'nan:0x1' : '-2'})`}`;
  const results = result === '' ? '' : `(result ${result})`;
  const label = `${name} ${offset}${before === '' ? '' : ', grown'}`;
  return `(func (export "${label}") (param i32) ${results} ${before} (${name} offset=${offset} ${body}))`;
}

const MODULE = `(module
  (import "env" "nothing" (func $nothing))
  (import "spec" "grow" (func $host_grow (param i32) (result i32)))
  (import "env" "third" (global $third f64))
  (type $t (func (param i32) (result i32)))
  (memory (export "memory") ${PAGES_MIN}) (table 3 funcref) (elem (i32.const 1) $load $grow)
  (data (i32.const 131068) "last")
  (global $calls (mut i32) (i32.const 0)) (global $sum (mut f64) (f64.const 0))
  ${ACCESSES.flatMap(({ name, type }) => OFFSETS.map((offset) => accessText(name, type, offset))).join('\n')}
  ${ACCESSES.map(({ name, type }) => accessText(name, type, 131_072, '(drop (memory.grow (i32.const 1)))')).join('\n')}
  (func $load (export "load") (param i32) (result i32) (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
    (i32.load8_u (local.get 0)))
  (func $grow (export "grow") (export "grow anew") (param i32) (result i32) (memory.grow (local.get 0)))
  (func (export "size") (param i32) (result i32) (memory.size))
  (func (export "fill") (param i32) (memory.fill (local.get 0) (i32.const 9) (i32.const 16)))
  (func (export "fill nothing") (param i32) (memory.fill (local.get 0) (i32.const 9) (i32.const 0)))
  (func (export "copy to") (param i32) (memory.copy (local.get 0) (i32.const 131064) (i32.const 8)))
  (func (export "copy from") (param i32) (memory.copy (i32.const 0) (local.get 0) (i32.const 8)))
  (func (export "indirect") (param i32) (result i32) (call_indirect (type $t) (local.get 0) (i32.const 1)))
  (func (export "undefined") (param i32) (result i32) (call_indirect (type $t) (i32.const 0) (local.get 0)))
  (func (export "grow and load") (param i32) (result i32)
    (i32.store8 (i32.const 5) (memory.grow (i32.const 1)))
    (i32.store8 (i32.const 196607) (i32.const 7))
    (global.set $sum (f64.add (global.get $third) (f64.load (i32.const 196600))))
    (i32.add (call $load (local.get 0)) (memory.size)))
  (func (export "host grows") (param i32) (result i32)
    (if (i32.eqz (call $load (i32.const 131068))) (then (unreachable)))
    (drop (call $host_grow (i32.const 1))) (call $nothing)
    (i32.store8 (i32.const 196607) (i32.const 7))
    (drop (call $host_grow (i32.const ${GROWN}))) (drop (memory.grow (i32.const 0)))
    (i32.add (i32.load8_u (local.get 0)) (memory.size)))
  (func (export "host grows twice") (param i32) (result i32)
    (drop (call $host_grow (i32.const ${GROWN}))) (drop (call $host_grow (i32.const 1)))
    (i32.store8 (i32.const ${(PAGES_MIN + GROWN) * 65_536}) (i32.const 7))
    (i32.add (i32.load8_u (local.get 0)) (memory.size)))
  (func (export "grow and trap") (param i32) (drop (memory.grow (i32.const 2)))
    (i32.store (local.get 0) (i32.const -1)) (unreachable))
  (func $deep (export "deep") (param i32) (i32.store (local.get 0) (i32.const 1))
    (call $deep (i32.add (local.get 0) (i32.const 4096)))))`;

const METERED = loadModule(wat(MODULE), FUEL_1, LIMITS);
const NAMES = METERED.module.exports.filter(({ kind }) => kind === 'function').map(({ name }) => name);

/** Both sides of the end of memory as the guest sees it at first and as the host has it, and of the address range. */
const ADDRESSES = [
  0,
  1,
  // The end of memory after growth by one page, minus an offset of the initial memory size.
  ...[65_528, 65_532, 65_534, 65_535, 65_536],
  ...[PAGES_MIN, PAGES_MIN + 1, PAGES_MIN + GROWN, PAGES_MAX].flatMap((pages) =>
    [-8, -4, -2, -1, 0, 1].map((distance) => pages * 65_536 + distance),
  ),
  0x7fff_ffff,
  -8,
  -1,
];

const ABOUT_REFERENCES = /^(?:ref\.|elem\.|table\.(?:get|set|grow|fill|copy|init)$)/;

/** Adds the names of the instructions of a body. */
function addNames(nodes: readonly Node[], names: Set<string>): void {
  for (const { name, operands, body, otherwise } of nodes) {
    names.add(name);
    addNames(operands, names);
    addNames(body, names);
    if (otherwise !== undefined) addNames(otherwise, names);
  }
}

/**
 * The properties that most modules lack, read from the program: rewriting forty modules for each one that runs would
 * cost more than the runs.
 */
function mayBeGuardable({ program }: GeneratedModule): boolean {
  const names = new Set<string>();
  for (const { body } of program.functions) addNames(body, names);
  return names.has('memory.grow') && ![...names].some((name) => ABOUT_REFERENCES.test(name));
}

/**
 * About one module in forty: no references in bodies, no tables that change, no passive segments, and memory that
 * grows.
 */
const guardable = anyModule({ bodySizeMax: 60, functionsMax: 3 })
  .filter(mayBeGuardable)
  .filter(({ bytes }) => rewrite(loadModule(bytes), 'own').guardable);

const interpreter = (metered: MeteredModule) => TIERS.get('interpreter')!(metered);

/** A place whose instance has more pages than its guest will know, with the guarded form ready. */
function grownPlace(): Place {
  const place = new Place(instrument(METERED), LIMITS);
  place.call('grow', [GROWN]);
  // The request makes it due.
  place.call('grow', [GROWN]);
  const { upkeep } = place.program;
  ok(upkeep?.isDue);
  while (!upkeep.step(1000));
  equal(upkeep.isDue, false);
  equal((upkeep as GuardedProgram).refusal, undefined);
  place.call('grow', [GROWN]);
  return place;
}

describe('an instance that was reset after it had grown', () => {
  let reference: Place;
  let grown: Place;
  before(() => {
    reference = new Place(interpreter(METERED), LIMITS);
    grown = grownPlace();
  });

  for (const name of NAMES) {
    it(`agrees with a new instance: ${name}`, () => {
      for (const address of ADDRESSES) {
        const before = grown.guarded;
        deepEqual(grown.call(name, [address]), reference.call(name, [address]), `${address}`);
        equal(grown.guarded, before + 1, `guarded code did not run: ${address}`);
        // Up to the cap, because a series of calls that grow less would discard the instance.
        grown.call('grow anew', [PAGES_MAX - PAGES_MIN]);
      }
    });
  }

  it('agrees at every limit of fuel', () => {
    for (const name of ['grow and load', 'host grows', 'grow and trap', 'deep']) {
      const { parts } = reference.call(name, [9]) as { parts: { guest: number } };
      const most = METERED.instantiationCharge + Math.min(parts.guest, 4000) + 70_000;
      for (let fuel = METERED.instantiationCharge - 1; fuel < most; fuel += fuel < 1400 ? 3 : 2997) {
        deepEqual(grown.call(name, [9], fuel), reference.call(name, [9], fuel), `${name} with ${fuel}`);
        grown.call('grow anew', [PAGES_MAX - PAGES_MIN]);
      }
    }
  });

  it('continues in guarded frames after unguarded code has grown the memory', () => {
    for (const address of ADDRESSES) {
      const place = grownPlace();
      deepEqual(place.call('host grows twice', [address]), reference.call('host grows twice', [address]), `${address}`);
    }
  });

  it('restores dropped active element segments where tables are unchanged', () => {
    const metered = loadModule(
      wat(`(module (table 2 funcref) (elem $e (i32.const 0) func $f)
        (func $f (export "f") (param i32) (if (local.get 0) (then (elem.drop $e)))))`),
    );
    const anew = new Place(interpreter(metered), LIMITS);
    const again = new Place(instrument(metered), LIMITS);
    for (const drops of [0, 1, 0]) deepEqual(again.call('f', [drops]), anew.call('f', [drops]));
  });

  it('returns -1 at the cap, declared or from the limits, and continues', () => {
    for (const delta of [PAGES_MAX - PAGES_MIN, PAGES_MAX - PAGES_MIN + 1, 65_536, -1]) {
      deepEqual(grown.call('grow', [delta]), reference.call('grow', [delta]), `${delta}`);
      deepEqual(grown.call('load', [393_215]), reference.call('load', [393_215]));
    }
  });

  it('discards an instance after many consecutive calls that left it guarded', () => {
    const place = grownPlace();
    let guarded = 0;
    for (let i = 0; i < 150; i++) place.call('size', [0]);
    ok(place.guarded > 90 && place.guarded < 110, `${place.guarded}`);
    guarded = place.guarded;
    place.call('size', [0]);
    equal(place.guarded, guarded);
  });

  it('agrees on generated modules that grow', () => {
    let guarded = 0;
    fc.assert(
      fc.property(guardable, (generated) => {
        const metered = loadModule(generated.bytes);
        const anew = new Place(interpreter(metered), LIMITS);
        const again = new Place(instrument(metered), LIMITS);
        for (let round = 0; round < 3; round++) {
          for (const { export: name, args } of generated.calls) {
            const bits = args.map((value) => ('bits' in value ? value.bits : 0));
            deepEqual(again.call(name, bits, 50_000), anew.call(name, bits, 50_000), name);
          }
          again.program.upkeep?.step(Infinity);
        }
        guarded += again.guarded;
      }),
      { numRuns: 40 },
    );
    ok(guarded > 10, `guarded code ran in ${guarded} calls only`);
  }).timeout(120_000);
});

describe('the module of this spec', () => {
  it('has every load and store, and functions of all types', () => {
    equal(ACCESSES.length, 23);
    ok(NAMES.length > 23 * OFFSETS.length);
    const own = METERED.module.exports.filter(({ kind }) => kind === 'function');
    ok(own.every(({ index }) => typeOfFunction(METERED.module, index).params.length === 1));
  });
});
