/**
 * Every byte at every place where a code is read: opcodes, value, reference and heap types, forms, flags. The meaning
 * of each is written here a second time, from the specification and the proposals, and compared with the decoder's.
 */
import { expect } from 'chai';
import { LIMITS_1 } from '../../src/base/limits.js';
import { decode, decodeKnown } from '../../src/decode/decode.js';
import { validate } from '../../src/validate/validate.js';

const HEAD = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
const section = (id: number, ...contents: number[]) => [id, contents.length, ...contents];
const ALL = Array.from({ length: 256 }, (_, byte) => byte);

/** The code of the fault; `ok` if there is none at this place. */
function resultOf(bytes: readonly number[], at: number): string {
  const loaded = validate(decode(Uint8Array.from(bytes), LIMITS_1), LIMITS_1);
  return loaded.ok || loaded.fault.offset !== at || loaded.fault.kind === 'invalid' ? 'ok' : loaded.fault.code;
}

const EXCEPTIONS = 'proposal-exception-handling';
const REFERENCES = 'proposal-function-references';
const GC = 'proposal-gc';

/** Faults by type code, for types of other proposals. */
const OTHER_TYPES: Readonly<Record<number, string>> = {
  123: 'proposal-simd',
  100: REFERENCES,
  99: REFERENCES,
  116: EXCEPTIONS,
  105: EXCEPTIONS,
  ...Object.fromEntries([0x6e, 0x6d, 0x6c, 0x6b, 0x6a, 0x71, 0x72, 0x73].map((code) => [code, GC])),
};
const NUMBERS = [0x7f, 0x7e, 0x7d, 0x7c];
const REFERENCE_TYPES = [0x70, 0x6f];

it('value types', () => {
  for (const byte of ALL) {
    const bytes = [...HEAD, ...section(1, 1, 0x60, 1, byte, 0)];
    const known = NUMBERS.includes(byte) || REFERENCE_TYPES.includes(byte);
    expect(resultOf(bytes, 13), `0x${byte.toString(16)}`).to.equal(
      known ? 'ok' : (OTHER_TYPES[byte] ?? 'bad-value-type'),
    );
  }
});

it('forms of types', () => {
  for (const byte of ALL) {
    const expected = byte === 0x60 ? 'ok' : [0x5e, 0x5f, 0x50, 0x4f, 0x4e].includes(byte) ? GC : 'bad-type-form';
    expect(resultOf([...HEAD, ...section(1, 1, byte, 0, 0)], 11), `0x${byte.toString(16)}`).to.equal(expected);
  }
});

it('types of tables', () => {
  for (const byte of ALL) {
    const bytes = [...HEAD, ...section(4, 1, byte, 0, 0)];
    // 0x40 begins a table with an initial value.
    const other = byte === 0x40 ? REFERENCES : byte === 0x7b ? undefined : OTHER_TYPES[byte];
    expect(resultOf(bytes, 11), `0x${byte.toString(16)}`).to.equal(
      REFERENCE_TYPES.includes(byte) ? 'ok' : (other ?? 'bad-reference-type'),
    );
  }
});

it('flags of limits', () => {
  for (const byte of ALL) {
    const memory =
      byte <= 1
        ? 'ok'
        : byte > 15
          ? 'bad-limits-flag'
          : byte & 8
            ? 'proposal-custom-page-sizes'
            : byte & 4
              ? 'proposal-memory64'
              : 'proposal-threads';
    expect(resultOf([...HEAD, ...section(5, 1, byte, 0, 1, 1)], 11), `memory 0x${byte.toString(16)}`).to.equal(memory);
    const table = byte <= 1 ? 'ok' : byte > 7 ? 'bad-limits-flag' : byte & 4 ? 'proposal-memory64' : 'proposal-threads';
    expect(resultOf([...HEAD, ...section(4, 1, 0x70, byte, 0, 1)], 12), `table 0x${byte.toString(16)}`).to.equal(table);
  }
});

it('mutability, kinds of imports and exports, sections', () => {
  const rows: readonly (readonly [string, (byte: number) => readonly number[], number, (byte: number) => string])[] = [
    [
      'mutability',
      (byte) => section(6, 1, 0x7f, byte, 0x41, 0, 0x0b),
      12,
      (byte) => (byte <= 1 ? 'ok' : 'bad-mutability'),
    ],
    [
      'import',
      (byte) => section(2, 1, 0, 0, byte, 0x70, 0, 0),
      13,
      (byte) => (byte <= 3 ? 'ok' : byte === 4 ? EXCEPTIONS : 'bad-import-kind'),
    ],
    [
      'export',
      (byte) => section(7, 1, 0, byte, 0),
      12,
      (byte) => (byte <= 3 ? 'ok' : byte === 4 ? EXCEPTIONS : 'bad-export-kind'),
    ],
    ['section', (byte) => [byte, 0], 8, (byte) => (byte <= 12 ? 'ok' : byte === 13 ? EXCEPTIONS : 'unknown-section')],
  ];
  for (const [what, bytes, at, expected] of rows) {
    for (const byte of ALL) expect(resultOf([...HEAD, ...bytes(byte)], at), `${what} ${byte}`).to.equal(expected(byte));
  }
});

/** A module of one function; its first instruction is at byte 24. */
function body(...code: number[]): readonly number[] {
  return [
    ...HEAD,
    ...section(1, 1, 0x60, 0, 0),
    ...section(3, 1, 0),
    ...section(10, 1, code.length + 2, 0, ...code, 0x0b),
  ];
}
const FIRST = body().length - 1;

it('opcodes', () => {
  const gone: Readonly<Record<number, string>> = {
    ...Object.fromEntries([6, 7, 8, 9, 10, 24, 25, 31].map((code) => [code, EXCEPTIONS])),
    ...Object.fromEntries([20, 21, 212, 213, 214].map((code) => [code, REFERENCES])),
    211: GC,
    251: GC,
    253: 'proposal-simd',
    254: 'proposal-threads',
  };
  const isOurs = (byte: number) =>
    // An `else` without an `if` is not in the grammar.
    byte <= 4 ||
    byte === 0x0b ||
    (byte >= 0x0c && byte <= 0x13) ||
    (byte >= 0x1a && byte <= 0x1c) ||
    (byte >= 0x20 && byte <= 0x26) ||
    (byte >= 0x28 && byte <= 0xc4) ||
    (byte >= 0xd0 && byte <= 0xd2) ||
    byte === 0xfc;
  for (const byte of ALL) {
    // Zeros are a valid immediate for all opcodes but one; faults after the opcode have a later offset.
    const code = resultOf(body(byte, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0), FIRST);
    expect(code, `0x${byte.toString(16)}`).to.equal(isOurs(byte) ? 'ok' : (gone[byte] ?? 'illegal-opcode'));
  }
  for (const number of [...Array.from({ length: 40 }, (_, n) => n), 127]) {
    const code = resultOf(body(0xfc, number, 0, 0, 0), FIRST);
    // memory.init and data.drop, without a count of data segments.
    const known = number === 8 || number === 9 ? 'data-count-required' : 'ok';
    expect(code, `0xfc ${number}`).to.equal(number <= 17 ? known : 'illegal-opcode');
  }
  expect(resultOf(body(0xfc, 0x92, 0), FIRST), 'of two bytes').to.equal('illegal-opcode');
  expect(resultOf(body(0x41, 0, 0xfc, 0x8b, 0), FIRST), 'a long form of 11').to.equal('ok');
});

it('types of blocks', () => {
  for (const byte of ALL) {
    if (byte >= 0x80) continue;
    const known = byte === 0x40 || byte < 0x40 || NUMBERS.includes(byte) || REFERENCE_TYPES.includes(byte);
    const code = resultOf(body(0x02, byte, 0x00, 0x0b), FIRST + 1);
    expect(code, `0x${byte.toString(16)}`).to.equal(known ? 'ok' : (OTHER_TYPES[byte] ?? 'bad-block-type'));
  }
  expect(resultOf(body(0x02, 0xff, 0x7f, 0x0b), FIRST + 1), '-1 of two bytes').to.equal('bad-block-type');
  expect(resultOf(body(0x02, 0x80, 0x00, 0x0b), FIRST + 1), '0 of two bytes').to.equal('ok');
});

it('heap types', () => {
  for (const byte of ALL) {
    if (byte >= 0x80) continue;
    const other = byte < 0x40 ? REFERENCES : byte === 0x7f || byte === 0x7b ? undefined : OTHER_TYPES[byte];
    const code = resultOf(body(0xd0, byte, 0x1a), FIRST + 1);
    expect(code, `0x${byte.toString(16)}`).to.equal(
      REFERENCE_TYPES.includes(byte) ? 'ok' : (other ?? 'bad-reference-type'),
    );
  }
  expect(resultOf(body(0xd0, 0xff, 0x7f, 0x1a), FIRST + 1), '-1 of two bytes').to.equal('bad-reference-type');
  expect(resultOf(body(0xd0, 0x80, 0x01, 0x1a), FIRST + 1), '128 of two bytes').to.equal(REFERENCES);
});

it('exports of a known module are decoded when they are requested', () => {
  const good = Uint8Array.from([
    ...HEAD,
    ...section(1, 1, 0x60, 0, 0),
    ...section(3, 1, 0),
    ...section(7, 1, 1, 0x66, 0, 0),
    ...section(10, 1, 2, 0, 0x0b),
  ]);
  const known = decodeKnown(good, LIMITS_1);
  expect(known.fault).to.equal(undefined);
  expect(known.module.exports).to.deep.equal(decode(good, LIMITS_1).module.exports);
  expect(known.module.exports).to.equal(known.module.exports);
  const bad = good.with(good.indexOf(0x66) + 1, 9);
  expect(decode(bad, LIMITS_1).fault?.code).to.equal('bad-export-kind');
  expect(decodeKnown(bad, LIMITS_1).fault).to.equal(undefined);
});

it('alignments of an access, at the end of a body and before it', () => {
  const memory = section(5, 1, 0, 1);
  for (const [opcode, alignmentMax] of [
    [0x2d, 0],
    [0x2f, 1],
    [0x28, 2],
    [0x29, 3],
  ] as const) {
    for (let alignment = 0; alignment < 128; alignment++) {
      for (const behind of [[], new Array<number>(40).fill(1)]) {
        const code = [0x41, 0, opcode, alignment, 0, 0x1a, ...behind];
        const bytes = [
          ...[...HEAD, ...section(1, 1, 0x60, 0, 0), ...section(3, 1, 0), ...memory],
          ...section(10, 1, code.length + 2, 0, ...code, 0x0b),
        ];
        const loaded = validate(decode(Uint8Array.from(bytes), LIMITS_1), LIMITS_1);
        const expected =
          alignment <= alignmentMax
            ? 'ok'
            : alignment < 32
              ? 'alignment-too-large'
              : alignment >= 64 && alignment < 96
                ? 'proposal-multi-memory'
                : 'bad-memarg-flags';
        expect(loaded.ok ? 'ok' : loaded.fault.code, `${opcode} ${alignment}`).to.equal(expected);
      }
    }
  }
});

it('a second memory, imported or not, after one that is imported or not', () => {
  const imported = [0, 0, 2, 0, 1];
  const own = [0, 1];
  const faultOf = (imports: number, owns: number) => {
    const list = (item: readonly number[], count: number) => [count, ...Array<typeof item>(count).fill(item).flat()];
    const bytes = [...HEAD, ...section(2, ...list(imported, imports)), ...section(5, ...list(own, owns))];
    return decode(Uint8Array.from(bytes), LIMITS_1).fault?.code;
  };
  for (const [imports, owns] of [
    [0, 1],
    [1, 0],
  ] as const)
    expect(faultOf(imports, owns)).to.equal(undefined);
  for (const [imports, owns] of [
    [0, 2],
    [1, 1],
    [2, 0],
  ] as const)
    expect(faultOf(imports, owns)).to.equal('proposal-multi-memory');
});

it('a segment of another type than the table to which it is copied', () => {
  const types = (table: number, segment: number) => [
    ...[...HEAD, ...section(1, 1, 0x60, 0, 0), ...section(3, 1, 0), ...section(4, 1, table, 0, 1)],
    ...[...section(9, 1, 5, segment, 0), ...section(10, 1, 12, 0, 0x41, 0, 0x41, 0, 0x41, 0, 0xfc, 12, 0, 0, 0x0b)],
  ];
  for (const [table, segment] of [
    [0x70, 0x70],
    [0x6f, 0x6f],
    [0x70, 0x6f],
    [0x6f, 0x70],
  ] as const) {
    const loaded = validate(decode(Uint8Array.from(types(table, segment)), LIMITS_1), LIMITS_1);
    const result = loaded.ok ? 'ok' : `${loaded.fault.code}: ${loaded.fault.detail}`;
    expect(result).to.equal(table === segment ? 'ok' : 'type-mismatch: segment and table differ');
  }
});
