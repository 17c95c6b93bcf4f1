/**
 * The canonical bytes of receipts: one written by hand, exactly one form for each receipt, and nothing else accepted.
 */

import { blake2b } from '@noble/hashes/blake2.js';
import { expect } from 'chai';
import fc from 'fast-check';
import { FAULTS } from '../../../src/base/fault.js';
import { BREACHES } from '../../../src/boundary/byte-abi.js';
import {
  decodeReceipt,
  encodeReceipt,
  FUEL_LIMIT_MAX,
  type Receipt,
  type ReceiptOutcome,
  receiptHash,
  receiptJson,
} from '../../../src/index.js';

const NO_BYTES_HASH = blake2b(new Uint8Array(0), { dkLen: 32 });
const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 });

const codesOf = (kind: string): readonly string[] =>
  Object.entries(FAULTS).flatMap(([code, row]) => (row.kind === kind ? [code] : []));

const outcomes: fc.Arbitrary<ReceiptOutcome> = fc.oneof(
  fc.constant({ kind: 'returned' } as const),
  fc.constant({ kind: 'short-circuited' } as const),
  fc.constantFrom(...codesOf('trapped')).map((code) => ({ kind: 'trapped', code }) as const),
  fc.constantFrom(...codesOf('exhausted')).map((resource) => ({ kind: 'exhausted', resource }) as const),
  fc.constantFrom(...Object.keys(BREACHES), 'reference').map((code) => ({ kind: 'breached', code }) as const),
);

const receipts: fc.Arbitrary<Receipt> = fc
  .record({
    schedule: bytes32,
    limits: bytes32,
    hosts: bytes32,
    module: bytes32,
    export: fc.string({ unit: 'grapheme' }),
    input: bytes32,
    output: bytes32,
    outcome: outcomes,
    parts: fc.tuple(fc.maxSafeNat(), fc.maxSafeNat(), fc.maxSafeNat(), fc.maxSafeNat()),
    spare: fc.maxSafeNat(),
    pages: fc.nat(65_536),
    hostCalls: bytes32,
  })
  .map(({ parts: [a, b, c, d], spare, output, ...rest }) => {
    const quarter = (units: number): number => Math.floor(units / 4);
    const parts = { instantiate: quarter(a), guest: quarter(b), host: quarter(c), boundary: quarter(d) };
    const used = parts.instantiate + parts.guest + parts.host + parts.boundary;
    const isSpent = rest.outcome.kind === 'exhausted' && rest.outcome.resource === 'fuel';
    const hasOutput = rest.outcome.kind === 'returned' || rest.outcome.kind === 'short-circuited';
    const limit = isSpent ? used : Math.min(FUEL_LIMIT_MAX, used + quarter(spare));
    return { ...rest, profile: 'assay-1', fuel: { limit, used, parts }, output: hasOutput ? output : NO_BYTES_HASH };
  });

const filled = (byte: number): Uint8Array => new Uint8Array(32).fill(byte);

const TRAPPED: Receipt = {
  profile: 'assay-1',
  schedule: filled(1),
  limits: filled(2),
  hosts: filled(6),
  module: filled(3),
  export: 'fé',
  input: filled(4),
  fuel: { limit: 2 ** 33, used: 10, parts: { instantiate: 1, guest: 2, host: 3, boundary: 4 } },
  outcome: { kind: 'trapped', code: 'unreachable' },
  output: NO_BYTES_HASH,
  pages: 17,
  hostCalls: filled(5),
};

const TRAPPED_HEX = [
  `0f000000${Buffer.from('assay-receipt-2').toString('hex')}`,
  `07000000${Buffer.from('assay-1').toString('hex')}`,
  '01'.repeat(32),
  '02'.repeat(32),
  '06'.repeat(32),
  '03'.repeat(32),
  '0300000066c3a9',
  '04'.repeat(32),
  '0000000002000000',
  '01',
  `0b000000${Buffer.from('unreachable').toString('hex')}`,
  '0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8',
  '0a00000000000000',
  '0100000000000000',
  '0200000000000000',
  '0300000000000000',
  '0400000000000000',
  '11000000',
  '05'.repeat(32),
].join('');

/** The golden bytes with one part replaced, the expected fault, and its place. */
const BROKEN: readonly (readonly [string, (hex: string) => string, string, number])[] = [
  ['nothing', () => '', 'truncated', 0],
  ['another format', (hex) => hex.replace('742d32', '742d31'), 'unknown-format', 0],
  ['another profile', (hex) => hex.replace('61737361792d3101', '61737361792d3201'), 'unknown-profile', 19],
  ['a name that is not UTF-8', (hex) => hex.replace('66c3a9', '66c3ff'), 'invalid-utf8', 158],
  ['a fuel limit of 2^53', (hex) => hex.replace('0000000002000000', '0000000000002000'), 'integer-too-large', 197],
  ['a sixth kind of outcome', (hex) => hex.replace('0200000001', '0200000005'), 'unknown-outcome', 205],
  ['a trap that does not exist', (hex) => hex.replace('756e7265', '756e7266'), 'unknown-outcome', 205],
  ['an outcome with the code of another', (hex) => hex.replace('0200000001', '0200000002'), 'unknown-outcome', 205],
  ['a code where there must be none', (hex) => hex.replace('0200000001', '0200000000'), 'unknown-outcome', 205],
  ['an output after a trap', (hex) => hex.replace('0e5751c0', '0f5751c0'), 'output-of-failure', 221],
  ['parts that do not sum to the total', (hex) => hex.replace('0a00000000000000', '0b00000000000000'), 'fuel-sum', 253],
  ['more used than the limit', (hex) => hex.replace('0000000002000000', '0900000000000000'), 'fuel-sum', 253],
  ['65,537 pages', (hex) => hex.replace('11000000', '01000100'), 'integer-too-large', 293],
  ['one byte less', (hex) => hex.slice(0, -2), 'truncated', 297],
  ['one byte more', (hex) => `${hex}00`, 'trailing-bytes', 329],
];

describe('receipt bytes', () => {
  it('have the layout of SEMANTICS', () => {
    expect(Buffer.from(encodeReceipt(TRAPPED)).toString('hex')).to.equal(TRAPPED_HEX);
    expect(decodeReceipt(Buffer.from(TRAPPED_HEX, 'hex'))).to.deep.equal({ ok: true, receipt: TRAPPED });
  });

  it('hash to the identity of the receipt', () => {
    const oracle = blake2b(Buffer.from(TRAPPED_HEX, 'hex'), { dkLen: 32 });
    expect(receiptHash(TRAPPED)).to.deep.equal(oracle);
    expect(receiptJson(TRAPPED).hash).to.equal(Buffer.from(oracle).toString('hex'));
  });

  it('decode to the receipt, and encode to the same bytes', () => {
    fc.assert(
      fc.property(receipts, (receipt) => {
        const bytes = encodeReceipt(receipt);
        const decoded = decodeReceipt(bytes);
        expect(decoded).to.deep.equal({ ok: true, receipt });
      }),
    );
  });

  it('have one form: a changed byte is another receipt or none', () => {
    fc.assert(
      fc.property(receipts, fc.nat(), fc.integer({ min: 1, max: 255 }), (receipt, at, change) => {
        const bytes = encodeReceipt(receipt);
        bytes[at % bytes.length]! ^= change;
        const decoded = decodeReceipt(bytes);
        if (decoded.ok) expect(encodeReceipt(decoded.receipt)).to.deep.equal(bytes);
        else expect(decoded.fault.offset).to.be.within(0, bytes.length);
      }),
      { numRuns: 500 },
    );
  });

  it('are refused when truncated or random', () => {
    fc.assert(
      fc.property(receipts, fc.nat(), (receipt, at) => {
        const bytes = encodeReceipt(receipt);
        const decoded = decodeReceipt(bytes.subarray(0, at % bytes.length));
        expect(decoded.ok).to.equal(false);
      }),
    );
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(decodeReceipt(bytes).ok).to.equal(false);
      }),
    );
  });

  for (const [what, change, code, offset] of BROKEN) {
    it(`refuse ${what}`, () => {
      const hex = change(TRAPPED_HEX);
      expect(hex, 'the change applies').to.not.equal(TRAPPED_HEX);
      expect(decodeReceipt(Buffer.from(hex, 'hex'))).to.deep.equal({ ok: false, fault: { code, offset } });
    });
  }

  it('refuse fuel exhaustion with fuel left', () => {
    const receipt: Receipt = { ...TRAPPED, outcome: { kind: 'exhausted', resource: 'fuel' } };
    const decoded = decodeReceipt(encodeReceipt(receipt));
    expect(decoded.ok ? '' : decoded.fault.code).to.equal('fuel-sum');
  });
});
