/** Strict UTF-8 against the Encoding standard's decoder, which is as strict. */
import { expect } from 'chai';
import fc from 'fast-check';
import { decodeUtf8, isUtf8 } from '../../src/base/utf8.js';

function oracle(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** Bytes around the borders of the table of well-formed sequences. */
const border = fc.constantFrom(
  ...[0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xec, 0xed, 0xee, 0xef],
  ...[0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xff],
);

describe('UTF-8', () => {
  it('is decoded like the standard decoder', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(border, fc.nat(255)), { maxLength: 8 }), (items) => {
        const bytes = Uint8Array.from(items);
        expect(decodeUtf8(bytes)).to.equal(oracle(bytes));
      }),
      { numRuns: 20_000 },
    );
  });

  it('round-trips every well-formed string', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const bytes = new TextEncoder().encode(text);
        expect(isUtf8(bytes)).to.equal(true);
        expect(decodeUtf8(bytes)).to.equal(text);
      }),
    );
  });

  it('keeps a byte order mark as a character', () => {
    expect(decodeUtf8(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61))).to.equal('\ufeffa');
  });
});
