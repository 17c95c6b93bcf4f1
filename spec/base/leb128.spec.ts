/** LEB128 of the byte reader and writer against BigInt arithmetic. */
import { expect } from 'chai';
import fc from 'fast-check';
import { ByteReader } from '../../src/base/byte-reader.js';
import { ByteWriter } from '../../src/base/byte-writer.js';
import { FaultSignal, type LoadFault } from '../../src/base/fault.js';

type Kind = 'u32' | 's32' | 's33' | 's64';

const KINDS: Readonly<Record<Kind, { readonly bits: number; readonly isSigned: boolean }>> = {
  u32: { bits: 32, isSigned: false },
  s32: { bits: 32, isSigned: true },
  s33: { bits: 33, isSigned: true },
  s64: { bits: 64, isSigned: true },
};

type Answer = { readonly value: bigint; readonly pos: number } | { readonly code: string; readonly offset: number };

/** The oracle: reads all groups of seven bits first and then asks whether the value is one of the type. */
function oracle(kind: Kind, bytes: Uint8Array): Answer {
  const { bits, isSigned } = KINDS[kind];
  const lengthMax = Math.ceil(bits / 7);
  let length = 0;
  while (length < bytes.length && length < lengthMax && bytes[length]! >= 0x80) length++;
  if (length === lengthMax) return { code: 'integer-too-long', offset: 0 };
  if (length === bytes.length) return { code: 'unexpected-end', offset: bytes.length };
  length++;
  let value = 0n;
  for (let i = 0; i < length; i++) value |= BigInt(bytes[i]! & 0x7f) << BigInt(7 * i);
  if (isSigned) value = BigInt.asIntN(7 * length, value);
  const isOfType = value === (isSigned ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value));
  return isOfType ? { value, pos: length } : { code: 'integer-too-large', offset: 0 };
}

function read(kind: Kind, bytes: Uint8Array): Answer {
  const reader = new ByteReader(bytes);
  try {
    const low = reader[kind]();
    const value = kind === 's64' ? (BigInt(reader.high) << 32n) | BigInt(low >>> 0) : BigInt(low);
    return { value, pos: reader.pos };
  } catch (error) {
    if (!(error instanceof FaultSignal)) throw error;
    const { code, offset }: LoadFault = error.fault;
    return { code, offset };
  }
}

/** Bytes that make long integers likely. */
const groups = fc
  .array(fc.oneof(fc.nat(255), fc.constantFrom(0x80, 0xff, 0x7f, 0x00, 0x40, 0x3f, 0x0f, 0x10, 0x70, 0x78)), {
    maxLength: 12,
  })
  .chain((bytes) =>
    fc.nat(12).map((continued) => Uint8Array.from(bytes, (byte, i) => (i < continued ? byte | 0x80 : byte))),
  );

describe('LEB128', () => {
  for (const kind of Object.keys(KINDS) as Kind[]) {
    it(`${kind} is read as the oracle reads it`, () => {
      fc.assert(
        fc.property(groups, (bytes) => {
          expect(read(kind, bytes)).to.deep.equal(oracle(kind, bytes));
        }),
        { numRuns: 5000 },
      );
    });
  }

  it('round-trips in the shortest form', () => {
    const integer = fc.oneof(fc.integer(), fc.constantFrom(0, 63, 64, -64, -65, 0x7fffffff, -0x80000000));
    fc.assert(
      fc.property(integer, integer, (low, high) => {
        const writer = new ByteWriter(0);
        writer.u32(low);
        const afterUnsigned = writer.length;
        writer.s32(low);
        const afterSigned = writer.length;
        writer.s64(low, high);
        const reader = new ByteReader(writer.finish());
        expect(reader.u32()).to.equal(low >>> 0);
        expect(reader.pos).to.equal(afterUnsigned);
        expect(reader.s32()).to.equal(low);
        expect(reader.pos).to.equal(afterSigned);
        expect([reader.s64(), reader.high]).to.deep.equal([low, high]);
        expect(reader.atEnd).to.equal(true);
        const value = BigInt.asIntN(64, (BigInt(high) << 32n) | BigInt(low >>> 0));
        expect(writer.length - afterSigned).to.equal(shortestLength(value));
      }),
      { numRuns: 5000 },
    );
  });
});

function shortestLength(value: bigint): number {
  let length = 1;
  while (BigInt.asIntN(7 * length, value) !== value) length++;
  return length;
}
