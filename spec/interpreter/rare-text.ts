/** `src/interpreter/rare.ts`, written from the rows: the operations that are kept out of the loop. */
import { ROWS, VARIABLES } from '../../src/interpreter/table/rows.js';
import { assignedIn, bodyText, lengthOf, operandsOf, RARE_DIALECT, slotVariable } from './body-text.js';
import { GENERATED_NOTE } from './generated-note.js';

export function rareText(): string {
  const rows = ROWS.filter(({ rare }) => rare !== undefined);
  const arms = rows
    .map((row) => `case Op.${row.name}: { ${bodyText(row, row.rare!, RARE_DIALECT)} return ${lengthOf(row)}; }\n`)
    .join('');
  const slotVariables = [...new Set(rows.flatMap(operandsOf).map(slotVariable))];
  const variables = assignedIn(arms, [...VARIABLES, ...slotVariables]);
  return `/**
 * The operations that are kept out of the loop: bulk memory and tables, references, and numbers that few guests use. V8 optimises
 * no function above a size, and the loop must stay below it.
 *
 * ${GENERATED_NOTE}
 */
import * as C from '../wasm/convert.js';
import * as F32 from '../wasm/f32.js';
import * as F64 from '../wasm/f64.js';
import * as I32 from '../wasm/i32.js';
import * as I64 from '../wasm/i64.js';
import * as Bulk from './bulk.js';
import { readGlobal, writeGlobal } from './imported-global.js';
import type { InterpreterInstance } from './instance.js';
import type { Interpreter } from './interpreter.js';
import { Op } from './op.js';
import { Status } from './status.js';

/** Runs the operation at \`pc\`; returns its length in words, or a negated \`Status\`. */
export function rare({ slots, floats, doubles }: Interpreter, instance: InterpreterInstance, fp: number, pc: number): number {
  const { words } = instance.program.code;
  const op: Op = words[pc];
  let status: Status = Status.Returned;
  ${variables.map((name) => `let ${name} = 0;`).join('\n')}
  switch (op) {
    ${arms}
    default:
      throw new Error(\`no rule for internal opcode \${op}\`);
  }
}
`;
}
