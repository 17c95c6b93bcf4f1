/** Error messages for calls that cannot be made: each one says what is wrong and what is available. */
import { expect } from 'chai';
import { UsageError } from '../../src/index.js';
import { loadText } from './load-text.js';

const SOME = `(module (memory (export "memory") 1) (global (export "g") i32 (i32.const 0)) (table (export "t") 1 funcref)
  (func (export "one") (param i32)) (func (export "two")))`;
const NONE = '(module (memory (export "memory") 1))';

function many(count: number): string {
  return `(module ${Array.from({ length: count }, (_, i) => `(func (export "f${i}"))`).join(' ')})`;
}

const MISTAKES: readonly (readonly [module: string, name: string, code: string, message: string])[] = [
  [SOME, 'memory', 'not-a-function', "the export 'memory' is a memory"],
  [SOME, 'g', 'not-a-function', "the export 'g' is a global"],
  [SOME, 't', 'not-a-function', "the export 't' is a table"],
  [SOME, 'x', 'unknown-export', "the module does not export a function 'x'; its functions are one, two"],
  [NONE, 'x', 'unknown-export', "the module does not export a function 'x'; it exports none"],
  [
    many(12),
    'x',
    'unknown-export',
    "the module does not export a function 'x'; its functions are f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11",
  ],
  [
    many(13),
    'x',
    'unknown-export',
    "the module does not export a function 'x'; its functions are f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, ...",
  ],
];

function mistakeOf(work: () => unknown): UsageError {
  try {
    work();
  } catch (error) {
    if (error instanceof UsageError) return error;
    throw error;
  }
  throw new Error('it was no mistake');
}

describe('mistakes of a caller', () => {
  for (const [text, name, code, message] of MISTAKES) {
    it(message, async () => {
      const module = await loadText(text, []);
      for (const work of [() => module.call(name), () => module.callBytes(name, new Uint8Array(0))]) {
        const mistake = mistakeOf(work);
        expect([mistake.code, mistake.message]).to.deep.equal([code, message]);
      }
    });
  }
});

describe('a host function that ends the call', () => {
  const type = { params: [], results: [] } as const;
  const text = '(module (import "env" "f" (func $f)) (func (export "run") (call $f) (unreachable)))';
  const ends = [
    { kind: 'breached', code: 'input-out-of-bounds' },
    { kind: 'short-circuited', payload: Uint8Array.of(1, 2) },
  ] as const;

  for (const tier of ['interpreter', 'instrumented'] as const) {
    for (const end of ends) {
      it(`${end.kind}, ${tier}`, async () => {
        const module = await loadText(text, [{ module: 'env', name: 'f', type, run: () => end }], { tier });
        const { outcome, receipt } = module.call('run');
        expect(outcome).to.deep.equal(end);
        expect(receipt.outcome.kind).to.equal(end.kind);
      });
    }
  }
});
