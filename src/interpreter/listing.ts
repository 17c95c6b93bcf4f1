/** Register code as a listing: the position of each operation, its instruction, and its operands by name. */
import type { MeteredModule } from '../metering/meter.js';
import { CodeBuffer } from './compile/code-buffer.js';
import { FunctionCompiler, HEAD_WORDS } from './compile/function-compiler.js';
import { Op } from './op.js';
import { LAYOUTS } from './ops.js';

export interface ListedOperation {
  /** Position in words in the function's code, whose head is at 0. */
  readonly position: number;
  /** Offset of its instruction in the module. */
  readonly offset: number;
  readonly name: string;
  /** Words after the opcode. For a branch table, followed by target and cost of each label. */
  readonly operands: readonly (readonly [name: string, word: number])[];
}

/** The code to which the interpreter compiles a function, before a call has put any position into it. */
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
