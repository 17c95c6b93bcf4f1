/**
 * Cases that the oracle's programs do not contain: nesting and blocks beyond the initial size of the meter's lists,
 * each way to end a block at each height, and the error messages for a price list.
 */
import { expect } from 'chai';
import { LIMITS_1 } from '../../src/base/limits.js';
import { decode } from '../../src/decode/decode.js';
import { type BodyMeter, FRAME_WORDS, meter } from '../../src/metering/meter.js';
import {
  defineRate,
  defineSchedule,
  dynamicCharge,
  FUEL_1,
  FUEL_1_PRICES,
  type Prices,
  scheduleText,
} from '../../src/metering/schedule.js';
import { validate } from '../../src/validate/validate.js';
import { bytesOfText } from '../engine/load-text.js';
import { readFunction } from './block-oracle.js';
import { readModule } from './plain-module.js';

function meterOf(bytes: Uint8Array, schedule = FUEL_1): BodyMeter {
  const loaded = validate(decode(bytes, LIMITS_1), LIMITS_1);
  if (!loaded.ok) throw new Error(`${loaded.fault.code} at ${loaded.fault.offset}`);
  return meter(loaded.value, schedule).bodyMeter();
}

function found(body: BodyMeter) {
  const { blocks, maxHeight, frameWords } = body;
  const list = Array.from({ length: blocks.count }, (_, at) => ({
    offset: blocks.offsets[at]!,
    cost: blocks.costs[at]!,
  }));
  return { blocks: list, maxHeight, frameWords };
}

const repeat = (count: number, part: (n: number) => string) =>
  Array.from({ length: count }, (_, n) => part(n)).join(' ');

/** Blocks nested to this depth, each with a parameter and two results, all of them targets of one table. */
const nested = (depth: number) => `(func (result i32)
  ${repeat(depth, () => '(block (result i32 i32)')}
  i32.const 1 i32.const 2 i32.const 3
  (br_table ${repeat(depth, (n) => `${n}`)} 0)
  ${repeat(depth, (n) => `) ${n % 3 === 0 ? 'i32.add' : n % 3 === 1 ? 'drop' : 'i32.sub'} ${n === depth - 1 ? '' : 'i32.const 4'}`)})`;

const TEXTS: Readonly<Record<string, string>> = {
  'nested 63 deep': nested(63),
  'nested 64 deep': nested(64),
  'nested 65 deep': nested(65),
  'nested 130 deep': nested(130),
  '257 blocks': `(func (param i32) ${repeat(257, () => 'local.get 0 if nop end')})`,
  '1,100 blocks': `(func (param i32) ${repeat(1_100, () => '(block local.get 0 br_if 0 nop)')})`,
  'loops 100 deep with branches back': `(func (param i32) ${repeat(100, () => '(loop')} local.get 0 br_if 99 local.get 0 br_if 0 ${repeat(100, () => ')')})`,
  'ifs 90 deep': `(func (param i32) (result i32) ${repeat(90, () => 'local.get 0 (if (result i32) (then')} i32.const 1 ${repeat(90, () => ') (else i32.const 2))')})`,
  'a call with more results than parameters': `(func $f (result i32 i32 i32) i32.const 1 i32.const 2 i32.const 3) (func call $f drop drop drop)`,
  'the maximum height is before a call': `(func $f (param i32 i32 i32)) (func i32.const 1 i32.const 2 i32.const 3 call $f)`,
  'the maximum height is at a call after others': `(func $f (result i32 i32)  i32.const 1 i32.const 2) (func i32.const 1 call $f call $f drop drop drop drop drop)`,
  'an indirect call': `(type $t (func (param i32) (result i32 i32))) (table 1 funcref) (func (result i32) i32.const 1 i32.const 0 call_indirect (type $t) drop)`,
  'dead code after each end': `(func (param i32) (result i32)
    (block (result i32) i32.const 1 br 0 (block) (if (i32.const 0) (then) (else)) unreachable)
    drop (block i32.const 1 return) (block unreachable) i32.const 1)`,
  'branches to the body itself': `(func (param i32) local.get 0 br_if 0 (block local.get 0 br_if 1 nop) local.get 0 (br_table 0 0))`,
  'a branch to the body with values': `(func (param i32) (result i32 i32) i32.const 1 i32.const 2 local.get 0 br_if 0)`,
  'an else after a dead arm': `(func (param i32) (result i32)
    local.get 0 (if (then unreachable) (else nop))
    local.get 0 (if (result i32) (then i32.const 1 br 1 (block (if (i32.const 0) (then) (else)))) (else i32.const 2))
    drop local.get 0 (if (then i32.const 1 return (loop) unreachable) (else i32.const 1 return)) unreachable)`,
  'a loop that is dead at its end': `(func (param i32) (loop local.get 0 br_if 0 br 0) nop nop)`,
  'a block that is dead at its end and reached': `(func (param i32) (block (block local.get 0 br_if 0 br 1) nop) nop)`,
  'locals of several groups': `(func (param i32 i64) (local i32 i32 f64) (local i64) (local funcref))`,
};

describe('a body', () => {
  for (const [what, text] of Object.entries(TEXTS)) {
    it(`is metered as the oracle computes: ${what}`, () => {
      const bytes = bytesOfText(`(module ${text})`);
      const module = readModule(bytes);
      const body = meterOf(bytes);
      // Twice, so that state left over from one body would affect the next.
      for (let index = module.bodyStarts.length * 2 - 1; index >= 0; index--) {
        const own = index % module.bodyStarts.length;
        body.meterBody(own);
        const { blocks, maxHeight, frameWords } = readFunction(module, own, FUEL_1);
        expect(found(body)).to.deep.equal({ blocks, maxHeight, frameWords });
        expect(body.staticCost()).to.equal(blocks.reduce((sum, { cost }) => sum + cost, 0));
      }
    });
  }

  it('takes 12 words in addition to parameters, locals and the maximum height', () => {
    expect(FRAME_WORDS).to.equal(12);
    const body = meterOf(bytesOfText('(module (func (param i32 i64) (local i32) i32.const 1 i32.const 2 drop drop))'));
    body.meterBody(0);
    expect([body.declaredLocals, body.maxHeight, body.frameWords]).to.deep.equal([1, 2, 12 + 2 + 1 + 2]);
  });
});

describe('the instantiation charge', () => {
  const chargeOf = (text: string) => {
    const loaded = validate(decode(bytesOfText(`(module ${text})`), LIMITS_1), LIMITS_1);
    if (!loaded.ok) throw new Error(loaded.fault.code);
    return meter(loaded.value, FUEL_1).instantiationCharge;
  };
  // A page 1600; an element 1; a global or offset 2 + ceil(bytes / 4); data 6 + ceil(bytes / 8); elements 4 + 1 each; 1
  // for each passive, imported or exported item.
  const base = 9_200;
  const rows: readonly (readonly [string, number])[] = [
    ['', base],
    ['(memory 0)', base],
    ['(memory 3 9)', base + 3 * 1_600],
    ['(import "m" "n" (memory 3))', base + 1],
    ['(table 5 funcref)', base + 5],
    ['(import "m" "n" (table 5 funcref))', base + 1],
    ['(table 5 funcref) (table 7 externref)', base + 12],
    ['(global i32 (i32.const 0))', base + 2 + 1],
    ['(global i64 (i64.const 0x7fffffffff))', base + 2 + 2],
    ['(global f64 (f64.const 0))', base + 2 + 3],
    ['(import "m" "n" (global i32))', base + 1],
    ['(import "m" "n" (global i32)) (import "m" "n" (func))', base + 2],
    ['(func (export "a") (export "b")) (memory (export "c") 0)', base + 3],
    ['(memory 1) (data (i32.const 0) "")', base + 1_600 + 3 + 6],
    ['(memory 1) (data (i32.const 0) "12345678")', base + 1_600 + 3 + 6 + 1],
    ['(memory 1) (data (i32.const 0) "123456789")', base + 1_600 + 3 + 6 + 2],
    ['(memory 1) (data "123456789") (data "")', base + 1_600 + 2],
    ['(table 2 funcref) (func $f) (elem (i32.const 0) $f $f)', base + 2 + 3 + 4 + 2],
    ['(table 2 funcref) (func $f) (elem func $f $f)', base + 2 + 1],
    ['(table 2 funcref) (func $f) (elem declare func $f $f)', base + 2 + 1],
  ];
  for (const [text, charge] of rows)
    it(`${text || 'an empty module'}: ${charge}`, () => expect(chargeOf(text)).to.equal(charge));
});

describe('a rejected price list', () => {
  const prices = (change: object) => ({ ...FUEL_1_PRICES, ...change }) as Prices;
  const { rates, instructions, instantiate } = FUEL_1_PRICES;
  const without = (rows: object, name: string) =>
    Object.fromEntries(Object.entries(rows).filter(([row]) => row !== name));
  const texts: readonly (readonly [Prices, string])[] = [
    [
      prices({ instructions: { ...instructions, simple: -1 } }),
      "the price of 'simple' must be an integer from 0 to 1000000, not -1",
    ],
    [
      prices({ instructions: { ...instructions, branch: 0 } }),
      "the price of 'branch' must be an integer from 1 to 1000000, not 0",
    ],
    [prices({ instructions: { ...instructions, delimiter: 1 } }), "the price of 'delimiter' must be 0, not 1"],
    [prices({ instructions: without(instructions, 'simple') }), "instructions has no row 'simple'"],
    [prices({ instructions: { ...instructions, gas: 1 } }), "instructions has no row 'gas'"],
    [prices({ rates: without(rates, 'memoryFill') }), "rates has no row 'memoryFill'"],
    [prices({ rates: { ...rates, gas: { base: 0, a: 0, b: 1 } } }), "rates has no row 'gas'"],
    [
      prices({ rates: { ...rates, tableFill: { base: 0.5, a: 0, b: 1 } } }),
      "the base of 'tableFill' must be an integer from 0 to 1000000, not 0.5",
    ],
    [
      prices({ rates: { ...rates, tableFill: { base: 0, a: 1_000_001, b: 1 } } }),
      "the factor of 'tableFill' must be an integer from 0 to 1000000, not 1000001",
    ],
    [
      prices({ rates: { ...rates, tableFill: { base: 0, a: 0, b: 0 } } }),
      "the divisor of 'tableFill' must be an integer from 1 to 1000000, not 0",
    ],
    [
      prices({ rates: { ...rates, hostCall: { base: 0, a: 0, b: 1 } } }),
      "the base of 'hostCall' must be an integer from 1 to 1000000, not 0",
    ],
    [prices({ instantiate: without(instantiate, 'table') }), "instantiate has no row 'table'"],
    [prices({ instantiate: { ...instantiate, gas: 1 } }), "instantiate has no row 'gas'"],
    [
      prices({ instantiate: { ...instantiate, base: -1 } }),
      'instantiate.base must be an integer from 0 to 1000000, not -1',
    ],
    ...(['table', 'global', 'offsetExpression', 'activeData', 'activeElement'] as const).map(
      (name) =>
        [
          prices({ instantiate: { ...instantiate, [name]: { base: -1, a: 0, b: 1 } } }),
          `the base of 'instantiate.${name}' must be an integer from 0 to 1000000, not -1`,
        ] as const,
    ),
    ...(['carriedValue', 'functionEntry', 'zeroedLocal'] as const).map(
      (name) => [prices({ [name]: -1 }), `${name} must be an integer from 0 to 1000000, not -1`] as const,
    ),
    [prices({ load: { base: -1, a: 0, b: 1 } }), "the base of 'load' must be an integer from 0 to 1000000, not -1"],
    [without(FUEL_1_PRICES, 'load') as unknown as Prices, "the schedule has no row 'load'"],
    [prices({ gas: 1 }), "the schedule has no row 'gas'"],
  ];
  for (const [list, message] of texts)
    it(message, () => expect(() => defineSchedule('bad', list)).to.throw(RangeError, message));

  it('may be accepted if it equals that of a schedule, or is zero where allowed', () => {
    expect(defineSchedule('fuel-1', FUEL_1).hash).to.deep.equal(FUEL_1.hash);
    const free = defineSchedule(
      'free',
      prices({ instructions: { ...instructions, simple: 0 }, carriedValue: 0, functionEntry: 0, zeroedLocal: 0 }),
    );
    expect([free.instructions.simple, free.carriedValue, free.functionEntry, free.zeroedLocal]).to.deep.equal([
      0, 0, 0, 0,
    ]);
    for (const name of ['branch', 'branchTable', 'call', 'callIndirect'] as const) {
      expect(
        defineSchedule('least', prices({ instructions: { ...instructions, [name]: 1 } })).instructions[name],
      ).to.equal(1);
    }
    expect(defineRate('x', { base: 1, a: 0, b: 1 }, 1)).to.deep.equal({ base: 1, a: 0, b: 1 });
    expect([0, 1, 8, 9].map((n) => dynamicCharge({ base: 5, a: 1, b: 8 }, n))).to.deep.equal([5, 6, 6, 7]);
  });

  it('is distinguished in the text by each of its rows', () => {
    const lines = scheduleText(FUEL_1).split('\n');
    expect(lines.slice(0, 2)).to.deep.equal(['schedule fuel-1', 'profile assay-1']);
    const rateLines = Object.entries(rates).map(([name, { base, a, b }]) => `${name} ${base} ${a} ${b}`);
    const { base: own, ...others } = instantiate;
    const instantiateLines = Object.entries(others).map(
      ([name, { base, a, b }]) => `instantiate.${name} ${base} ${a} ${b}`,
    );
    expect(lines.slice(-(rateLines.length + instantiateLines.length + 6))).to.deep.equal([
      'carriedValue 1',
      'functionEntry 3',
      'zeroedLocal 1',
      ...rateLines.sort(),
      `instantiate.base ${own}`,
      ...instantiateLines.sort(),
      'load 10000 32 1',
      '',
    ]);
  });
});
