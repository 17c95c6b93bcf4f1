/**
 * The measurements for each row of the schedule: guests that do one thing repeatedly, with operands that no compiler
 * can know. A probe is counted in its own units (an instruction, a byte, a page, an export), and has the fuel of the
 * other work of a unit.
 */
import { INSTRUCTIONS } from '../../src/wasm/instructions.js';

/** A proposed price, by its path in a schedule: a class of instructions, or the base or the slope of a rate. */
export type PricedRow =
  | `instructions.${string}`
  | `rates.${string}`
  | `instantiate.${string}`
  | 'load.a'
  /** Measured and recorded, but not part of a price. */
  | 'told';

export interface Probe {
  readonly name: string;
  readonly row: PricedRow;
  /** Fuel of the work that a unit always includes: operands, a call's entry. None of it has a proposed price. */
  readonly others: number;
  /** `loop`: the export `run` with a number of rounds; `calls`: calls in sequence; `loads`: each loaded again. */
  readonly how: 'loop' | 'calls' | 'loads';
  /** The guest that does the work this many times in a round, a call or a load; 0 gives the baseline to subtract. */
  text(times: number): string;
  /** Units per `times`. */
  readonly units: number;
  readonly times: number;
}

const SEGMENTS = '(elem declare func $leaf) (elem $e func $leaf $leaf $leaf $leaf) (data $d "abcdefghabcdefgh")';
const HEAD = `(import "env" "f" (func $host (param i32) (result i32)))
  (memory $m 16 1024) (table $t 4096 1000000 funcref) ${SEGMENTS}
  (type $v (func)) (func $leaf) (global $g (mut i32) (i32.const 1)) (global $h (mut i64) (i64.const 1))`;
const LOCALS =
  '(local $i i32) (local $j i32) (local $l i64) (local $k i64) (local $f f32) (local $e f32) (local $d f64) (local $c f64) (local $p i32) (local $r i64)';
/** Numbers in memory, which no compiler can know. */
const VALUES = `(i32.store (i32.const 0) (i32.const 0x7fff1235)) (i32.store (i32.const 8) (i32.const 77))
  (i64.store (i32.const 16) (i64.const 0x7fff123456789abd)) (i64.store (i32.const 24) (i64.const 0x123456789))
  (f32.store (i32.const 32) (f32.const 1.0009765625)) (f32.store (i32.const 40) (f32.const 1.5))
  (f64.store (i32.const 48) (f64.const 1.0009765625)) (f64.store (i32.const 56) (f64.const 1.5))`;
const READ = `(local.set $i (i32.load (i32.const 0))) (local.set $j (i32.load (i32.const 8)))
  (local.set $l (i64.load (i32.const 16))) (local.set $k (i64.load (i32.const 24)))
  (local.set $f (f32.load (i32.const 32))) (local.set $e (f32.load (i32.const 40)))
  (local.set $d (f64.load (i32.const 48))) (local.set $c (f64.load (i32.const 56)))`;
/** A loop's result is used: it is written to memory at the end. */
const USED = `(i32.store (i32.const 64) (local.get $i)) (i64.store (i32.const 72) (i64.add (local.get $l) (local.get $r)))
  (f32.store (i32.const 80) (local.get $f)) (f64.store (i32.const 88) (local.get $d))`;

interface LoopParts {
  readonly head?: string;
  readonly more?: string;
  readonly first?: string;
}

/** A module whose export `run` executes the body for a number of rounds. */
function loopOf(body: string, { head = HEAD, more = '', first = '' }: LoopParts = {}): string {
  return `(module ${head} ${more} (func (export "run") (param $n i32) ${LOCALS} ${VALUES} ${READ} ${first}
    (loop $loop ${body} (br_if $loop (local.tee $n (i32.sub (local.get $n) (i32.const 1))))) ${USED}))`;
}

function repeated(piece: string, parts?: LoopParts): (times: number) => string {
  return (times) => loopOf(`${piece} `.repeat(times), parts);
}

const FIRST_OPERAND: Readonly<Record<string, string>> = { i32: '$i', i64: '$l', f32: '$f', f64: '$d' };
const SECOND_OPERAND: Readonly<Record<string, string>> = { i32: '$j', i64: '$k', f32: '$e', f64: '$c' };

/**
 * A chain: each instruction waits for the previous one. The other work is one operand, or none for a unary instruction.
 */
function chain(name: string, type: string, isBinary: boolean): (times: number) => string {
  return (times) => {
    const operand = isBinary ? ` (local.get ${SECOND_OPERAND[type]})` : '';
    const nested = `${`(${name} `.repeat(times)}(local.get ${FIRST_OPERAND[type]})${`${operand})`.repeat(times)}`;
    return loopOf(`(local.set ${FIRST_OPERAND[type]} ${nested})`);
  };
}

/** Uses the bits of a value of the type: two or three more simple instructions. */
const TAKEN: Readonly<Record<string, readonly [text: string, fuel: number]>> = {
  i32: ['i64.extend_i32_u', 1],
  i64: ['', 0],
  f32: ['i64.extend_i32_u (i32.reinterpret_f32', 2],
  f64: ['i64.reinterpret_f64', 1],
};

/**
 * In parallel: operands that come from memory, results that are combined. The other work is 2 for each operand's load
 * and address.
 */
function sideBySide(name: string, params: readonly string[], result: string): (times: number) => string {
  const at = { i32: 0, i64: 16, f32: 32, f64: 48 } as Readonly<Record<string, number>>;
  const loads = params.map((type, n) => `(${type}.load offset=${at[type]! + 8 * n} (local.get $p))`).join(' ');
  const [taken] = TAKEN[result]!;
  const value = `(${name} ${loads})`;
  const wrapped = taken === '' ? value : `(${taken} ${value}${taken.includes('(') ? ')' : ''})`;
  return (times) =>
    loopOf(
      `(local.set $p (i32.and (local.get $n) (i32.const 0))) ${`(local.set $r (i64.xor (local.get $r) ${wrapped})) `.repeat(times)}`,
    );
}

const LOAD_FUEL = 3;

function numericProbes(): Probe[] {
  const probes: Probe[] = [];
  for (const { name, type, cost, immediates } of INSTRUCTIONS) {
    if (immediates !== 'none') continue;
    const match = /^((?:[if]\d\d ?)+)-> ([if]\d\d)$/.exec(type);
    if (match === null) continue;
    const params = match[1]!.trim().split(' ');
    const result = match[2]!;
    const row = `instructions.${cost}` as const;
    if (params.every((param) => param === result)) {
      const isBinary = params.length === 2;
      const text = chain(name, result, isBinary);
      probes.push({
        name: `${name}, one after the other`,
        row,
        others: isBinary ? 1 : 0,
        how: 'loop',
        text,
        units: 1,
        times: 16,
      });
    } else {
      const others = 3 + params.length * LOAD_FUEL + TAKEN[result]![1];
      const text = sideBySide(name, params, result);
      probes.push({ name, row, others, how: 'loop', text, units: 1, times: 16 });
    }
  }
  return probes;
}

/** A loop's piece for one row. */
function piece(
  name: string,
  row: PricedRow,
  others: number,
  text: string,
  more: Partial<Probe> & LoopParts = {},
): Probe {
  return { name, row, others, how: 'loop', text: repeated(text, more), units: 1, times: 16, ...more };
}

const WALK =
  '(local.set $p (i32.and (i32.add (i32.mul (local.get $p) (i32.const 1664525)) (i32.const 1013904223)) (i32.const 0x3fffff8)))';
const BIG = HEAD.replace('16 1024', '1024 1024');
const ADD_I = '(local.set $i (i32.add (local.get $i) (i32.const 1)))';

const CONTROL: readonly Probe[] = [
  piece('block', 'told', 4, `(block ${ADD_I})`),
  piece('loop', 'instructions.loop', 4, `(loop ${ADD_I})`),
  piece(
    'if that nobody predicts',
    'instructions.branch',
    10,
    `${WALK} (if (i32.and (local.get $p) (i32.const 256)) (then ${ADD_I}))`,
  ),
  piece('br', 'instructions.branch', 4, `(block $b ${ADD_I} (br $b))`),
  piece('br_if', 'instructions.branch', 5, `(block $b ${ADD_I} (br_if $b (local.get $i)))`),
  piece('br_table', 'instructions.branchTable', 5, `(block $b (block $c ${ADD_I} (br_table $b $c $b (local.get $i))))`),
  piece(
    'br_table that nobody predicts',
    'instructions.branchTable',
    12,
    `${WALK} (block $b (block $c (br_table $b $c $b (i32.and (i32.shr_u (local.get $p) (i32.const 8)) (i32.const 1)))) ${ADD_I})`,
  ),
  piece('call', 'instructions.call', 3, '(call $leaf)'),
  piece('call with a number', 'instructions.call', 9, '(local.set $i (call $next (local.get $i)))', {
    more: `(func $next (param i32) (result i32) (i32.add (local.get 0) (i32.const 1)))`,
  }),
  piece('call_indirect', 'instructions.callIndirect', 4, '(call_indirect (type $v) (i32.const 3))', {
    first: '(table.set $t (i32.const 3) (ref.func $leaf))',
  }),
  piece(
    'call_indirect that nobody predicts',
    'instructions.callIndirect',
    14,
    `${WALK} (call_indirect (type $v) (i32.and (i32.shr_u (local.get $p) (i32.const 8)) (i32.const 7)))`,
    {
      more: '(func $x1 (global.set $g (i32.const 1))) (func $x2 (global.set $g (i32.const 2))) (func $x3) (elem (table $t) (i32.const 0) func $x1 $x2 $x3 $x1 $x2 $x3 $leaf $x1)',
    },
  ),
  piece(
    'select',
    'instructions.simple',
    3,
    '(local.set $l (select (local.get $l) (local.get $k) (i32.wrap_i64 (local.get $l))))',
  ),
  piece('local.tee', 'instructions.local', 3, '(local.set $l (i64.add (local.tee $k (local.get $l)) (local.get $k)))'),
  piece('global.get', 'instructions.global', 3, '(local.set $l (i64.add (local.get $l) (global.get $h)))'),
  piece('global.set', 'instructions.global', 3, '(global.set $h (i64.add (local.get $l) (global.get $h)))'),
];

const MEMORY: readonly Probe[] = [
  ...INSTRUCTIONS.filter(({ cost }) => cost === 'load' || cost === 'loadExtend').map(({ name, cost }) => {
    const type = name.slice(0, 3);
    const [taken, fuel] = TAKEN[type]!;
    const value = `(${name} offset=16 (local.get $p))`;
    const wrapped = taken === '' ? value : `(${taken} ${value}${taken.includes('(') ? ')' : ''})`;
    return piece(name, `instructions.${cost}`, 4 + fuel, `(local.set $r (i64.xor (local.get $r) ${wrapped}))`);
  }),
  piece(
    'i32.load whose address was loaded',
    'instructions.load',
    2,
    '(local.set $p (i32.load offset=1024 (local.get $p)))',
  ),
  piece(
    'i64.load in a memory of 64 MiB, one after the other',
    'told',
    12,
    `${WALK} (local.set $p (i32.add (local.get $p) (i32.load (local.get $p))))`,
    { head: BIG },
  ),
  ...INSTRUCTIONS.filter(({ cost }) => cost === 'store').map(({ name }) =>
    piece(
      name,
      'instructions.store',
      2,
      `(${name} offset=2048 (local.get $p) (local.get ${FIRST_OPERAND[name.slice(0, 3)]}))`,
    ),
  ),
  piece('i64.store in a memory of 64 MiB', 'told', 8, `${WALK} (i64.store (local.get $p) (local.get $l))`, {
    head: BIG,
  }),
  piece('memory.size', 'instructions.size', 3, '(local.set $i (i32.add (local.get $i) (memory.size)))'),
  piece('memory.grow 0', 'instructions.memoryGrow', 1, '(drop (memory.grow (i32.const 0)))'),
  piece(
    'memory.fill of a byte',
    'instructions.memoryFill',
    3,
    '(memory.fill (local.get $p) (i32.const 0) (i32.const 1))',
  ),
  piece(
    'memory.copy of a byte',
    'instructions.memoryCopy',
    3,
    '(memory.copy (local.get $p) (i32.const 128) (i32.const 1))',
  ),
  piece(
    'memory.copy of 17 bytes across a page',
    'instructions.memoryCopy',
    5,
    '(memory.copy (i32.const 4090) (i32.const 63) (i32.const 17))',
  ),
  piece(
    'memory.init of a byte',
    'instructions.memoryInit',
    3,
    '(memory.init $d (local.get $p) (i32.const 0) (i32.const 1))',
  ),
  piece(
    'memory.fill of 64 kB',
    'rates.memoryFill.a',
    0,
    '(memory.fill (i32.const 0) (i32.const 1) (i32.const 65536))',
    {
      units: 65_536,
      times: 4,
    },
  ),
  piece(
    'memory.copy of 64 kB',
    'rates.memoryCopy.a',
    0,
    '(memory.copy (i32.const 1) (i32.const 65536) (i32.const 65536))',
    { units: 65_536, times: 4 },
  ),
  piece(
    'memory.init of 64 kB',
    'rates.memoryInit.a',
    0,
    '(memory.init $b (i32.const 1) (i32.const 0) (i32.const 65536))',
    {
      more: `(data $b "${'x'.repeat(65_536)}")`,
      units: 65_536,
      times: 4,
    },
  ),
];

const TABLE: readonly Probe[] = [
  piece(
    'table.get',
    'instructions.table',
    4,
    '(local.set $i (i32.add (local.get $i) (ref.is_null (table.get $t (local.get $p)))))',
  ),
  piece('table.set', 'instructions.tableSet', 2, '(table.set $t (local.get $p) (ref.func $leaf))'),
  piece(
    'table.set all over 10^6',
    'instructions.tableSet',
    12,
    `${WALK} (table.set $t (i32.rem_u (local.get $p) (i32.const 1000000)) (ref.func $leaf))`,
    {
      head: HEAD.replace('4096 1000000', '1000000 1000000'),
    },
  ),
  piece('table.size', 'instructions.size', 3, '(local.set $i (i32.add (local.get $i) (table.size $t)))'),
  piece(
    'ref.func',
    'instructions.reference',
    4,
    '(local.set $i (i32.add (local.get $i) (ref.is_null (ref.func $leaf))))',
  ),
  piece('table.grow 0', 'instructions.tableGrow', 2, '(drop (table.grow $t (ref.null func) (i32.const 0)))'),
  piece(
    'table.fill of one',
    'instructions.tableFill',
    3,
    '(table.fill $t (local.get $p) (ref.null func) (i32.const 1))',
  ),
  piece(
    'table.copy of one',
    'instructions.tableCopy',
    3,
    '(table.copy $t $t (local.get $p) (i32.const 1) (i32.const 1))',
  ),
  piece(
    'table.init of one',
    'instructions.tableInit',
    3,
    '(table.init $t $e (local.get $p) (i32.const 0) (i32.const 1))',
  ),
  piece(
    'table.fill of 1,000',
    'rates.tableFill.a',
    0,
    '(table.fill $t (local.get $p) (ref.func $leaf) (i32.const 1000))',
    { units: 1_000, times: 4 },
  ),
  piece(
    'table.copy of 1,000',
    'rates.tableCopy.a',
    0,
    '(table.copy $t $t (local.get $p) (i32.const 5) (i32.const 1000))',
    { units: 1_000, times: 4 },
  ),
  piece(
    'table.init of 1,000',
    'rates.tableInit.a',
    0,
    '(table.init $t $b (local.get $p) (i32.const 0) (i32.const 1000))',
    {
      more: `(elem $b func ${'$leaf '.repeat(1_000)})`,
      units: 1_000,
      times: 4,
    },
  ),
];

/** A call of a module with a number of items; the time of a call without them is subtracted. */
function calls(name: string, row: PricedRow, times: number, text: (times: number) => string, units = 1): Probe {
  return { name, row, others: 0, how: 'calls', text, units, times };
}

function many(count: number, text: (i: number) => string): string {
  return Array.from({ length: count }, (_, i) => text(i)).join(' ');
}

const RUN = '(func (export "run"))';
/** With this the instance cannot be reused in the instrumented tier: its table has changed and its memory has grown. */
const CALLS: readonly Probe[] = [
  calls('an empty call', 'instantiate.base', 1, (times) => (times === 0 ? '' : `(module ${RUN})`)),
  calls('a call that traps', 'instantiate.base', 1, (times) =>
    times === 0 ? '' : '(module (func (export "run") unreachable))',
  ),
  calls('a call that traps in its data segment', 'instantiate.base', 1, (times) =>
    times === 0 ? '' : `(module (memory 0) (data (i32.const 0) "x") ${RUN})`,
  ),
  calls('pages', 'rates.memoryGrow.a', 256, (times) => `(module (memory ${times}) ${RUN})`),
  calls(
    'pages, one by one',
    'instructions.memoryGrow',
    1_000,
    (times) =>
      `(module (memory 0) (func (export "run") (loop $l (br_if $l (i32.lt_s (memory.grow (i32.const 1)) (i32.const ${times - 1}))))))`,
  ),
  calls('table elements', 'instantiate.table.a', 100_000, (times) => `(module (table ${times} funcref) ${RUN})`),
  calls(
    'table elements, one by one',
    'instructions.tableGrow',
    10_000,
    (times) =>
      `(module (table $t 0 funcref) (func (export "run") (loop $l (br_if $l (i32.lt_s (table.grow $t (ref.null func) (i32.const 1)) (i32.const ${times - 1}))))))`,
  ),
  calls(
    'globals',
    'instantiate.global.base',
    5_000,
    (times) => `(module ${many(times, () => '(global (mut i64) (i64.const 7))')} ${RUN})`,
  ),
  calls(
    'exported functions',
    'instantiate.export.a',
    5_000,
    (times) => `(module ${many(times, (i) => `(func (export "e${i}"))`)} ${RUN})`,
  ),
  calls(
    'exported globals',
    'instantiate.export.a',
    5_000,
    (times) =>
      `(module ${many(5_000, (i) => `(global ${i < times ? `(export "e${i}")` : ''} i32 (i32.const 0))`)} ${RUN})`,
  ),
  calls(
    'imported functions',
    'instantiate.import.a',
    5_000,
    (times) => `(module ${many(times, () => '(import "env" "f" (func (param i32) (result i32)))')} ${RUN})`,
  ),
  calls(
    'passive segments',
    'instantiate.passive.a',
    5_000,
    (times) => `(module (memory 1) ${many(times, () => '(data "")')} ${RUN})`,
  ),
  calls(
    'active data segments',
    'instantiate.activeData.base',
    5_000,
    (times) => `(module (memory 1) ${many(times, () => '(data (i32.const 8) "x")')} ${RUN})`,
  ),
  calls(
    'active element segments',
    'instantiate.activeElement.base',
    5_000,
    (times) => `(module (table 8 funcref) (func $f) ${many(times, () => '(elem (i32.const 3) func $f)')} ${RUN})`,
  ),
  calls(
    'bytes of active data',
    'instantiate.activeData.a',
    16,
    (times) => `(module (memory 64) (data (i32.const 0) "${'x'.repeat(65_536 * times)}") ${RUN})`,
    65_536,
  ),
];

const HOST: readonly Probe[] = [
  piece('a host call', 'rates.hostCall.base', 2, '(local.set $i (call $host (local.get $i)))', { times: 4 }),
];

const LOADS: readonly Probe[] = [
  {
    name: 'bytes of code, loaded and called once',
    row: 'load.a',
    others: 0,
    how: 'loads',
    units: 2_000,
    times: 200,
    text: (times) => `(module (func (export "run") ${many(times, (i) => `(call $c${i})`)})
      ${many(times, (i) => `(func $c${i} (local i32) ${'(local.set 0 (i32.add (local.get 0) (i32.const 1)))'.repeat(286)} (if (local.get 0) (then)))`)})`,
  },
  {
    name: 'exported functions, loaded',
    row: 'load.a',
    others: 0,
    how: 'loads',
    units: 11,
    times: 5_000,
    text: (times) => `(module ${many(times, (i) => `(func (export "e${i}"))`)} ${RUN})`,
  },
];

export const PROBES: readonly Probe[] = [
  ...numericProbes(),
  ...CONTROL,
  ...MEMORY,
  ...TABLE,
  ...HOST,
  ...CALLS,
  ...LOADS,
];
