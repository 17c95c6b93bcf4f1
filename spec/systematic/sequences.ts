/**
 * The sequences that are run: every instruction by its immediate, every pair, triples and operands for which a tier has
 * special forms.
 */
import { INSTRUCTIONS, type InstructionRow } from '../../src/wasm/instructions.js';
import { ValueType } from '../../src/wasm/types.js';
import { constant, localGet, unsigned } from './code.js';
import { type Naming, NUMBERS, type Piece, piecesOf } from './pieces.js';
import { type Sequence, type Source, typeSequence } from './sequence-module.js';

/** The common properties of the sequences of one module. */
export interface Batch {
  readonly naming: Naming;
  readonly sequences: readonly Sequence[];
}

/** One larger module takes longer than two. */
const BATCH = 1_000;

function* batches(naming: Naming, sequences: readonly Sequence[]): Generator<Batch> {
  const fitting = sequences.filter(({ pieces }) => typeSequence(pieces) !== undefined);
  for (let start = 0; start < fitting.length; start += BATCH) {
    yield { naming, sequences: fitting.slice(start, start + BATCH) };
  }
}

const LOCAL: readonly Source[] = ['local'];

/**
 * Each instruction alone, with the index for everything it names; each type at each index.
 * @param turns of the types at an index: 4 for all; the next index continues with the next
 */
export function* singles(indices: Iterable<number>, turns = 4): Generator<Batch> {
  for (const [at, index] of [...indices].entries()) {
    for (let each = 0; each < turns; each++) {
      const turn = (at * turns + each) % 4;
      const naming = { index, turn };
      yield* batches(
        naming,
        piecesOf(naming).map((piece) => ({ pieces: [piece], sources: LOCAL, below: 0 })),
      );
    }
  }
}

/**
 * Indices that equal the opcodes of `local.set`, `local.tee`, `br_if` and `if`, with operands of each source and
 * heights beyond edges.
 */
const PAIR_FORMS: readonly { readonly naming: Naming; readonly source: Source; readonly below: number }[] = [
  { naming: { index: 33, turn: 0 }, source: 'local', below: 0 },
  { naming: { index: 34, turn: 1 }, source: 'constant', below: 60 },
  { naming: { index: 13, turn: 2 }, source: 'slot', below: 124 },
  { naming: { index: 4, turn: 3 }, source: 'local', below: 253 },
];

/** Each pair of instructions that fit. @param share uses one in this many forms of a pair: 1 for all four */
export function* pairs(share = 1): Generator<Batch> {
  for (const [form, { naming, source, below }] of PAIR_FORMS.entries()) {
    const pieces = piecesOf(naming);
    const sequences = pieces.flatMap((first, i) =>
      pieces.flatMap((second, j): Sequence[] =>
        (i + j + form) % share === 0 ? [{ pieces: [first, second], sources: [source], below }] : [],
      ),
    );
    yield* batches(naming, sequences);
  }
}

function withConstant(name: string, type: ValueType, bits: bigint, opcode: number): Piece {
  const code = [...constant(type, bits), opcode];
  return { name: `${name} ${bits}`, code, operands: [type], results: [type], ends: false, labels: 0 };
}

/** Operators with a constant that the interpreter defers, converts, or merges. */
const IMMEDIATE_FORMS: readonly Piece[] = [
  withConstant('i32.add', ValueType.I32, 1n, 0x6a),
  withConstant('i32.add', ValueType.I32, -0x8000_0000n, 0x6a),
  withConstant('i32.sub', ValueType.I32, -0x8000_0000n, 0x6b),
  withConstant('i32.shl', ValueType.I32, 3n, 0x74),
  withConstant('i32.shr_u', ValueType.I32, 33n, 0x76),
  withConstant('i32.rotl', ValueType.I32, 7n, 0x77),
  withConstant('i32.rotr', ValueType.I32, 32n, 0x78),
  withConstant('i32.ne', ValueType.I32, 0n, 0x47),
  withConstant('i64.add', ValueType.I64, -1n, 0x7c),
  { ...withConstant('i64.eq', ValueType.I64, 0n, 0x51), results: [ValueType.I32] },
  { ...withConstant('i64.ne', ValueType.I64, 0n, 0x52), results: [ValueType.I32] },
];

/** Names of the instructions that begin or continue a fused form. */
const FUSED =
  /^(?:i32\.(?:add|sub|xor|or|shl|shr_u|rotl|eqz|eq|ne|lt_u|lt_s|ge_u)|i64\.(?:eqz|eq|ne|lt_s|add)|f64\.(?:mul|add|sub|lt|ge)|f32\.(?:lt|div)|local\.(?:get|tee|set) (?:i32|f64))$/;
const FOLLOWING =
  /^(?:(?:i32|i64|f32|f64)\.(?:load|store)|i32\.(?:load8_u|store8|load16_s)|br_if|if|if else|block|loop|select i32|drop i32|call|return|ref\.func|i32\.const)$/;

export function* triples(share = 1): Generator<Batch> {
  for (const [form, { naming, source, below }] of PAIR_FORMS.entries()) {
    const all = piecesOf(naming);
    const fused = [...all.filter(({ name }) => FUSED.test(name)), ...IMMEDIATE_FORMS];
    const last = [...fused, ...all.filter(({ name }) => FOLLOWING.test(name))];
    const sequences: Sequence[] = [];
    for (const [i, first] of fused.entries()) {
      for (const [j, second] of fused.entries()) {
        if (typeSequence([first, second]) === undefined) continue;
        for (const [k, third] of last.entries()) {
          if ((i + j + k + form) % share !== 0) continue;
          sequences.push({ pieces: [first, second, third], sources: [source, 'local'], below });
        }
      }
    }
    yield* batches(naming, sequences);
  }
}

const CONSTANTS: Readonly<Record<number, readonly bigint[]>> = {
  [ValueType.I32]: [
    0n,
    1n,
    -1n,
    31n,
    32n,
    33n,
    63n,
    64n,
    -64n,
    -65n,
    0x7fff_ffffn,
    -0x8000_0000n,
    -0x7fff_ffffn,
    0xffffn,
  ],
  [ValueType.I64]: [
    ...[0n, 1n, -1n, 31n, 32n, 63n, 64n, 65n, -64n, -65n, 0x7fff_ffffn, 0x8000_0000n, -0x8000_0000n, -0x8000_0001n],
    ...[0xffff_ffffn, 1n << 32n, -(1n << 32n), (1n << 63n) - 1n, -(1n << 63n)],
  ],
  // Zeros, one, infinities, NaN: canonical, negative with a payload, signalling; the smallest and the largest.
  [ValueType.F32]: [
    ...[0n, 0x8000_0000n, 0x3f80_0000n, 0x7f80_0000n, 0xff80_0000n],
    ...[0x7fc0_0000n, 0xffc0_1234n, 0x7fa0_0000n, 1n, 0x7f7f_ffffn],
  ],
  [ValueType.F64]: [
    ...[0n, 1n << 63n, 0x3ff0_0000_0000_0000n, 0x7ff0_0000_0000_0000n, 0xfff0_0000_0000_0000n],
    ...[0x7ff8_0000_0000_0000n, 0xfff8_0000_0000_1234n, 0x7ff4_0000_0000_0000n, 1n, 0x7fef_ffff_ffff_ffffn],
  ],
};

/** Each operator with each of these constants at each operand. */
export function* constants(): Generator<Batch> {
  const naming = { index: 33, turn: 0 };
  const operators = piecesOf(naming).filter(
    ({ operands, results }) => operands.length > 0 && operands.length + results.length <= 3 && operands.every(isNumber),
  );
  const sequences = operators.flatMap((piece) =>
    piece.operands.flatMap((type, at) =>
      CONSTANTS[type]!.flatMap((bits): Sequence[] => {
        const sources: Source[] = piece.operands.map((_, i) => (i === at ? bits : 'local'));
        return [
          { pieces: [piece], sources, below: 0 },
          { pieces: [piece], sources: sources.map((source) => (source === 'local' ? bits : source)), below: 0 },
        ];
      }),
    ),
  );
  yield* batches(naming, sequences);
}

function isNumber(type: ValueType): boolean {
  return NUMBERS.includes(type);
}

/** Float constants in which all bytes are equal: any byte, so that each opcode occurs. */
export function* floats(): Generator<Batch> {
  const naming = { index: 33, turn: 0 };
  const sequences = Array.from({ length: 256 }, (_, byte): Sequence[] =>
    [
      { opcode: 0x43, count: 4, type: ValueType.F32 },
      { opcode: 0x44, count: 8, type: ValueType.F64 },
    ].map(({ opcode, count, type }) => {
      const code = [opcode, ...Array<number>(count).fill(byte)];
      const piece = { name: `bytes ${byte}`, code, operands: [], results: [type], ends: false, labels: 0 };
      return { pieces: [piece], sources: LOCAL, below: 0 };
    }),
  ).flat();
  yield* batches(naming, sequences);
}

const PAGE = 65_536;
const ADDRESSES: readonly number[] = [
  0,
  1,
  PAGE - 8,
  PAGE - 4,
  PAGE - 2,
  PAGE - 1,
  PAGE,
  0x7fff_ffff,
  2 ** 31,
  2 ** 32 - 8,
  2 ** 32 - 1,
];
const OFFSETS: readonly number[] = [
  0,
  1,
  4,
  PAGE - 8,
  PAGE - 7,
  PAGE - 1,
  PAGE,
  0x7fff_fff0,
  0x7fff_ffff,
  2 ** 31,
  2 ** 32 - 8,
  2 ** 32 - 1,
];

function accessPiece({ name, opcode, type }: InstructionRow, offset: number): Piece {
  const [operands, results] = type
    .split('->')
    .map((side) =>
      side.split(' ').flatMap((word) => NUMBERS.filter((_, i) => ['i32', 'i64', 'f32', 'f64'][i] === word)),
    ) as [ValueType[], ValueType[]];
  return {
    name: `${name} at ${offset}`,
    code: [opcode, 0, ...unsigned(offset)],
    operands,
    results,
    ends: false,
    labels: 0,
  };
}

const ADD: Piece = {
  name: 'i32.add',
  code: [0x6a],
  operands: [ValueType.I32, ValueType.I32],
  results: [ValueType.I32],
  ends: false,
  labels: 0,
};

/** The value of a store, pushed after its address; none for a load. */
function valuesOf({ operands }: Piece): readonly (readonly Piece[])[] {
  const type = operands[1];
  if (type === undefined) return [[]];
  const piece = (name: string, code: readonly number[]): Piece[] => [
    { name, code, operands: [], results: [type], ends: false, labels: 0 },
  ];
  return [piece('a parameter', localGet(NUMBERS.indexOf(type))), piece('a constant', constant(type, 0x1234_5678n))];
}

/** Each access at and around the end of memory and where the address exceeds 2^32, in each form of its address. */
export function* accesses(): Generator<Batch> {
  const naming = { index: 33, turn: 0 };
  const rows = (INSTRUCTIONS as readonly InstructionRow[]).filter(({ immediates }) => immediates === 'memarg');
  for (const row of rows) {
    const sequences: Sequence[] = [];
    for (const offset of OFFSETS) {
      const access = accessPiece(row, offset);
      for (const value of valuesOf(access)) {
        const behind = (address: readonly Piece[], source: Source = 'local') =>
          sequences.push({ pieces: [...address, ...value, access], sources: [source], below: 0 });
        // The parameter is 2, -1 or -2^31.
        behind([]);
        behind([], 'slot');
        behind([ADD]);
        for (const address of ADDRESSES) {
          behind([], BigInt(address));
          behind([withConstant('i32.add', ValueType.I32, BigInt(address), 0x6a)]);
        }
      }
    }
    yield* batches(naming, sequences);
  }
}
