/**
 * Slot numbers that equal operation numbers: with this many locals the word of a slot is also that of an operation, and
 * a compiler that looks back in its own code could confuse them.
 */
import { deepEqual } from 'node:assert/strict';
import { interpreterProgram } from '../../src/interpreter/program.js';
import { loadModule, runExport } from '../instrumented/run-export.js';
import { wat } from '../instrumented/wat.js';

/** More than half the number of operations, because a slot has two words. */
const LOCALS_MAX = 320;

/** A sum after an operation of five words whose result is in the slot of its operand. */
const BODY = '(i32.add (i32.load (i32.add (call $four) (local.get 0))) (local.get 0))';

const FUNCTIONS = Array.from(
  { length: LOCALS_MAX },
  (_, n) => `(func (export "f${n}") (param i32) (result i32) (local ${'i32 '.repeat(n)}) ${BODY})`,
);

describe('slots whose numbers are also operations', () => {
  it(`are not read as operations, with up to ${LOCALS_MAX} locals`, () => {
    const text = `(module (memory 1) (data (i32.const 0) "\\01\\02\\03\\04\\05\\06\\07\\08\\09\\0a\\0b\\0c")
      (func $four (result i32) (i32.const 4)) ${FUNCTIONS.join('\n')})`;
    const program = interpreterProgram(loadModule(wat(text)));
    for (let n = 0; n < LOCALS_MAX; n++) {
      const { values } = runExport(program, `f${n}`, [3], 100_000);
      deepEqual({ n, values }, { n, values: ['i32:0x0b0a090b'] });
    }
  });
});
