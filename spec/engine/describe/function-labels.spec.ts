/** Names of functions in backtraces: which source takes precedence. */
import { expect } from 'chai';
import wabtModule from 'wabt';
import { LIMITS_1 } from '../../../src/base/limits.js';
import { decode } from '../../../src/decode/decode.js';
import { functionLabels } from '../../../src/engine/describe/function-labels.js';

const wabt = await wabtModule();

function labelsOf(text: string, named: boolean): readonly string[] {
  const { buffer } = wabt.parseWat('labels.wat', text).toBinary({ write_debug_names: named });
  const { module, fault } = decode(new Uint8Array(buffer), LIMITS_1);
  if (fault !== undefined) throw new Error(fault.code);
  const label = functionLabels(module);
  return Array.from({ length: module.functionTypes.length + 1 }, (_, index) => label(index));
}

const TEXT = `(module
  (import "env" "k" (global i32)) (import "env" "f" (func $given)) (import "env" "g" (func))
  (memory (export "memory") 1) (global (export "nought") i32 (i32.const 0))
  (func $own (export "run") (export "again")) (func (export "other")) (func))`;

describe('the label of a function', () => {
  it('is its name in the name section, else of its import, else of its first export, else its index', () => {
    expect(labelsOf(TEXT, true)).to.deep.equal(['given', 'env.g', 'own', 'other', 'func[4]', 'func[5]']);
    expect(labelsOf(TEXT, false)).to.deep.equal(['env.f', 'env.g', 'run', 'other', 'func[4]', 'func[5]']);
  });

  it('is not the name of another kind of export', () => {
    const text = '(module (memory (export "memory") 1) (func) (func (export "f")))';
    expect(labelsOf(text, false)).to.deep.equal(['func[0]', 'f', 'func[2]']);
  });
});
