/**
 * The upper bound of a call's fuel: for small functions it equals the cost of their most expensive call, in generated
 * ones no call exceeds it, and where there is no bound, the reason is given.
 */
import { expect } from 'chai';
import fc from 'fast-check';
import { anyModule } from '../../../src/agreement/module-arbitrary.js';
import { callBound } from '../../../src/billing/call-bound.js';
import { createEngine, i32 } from '../../../src/index.js';
import { loadText } from '../load-text.js';

/** A function of `$n`; the arguments 0, 1 and 2 cover all paths. */
const body = (code: string, around = '') => `(module ${around}
  (func $cheap (param i32) (result i32) (local.get 0))
  (func $costly (param i32) (result i32) (i32.mul (i32.add (local.get 0) (i32.const 1)) (i32.const 3)))
  (func $trap (param i32) (result i32) (drop (i32.div_u (i32.const 1) (local.get 0))) (i32.const 1))
  (func (export "f") (param $n i32) (result i32) (local $m i64) ${code}))`;
const TABLE = '(type $t (func (param i32) (result i32))) (table 2 funcref) (elem (i32.const 0) $cheap $costly)';

const TIGHT: readonly (readonly [what: string, text: string])[] = [
  ['a straight line', body('(i32.add (local.get $n) (i32.const 1))')],
  ['if without else', body('(if (local.get $n) (then (drop (i32.mul (local.get $n) (i32.const 3))))) (i32.const 0)')],
  ['the second arm', body('(if (result i32) (local.get $n) (then (i32.const 1)) (else (call $costly (i32.const 1))))')],
  ['the first arm', body('(if (result i32) (local.get $n) (then (call $costly (i32.const 1))) (else (i32.const 1)))')],
  ['br_if that skips work', body('(block (br_if 0 (local.get $n)) (drop (call $costly (i32.const 1)))) (i32.const 0)')],
  ['br_if with a value', body('(block (result i32) (drop (br_if 0 (i32.const 1) (local.get $n))) (i32.const 2))')],
  [
    'br_table',
    body(`(block $b (block $a (br_table $a $b $a (local.get $n))) (drop (call $costly (i32.const 1)))
      (return (i32.const 0))) (i32.const 7)`),
  ],
  ['return in the middle', body('(if (local.get $n) (then (return (i32.const 1)))) (call $costly (i32.const 1))')],
  ['what follows an unconditional branch', body('(block (br 0) (drop (call $costly (i32.const 1)))) (i32.const 0)')],
  ['a trap', body('(if (local.get $n) (then (drop (call $costly (i32.const 1))) (unreachable))) (i32.const 1)')],
  ['a callee that traps', body('(drop (call $trap (i32.sub (local.get $n) (local.get $n)))) (i32.const 1)')],
  ['a tail call', body('(return_call $costly (local.get $n))')],
  ['a loop without a branch back', body('(loop (drop (call $costly (i32.const 1)))) (i32.const 1)')],
  [
    'a call through a table',
    body('(call_indirect (type $t) (i32.const 1) (i32.and (local.get $n) (i32.const 1)))', TABLE),
  ],
  [
    'a tail call through a table',
    body('(return_call_indirect (type $t) (i32.const 1) (i32.and (local.get $n) (i32.const 1)))', TABLE),
  ],
  ['a start function', body('(i32.const 1)', '(start $s) (func $s (drop (call $costly (i32.const 1))))')],
  ['a memory and its data', body('(i32.load (i32.const 0))', '(memory 2) (data (i32.const 0) "abc")')],
];

const UNBOUNDED: readonly (readonly [by: string, what: string, text: string])[] = [
  ['loop', 'br', body('(loop (br 0)) (i32.const 0)')],
  ['loop', 'br_if', body('(loop (br_if 0 (local.get $n))) (i32.const 0)')],
  ['loop', 'br_table', body('(block (loop (br_table 1 0 1 (local.get $n)))) (i32.const 0)')],
  ['loop', 'a loop in a callee', body('(call $l)', '(func $l (result i32) (loop (br 0)) (unreachable))')],
  ['loop', 'a loop in the start function', body('(i32.const 0)', '(start $s) (func $s (loop (br 0)))')],
  ['recursion', 'itself', body('(call $r)', '(func $r (result i32) (call $r))')],
  ['recursion', 'two', body('(call $r)', '(func $r (result i32) (call $q)) (func $q (result i32) (return_call $r))')],
  [
    'recursion',
    'through a table',
    body(
      '(call_indirect (type $t) (i32.const 1) (i32.const 0))',
      `(type $t (func (param i32) (result i32))) (table 1 funcref) (elem (i32.const 0) $r)
       (func $r (param i32) (result i32) (call_indirect (type $t) (i32.const 1) (i32.const 0)))`,
    ),
  ],
  [
    'price by length',
    'memory.fill',
    body('(memory.fill (i32.const 0) (i32.const 0) (local.get $n)) (i32.const 0)', '(memory 1)'),
  ],
  ['price by length', 'memory.grow', body('(memory.grow (local.get $n))', '(memory 1)')],
  ['price by length', 'table.grow', body('(table.grow 0 (ref.null func) (local.get $n))', '(table 1 funcref)')],
];

describe('the most fuel of a call', () => {
  for (const [what, text] of TIGHT) {
    it(`${what}: equals the fuel of the most expensive call`, async () => {
      const module = await loadText(text);
      const used = [0, 1, 2].map((n) => module.call('f', [i32(n)]).receipt.fuel.used);
      expect(callBound(module, 'f')).to.deep.equal({ ok: true, fuel: Math.max(...used) });
    });
  }

  for (const [by, what, text] of UNBOUNDED) {
    it(`none: ${by}, ${what}`, async () => {
      expect(callBound(await loadText(text), 'f')).to.include({ ok: false, by });
    });
  }

  it('none: a host function, called directly and through a table', async () => {
    const around = `(import "env" "h" (func $h (param i32) (result i32))) (type $t (func (param i32) (result i32)))
      (table 1 funcref) (elem (i32.const 0) $h)`;
    const type = { params: ['i32'], results: ['i32'] } as const;
    const imports = [{ module: 'env', name: 'h', type, cost: 1, run: () => [i32(0)] }];
    for (const code of ['(call $h (local.get $n))', '(call_indirect (type $t) (local.get $n) (i32.const 0))']) {
      const bound = callBound(await loadText(body(code, around), imports), 'f');
      expect(bound).to.include({ ok: false, by: 'host function', functionIndex: 4 });
    }
  });

  it('is 2^53 - 1 where it is more: sixty functions that call the next one twice', async () => {
    const functions = Array.from({ length: 60 }, (_, i) => `(func $f${i} (call $f${i + 1}) (call $f${i + 1}))`);
    const text = `(module (func (export "f") (call $f0)) ${functions.join(' ')} (func $f60))`;
    expect(callBound(await loadText(text), 'f')).to.deep.equal({ ok: true, fuel: 2 ** 53 - 1 });
  });

  it('is not exceeded by any call of a generated function', () => {
    const engine = createEngine({ tier: 'interpreter' });
    const options = { hostNeeds: [], importedGlobals: false, bodySizeMax: 12, calls: 4 } as const;
    let bounded = 0;
    return fc
      .assert(
        fc.asyncProperty(anyModule(options), async (generated) => {
          const loaded = await engine.load(generated.bytes);
          if (!loaded.ok) return;
          for (const { export: name, args } of generated.calls) {
            const bound = callBound(loaded.module, name);
            if (!bound.ok) continue;
            bounded++;
            expect(loaded.module.call(name, args).receipt.fuel.used).to.be.at.most(bound.fuel);
          }
        }),
        { numRuns: 200 },
      )
      .then(() => expect(bounded).to.be.above(50));
  });
});
