/**
 * A module and operands for every row of the instruction table: the source of `vectors/instructions`. Instructions on
 * numbers and memory come from the table; control, variables, tables and segments are written out.
 */
import { F32_EDGES, F64_EDGES, I32_EDGES, I64_EDGES } from '../../src/agreement/value-edges.js';
import { INSTRUCTIONS, type InstructionName, type InstructionRow } from '../../src/wasm/instructions.js';
import { printValue, type Value } from '../../src/wasm/value.js';

export interface InstructionShape {
  readonly instruction: InstructionName;
  readonly wat: string;
  /** Arguments of the export `f`, as `printValue` writes them. */
  readonly calls: readonly (readonly string[])[];
}

type NumberName = 'i32' | 'i64' | 'f32' | 'f64';

/** The most significant edges of each type, few enough that a file with all pairs is small. */
const PAIR_EDGES: Readonly<Record<NumberName, readonly (number | bigint)[]>> = {
  i32: [0, 1, 2, 31, 33, 0x7fffffff, 0x80000000, 0xffffffff],
  i64: [0n, 1n, 2n, 63n, 65n, 0x7fffffffffffffffn, 0x8000000000000000n, 0xffffffffffffffffn],
  f32: [0, 0x80000000, 0x3f800000, 0xbfc00000, 0x7f800000, 0xff800000, 0x00000001, 0x7f7fffff, 0x7fc00001, 0xffa00000],
  f64: [
    0n,
    0x8000000000000000n,
    0x3ff0000000000000n,
    0xbff8000000000000n,
    0x7ff0000000000000n,
    0xfff0000000000000n,
    1n,
    0x7fefffffffffffffn,
    0x7ff8000000000001n,
    0xfff4000000000000n,
  ],
};

const ALL_EDGES: Readonly<Record<NumberName, readonly (number | bigint)[]>> = {
  i32: I32_EDGES,
  i64: I64_EDGES,
  f32: F32_EDGES,
  f64: F64_EDGES,
};

function text(type: NumberName, bits: number | bigint): string {
  return printValue({ type, bits } as Value);
}

function edgeTexts(type: NumberName, edges: typeof ALL_EDGES): readonly string[] {
  return edges[type].map((bits) => text(type, bits));
}

function func(params: readonly string[], results: readonly string[], body: string): string {
  const head = `${params.length > 0 ? ` (param ${params.join(' ')})` : ''}${results.length > 0 ? ` (result ${results.join(' ')})` : ''}`;
  return `(func (export "f")${head} ${body})`;
}

/** An instruction of the table without immediates: parameters in, results out. */
function plainShape(row: InstructionRow & { readonly name: InstructionName }): InstructionShape {
  const [before = '', after = ''] = row.type.split('->').map((side) => side.trim());
  const params = before.split(' ').filter((word) => word !== '') as NumberName[];
  const results = after.split(' ').filter((word) => word !== '');
  const gets = params.map((_, index) => `local.get ${index}`).join(' ');
  const [first, second] = params;
  const calls =
    first === undefined
      ? [[]]
      : second === undefined
        ? edgeTexts(first, ALL_EDGES).map((one) => [one])
        : edgeTexts(first, PAIR_EDGES).flatMap((a) => edgeTexts(second, PAIR_EDGES).map((b) => [a, b]));
  return { instruction: row.name, wat: `(module ${func(params, results, `${gets} ${row.name}`)})`, calls };
}

/** Bytes whose signs differ at every width. */
const PATTERN = '\\80\\7f\\ff\\01\\00\\fe\\f8\\7f\\12\\34\\a0\\ff\\7f\\a5\\f4\\ff';

const WIDTH: Readonly<Record<string, number>> = { i32: 4, i64: 8, f32: 4, f64: 8 };

function widthOf(name: string): number {
  const [type = '', rest = ''] = name.split('.');
  const bits = /\d+/.exec(rest.replace(/^(load|store)/, ''))?.[0];
  return bits === undefined ? WIDTH[type]! : Number(bits) / 8;
}

function addressesOf(width: number): readonly string[] {
  const end = 65_536;
  return [0, 1, 3, 8, end - width - 2, end - width - 1, end - width, end - 2, end, 0x7fffffff, 0xffffffff].map((at) =>
    text('i32', at),
  );
}

function loadShape(name: InstructionName): InstructionShape {
  const type = name.slice(0, 3);
  const data = `(data (i32.const 0) "${PATTERN}") (data (i32.const ${65_536 - 16}) "${PATTERN}")`;
  const wat = `(module (memory 1 1) ${data} ${func(['i32'], [type], `local.get 0 ${name} offset=2`)})`;
  return { instruction: name, wat, calls: addressesOf(widthOf(name)).map((at) => [at]) };
}

/** Stores, then returns the eight bytes around the address, or the last eight bytes of the memory. */
function storeShape(name: InstructionName): InstructionShape {
  const type = name.slice(0, 3) as NumberName;
  const body = `local.get 0 local.get 1 ${name} offset=2 i32.const 0 i64.load i32.const ${65_536 - 8} i64.load`;
  const data = `(data (i32.const 0) "${PATTERN}")`;
  const wat = `(module (memory 1 1) ${data} ${func(['i32', type], ['i64', 'i64'], body)})`;
  const values = edgeTexts(type, PAIR_EDGES);
  const calls = addressesOf(widthOf(name)).flatMap((at, index) => [
    [at, values[index % values.length]!],
    [at, values.at(-1)!],
  ]);
  return { instruction: name, wat, calls };
}

const SMALL = ['i32:0', 'i32:1', 'i32:2', 'i32:3', 'i32:-1'] as const;
const one = SMALL.map((value) => [value]);

function triples(values: readonly string[]): readonly (readonly string[])[] {
  return values.flatMap((a) => values.flatMap((b) => values.map((c) => [a, b, c])));
}

const TABLE = `(table 4 8 funcref) (elem (i32.const 0) func $a $b)
  (func $a (result i32) i32.const 10) (func $b (result i64) i64.const 20)`;
const SEGMENT = `(table 4 8 funcref) (elem func $a $b $a)
  (func $a (result i32) i32.const 10) (func $b (result i32) i32.const 20)`;

/** Whether the elements of the table are null, as bits. */
const SLOTS = `(i32.or (ref.is_null (table.get 0 (i32.const 0)))
  (i32.or (i32.shl (ref.is_null (table.get 0 (i32.const 1))) (i32.const 1))
  (i32.or (i32.shl (ref.is_null (table.get 0 (i32.const 2))) (i32.const 2))
    (i32.shl (ref.is_null (table.get 0 (i32.const 3))) (i32.const 3)))))`;

interface Written {
  readonly wat: string;
  readonly calls: readonly (readonly string[])[];
}

const WRITTEN: Readonly<Record<string, Written>> = {
  unreachable: { wat: func([], [], 'unreachable'), calls: [[]] },
  nop: { wat: func([], [], 'nop'), calls: [[]] },
  block: {
    wat: func(['i32'], ['i32'], 'local.get 0 block (param i32) (result i32) i32.const 1 i32.add end'),
    calls: one,
  },
  loop: {
    wat: func(
      ['i32'],
      ['i32'],
      '(local $sum i32) loop local.get $sum local.get 0 i32.add local.set $sum local.get 0 i32.const 1 i32.sub local.tee 0 i32.const 0 i32.gt_s br_if 0 end local.get $sum',
    ),
    calls: one,
  },
  if: { wat: func(['i32'], ['i32'], 'local.get 0 if (result i32) i32.const 7 else i32.const 8 end'), calls: one },
  else: {
    wat: func(['i32'], ['i32'], 'local.get 0 if (result i32) i32.const 7 else i32.const 1 i32.const 2 i32.add end'),
    calls: one,
  },
  end: { wat: func([], [], 'block end'), calls: [[]] },
  br: { wat: func(['i32'], ['i32'], 'block (result i32) local.get 0 br 0 unreachable end'), calls: one },
  br_if: {
    wat: func(['i32'], ['i32'], 'block (result i32) i32.const 5 local.get 0 br_if 0 drop i32.const 6 end'),
    calls: one,
  },
  br_table: {
    wat: func(
      ['i32'],
      ['i32'],
      'block block block local.get 0 br_table 0 1 2 end i32.const 10 return end i32.const 11 return end i32.const 12',
    ),
    calls: one,
  },
  return: { wat: func(['i32'], ['i32', 'i32'], 'local.get 0 i32.const 9 return unreachable'), calls: one },
  call: {
    wat: `(func $callee (param i32) (result i32) local.get 0 if (result i32) i32.const 4 else unreachable end)
  ${func(['i32'], ['i32'], 'local.get 0 call $callee')}`,
    calls: one,
  },
  call_indirect: {
    wat: `${TABLE} ${func(['i32'], ['i32'], 'local.get 0 call_indirect (result i32)')}`,
    calls: [...one, ['i32:4']],
  },
  return_call: {
    wat: `(func $count (param i32 i32) (result i32) local.get 0 i32.eqz if (result i32) local.get 1 else
  local.get 0 i32.const 1 i32.sub local.get 1 i32.const 1 i32.add return_call $count end)
  ${func(['i32'], ['i32'], 'local.get 0 i32.const 0 return_call $count')}`,
    calls: [['i32:0'], ['i32:1'], ['i32:5000']],
  },
  return_call_indirect: {
    wat: `${TABLE} ${func(['i32'], ['i32'], 'local.get 0 return_call_indirect (result i32)')}`,
    calls: [...one, ['i32:4']],
  },
  drop: { wat: func(['i64'], [], 'local.get 0 drop'), calls: [['i64:1']] },
  select: {
    wat: func(['f64', 'f64', 'i32'], ['f64'], 'local.get 0 local.get 1 local.get 2 select'),
    calls: SMALL.map((value) => ['f64:0x7ff4000000000001', 'f64:0xfff8000000000002', value]),
  },
  select_t: {
    wat: func(['f32', 'f32', 'i32'], ['f32'], 'local.get 0 local.get 1 local.get 2 select (result f32)'),
    calls: SMALL.map((value) => ['f32:0x7fa00001', 'f32:0xffc00002', value]),
  },
  'local.get': { wat: func(['f32'], ['f32', 'f32'], 'local.get 0 local.get 0'), calls: [['f32:0xffa00001']] },
  'local.set': {
    wat: func(['f64'], ['f64'], '(local f64) local.get 0 local.set 1 local.get 1'),
    calls: [['f64:0xfff4000000000001']],
  },
  'local.tee': {
    wat: func(['i64'], ['i64', 'i64'], '(local i64) local.get 0 local.tee 1 local.get 1'),
    calls: [['i64:-1']],
  },
  'global.get': { wat: `(global f32 (f32.const nan:0x200001)) ${func([], ['f32'], 'global.get 0')}`, calls: [[]] },
  'global.set': {
    wat: `(global (mut f64) (f64.const 1)) ${func(['f64'], ['f64'], 'local.get 0 global.set 0 global.get 0')}`,
    calls: [['f64:0x7ff4000000000001'], ['f64:0x8000000000000000']],
  },
  'table.get': {
    wat: `${TABLE} ${func(['i32'], ['i32'], 'local.get 0 table.get 0 ref.is_null')}`,
    calls: [...one, ['i32:4']],
  },
  'table.set': {
    wat: `${TABLE} (elem declare func $a) ${func(['i32'], ['i32'], `local.get 0 ref.func $a table.set 0 ${SLOTS}`)}`,
    calls: [...one, ['i32:4']],
  },
  'memory.size': { wat: `(memory 3 5) ${func([], ['i32'], 'memory.size')}`, calls: [[]] },
  'memory.grow': {
    wat: `(memory 1 3) ${func(['i32'], ['i32', 'i32'], 'local.get 0 memory.grow memory.size')}`,
    calls: one,
  },
  'i32.const': { wat: func([], ['i32', 'i32'], 'i32.const -2147483648 i32.const 2147483647'), calls: [[]] },
  'i64.const': {
    wat: func([], ['i64', 'i64'], 'i64.const -9223372036854775808 i64.const 0x123456789abcdef'),
    calls: [[]],
  },
  'f32.const': {
    wat: func([], ['f32', 'f32', 'f32'], 'f32.const -0 f32.const nan:0x200000 f32.const -nan:0x7fffff'),
    calls: [[]],
  },
  'f64.const': {
    wat: func([], ['f64', 'f64', 'f64'], 'f64.const -0 f64.const nan:0x4000000000000 f64.const -nan:0xfffffffffffff'),
    calls: [[]],
  },
  'ref.null': { wat: func([], ['funcref', 'externref'], 'ref.null func ref.null extern'), calls: [[]] },
  'ref.is_null': { wat: func(['externref'], ['i32'], 'local.get 0 ref.is_null'), calls: [['externref:null']] },
  'ref.func': { wat: `(elem declare func $a) (func $a) ${func([], ['i32'], 'ref.func $a ref.is_null')}`, calls: [[]] },
  'memory.init': {
    wat: `(memory 1 1) (data "\\01\\02\\03") ${func(
      ['i32', 'i32', 'i32'],
      ['i64'],
      'local.get 0 local.get 1 local.get 2 memory.init 0 i32.const 0 i64.load',
    )}`,
    calls: [
      ...triples(SMALL),
      ['i32:65535', 'i32:0', 'i32:1'],
      ['i32:65536', 'i32:3', 'i32:0'],
      ['i32:65536', 'i32:0', 'i32:1'],
    ],
  },
  'data.drop': {
    wat: `(memory 1 1) (data "\\01") ${func(['i32'], [], 'data.drop 0 i32.const 0 i32.const 0 local.get 0 memory.init 0')}`,
    calls: [['i32:0'], ['i32:1']],
  },
  'memory.copy': {
    wat: `(memory 1 1) (data (i32.const 0) "\\01\\02\\03\\04\\05\\06") ${func(
      ['i32', 'i32', 'i32'],
      ['i64'],
      'local.get 0 local.get 1 local.get 2 memory.copy i32.const 0 i64.load',
    )}`,
    calls: [
      ...triples(SMALL),
      ['i32:65535', 'i32:0', 'i32:1'],
      ['i32:65536', 'i32:65536', 'i32:0'],
      ['i32:0', 'i32:65535', 'i32:2'],
    ],
  },
  'memory.fill': {
    wat: `(memory 1 1) ${func(['i32', 'i32', 'i32'], ['i64'], 'local.get 0 local.get 1 local.get 2 memory.fill i32.const 0 i64.load')}`,
    calls: [
      ['i32:1', 'i32:0x1ff', 'i32:3'],
      ['i32:0', 'i32:-1', 'i32:65536'],
      ['i32:0', 'i32:1', 'i32:65537'],
      ['i32:65536', 'i32:1', 'i32:0'],
      ['i32:65537', 'i32:1', 'i32:0'],
      ['i32:-1', 'i32:1', 'i32:2'],
    ],
  },
  'table.init': {
    wat: `${SEGMENT} ${func(['i32', 'i32', 'i32'], ['i32'], `local.get 0 local.get 1 local.get 2 table.init 0 0 ${SLOTS}`)}`,
    calls: [...triples(SMALL), ['i32:4', 'i32:3', 'i32:0'], ['i32:5', 'i32:0', 'i32:0']],
  },
  'elem.drop': {
    wat: `${SEGMENT} ${func(['i32'], [], 'elem.drop 0 i32.const 0 i32.const 0 local.get 0 table.init 0 0')}`,
    calls: [['i32:0'], ['i32:1']],
  },
  'table.copy': {
    wat: `${TABLE} ${func(['i32', 'i32', 'i32'], ['i32'], `local.get 0 local.get 1 local.get 2 table.copy ${SLOTS}`)}`,
    calls: [...triples(SMALL), ['i32:4', 'i32:4', 'i32:0'], ['i32:5', 'i32:0', 'i32:0']],
  },
  'table.grow': {
    wat: `${TABLE} ${func(['i32'], ['i32', 'i32'], 'ref.null func local.get 0 table.grow 0 table.size 0')}`,
    calls: [...one, ['i32:4'], ['i32:5']],
  },
  'table.size': { wat: `(table 3 externref) ${func([], ['i32'], 'table.size 0')}`, calls: [[]] },
  'table.fill': {
    wat: `${TABLE} ${func(['i32', 'i32'], ['i32'], `local.get 0 ref.null func local.get 1 table.fill 0 ${SLOTS}`)}`,
    calls: [
      ['i32:0', 'i32:1'],
      ['i32:0', 'i32:4'],
      ['i32:1', 'i32:4'],
      ['i32:4', 'i32:0'],
      ['i32:5', 'i32:0'],
      ['i32:-1', 'i32:2'],
    ],
  },
};

/** One shape for each row of the table, in its order. */
export const INSTRUCTION_SHAPES: readonly InstructionShape[] = INSTRUCTIONS.map((row): InstructionShape => {
  const written = WRITTEN[row.name];
  if (written !== undefined) return { instruction: row.name, ...written, wat: `(module ${written.wat})` };
  if (row.name.includes('.load')) return loadShape(row.name);
  if (row.name.includes('.store')) return storeShape(row.name);
  return plainShape(row);
});
