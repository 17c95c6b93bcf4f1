import { assert } from 'chai';
import wabt from 'wabt';
import { countByName, disassembleBody, disassembleModule } from '../../src/agreement/disassemble.js';
import { floatText } from '../../src/agreement/float-text.js';
import { shiftOfSeed } from '../../src/agreement/generate-shift.js';
import { moduleOfSeed } from '../../src/agreement/module-arbitrary.js';
import { F32_EDGES, F64_EDGES } from '../../src/agreement/value-edges.js';
import { LIMITS_1 } from '../../src/base/limits.js';
import { decode } from '../../src/decode/decode.js';
import { InstructionReader } from '../../src/wasm/instruction-reader.js';
import { opcodeIndex } from '../../src/wasm/instructions.js';
import { SectionId } from '../../src/wasm/module.js';
import { skipImmediates } from '../../src/wasm/skip-immediates.js';
import { parseValue } from '../../src/wasm/value.js';

/** The contents of a module's sections of these kinds, in order. */
function sections(bytes: Uint8Array, ids: readonly SectionId[]): Uint8Array[] {
  const { sections } = decode(bytes, LIMITS_1).module;
  const found: Uint8Array[] = [];
  sections.ids.forEach((id, index) => {
    if (ids.includes(id)) found.push(bytes.slice(sections.starts[index], sections.ends[index]));
  });
  return found;
}

const ASSEMBLED: readonly SectionId[] = [
  SectionId.Type,
  SectionId.Import,
  SectionId.Function,
  SectionId.Table,
  SectionId.Memory,
  SectionId.Global,
  SectionId.Export,
  SectionId.Start,
  SectionId.Code,
  SectionId.Data,
];

describe('disassembly', () => {
  it('is text that assembles to the same bytes', async () => {
    const assembler = await wabt();
    let compared = 0;
    for (let seed = 0; seed < 150; seed++) {
      // That assembler uses the shortest LEB128 for integers, except that a table index from 64 on is encoded as if it
      // were signed.
      const ofSeed = shiftOfSeed(seed);
      const shift = { ...ofSeed, tables: Math.min(ofSeed.tables, 32), longIntegers: 0 };
      const { bytes } = moduleOfSeed(seed, { extendedConstants: false, shift });
      const text = disassembleModule(bytes);
      // That assembler omits an empty `else`.
      if (/\belse\n.*\bend$/m.test(text)) continue;
      compared++;
      const parsed = assembler.parseWat('module.wat', text, {
        tail_call: true,
        bulk_memory: true,
        reference_types: true,
      });
      const again = parsed.toBinary({}).buffer;
      parsed.destroy();
      assert.deepEqual(sections(again, ASSEMBLED), sections(bytes, ASSEMBLED), `seed ${seed}`);
    }
    assert.isAbove(compared, 40);
  });

  it('gives every instruction its offset', () => {
    for (let seed = 0; seed < 100; seed++) {
      const { module } = decode(moduleOfSeed(seed).bytes, LIMITS_1);
      for (let own = 0; own < module.bodyStarts.length; own++) {
        const lines = disassembleBody(module, own);
        const reader = new InstructionReader(module.bytes, lines[0]!.offset);
        for (const { offset, row } of lines) {
          assert.equal(reader.pos, offset);
          const index = reader.opcode();
          assert.equal(index, opcodeIndex(row.opcode));
          skipImmediates(reader, index);
        }
        assert.equal(reader.pos, module.bodyEnds[own]);
        assert.equal(lines.at(-1)!.depth, -1);
      }
    }
  });

  it('counts instructions by name', () => {
    const { module } = decode(moduleOfSeed(3).bytes, LIMITS_1);
    const counts = countByName(module);
    const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
    let lines = 0;
    for (let own = 0; own < module.bodyStarts.length; own++) lines += disassembleBody(module, own).length;
    assert.equal(total, lines);
    assert.isAtLeast(counts.get('end')!, module.bodyStarts.length);
  });

  it('refuses bytes that are not a module', () => {
    assert.throws(() => disassembleModule(Uint8Array.of(1, 2, 3)), RangeError, 'bad-magic');
  });

  it('writes floats exactly', () => {
    const cases: readonly (readonly [bigint, 32 | 64, string])[] = [
      [0x3fc00000n, 32, '0x1.8p+0'],
      [0x80000000n, 32, '-0'],
      [0x00000001n, 32, '0x0.000002p-126'],
      [0x7fc00000n, 32, 'nan'],
      [0xffa00000n, 32, '-nan:0x200000'],
      [0x3ff0000000000000n, 64, '0x1p+0'],
      [0xfff0000000000000n, 64, '-inf'],
      [0x7ff0000000000001n, 64, 'nan:0x1'],
    ];
    for (const [bits, width, text] of cases) assert.equal(floatText(bits, width), text);
    const texts = new Set([...F32_EDGES.map((bits) => floatText(BigInt(bits), 32))]);
    assert.equal(texts.size, F32_EDGES.length);
    for (const bits of F64_EDGES) {
      const text = floatText(bits, 64);
      if (!text.includes('p')) assert.deepEqual(parseValue(`f64:${text}`), { ok: true, value: { type: 'f64', bits } });
    }
  });
});
