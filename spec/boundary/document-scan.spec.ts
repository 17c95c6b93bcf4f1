/**
 * Scanning documents: a scan finds the same as decoding, and reports the byte at which an invalid document is wrong.
 */
import { expect } from 'chai';
import fc from 'fast-check';
import { type DocumentScan, ScanFault, type Span } from '../../src/boundary/document-scan.js';
import { JsonScan } from '../../src/boundary/json-scan.js';
import { Float, type MessagePackValue } from '../../src/boundary/messagepack.js';
import { decodeMessagePack } from '../../src/boundary/messagepack-decode.js';
import { type Encodable, encodeMessagePack } from '../../src/boundary/messagepack-encode.js';
import { MessagePackScan } from '../../src/boundary/messagepack-scan.js';

const utf8 = (text: string) => new TextEncoder().encode(text);

/** A document rebuilt from its parts; of maps only the entries with a string as key. */
function walked(scan: DocumentScan, span: Span = scan.root): MessagePackValue {
  const kind = scan.kindOf(span);
  if (kind === 'map') return new Map([...scan.entries(span)].map(([key, value]) => [key, walked(scan, value)]));
  if (kind === 'array') return [...scan.items(span)].map((item) => walked(scan, item));
  const read = scan.value(span);
  if (!read.ok) throw new Error(read.error.reason);
  expect(kind).to.equal(typeof read.value === 'string' ? 'string' : 'other');
  return read.value;
}

/** The same value as from `JSON.parse`. */
function plain(value: MessagePackValue): unknown {
  if (value instanceof Map)
    return Object.fromEntries([...value].map(([key, inner]) => [key, plain(inner as MessagePackValue)]));
  if (Array.isArray(value)) return value.map((inner: MessagePackValue) => plain(inner));
  return value instanceof Float ? value.value : value;
}

function faultOf(work: () => unknown): readonly [number, string] | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    if (error instanceof ScanFault) return [error.offset, error.reason];
    throw error;
  }
}

describe('a scan of JSON', () => {
  const TEXTS = [
    '1',
    ' \t\n\r1 ',
    '"a"',
    '""',
    '{}',
    '[]',
    '[ ]',
    '{ \n}',
    '[1]',
    '[1,2 , 3\n,4]',
    '[[],[[]],{}]',
    '{"a":1}',
    '{ "a" : { "b" : [ true , false , null ] } , "c" : "d" }',
    '["\\"","\\\\","\\\\\\"","a\\\\","\\\\\\\\"]',
    '{"\\\\":"}","b":"]","c":"{","d":"[","e":",","f":":"}',
    '["[","{",1.5,-2e3]',
  ];
  it('has the parts of the document', () => {
    for (const text of TEXTS) {
      expect(plain(walked(new JsonScan(utf8(text)))), text).to.deep.equal(
        // A key is compared as it is written: keys of dumps have no escapes.
        JSON.parse(text.replace('{"\\\\":', '{"\\\\\\\\":')),
      );
    }
  });

  it('has the parts of any document, with white space anywhere', () => {
    const word = fc.constantFrom('a', '"', '\\', '\\"', '{', ']', ',', ':', 'é', '');
    const blank = fc.constantFrom('', ' ', '\n', '\t\r ');
    const { document } = fc.letrec<{ document: unknown; scalar: unknown }>((tie) => ({
      document: fc.oneof(
        { maxDepth: 4 },
        tie('scalar'),
        fc.array(tie('document'), { maxLength: 4 }),
        fc.dictionary(fc.constantFrom('a', 'bc', 'é', '}'), tie('document'), { maxKeys: 3, noNullPrototype: true }),
      ),
      scalar: fc.oneof(word, fc.integer(), fc.boolean(), fc.constant(null)),
    }));
    fc.assert(
      fc.property(document, blank, (value, space) => {
        const text = `${space}${JSON.stringify(value, null, space)}${space}`;
        expect(plain(walked(new JsonScan(utf8(text))))).to.deep.equal(value);
      }),
      { numRuns: 60 },
    );
  });

  it('begins after a byte order mark', () => {
    expect(new JsonScan(Uint8Array.of(0xef, 0xbb, 0xbf, 0x31)).root).to.deep.equal({ from: 3, to: 4 });
    expect(new JsonScan(utf8(' 12 ')).root).to.deep.equal({ from: 1, to: 3 });
    expect(new JsonScan(Uint8Array.of(0xef, 0xbb, 0x31)).root).to.deep.equal({ from: 0, to: 3 });
  });

  const WRONG: readonly (readonly [text: string, offset: number, reason: string])[] = [
    ['', 0, 'the document ends early'],
    ['  ', 2, 'the document ends early'],
    ['[', 1, 'the document ends in a map or a list'],
    ['{"a":[1,2]', 10, 'the document ends in a map or a list'],
    ['"a', 2, 'the document ends in a string'],
    ['["a\\"]', 6, 'the document ends in a string'],
    ['1 2', 2, 'unexpected data after the JSON value'],
    ['{} {}', 3, 'unexpected data after the JSON value'],
    [',', 0, 'a value is missing'],
    ['[1,]', 3, 'a value is missing'],
    ['[,1]', 1, 'a value is missing'],
    ['[1 2]', 3, 'a comma or the end of a list is missing'],
    ['[1}', 2, 'a comma or the end of a list is missing'],
    ['{"a":}', 5, 'a value is missing'],
    ['{"a" 1}', 5, 'a colon is missing'],
    ['{"a":1 "b":2}', 7, 'a comma or the end of a map is missing'],
    ['{"a":1,}', 7, 'a string is missing'],
    ['{1:2}', 1, 'a string is missing'],
    ['{"a":1]', 6, 'a comma or the end of a map is missing'],
  ];
  for (const [text, offset, reason] of WRONG) {
    it(`'${text}': ${reason} at byte ${offset}`, () => {
      expect(faultOf(() => walked(new JsonScan(utf8(text))))).to.deep.equal([offset, reason]);
    });
  }

  it('decodes strictly, and reports where in the value it is wrong', () => {
    const scan = new JsonScan(utf8('[1,\n tru]'));
    const [, item] = [...scan.items(scan.root)];
    expect(scan.value(item!)).to.deep.equal({
      ok: false,
      error: { path: '$', reason: 'not a JSON value (its line 1, column 1)' },
    });
    const dialect = { bytesOfString: (text: string) => utf8(text), stringOfBytes: () => undefined };
    expect(new JsonScan(utf8('"ab"'), dialect).value({ from: 0, to: 4 })).to.deep.equal({
      ok: true,
      value: utf8('ab'),
    });
  });

  it('skips a key that is not UTF-8', () => {
    const scan = new JsonScan(Uint8Array.of(...utf8('{"'), 0xff, ...utf8('":1,"b":2}')));
    expect([...scan.entries(scan.root)].map(([key]) => key)).to.deep.equal(['b']);
  });
});

describe('a scan of MessagePack', () => {
  const text = (length: number) => 'x'.repeat(length);
  const map = (count: number) => new Map(Array.from({ length: count }, (_, at) => [`k${at}`, at] as const));
  const VALUES: readonly Encodable[] = [
    ...[null, true, false, 0, 127, 128, 255, 256, 65_535, 65_536, 2 ** 32 - 1, 2 ** 32, 2n ** 63n],
    ...[-1, -32, -33, -128, -129, -32_768, -32_769, -(2 ** 31), -(2 ** 31) - 1],
    ...[Float.f32(1.5), Float.f64(-0)],
    ...[0, 1, 31, 32, 255, 256, 65_535, 65_536].map(text),
    ...[0, 1, 255, 256, 65_535, 65_536].map((length) => new Uint8Array(length)),
    ...[0, 1, 15, 16].map((length) => new Array<number>(length).fill(1)),
    ...[0, 1, 15, 16, 300].map(map),
    [map(2), [text(40), [[]]], new Map([['a', map(17)]])],
  ];

  it('has the parts of the document', () => {
    for (const [at, value] of VALUES.entries()) {
      const bytes = encodeMessagePack(value);
      const decoded = decodeMessagePack(bytes);
      expect(decoded.ok && walked(new MessagePackScan(bytes)), `${at}`).to.deep.equal(decoded.ok && decoded.value);
      const wide = new MessagePackScan(encodeMessagePack([value, 7]));
      expect([...wide.items(wide.root)].length).to.equal(2);
    }
    for (const length of [65_535, 65_536]) {
      const list = new MessagePackScan(encodeMessagePack(new Array<number>(length).fill(1)));
      expect([...list.items(list.root)]).to.have.length(length);
    }
    const many = new Uint8Array(5 + 2 * 65_536).fill(1);
    many.set([0xdf, 0, 1, 0, 0]);
    expect([...new MessagePackScan(many).entries({ from: 0, to: many.length })]).to.have.length(0);
  });

  it('refuses a document that is cut or has extra bytes', () => {
    for (const value of VALUES) {
      const bytes = encodeMessagePack(value);
      const lengths = bytes.length < 400 ? bytes.keys() : [0, 1, 2, 3, 4, 5, 9, bytes.length - 1];
      for (const length of lengths)
        expect(faultOf(() => new MessagePackScan(bytes.subarray(0, length)))?.[1]).to.equal('the document ends early');
      const longer = Uint8Array.of(...bytes.subarray(0, 300), 0);
      if (bytes.length < 300)
        expect(faultOf(() => new MessagePackScan(longer))).to.deep.equal([
          bytes.length,
          'unexpected data after the MessagePack value',
        ]);
    }
  });

  it('refuses extensions', () => {
    for (const first of [0xc1, 0xc7, 0xc8, 0xc9, 0xd4, 0xd5, 0xd6, 0xd7, 0xd8])
      expect(faultOf(() => new MessagePackScan(new Uint8Array(40).fill(first, 0, 1)))).to.deep.equal([
        0,
        `no value begins with the byte 0x${first.toString(16)}`,
      ]);
  });

  it('ends early where more is declared than present', () => {
    for (const head of [
      [0xdd, 0xff, 0xff, 0xff, 0xff],
      [0xdf, 0xff, 0xff, 0xff, 0xff],
      [0xdb, 0xff, 0xff, 0xff, 0xff],
      [0xc6, 0xff, 0xff, 0xff, 0xff],
    ])
      expect(faultOf(() => new MessagePackScan(Uint8Array.of(...head, 1, 1)))?.[1]).to.equal('the document ends early');
    // An item takes at least one byte: two are declared, one is there.
    expect(faultOf(() => new MessagePackScan(Uint8Array.of(0x92, 1)))).to.deep.equal([1, 'the document ends early']);
  });

  it('skips keys that are not strings, and reports at which byte of the document a value is wrong', () => {
    const scan = new MessagePackScan(Uint8Array.of(0x83, 1, 2, 0xa1, 0xff, 3, 0xa1, 0x61, 0xa1, 0xff));
    const entries = [...scan.entries(scan.root)];
    expect(entries.map(([key]) => key)).to.deep.equal(['a']);
    const value = scan.value(entries[0]![1]);
    expect(value.ok || value.error).to.deep.equal({ path: '$', reason: 'invalid-utf8 at byte 8' });
  });
});
