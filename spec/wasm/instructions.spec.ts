/**
 * The instruction table, row by row, against the host: if a row is missing, mistyped or has other immediates than in
 * the specification, our result differs from that of the host's `WebAssembly`.
 */
import { expect } from 'chai';
import { LIMITS_1 } from '../../src/base/limits.js';
import { decode } from '../../src/decode/decode.js';
import { validate } from '../../src/validate/validate.js';
import { InstructionReader, NO_LOCAL } from '../../src/wasm/instruction-reader.js';
import { type Immediates, type InstructionRow, opcodeIndex, ROW_BY_INDEX } from '../../src/wasm/instructions.js';
import { skipImmediates } from '../../src/wasm/skip-immediates.js';
import { ValueType } from '../../src/wasm/types.js';
import { opcodeBytes, rows, SAMPLE_IMMEDIATES, sampleModule } from './sample-module.js';

const TYPES: Readonly<Record<string, ValueType>> = {
  i32: ValueType.I32,
  i64: ValueType.I64,
  f32: ValueType.F32,
  f64: ValueType.F64,
  funcref: ValueType.FuncRef,
};

/** An instruction that pushes a value of the type. */
const CONSTANTS: Readonly<Record<string, readonly number[]>> = {
  i32: [0x41, 0],
  i64: [0x42, 0],
  f32: [0x43, 0, 0, 0, 0],
  f64: [0x44, 0, 0, 0, 0, 0, 0, 0, 0],
};

const UNREACHABLE = 0x00;

/** Instructions that open or close blocks need others around them; the rest can be used alone. */
const SURROUNDINGS: Readonly<Record<string, readonly [readonly number[], readonly number[]]>> = {
  block: [[], [0x0b]],
  loop: [[], [0x0b]],
  if: [[UNREACHABLE], [0x0b]],
  else: [[UNREACHABLE, 0x04, 0x40], [0x0b]],
  end: [[0x02, 0x40], []],
};

function isValid(bytes: Uint8Array): boolean {
  const ours = validate(decode(bytes, LIMITS_1), LIMITS_1).ok;
  expect(WebAssembly.validate(bytes as Uint8Array<ArrayBuffer>), 'the host').to.equal(ours);
  return ours;
}

function instruction(row: InstructionRow): readonly number[] {
  return [...opcodeBytes(row), ...SAMPLE_IMMEDIATES[row.immediates]];
}

describe('the instruction table', () => {
  it('has each opcode and each name once', () => {
    expect(new Set(rows.map(({ name }) => name)).size).to.equal(rows.length);
    expect(new Set(rows.map(({ opcode }) => opcode)).size).to.equal(rows.length);
    for (const row of rows) expect(ROW_BY_INDEX[opcodeIndex(row.opcode)]).to.equal(row);
  });

  for (const row of rows) {
    it(`${row.name} is an instruction with these immediates`, () => {
      const [before, after] = SURROUNDINGS[row.name] ?? [[UNREACHABLE], []];
      expect(isValid(sampleModule([...before, ...instruction(row), ...after, UNREACHABLE]))).to.equal(true);
    });

    it(`${row.name} is skipped with its immediates`, () => {
      const bytes = Uint8Array.from([...instruction(row), 0xaa]);
      const reader = new InstructionReader(bytes);
      const index = reader.opcode();
      skipImmediates(reader, index);
      expect([index, reader.pos]).to.deep.equal([opcodeIndex(row.opcode), bytes.length - 1]);
    });
  }

  for (const row of rows.filter(({ type }) => type.includes('->'))) {
    const [operands, results] = row.type.split('->').map((side) => side.split(' ').filter((name) => name !== '')) as [
      string[],
      string[],
    ];

    it(`${row.name} takes ${operands.join(' ') || 'nothing'} and returns ${results.join(' ') || 'nothing'}`, () => {
      const resultTypes = results.map((name) => TYPES[name]!);
      const typed = (names: readonly string[]) =>
        isValid(sampleModule([...names.flatMap((name) => CONSTANTS[name]!), ...instruction(row)], resultTypes));
      expect(typed(operands)).to.equal(true);
      expect(typed(['i32', ...operands]), 'a value is left').to.equal(false);
      if (operands.length > 0) expect(typed(operands.slice(1)), 'an operand is missing').to.equal(false);
      operands.forEach((name, i) => {
        for (const other of Object.keys(CONSTANTS).filter((candidate) => candidate !== name))
          expect(typed(operands.with(i, other)), `${other} as operand ${i}`).to.equal(false);
      });
      for (const other of Object.values(TYPES).filter((type) => type !== resultTypes[0])) {
        const body = [...operands.flatMap((name) => CONSTANTS[name]!), ...instruction(row)];
        if (results.length > 0) expect(isValid(sampleModule(body, [other])), 'another result').to.equal(false);
      }
    });
  }

  for (const row of rows.filter(({ immediates }) => immediates === ('memarg' satisfies Immediates))) {
    it(`${row.name} is aligned to its width at most`, () => {
      const aligned = (alignment: number) =>
        isValid(sampleModule([UNREACHABLE, ...opcodeBytes(row), alignment, 0xff, 0xff, 0xff, 0xff, 0x0f, UNREACHABLE]));
      const width = Number(/(?:load|store)(\d+)/.exec(row.name)?.[1] ?? row.name.slice(1, 3));
      const alignmentMax = Math.log2(width / 8);
      for (let alignment = 0; alignment <= 4; alignment++)
        expect(aligned(alignment), `2^${alignment}`).to.equal(alignment <= alignmentMax);
    });
  }
});

it('the local that an instruction leaves on the stack is that of local.get and local.tee, at any position of the reader', () => {
  const locals = [0x20, 0x21, 0x22, 0x23, 0x24, 0x10, 0x41].map((opcode) => {
    const reader = new InstructionReader(Uint8Array.of(0x01, opcode, 0x85, 0x02, 0x0b), 4, 5);
    const local = reader.localBefore(1);
    expect(reader.pos, `${opcode}`).to.equal(4);
    return local;
  });
  expect(locals).to.deep.equal([261, NO_LOCAL, 261, NO_LOCAL, NO_LOCAL, NO_LOCAL, NO_LOCAL]);
});
