/**
 * Runs every operation of the loop before V8 compiles it. V8 compiles what it has seen: a branch that was never taken, an operation
 * that never ran ends in a jump out of the compiled loop, which is then thrown away whole and runs 20 times as slow until it has been
 * compiled again. A guest could do that to its neighbours once for each operation. So all of them run here, on values that take every
 * branch, in a store of their own. Nothing but V8 sees it.
 *
 * Invariant: the code is made from the table of operations (`ops.ts`), so one that is added there is run here too; a word that this
 * file does not know does not compile.
 */
import { LIMITS_1 } from '../base/limits.js';
import { decode } from '../decode/decode.js';
import { FunctionInstance } from '../machine/function-instance.js';
import type { HostFunction } from '../machine/host-function.js';
import type { Bits } from '../machine/outcome.js';
import { Store } from '../machine/store.js';
import { type MeteredModule, meter } from '../metering/meter.js';
import { FUEL_1 } from '../metering/schedule.js';
import { validate } from '../validate/validate.js';
import type { InterpreterInstance } from './instance.js';
import { AT_EXIT, Interpreter } from './interpreter.js';
import { runLoop } from './loop.js';
import type { Trainer } from './loop-training.js';
import { Op } from './op.js';
import { LAYOUTS, LENGTH_OF, type OperandName } from './ops.js';
import type { InterpreterProgram } from './program.js';
import { Status } from './status.js';

/**
 * (module
 *   (type (func)) (type (func (param i32))) (import "e" "f" (func (type 0)))
 *   (func (type 0) (local i32)) (func (type 1) (local i32)) (func (type 0) (local i32))
 *   (table 8 8 funcref) (table 2 4 funcref) (memory 1 2) (global (mut i64) (i64.const 0)) (elem func 0) (data "abcd"))
 */
const MODULE = Uint8Array.of(
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
  ...[0x01, 0x08, 0x02, 0x60, 0x00, 0x00, 0x60, 0x01, 0x7f, 0x00],
  ...[0x02, 0x07, 0x01, 0x01, 0x65, 0x01, 0x66, 0x00, 0x00],
  ...[0x03, 0x04, 0x03, 0x00, 0x01, 0x00],
  ...[0x04, 0x09, 0x02, 0x70, 0x01, 0x08, 0x08, 0x70, 0x01, 0x02, 0x04],
  ...[0x05, 0x04, 0x01, 0x01, 0x01, 0x02],
  ...[0x06, 0x06, 0x01, 0x7e, 0x01, 0x42, 0x00, 0x0b],
  ...[0x09, 0x05, 0x01, 0x01, 0x00, 0x01, 0x00],
  ...[0x0c, 0x01, 0x01],
  ...[0x0a, 0x10, 0x03, 0x04, 0x01, 0x01, 0x7f, 0x0b, 0x04, 0x01, 0x01, 0x7f, 0x0b, 0x04, 0x01, 0x01, 0x7f, 0x0b],
  ...[0x0b, 0x07, 0x01, 0x01, 0x04, 0x61, 0x62, 0x63, 0x64],
);

type Halves = readonly [low: number, high: number];

/** Two operands for each round: integers, or floats of both widths, so that each test and each check goes either way. */
// biome-ignore format: a round, a line
const OPERANDS: readonly (readonly [Halves, Halves])[] = [
  [[0, 0], [0, 0]],
  [[7, 0], [3, 0]],
  [[3, 0], [7, 0]],
  [[3, 7], [7, 0]],
  [[1, 0], [40, 0]],
  [[-5, -2], [-1, -1]],
  [[0, -0x8000_0000], [-1, -1]],
  [[-0x8000_0000, -0x8000_0000], [-1, -1]],
  [[0x7fff_ffff, 0x7fff_ffff], [0x7fff_ffff, 0x7fff_ffff]],
  // Halves that are above 2^31 as unsigned integers, as dividend, divisor, quotient and remainder.
  [[-5, -2], [-3, 0]],
  [[-5, 0], [3, 0]],
  [[-5, 0], [1, 0]],
  [[-5, 0], [-3, 0]],
  [[-5, 0], [-4, 0]],
  [[-5, -2], [1, 0]],
  // 1.5 and 2.5, in f32 and in f64.
  [[0x3fc0_0000, 0x3ff8_0000], [0x4020_0000, 0x4004_0000]],
  [[0x4020_0000, 0x4004_0000], [0x3fc0_0000, 0x3ff8_0000]],
  [[0x3fc0_0000, 0x3ff8_0000], [0x3fc0_0000, 0x3ff8_0000]],
  // NaN, and what is beyond the integers.
  [[0x7fc0_0000, 0], [0x3fc0_0000, 0x3ff8_0000]],
  [[0, 0x7ff8_0000], [0x3fc0_0000, 0x3ff8_0000]],
  [[0x4f00_0000, 0x43e0_0000], [0x4f00_0000, 0x43e0_0000]],
  [[-0x3080_0000, -0x3c10_0000], [0, 0x41e0_0000]],
];
const NO_RESULTS: readonly Bits[] = [];
const NOT_DEFINED = -1;
const HOST: HostFunction = {
  module: 'e',
  name: 'f',
  type: { params: new Uint8Array(0), results: new Uint8Array(0) },
  run: () => NO_RESULTS,
  logsItself: true,
};

/**
 * Usual values of addresses, indices and lengths, and those with a round of their own: at the end of the memory, beyond
 * it, far.
 */
const ADDRESSES = [8, 12, 0, 16];
const ODD_ADDRESSES = [131_069, 131_072, -1, 0x7fff_ffff];
const COUNTS = [1, 0, 2, 1];
const ELEMENTS = [0, 1, 0, 2, 3, 4, 5, 5, 0, 8];
const IMMEDIATES = [0, 1, 5, 31, 40, -1, 63];
const CONSTANTS = [1, 1.5, -2];

// Slots of the frame, and of the frame of a call. Operands are numbers, or places and amounts.
const [A, B, C, AT, BEHIND, COUNT, ELEMENT, D, E, CALLEE] = [0, 2, 4, 6, 8, 10, 12, 14, 16, 20];

/** The values that a word of an operation takes in turn, or what it depends on. */
const WORDS: Readonly<Record<OperandName, readonly number[] | 'behind' | 'head'>> = {
  a: [A],
  b: [B],
  c: [C],
  condition: [C],
  element: [ELEMENT],
  d: [D],
  e: [E],
  // For a far access: one that is not a store.
  opcode: [Op.I32Load],
  x: [D],
  y: [AT],
  imm: IMMEDIATES,
  m: IMMEDIATES,
  value: IMMEDIATES,
  low: IMMEDIATES,
  high: IMMEDIATES,
  offset: [0, 4],
  address: [8, 131_072],
  constant: CONSTANTS.map((_, i) => i),
  target: 'behind',
  cost: [0, 1],
  costElse: [1, 0],
  count: [1],
  entry: 'head',
  base: [CALLEE],
  source: [0],
  frameWords: [1],
  table: [1],
  typeId: [0],
  segment: [0],
  cell: [0],
  global: [0],
  definedIndex: [0],
  functionIndex: [1, 0],
};
/** The same of operations on memories and tables. */
const PLACES: Readonly<Partial<Record<OperandName, readonly number[]>>> = {
  a: [AT],
  b: [BEHIND],
  c: [COUNT],
  imm: [4, 0],
};

/** Run by the frames of calls, by a change of instance, at the end of each round. */
const NOT_ALONE: ReadonlySet<Op> = new Set([Op.Exit, Op.SwitchBack, Op.Unreachable]);
const ODD_ROUND = 8;
const FUEL = 2 ** 50;
const SLICE = 2 ** 20;
const STACK_WORDS = 64;

/** The values of a word. */
function valuesOf(operand: OperandName, operands: readonly OperandName[]): (typeof WORDS)[OperandName] {
  const isNumeric = operands.includes('target') || (operands.includes('d') && !operands.includes('table'));
  if (!isNumeric || operands.includes('offset')) return PLACES[operand] ?? WORDS[operand];
  return WORDS[operand];
}

/** A word that takes its values in turn. */
interface Turn {
  readonly at: number;
  readonly values: readonly number[];
}

/** Code of all operations, each twice in a row, so that those of the second dispatch run once in each dispatch. */
class TrainingCode {
  readonly start: number;
  readonly end: number;
  private readonly turns: Turn[] = [];

  constructor(private readonly program: InterpreterProgram) {
    const plain = this.callee(Op.Return);
    const heads = LAYOUTS.map((layout, op) => (layout.includes('frameWords') ? this.callee(op) : plain));
    this.start = program.code.length;
    LAYOUTS.forEach((_, op) => {
      if (NOT_ALONE.has(op)) return;
      const isCallee = heads[op] !== plain;
      for (let times = 0; times < 2; times++) this.emit(isCallee ? Op.Call : op, heads[op]);
    });
    this.end = program.code.length;
    program.code.emit1(Op.Unreachable);
  }

  /** A function that is a single operation, which ends it. Returns the position of its head. */
  private callee(op: Op): number {
    const { code } = this.program;
    const head = code.length;
    // Words of the frame, slots to clear, cost.
    code.emit4(1, 2, 4, 0);
    this.emit(op, head);
    return head;
  }

  private emit(op: Op, head: number): void {
    const { code } = this.program;
    const isTable = op === Op.BranchTable;
    const behind = code.length + LENGTH_OF[op] + (isTable ? 4 : 0);
    const [, ...operands] = LAYOUTS[op];
    code.emit1(op);
    for (const operand of operands) {
      const values = operand === 'table' && operands.includes('element') ? [0] : valuesOf(operand, operands);
      if (values === 'behind') code.emit1(behind);
      else if (values === 'head') code.emit1(head);
      else {
        if (values.length > 1) this.turns.push({ at: code.length, values });
        code.emit1(values[0]);
      }
    }
    if (isTable) code.emit4(behind, 0, behind, 0);
  }

  /** Sets the words of a round. In the first round all are 0, like its operands. */
  turn(round: number): void {
    const { words } = this.program.code;
    for (const { at, values } of this.turns) words[at] = values[round === 0 ? 0 : (round + at) % values.length];
  }
}

/** @param makeProgram makes the program of the training module */
export function loopTrainer(makeProgram: (metered: MeteredModule) => InterpreterProgram): Trainer {
  const load = validate(decode(MODULE, LIMITS_1), LIMITS_1);
  if (!load.ok) throw new Error(`the module that trains the loop is refused: ${load.fault.code}`);
  const program = makeProgram(meter(load.value, FUEL_1));
  const store = new Store({ ...LIMITS_1, stackWords: STACK_WORDS }, FUEL_1);
  store.gauge.reset(FUEL);
  const machine = new Interpreter(store);
  store.tierState = machine;
  const host = new FunctionInstance(store, load.value.module.types[0], undefined, NOT_DEFINED, HOST);
  const made = [0, 1].map(() => program.instantiate(store, [{ kind: 'function', function: host }]));
  const [instance, other] = made as InterpreterInstance[];
  const code = new TrainingCode(program);
  program.constants.set(CONSTANTS);
  // A function to call, none, one of another type, one of another instance, a host function, one that is compiled when
  // it is called.
  const elements = [
    instance.functionAt(1),
    undefined,
    instance.functionAt(2),
    other.functionAt(1),
    host,
    instance.functionAt(3),
  ];
  instance.tables[0].elements.set(elements.map((element) => element?.handle ?? 0));
  let round = 0;
  return {
    round: () => {
      code.turn(round);
      runRound(machine, instance, code, round);
      round++;
      return round < OPERANDS.length;
    },
  };
}

function runRound(
  machine: Interpreter,
  instance: InterpreterInstance,
  { start, end }: TrainingCode,
  round: number,
): void {
  const { slots, frames, store } = machine;
  const { words } = instance.program.code;
  const odd = round - ODD_ROUND;
  const [a, b] = OPERANDS[round];
  slots.set(a, A);
  slots.set(b, B);
  slots.set(OPERANDS[(3 * round) % OPERANDS.length][0], C);
  slots[AT] = ODD_ADDRESSES[odd] ?? ADDRESSES[round % ADDRESSES.length];
  slots[BEHIND] = ODD_ADDRESSES[odd - 1] ?? ADDRESSES[(round + 1) % ADDRESSES.length];
  slots[COUNT] = ODD_ADDRESSES[odd - 2] ?? COUNTS[round % COUNTS.length];
  for (const frame of [0, CALLEE]) slots[frame + ELEMENT] = ELEMENTS[round % ELEMENTS.length];
  // One round has no stack, another no fuel.
  const stackWords = round === 0 ? 0 : STACK_WORDS;
  const fuel = round === 1 ? 0 : SLICE;
  frames[0] = AT_EXIT;
  for (let pc = start; pc < end; ) {
    store.gauge.reset(FUEL);
    machine.instances.length = 0;
    machine.instance = instance;
    machine.leave(pc, 0, 2, stackWords, STACK_WORDS, fuel);
    const status = runLoop(machine);
    pc = machine.pc;
    // After an end in a called function, continue after the call; after a trap, continue after the operation.
    if (pc < start || pc > end) pc = frames[2];
    else if (status !== Status.SliceUsed && pc < end) pc += LENGTH_OF[words[pc]];
  }
}
