/** The features that a module is reported to use: each way to use a feature, alone. */
import { expect } from 'chai';
import { LIMITS_1 } from '../../../src/base/limits.js';
import { decode } from '../../../src/decode/decode.js';
import { featuresUsed } from '../../../src/engine/describe/features-used.js';
import { bytesOfText } from '../load-text.js';

const USES: readonly (readonly [text: string, ...features: string[]])[] = [
  ['(module)'],
  ['(module (memory 1) (data (i32.const 0) "a") (table 1 funcref) (func $f) (elem (i32.const 0) func $f))'],
  ['(module (func (result i32) (block (result i32) (i32.const 1))))'],
  // Definitions.
  ['(module (type (func (result i32 i32))))', 'multi-value'],
  ['(module (type (func (param externref))))', 'reference-types'],
  ['(module (type (func (result funcref))))', 'reference-types'],
  ['(module (table 1 funcref) (table 1 funcref))', 'reference-types'],
  ['(module (table 1 externref))', 'reference-types'],
  ['(module (global funcref (ref.null func)))', 'reference-types'],
  ['(module (global (mut i32) (i32.const 0)))'],
  ['(module (global (export "g") i32 (i32.const 0)))'],
  ['(module (global (export "g") (mut i32) (i32.const 0)))', 'mutable-globals'],
  ['(module (import "a" "b" (global (mut i32))))', 'mutable-globals'],
  ['(module (import "a" "b" (global i32)) (global (mut i32) (global.get 0)))'],
  ['(module (data "a"))', 'bulk-memory'],
  ['(module (func $f) (elem func $f))', 'bulk-memory'],
  ['(module (func $f) (elem declare func $f))', 'bulk-memory'],
  // Initialisers.
  ['(module (global i32 (i32.add (i32.const 1) (i32.const 2))))', 'extended-const'],
  ['(module (global i32 (i32.const 1)) (global i32 (global.get 0)))', 'extended-const'],
  ['(module (memory 1) (data (i32.sub (i32.const 9) (i32.const 1)) "a"))', 'extended-const'],
  [
    '(module (table 1 funcref) (func $f) (elem (offset (i32.mul (i32.const 0) (i32.const 1))) func $f))',
    'extended-const',
  ],
  // Bodies.
  ['(module (func (local externref)))', 'reference-types'],
  ['(module (func (local i32 funcref)))', 'reference-types'],
  ['(module (func (drop (i32.extend8_s (i32.const 1)))))', 'sign-extension'],
  ['(module (func (drop (i32.trunc_sat_f32_s (f32.const 1)))))', 'saturating-conversion'],
  ['(module (memory 1) (func (memory.fill (i32.const 0) (i32.const 0) (i32.const 0))))', 'bulk-memory'],
  ['(module (func (drop (ref.null func))))', 'reference-types'],
  ['(module (func (i32.const 1) (block (param i32) (drop))))', 'multi-value'],
  ['(module (func (i32.const 1) (loop (param i32) (drop))))', 'multi-value'],
  ['(module (func (i32.const 1) (i32.const 1) (if (param i32) (then (drop)) (else (drop)))))', 'multi-value'],
  // In the second function, after immediates of several bytes.
  [
    '(module (func (drop (i64.const -9223372036854775808))) (func (drop (i64.extend32_s (i64.const 1)))))',
    'sign-extension',
  ],
];

/** `memory.init` and `data.drop` need the data count section; a module may have the section without them. */
const DATA_COUNT = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0, 12, 1, 0);

function featuresOf(bytes: Uint8Array): readonly string[] {
  const decoded = decode(bytes, LIMITS_1);
  if (decoded.fault !== undefined) throw new Error(decoded.fault.code);
  return featuresUsed(decoded.module);
}

describe('features that a module uses', () => {
  for (const [text, ...features] of USES) {
    it(`${features.join(', ') || 'none'}: ${text}`, () => {
      expect(featuresOf(bytesOfText(text))).to.deep.equal(features);
    });
  }

  it('bulk-memory: a count of data segments', () => {
    expect(featuresOf(DATA_COUNT)).to.deep.equal(['bulk-memory']);
  });
});
