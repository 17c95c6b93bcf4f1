/**
 * Guests that take more time than they pay for, as far as known: each row of the instruction table, and patterns of
 * memory, tables, calls, caches, page faults, branch prediction and floats. Each runs its attack in a loop, or in each
 * call.
 */
import { INSTRUCTIONS } from '../../src/wasm/instructions.js';

export interface AttackGuest {
  readonly name: string;
  readonly text: string;
  /**
   * `loop`: the export `run` continues until its fuel is used up. `calls`: it is called repeatedly. `loads`: the module
   * is loaded again for its first call.
   */
  readonly how: 'loop' | 'calls' | 'loads';
  /** The maximum factor for it, and why it has its own; default 10. */
  readonly boundMax?: number;
  readonly reason?: string;
}

const HEAD = `(import "env" "f" (func $host (param i32) (result i32)))
  (memory $m 16 1024) (table $t 64 1000000 funcref) (elem declare func $leaf) (elem $e func $leaf $leaf) (data $d "abcdefgh")
  (type $v (func)) (func $leaf) (global $g (mut i32) (i32.const 1)) (global $h (mut i64) (i64.const 1))`;
/** Locals of every type by a letter: i, l, f, d; p moves through memory. */
const LOCALS = '(local $i i32) (local $l i64) (local $f f32) (local $d f64) (local $p i32) (local $q i32)';
const FIRST =
  '(local.set $i (i32.const 7)) (local.set $l (i64.const 9)) (local.set $f (f32.const 1.5)) (local.set $d (f64.const 2.5))';

/** A module whose loop contains the body several times. */
export function loopOf(body: string, { times = 8, first = '', head = HEAD, more = '' } = {}): string {
  return `(module ${head} ${more} (func (export "run") ${LOCALS} ${FIRST} ${first} (loop $loop ${`${body} `.repeat(times)} (br $loop))))`;
}

const GET: Readonly<Record<string, string>> = {
  i32: '(local.get $i)',
  i64: '(local.get $l)',
  f32: '(local.get $f)',
  f64: '(local.get $d)',
};
const LOCAL: Readonly<Record<string, string>> = { i32: '$i', i64: '$l', f32: '$f', f64: '$d' };

/** An instruction on numbers or memory with its operands; its result is dropped, or fed into its next operands. */
function numeric(name: string, type: string, isFed: boolean): string | undefined {
  const match = /^([\w ]*)->([\w ]*)$/.exec(type);
  if (match === null) return undefined;
  const [params, results] = [match[1]!, match[2]!].map((list) =>
    list
      .trim()
      .split(/\s+/)
      .filter((one) => one !== ''),
  );
  if (![...params!, ...results!].every((one) => one in GET)) return undefined;
  const call = `(${name} ${params!.map((one) => GET[one]).join(' ')})`;
  if (results!.length === 0) return call;
  return isFed ? `(local.set ${LOCAL[results![0]!]} ${call})` : `(drop ${call})`;
}

/** Instructions on other types, or that need more than operands. */
const OTHERS: Readonly<Record<string, string>> = {
  nop: '(nop)',
  block: '(block)',
  loop: '(loop)',
  if: '(if (local.get $i) (then) (else))',
  br: '(block $b (br $b))',
  br_if: '(block $b (br_if $b (local.get $i)))',
  br_table: '(block $b (block $c (br_table $b $c $b (local.get $i))))',
  call: '(call $leaf)',
  call_indirect: '(call_indirect (type $v) (i32.const 3))',
  'i32.const': '(drop (i32.const 123456))',
  'i64.const': '(drop (i64.const 123456789012))',
  'f32.const': '(drop (f32.const 1.25))',
  'f64.const': '(drop (f64.const 1.25))',
  'data.drop': '(data.drop $d)',
  'elem.drop': '(elem.drop $e)',
  drop: '(drop (local.get $l))',
  select: '(drop (select (local.get $l) (local.get $l) (local.get $i)))',
  'local.get': '(drop (local.get $l))',
  'local.set': '(local.set $l (i64.const 3))',
  'local.tee': '(drop (local.tee $l (i64.const 3)))',
  'global.get': '(drop (global.get $h))',
  'global.set': '(global.set $h (i64.const 3))',
  'table.get': '(drop (table.get $t (i32.const 3)))',
  'table.set': '(table.set $t (i32.const 3) (ref.null func))',
  'table.size': '(drop (table.size $t))',
  'table.grow': '(drop (table.grow $t (ref.null func) (i32.const 0)))',
  'table.fill': '(table.fill $t (i32.const 0) (ref.null func) (i32.const 1))',
  'table.copy': '(table.copy $t $t (i32.const 0) (i32.const 1) (i32.const 1))',
  'table.init': '(table.init $t $e (i32.const 0) (i32.const 0) (i32.const 1))',
  'memory.size': '(drop (memory.size))',
  'memory.grow': '(drop (memory.grow (i32.const 0)))',
  'memory.fill': '(memory.fill (i32.const 0) (i32.const 0) (i32.const 1))',
  'memory.copy': '(memory.copy (i32.const 0) (i32.const 8) (i32.const 1))',
  'memory.init': '(memory.init $d (i32.const 0) (i32.const 0) (i32.const 1))',
  'ref.null': '(drop (ref.null func))',
  'ref.is_null': '(drop (ref.is_null (ref.null func)))',
  'ref.func': '(drop (ref.func $leaf))',
};

const SET_TABLE = '(table.set $t (i32.const 3) (ref.func $leaf))';

/** Every row of the instruction table that can be in a loop, with its result dropped and fed back. */
function instructionGuests(): AttackGuest[] {
  const guests: AttackGuest[] = [];
  for (const { name, type } of INSTRUCTIONS) {
    const other = OTHERS[name];
    if (other !== undefined)
      guests.push({ name: `instruction ${name}`, how: 'loop', text: loopOf(other, { first: SET_TABLE }) });
    for (const isFed of [false, true]) {
      const body = other === undefined ? numeric(name, type, isFed) : undefined;
      if (body === undefined) continue;
      // A divisor must not become 0, and an address or a conversion must stay in range.
      const again = isFed ? FIRST : '';
      guests.push({
        name: `instruction ${name}${isFed ? ', fed' : ''}`,
        how: 'loop',
        text: loopOf(`${body} ${again}`),
      });
    }
  }
  return guests;
}

const DENORMAL32 = '(local.set $f (f32.const 0x1p-149))';
const DENORMAL64 = '(local.set $d (f64.const 0x1p-1074))';
const WALK =
  '(local.set $p (i32.and (i32.add (i32.mul (local.get $p) (i32.const 1664525)) (i32.const 1013904223)) (i32.const 0x3fffff8)))';
const BIG = HEAD.replace('16 1024', '1024 1024');

/**
 * Writing a random cycle through 64 MiB would take minutes, so each load's address depends on the last value and a
 * random walk.
 */
const SHAPES: readonly AttackGuest[] = [
  { name: 'host calls', how: 'loop', text: loopOf('(local.set $i (call $host (local.get $i)))') },
  { name: 'an empty call', how: 'calls', text: '(module (func (export "run")))' },
  {
    name: 'a call whose memory grows by a page',
    how: 'calls',
    text: '(module (memory 1) (func (export "run") (drop (memory.grow (i32.const 1)))))',
  },
  {
    name: 'a call that grows and changes a table',
    how: 'calls',
    text: '(module (memory 1) (table 1 funcref) (func (export "run") (table.set (i32.const 0) (ref.null func)) (drop (memory.grow (i32.const 1)))))',
  },
  {
    name: 'a data segment out of bounds',
    how: 'calls',
    text: '(module (memory 1) (data (i32.const 65536) "x") (func (export "run")))',
  },
  {
    name: 'an element segment out of bounds',
    how: 'calls',
    text: '(module (table 1 funcref) (elem (i32.const 1) func 0) (func (export "run")))',
  },
  { name: 'a call with 17 pages', how: 'calls', text: '(module (memory 17) (func (export "run")))' },
  { name: 'a call with 1,024 pages', how: 'calls', text: '(module (memory 1024) (func (export "run")))' },
  { name: 'a call that traps', how: 'calls', text: '(module (func (export "run") unreachable))' },
  {
    name: 'a call that recurses to the end of its stack',
    how: 'calls',
    boundMax: 60,
    reason:
      'V8 takes 0.1 us to unwind a frame; 1,365 frames at the most, so 0.2 ms a call; a price would be one of every call',
    text: '(module (func $r (export "run") (call $r)))',
  },
  ...[30_000].flatMap((count): AttackGuest[] => {
    const each = (text: (i: number) => string) => Array.from({ length: count }, (_, i) => text(i)).join(' ');
    const end = '(memory 1) (data (i32.const 65536) "x")';
    const grow =
      '(memory 1) (table 1 funcref) (func (export "run") (table.set (i32.const 0) (ref.null func)) (drop (memory.grow (i32.const 1))))';
    const parts = {
      'exported functions': each((i) => `(func (export "e${i}"))`),
      'exported globals': each((i) => `(global (export "e${i}") i32 (i32.const 0))`),
      'passive segments': each(() => '(data "")'),
      imports: each(() => '(import "env" "f" (func (param i32) (result i32)))'),
    };
    return Object.entries(parts).flatMap(([name, text]): AttackGuest[] => [
      {
        name: `${count} ${name}, segment out of bounds`,
        how: 'calls',
        text: `(module ${text} ${end} (func (export "run")))`,
      },
      { name: `${count} ${name}, memory grows`, how: 'calls', text: `(module ${text} ${grow})` },
    ]);
  }),
  {
    name: 'memory.grow page by page',
    how: 'calls',
    text: `(module (memory 0) (func (export "run") (loop $l (br_if $l (i32.ne (memory.grow (i32.const 1)) (i32.const -1))))))`,
  },
  { name: 'memory.grow past the end', how: 'loop', text: loopOf('(drop (memory.grow (i32.const 65536)))') },
  { name: 'table.grow 1', how: 'loop', text: loopOf('(drop (table.grow $t (ref.null func) (i32.const 1)))') },
  {
    name: 'table.set in a table of 10^6',
    how: 'loop',
    boundMax: 30,
    reason: 'a table of a million elements is outside of the caches, and the host marks each for its collector',
    text: loopOf(
      '(table.set $t (local.get $q) (ref.func $leaf)) (local.set $q (i32.rem_u (i32.add (local.get $q) (i32.const 7919)) (i32.const 1000000)))',
      { head: HEAD.replace('64 1000000', '1000000 1000000') },
    ),
  },
  {
    name: 'table.copy of 1,000',
    how: 'loop',
    text: loopOf('(table.copy $t $t (i32.const 0) (i32.const 5) (i32.const 1000))', {
      head: HEAD.replace('64 1000000', '2000 2000'),
    }),
  },
  {
    name: 'table.fill of 1,000',
    how: 'loop',
    text: loopOf('(table.fill $t (i32.const 0) (ref.func $leaf) (i32.const 1000))', {
      head: HEAD.replace('64 1000000', '2000 2000'),
    }),
  },
  {
    name: 'memory.fill of 64 kB',
    how: 'loop',
    text: loopOf('(memory.fill (i32.const 0) (i32.const 1) (i32.const 65536))'),
  },
  {
    name: 'memory.copy of 64 kB',
    how: 'loop',
    text: loopOf('(memory.copy (i32.const 1) (i32.const 65536) (i32.const 65536))'),
  },
  {
    name: 'memory.copy of 17 bytes across a line',
    how: 'loop',
    text: loopOf('(memory.copy (i32.const 63) (i32.const 4090) (i32.const 17))'),
  },
  {
    name: 'f32 products of denormals',
    how: 'loop',
    boundMax: 100,
    reason: 'denormal operands take the processor a hundred cycles; a price for them would be one of every float',
    text: loopOf('(local.set $f (f32.mul (local.get $f) (f32.const 1.5)))', { first: DENORMAL32, times: 4 }),
  },
  {
    name: 'f64 products of denormals',
    how: 'loop',
    boundMax: 100,
    reason: 'denormal operands take the processor a hundred cycles; a price for them would be one of every float',
    text: loopOf(
      `(drop (f64.mul (local.get $d) (f64.const 1.5))) (local.set $d (f64.mul (local.get $d) (f64.const 0.75))) ${DENORMAL64}`,
      { first: DENORMAL64, times: 4 },
    ),
  },
  {
    name: 'f64 quotients of denormals',
    how: 'loop',
    boundMax: 100,
    reason: 'denormal operands take the processor a hundred cycles; a price for them would be one of every float',
    text: loopOf(`(local.set $d (f64.div (local.get $d) (f64.const 3))) ${DENORMAL64}`, { first: DENORMAL64 }),
  },
  {
    name: 'dependent loads over 64 MiB',
    how: 'loop',
    boundMax: 100,
    reason:
      'outside of the caches an access takes a hundred times as long; a price for that would be one of every access',
    text: loopOf(`${WALK} (local.set $p (i32.add (local.get $p) (i32.load (local.get $p))))`, { head: BIG }),
  },
  {
    name: 'stores over 64 MiB',
    how: 'loop',
    boundMax: 100,
    reason:
      'outside of the caches an access takes a hundred times as long; a price for that would be one of every access',
    text: loopOf(`${WALK} (i64.store (local.get $p) (i64.const 1))`, { head: BIG }),
  },
  {
    name: 'loads across pages',
    how: 'loop',
    text: loopOf('(drop (i64.load (i32.const 4093))) (drop (i64.load (i32.const 65533)))'),
  },
  {
    name: 'branches that nobody predicts',
    how: 'loop',
    text: loopOf(
      `${WALK} (if (i32.and (local.get $p) (i32.const 256)) (then (local.set $q (i32.const 1))) (else (local.set $q (i32.const 2))))`,
    ),
  },
  {
    name: 'indirect calls that nobody predicts',
    how: 'loop',
    text: loopOf(`${WALK} (call_indirect (type $v) (i32.and (i32.shr_u (local.get $p) (i32.const 8)) (i32.const 7)))`, {
      more: '(func $x1 (global.set $g (i32.const 1))) (func $x2 (global.set $g (i32.const 2))) (func $x3) (elem (table $t) (i32.const 0) func $x1 $x2 $x3 $x1 $x2 $x3 $leaf $x1)',
    }),
  },
  {
    name: 'calls with 100 parameters',
    how: 'loop',
    text: loopOf(`(call $wide ${'(local.get $l) '.repeat(100)})`, {
      times: 2,
      more: `(func $wide (param ${'i64 '.repeat(100)}))`,
    }),
  },
  {
    name: 'calls with 1,000 locals',
    how: 'loop',
    text: loopOf('(call $wide)', { more: `(func $wide (local ${'i64 '.repeat(1_000)}))` }),
  },
  ...(['dropped', 'used'] as const).map(
    (end): AttackGuest => ({
      name: `first call of 0.8 MB of cold code, ${end}`,
      how: 'loads',
      text: `(module (func (export "run") ${Array.from({ length: 400 }, (_, i) => `(call $c${i})`).join(' ')})
      ${Array.from({ length: 400 }, (_, i) => `(func $c${i} (local i32) ${'(local.set 0 (i32.add (local.get 0) (i32.const 1)))'.repeat(250)} ${end === 'used' ? '(if (local.get 0) (then))' : ''})`).join(' ')})`,
    }),
  ),
];

export const ATTACK_GUESTS: readonly AttackGuest[] = [...SHAPES, ...instructionGuests()];

/** Bodies for a search to combine: of each row of the instruction table. */
export function attackPieces(): readonly string[] {
  const numbers = INSTRUCTIONS.flatMap(({ name, type }) =>
    OTHERS[name] === undefined ? [numeric(name, type, false), numeric(name, type, true)] : [OTHERS[name]],
  );
  return numbers.filter((piece) => piece !== undefined);
}
