/** `src/interpreter/loop.ts`, written from the rows: the function that runs the register code. */
import type { OpRow } from '../../src/interpreter/table/row.js';
import { HOT, ROWS, VARIABLES } from '../../src/interpreter/table/rows.js';
import { assignedIn, bodyText, LOOP_DIALECT, lengthOf, operandsOf, slotVariable } from './body-text.js';
import { GENERATED_NOTE } from './generated-note.js';

/** What leaves an arm of a dispatch, by what comes behind the operation. */
type Ends = Readonly<Record<OpRow['next'], string>>;

const FIRST: Ends = { next: 'break first;', jump: 'break;', return: 'break first;', end: '' };
const SECOND: Ends = { next: 'break;', jump: 'if (fuel < 0) continue run; break;', return: 'break;', end: '' };

function arm(row: OpRow, ends: Ends): string {
  const body = bodyText(row, row.loop!, LOOP_DIALECT);
  const onwards = row.next === 'next' ? `pc = (pc + ${lengthOf(row)}) | 0;` : '';
  const text = `${body}\n${onwards} ${ends[row.next]}`;
  return `case Op.${row.name}: ${text.includes('const ') ? `{ ${text} }` : text}\n`;
}

export function loopText(): string {
  const inLoop = ROWS.filter(({ loop }) => loop !== undefined);
  for (const name of HOT)
    if (!inLoop.some((row) => row.name === name)) throw new Error(`the hot ${name} is no row of the loop`);
  const first = inLoop.map((row) => arm(row, FIRST)).join('');
  const second = inLoop
    .filter(({ name }) => HOT.has(name))
    .map((row) => arm(row, SECOND))
    .join('');
  const slotVariables = [...new Set(inLoop.flatMap(operandsOf).map(slotVariable))];
  const variables = assignedIn(first + second, [...VARIABLES, ...slotVariables]);
  return `/**
 * The loop of the register machine. It calls nothing at all, so that the optimiser keeps lengths and base pointers of its arrays
 * in registers or on the stack, and every index is a 32-bit integer (\`| 0\`) that needs no overflow check. What it cannot do it
 * leaves to \`Interpreter.slow\`: operations that it has no case for, accesses it cannot decide. The gauge holds a reserve and
 * \`fuel\` a slice of it below 2^30, so the loop charges on 32-bit integers.
 *
 * ${GENERATED_NOTE}
 */
import type { Interpreter } from './interpreter.js';
import { Op } from './op.js';
import { Status } from './status.js';

/** Runs until the activation ends, or its slice of fuel does (\`Status.SliceUsed\`). */
export function runLoop(machine: Interpreter): Status {
  let status: Status = Status.Returned;
  let pc = machine.pc | 0;
  let fp = machine.fp | 0;
  let rp = machine.rp | 0;
  let words = machine.words | 0;
  let wordsMin = machine.wordsMin | 0;
  let fuel = machine.fuel | 0;
  // Variables of all bodies: a constant of its own for each would take a register each, and a wider encoding.
  ${variables.map((name) => `let ${name} = 0;`).join('\n')}

  run: for (;;) {
    if (fuel < 0) {
      status = Status.SliceUsed;
      break;
    }
    const { slots, floats, doubles, frames } = machine;
    const { functions } = machine.store;
    const instance = machine.instance;
    const { globals, view, memory8 } = instance;
    const { constants, entries } = instance.program;
    const code = instance.program.code.words;
    const memoryEnd = instance.memoryEnd | 0;
    // With this access every later one in the loop knows what kind of array the code is.
    if (code[0] !== Op.Exit) throw new Error('no code at the exit');
    // Two dispatches in a row: the second has the operations that follow each other most often. Each has its own indirect jump to
    // predict, and half of them skip the loop's interrupt check. The whole must stay below the 60 KiB of bytecode that V8 optimises.
    inner: for (;;) {
      // biome-ignore lint/suspicious/noConfusingLabels: what leaves the block goes on at the second dispatch
      first: {
        switch (code[pc]) {
          ${first}
          default: break inner;
        }
        if (fuel < 0) continue run;
        continue;
      }

      switch (code[pc]) {
        ${second}
        default: continue;
      }
    }
    machine.leave(pc, fp, rp, words, wordsMin, fuel);
    status = machine.slow();
    words = machine.words | 0;
    wordsMin = machine.wordsMin | 0;
    fuel = machine.fuel | 0;
    if (status !== Status.Returned) break;
    pc = machine.pc | 0;
    fp = machine.fp | 0;
    rp = machine.rp | 0;
  }
  machine.leave(pc, fp, rp, words, wordsMin, fuel);
  return status;
}
`;
}
