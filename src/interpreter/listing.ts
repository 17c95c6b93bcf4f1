/** Register code as a listing: where each operation is, what it is of, its operands by name. */
import type { MeteredModule } from '../metering/meter.js';
import { CodeBuffer } from './compile/code-buffer.js';
import { FunctionCompiler, HEAD_WORDS } from './compile/function-compiler.js';
import { Op } from './op.js';
import { LAYOUTS } from './ops.js';

export interface ListedOperation {
  /** Word in the function's code, its head being at 0. */
  readonly position: number;
  /** Offset in the module of the instruction that it is of. */
  readonly offset: number;
  readonly name: string;
  /** Words behind the opcode. Of a branch table, then target and cost of each label. */
  readonly operands: readonly (readonly [name: string, word: number])[];
}

/** The code that the interpreter compiles a function to, before any call has put a position into it. */
export function listedCode(metered: MeteredModule, definedIndex: number): readonly ListedOperation[] {
  const code = new CodeBuffer();
  const constants: number[] = [];
  const compiler = new FunctionCompiler(metered, code, (value) => constants.push(value) - 1);
  const starts: { readonly position: number; readonly offset: number }[] = [];
  compiler.compile(definedIndex, (position, offset) => starts.push({ position, offset }));
  const { words } = code;
  const listed: ListedOperation[] = [];
  let next = 0;
  let offset = metered.module.bodyStarts[definedIndex];
  for (let at = HEAD_WORDS; at < code.length; ) {
    while (next < starts.length && starts[next].position <= at) offset = starts[next++].offset;
    const [name, ...names] = LAYOUTS[words[at]];
    const position = at++;
    const operands: (readonly [string, number])[] = names.map((operand) => [operand, words[at++]]);
    if (words[position] === Op.BranchTable)
      for (let labels = words[at - 1] + 1; labels > 0; labels--)
        operands.push(['target', words[at++]], ['cost', words[at++]]);
    listed.push({ position, offset, name, operands });
  }
  return listed;
}
