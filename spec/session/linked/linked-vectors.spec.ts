/** The vectors of linked sessions: each receipt byte for byte, in both tiers. */
import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { fromHex, toHex } from '../../../src/base/hash.js';
import {
  checkLinkedReceipts,
  decodeLinkedReceipt,
  decodeLinkedSnapshot,
  encodeLinkedReceipt,
} from '../../../src/session/index.js';
import { TIERS } from '../session-guest.js';
import { LINKED_FILE, type LinkedFile, ranLinked } from './linked-vectors.js';

const { sessions, faults, snapshotFaults } = JSON.parse(readFileSync(LINKED_FILE, 'utf8')) as LinkedFile;

describe('vectors of linked sessions', () => {
  for (const vector of sessions) {
    for (const tier of TIERS) {
      it(`${tier}: ${vector.name}`, async () => expect(await ranLinked(vector, tier)).to.deep.equal(vector));
    }

    it(`the receipts form a chain: ${vector.name}`, () => {
      const receipts = vector.steps.flatMap(({ receipt }) => {
        if (receipt === undefined) return [];
        const decoded = decodeLinkedReceipt(fromHex(receipt));
        if (!decoded.ok) throw new Error(decoded.fault.code);
        expect(toHex(encodeLinkedReceipt(decoded.receipt))).to.equal(receipt);
        return [decoded.receipt];
      });
      // A snapshot starts a new chain.
      const starts = receipts.flatMap(({ number }, i) => (number === 0 ? [i] : []));
      for (const [i, start] of starts.entries()) {
        expect(checkLinkedReceipts(receipts.slice(start, starts[i + 1]))).to.equal(undefined);
      }
    });
  }

  it('invalid receipt bytes have their fault', () => {
    for (const { bytes, fault } of faults)
      expect(decodeLinkedReceipt(fromHex(bytes))).to.deep.equal({ ok: false, fault });
    expect([...new Set(faults.map(({ fault }) => fault.code))]).to.have.members([
      'unknown-format',
      'invalid-utf8',
      'truncated',
      'unknown-profile',
      'unknown-step',
      'integer-too-large',
      'unexpected-field',
      'unknown-outcome',
      'output-of-failure',
      'fuel-sum',
      'total-too-small',
      'trailing-bytes',
    ]);
  });

  it('invalid snapshot bytes have their fault', () => {
    for (const { bytes, fault } of snapshotFaults)
      expect(decodeLinkedSnapshot(fromHex(bytes))).to.deep.equal({ ok: false, fault });
    expect([...new Set(snapshotFaults.map(({ fault }) => fault.code))]).to.include.members([
      'unknown-format',
      'unknown-profile',
      'truncated',
      'invalid-utf8',
      'instance-flag',
      'segment-flag',
      'integer-too-large',
      'trailing-bytes',
    ]);
  });
});
