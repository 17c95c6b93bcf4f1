/** Edges of reading and writing bytes, each by hand and each time: what a random property meets by chance alone. */
import { expect } from 'chai';
import { ByteReader } from '../../src/base/byte-reader.js';
import { ByteWriter } from '../../src/base/byte-writer.js';
import { FAULTS, FaultSignal } from '../../src/base/fault.js';
import { fromHex, isHex, toHex } from '../../src/base/hash.js';
import { decodeUtf8, isUtf8 } from '../../src/base/utf8.js';

function resultOf(
  read: (reader: ByteReader) => unknown,
  bytes: readonly number[],
  start = 0,
  end = bytes.length,
): unknown {
  const reader = new ByteReader(Uint8Array.from(bytes), start, end);
  try {
    const value = read(reader);
    return [value, reader.pos];
  } catch (error) {
    if (!(error instanceof FaultSignal)) throw error;
    return `${error.fault.code} @${error.fault.offset}`;
  }
}

const X = 0x80;
const U32: readonly (readonly [readonly number[], unknown])[] = [
  [[0], [0, 1]],
  [[0x7f], [127, 1]],
  [
    [X, 1],
    [128, 2],
  ],
  [
    [0xff, 0x7f],
    [16_383, 2],
  ],
  [
    [X, X, 1],
    [16_384, 3],
  ],
  [
    [0xff, 0xff, 0xff, 0xff, 0x0f],
    [2 ** 32 - 1, 5],
  ],
  [
    [X, X, X, X, 0],
    [0, 5],
  ],
  [[X, X, X, X, 0x10], 'integer-too-large @0'],
  [[X, X, X, X, X, 0], 'integer-too-long @0'],
  [[X, X, X, X, 0x8f], 'integer-too-long @0'],
  [[X, X], 'unexpected-end @2'],
  [[], 'unexpected-end @0'],
];
const S32: typeof U32 = [
  [[0x3f], [63, 1]],
  [[0x40], [-64, 1]],
  [[0x7f], [-1, 1]],
  [
    [0xff, 0x3f],
    [8_191, 2],
  ],
  [
    [X, 0x40],
    [-8_192, 2],
  ],
  [
    [X, X, 0x40],
    [-1_048_576, 3],
  ],
  [
    [X, X, X, 0x40],
    [-134_217_728, 4],
  ],
  [
    [0xff, 0xff, 0xff, 0xff, 7],
    [2 ** 31 - 1, 5],
  ],
  [
    [X, X, X, X, 0x78],
    [-(2 ** 31), 5],
  ],
  [
    [0xff, 0xff, 0xff, 0xff, 0x7f],
    [-1, 5],
  ],
  [[X, X, X, X, 8], 'integer-too-large @0'],
  [[X, X, X, X, 0x70], 'integer-too-large @0'],
  [[X, X, X, X, 0x80], 'integer-too-long @0'],
  [[X], 'unexpected-end @1'],
];
const S33: typeof U32 = [
  [[0x3f], [63, 1]],
  [[0x40], [-64, 1]],
  [
    [X, X, X, X, 0x0f],
    [0xf_000_0000, 5],
  ],
  [
    [0xff, 0xff, 0xff, 0xff, 0x0f],
    [2 ** 32 - 1, 5],
  ],
  [
    [X, X, X, X, 0x70],
    [-(2 ** 32), 5],
  ],
  [[X, X, X, X, 0x10], 'integer-too-large @0'],
  [[X, X, X, X, 0x60], 'integer-too-large @0'],
  [[X, X, X, X, X, 0], 'integer-too-long @0'],
];
const wide = (reader: ByteReader) => {
  const low = reader.s64();
  return BigInt.asIntN(64, (BigInt(reader.high) << 32n) | BigInt(low >>> 0));
};
const ff = (count: number) => Array.from({ length: count }, () => 0xff);
const zeros = (count: number) => Array.from({ length: count }, () => X);
const S64: typeof U32 = [
  ...[1, 2, 3, 4, 5, 6, 7, 8, 9].flatMap((length): (readonly [readonly number[], unknown])[] => [
    [
      [...zeros(length - 1), 0x40],
      [-(1n << BigInt(7 * length - 1)), length],
    ],
    [
      [...ff(length - 1), 0x3f],
      [(1n << BigInt(7 * length - 1)) - 1n, length],
    ],
    [
      [...ff(length - 1), 0x7f],
      [-1n, length],
    ],
  ]),
  [
    [...ff(9), 0],
    [(1n << 63n) - 1n, 10],
  ],
  [
    [...zeros(9), 0x7f],
    [-(1n << 63n), 10],
  ],
  [[...zeros(9), 1], 'integer-too-large @0'],
  [[...zeros(9), 0x7e], 'integer-too-large @0'],
  [[...zeros(10), 0], 'integer-too-long @0'],
  [[...zeros(3)], 'unexpected-end @3'],
];

describe('integers', () => {
  const kinds: readonly (readonly [string, (reader: ByteReader) => unknown, typeof U32])[] = [
    ['u32', (reader) => reader.u32(), U32],
    ['s32', (reader) => reader.s32(), S32],
    ['s33', (reader) => reader.s33(), S33],
    ['s64', wide, S64],
  ];
  for (const [name, read, rows] of kinds) {
    it(`${name} at each edge`, () => {
      for (const [bytes, expected] of rows) expect(resultOf(read, bytes), `${name} ${bytes}`).to.deep.equal(expected);
    });
  }

  it('are not read beyond the end of a part, nor before its beginning', () => {
    expect(resultOf((reader) => reader.u32(), [1, 2, 3], 1, 1)).to.equal('unexpected-end @1');
    expect(resultOf((reader) => reader.u32(), [1, 2, 3], 1, 2)).to.deep.equal([2, 2]);
    expect(resultOf((reader) => reader.u32(), [9, X, 1], 1, 2)).to.equal('unexpected-end @2');
    expect(resultOf((reader) => reader.u32(), [9, X, X, X, X, 0x10], 1)).to.equal('integer-too-large @1');
  });
});

describe('other readers', () => {
  it('of fixed bytes, slices and names end where their part ends', () => {
    expect(resultOf((reader) => reader.fixed32(), [1, 2, 3, 0x84])).to.deep.equal([0x84030201 | 0, 4]);
    expect(resultOf((reader) => reader.fixed32(), [1, 2, 3])).to.equal('unexpected-end @3');
    expect(resultOf((reader) => reader.skip(2), [1, 2, 3], 1)).to.deep.equal([1, 3]);
    expect(resultOf((reader) => reader.skip(3), [1, 2, 3], 1)).to.equal('unexpected-end @3');
    expect(resultOf((reader) => reader.skip(0), [], 0)).to.deep.equal([0, 0]);
    expect(resultOf((reader) => reader.name(), [2, 0x61, 0x62, 0x63])).to.deep.equal(['ab', 3]);
    expect(resultOf((reader) => reader.name(), [0])).to.deep.equal(['', 1]);
    expect(resultOf((reader) => reader.name(), [3, 0x61, 0x62])).to.equal('unexpected-end @3');
    expect(resultOf((reader) => reader.name(), [9, 1, 0xff], 1)).to.equal('invalid-utf8 @2');
    const reader = new ByteReader(Uint8Array.of(1, 2), 0, 1);
    expect([reader.atEnd, reader.u8(), reader.atEnd]).to.deep.equal([false, 1, true]);
    expect(resultOf((one) => one.u8(), [1], 1)).to.equal('unexpected-end @1');
  });
});

describe('a writer', () => {
  it('grows at every length, from empty', () => {
    for (const capacity of [0, 1, 2, 3, 4, 5, 8, 16]) {
      const writer = new ByteWriter(capacity);
      const expected: number[] = [];
      for (let n = 0; n < 9; n++) {
        writer.u8(n);
        writer.bytes([1, 2]);
        writer.fixed32(0x04030201);
        writer.u32(300);
        writer.s32(-1);
        writer.s64(0, -1);
        writer.name('é');
        expected.push(n, 1, 2, 1, 2, 3, 4, 0xac, 2, 0x7f, X, X, X, X, 0x70, 2, 0xc3, 0xa9);
        expect([...writer.finish()], `${capacity}, ${n}`).to.deep.equal(expected);
        expect(writer.length).to.equal(expected.length);
      }
    }
  });

  it('copies slices of every length', () => {
    const source = Uint8Array.from({ length: 40 }, (_, i) => i);
    for (const start of [0, 3]) {
      for (let count = 0; count <= 30; count++) {
        const writer = new ByteWriter(1);
        writer.u8(0xff);
        writer.range(source, start, start + count);
        writer.u8(0xfe);
        expect([...writer.finish()], `${start}, ${count}`).to.deep.equal([
          0xff,
          ...source.subarray(start, start + count),
          0xfe,
        ]);
      }
    }
  });

  it('writes an integer between fixed bytes as it does alone', () => {
    const edges = [
      0,
      1,
      0x3f,
      0x40,
      0x7f,
      0x80,
      0x1fff,
      0x2000,
      0xf_ffff,
      2 ** 31 - 1,
      2 ** 31,
      2 ** 32 - 1,
      2 ** 32,
      2 ** 52,
      2 ** 53 - 1,
    ];
    for (const value of edges) {
      const writer = new ByteWriter(0);
      writer.around(Uint8Array.of(7), value, Uint8Array.of(8, 9));
      const alone = new ByteWriter(0);
      alone.s64OfBigInt(BigInt(value));
      expect([...writer.finish()], `${value}`).to.deep.equal([7, ...alone.finish(), 8, 9]);
      expect(resultOf(wide, [...alone.finish()])).to.deep.equal([BigInt(value), alone.length]);
    }
  });

  it('writes sections and 64-bit patterns, and can be reset', () => {
    const writer = new ByteWriter();
    writer.section(3, (contents) => contents.name('a'));
    writer.fixed64(0x0807060504030201n);
    expect([...writer.finish()]).to.deep.equal([3, 2, 1, 0x61, 1, 2, 3, 4, 5, 6, 7, 8]);
    writer.clear();
    expect([writer.length, writer.finish().length]).to.deep.equal([0, 0]);
    const room = writer.room(2_000);
    room[writer.length] = 5;
    writer.advance(1);
    expect([room.length >= 2_000, ...writer.finish()]).to.deep.equal([true, 5]);
  });
});

describe('UTF-8', () => {
  const hex = (text: string) => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));
  const good = [
    '',
    '00',
    '7f',
    'c280',
    'dfbf',
    'e0a080',
    'e0bfbf',
    'e18080',
    'ecbfbf',
    'ed8080',
    'ed9fbf',
    'ee8080',
    'efbfbf',
    'f0908080',
    'f0bfbfbf',
    'f1808080',
    'f3bfbfbf',
    'f4808080',
    'f48fbfbf',
    'efbbbf',
  ];
  const bad = [
    '80',
    'bf',
    'c080',
    'c1bf',
    'c2',
    'c27f',
    'c2c0',
    'e09fbf',
    'e0c080',
    'e080',
    'e1807f',
    'e180c0',
    'e17f80',
    'eda080',
    'edbfbf',
    'f08fbfbf',
    'f0c08080',
    'f0908f',
    'f4908080',
    'f5808080',
    'ff',
    'f880808080',
    'f1807f80',
    'f180807f',
    'f18080c0',
  ];

  it('follows RFC 3629 at each edge', () => {
    for (const text of good)
      expect([isUtf8(hex(text)), decodeUtf8(hex(text))], text).to.deep.equal([
        true,
        Buffer.from(hex(text)).toString('utf8'),
      ]);
    for (const text of bad) expect([isUtf8(hex(text)), decodeUtf8(hex(text))], text).to.deep.equal([false, undefined]);
    // Behind and in front of what is right.
    for (const text of bad) expect(isUtf8(hex(`61c3a9${text}`)) || isUtf8(hex(`${text}61`)), text).to.equal(false);
  });
});

it('hexadecimal has two lower-case digits for every byte', () => {
  const all = Uint8Array.from({ length: 256 }, (_, i) => i);
  for (const bytes of [all, ...[0, 1, 64, 65].map((length) => all.subarray(0, length))]) {
    expect(toHex(bytes)).to.equal(Buffer.from(bytes).toString('hex'));
    expect(fromHex(toHex(bytes))).to.deep.equal(bytes);
  }
  for (const wrong of [
    '0',
    '000',
    '0G',
    'g0',
    'AB',
    ' 00',
    '00\n',
    '0x',
    '/0',
    '0:',
    '0`',
    '\u01300',
    '0\u0130',
    '00é0',
  ]) {
    expect(() => fromHex(wrong), wrong).to.throw(RangeError, 'bytes are written with two hexadecimal digits each');
  }
});

it('a hash as text has 64 lower-case digits', () => {
  const text = toHex(new Uint8Array(32).fill(0xa9));
  expect([isHex(text), isHex('a9', 1), isHex('', 0)]).to.deep.equal([true, true, true]);
  for (const wrong of [text.slice(1), `${text}0`, text.toUpperCase(), `${text.slice(1)}g`, `${text.slice(1)}\n`])
    expect(isHex(wrong), wrong).to.equal(false);
});

it('each fault has its own sentence', () => {
  const texts = Object.values(FAULTS).map(({ text }) => text);
  expect(new Set(texts).size).to.equal(texts.length);
  for (const text of texts) expect(text.split(' ').length, text).to.be.above(3);
});
