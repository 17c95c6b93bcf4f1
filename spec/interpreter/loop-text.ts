/** `src/interpreter/loop.ts` and `src/profile/profiling-loop.ts`, written from the rows: the functions that run the register code. */
import type { OpRow } from '../../src/interpreter/table/row.js';
import { HOT, ROWS, VARIABLES } from '../../src/interpreter/table/rows.js';
import { assignedIn, bodyText, LOOP_DIALECT, lengthOf, operandsOf, slotVariable } from './body-text.js';
import { GENERATED_NOTE } from './generated-note.js';

/** The code that leaves an arm of a dispatch, by what follows the operation. */
type Ends = Readonly<Record<OpRow['next'], string>>;

const FIRST: Ends = {
  next: 'break first;',
  jump: 'break;',
  call: 'break;',
  tail: 'break;',
  return: 'break first;',
  end: '',
};
const CHECKED = 'if (fuel < 0) continue run; break;';
const SECOND: Ends = { next: 'break;', jump: CHECKED, call: CHECKED, tail: CHECKED, return: 'break;', end: '' };

function arm(row: OpRow, ends: Ends): string {
  const body = bodyText(row, row.loop!, LOOP_DIALECT);
  const onwards = row.next === 'next' ? `pc = (pc + ${lengthOf(row)}) | 0;` : '';
  const text = `${body}\n${onwards} ${ends[row.next]}`;
  return `case Op.${row.name}: ${text.includes('const ') ? `{ ${text} }` : text}\n`;
}

const IN_LOOP = ROWS.filter(({ loop }) => loop !== undefined);

/** The arms of all rows of the loop, or of some. */
function arms(ends: Ends, names?: ReadonlySet<string>): string {
  return IN_LOOP.filter(({ name }) => names?.has(name) !== false)
    .map((row) => arm(row, ends))
    .join('');
}

/** Declarations of the variables that arms assign, and `others`. */
function variablesOf(text: string, others: readonly string[] = []): string {
  const slotVariables = [...new Set(IN_LOOP.flatMap(operandsOf).map(slotVariable))];
  const variables = [...assignedIn(text, [...VARIABLES, ...slotVariables]), ...others];
  return variables.map((name) => `let ${name} = 0;`).join('\n');
}

const REGISTERS = `let status: Status = Status.Returned;
  let pc = machine.pc | 0;
  let fp = machine.fp | 0;
  let rp = machine.rp | 0;
  let words = machine.words | 0;
  let wordsMin = machine.wordsMin | 0;
  let fuel = machine.fuel | 0;`;

const ARRAYS = `const { slots, floats, doubles, frames } = machine;
    const { functions } = machine.store;
    const instance = machine.instance;
    const { globals, view, memory8 } = instance;
    const { constants, entries } = instance.program;
    const code = instance.program.code.words;
    const memoryEnd = instance.memoryEnd | 0;
    // With this access every later one in the loop knows what kind of array the code is.
    if (code[0] !== Op.Exit) throw new Error('no code at the exit');`;

const SLOW = `status = machine.slow();
    words = machine.words | 0;
    wordsMin = machine.wordsMin | 0;
    fuel = machine.fuel | 0;
    if (status !== Status.Returned) break;
    pc = machine.pc | 0;
    fp = machine.fp | 0;
    rp = machine.rp | 0;`;

export function loopText(): string {
  for (const name of HOT)
    if (!IN_LOOP.some((row) => row.name === name)) throw new Error(`the hot ${name} is no row of the loop`);
  const first = arms(FIRST);
  const second = arms(SECOND, HOT);
  return `/**
 * The loop of the register machine. It calls nothing at all, so that the optimiser keeps lengths and base pointers of its arrays
 * in registers or on the stack, and every index is a 32-bit integer (\`| 0\`) that needs no overflow check. What it cannot do it
 * leaves to \`rare\` and \`Interpreter.slow\`: operations that it has no case for, accesses it cannot decide. The gauge holds a
 * reserve and \`fuel\` a slice of it below 2^30, so the loop charges on 32-bit integers.
 *
 * ${GENERATED_NOTE}
 */
import type { Interpreter } from './interpreter.js';
import { Op } from './op.js';
import { OUTER_OF, Outer } from './ops.js';
import { rare } from './rare.js';
import { Status } from './status.js';

/** Runs until the activation ends, or its slice of fuel does (\`Status.SliceUsed\`). */
export function runLoop(machine: Interpreter): Status {
  ${REGISTERS}
  // Variables of all bodies: a constant of its own for each would take a register each, and a wider encoding.
  ${variablesOf(first + second)}

  run: for (;;) {
    if (fuel < 0) {
      status = Status.SliceUsed;
      break;
    }
    ${ARRAYS}
    // Two dispatches in a row: the second has the operations that follow each other most often. Each has its own indirect jump to
    // predict, and half of them skip the loop's interrupt check. The whole must stay below the 60 KiB of bytecode that V8 optimises.
    inner: for (;;) {
      // biome-ignore lint/suspicious/noConfusingLabels: what leaves the block continues at the second dispatch
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
    if (OUTER_OF[code[pc]] === Outer.Rare) {
      at = rare(machine, instance, fp, pc);
      if (at >= 0) {
        pc = (pc + at) | 0;
        continue;
      }
      status = -at;
      break;
    }
    machine.leave(pc, fp, rp, words, wordsMin, fuel);
    ${SLOW}
  }
  machine.leave(pc, fp, rp, words, wordsMin, fuel);
  return status;
}
`;
}

/** For the loop that records payments. */
const NOTED: Ends = {
  next: 'continue;',
  jump: 'break paid;',
  call: 'break;',
  tail: 'node = nodes[(rp - 2) | 0]; break;',
  return: 'node = nodes[rp]; continue;',
  end: '',
};

export function profilingLoopText(): string {
  const all = arms(NOTED);
  return `/**
 * The loop of the register machine that notes what is paid: fuel by position in the code and by node of the call tree, calls
 * and the least words left by node. It does what \`loop.ts\` does, from the same rows with one dispatch, and calls nothing either: a
 * function that is new at its place in the tree is noted outside.
 *
 * ${GENERATED_NOTE}
 */
import { Op } from '../interpreter/op.js';
import { Status } from '../interpreter/status.js';
import type { ProfilingInterpreter } from './profiling-interpreter.js';

/** Runs until the activation ends, or its slice of fuel does (\`Status.SliceUsed\`). */
export function runProfilingLoop(machine: ProfilingInterpreter): Status {
  ${REGISTERS}
  const { nodes, tree } = machine;
  /** Fuel up to which everything is noted. */
  let noted = fuel;
  let charged = 0;
  let node = nodes[rp];
  let callee = 0;
  let isNew = false;
  ${variablesOf(all)}

  run: for (;;) {
    if (fuel < 0) {
      status = Status.SliceUsed;
      break;
    }
    ${ARRAYS}
    const { heat, touched } = machine;
    const { heads, firsts, nexts, targets, fuels, calls, leasts } = tree;
    inner: for (;;) {
      // biome-ignore lint/suspicious/noConfusingLabels: what leaves the block has paid for code that it goes to
      paid: {
        switch (code[pc]) {
          ${all}
          default: break inner;
        }
        // A call, whose callee's head is at \`entry\`.
        callee = firsts[node];
        while (callee !== 0 && heads[callee] !== entry) callee = nexts[callee];
        if (callee === 0) {
          isNew = true;
          break;
        }
        calls[callee] += 1;
        node = targets[callee];
        nodes[rp] = node;
        if (words < leasts[node]) leasts[node] = words;
      }
      charged = (noted - fuel) | 0;
      noted = fuel;
      if (heat[pc] === 0 && charged !== 0) {
        touched[0] += 1;
        touched[touched[0]] = pc;
      }
      heat[pc] += charged;
      fuels[node] += charged;
      if (fuel < 0) continue run;
    }
    machine.leave(pc, fp, rp, words, wordsMin, fuel);
    if (isNew) {
      isNew = false;
      machine.enterNew(node, entry, (noted - fuel) | 0);
    } else {
      ${SLOW}
    }
    noted = fuel;
    node = nodes[rp];
  }
  machine.leave(pc, fp, rp, words, wordsMin, fuel);
  return status;
}
`;
}
