import { expect } from 'chai';
import fc from 'fast-check';
import { toHex, utf8 } from '../../src/base/hash.js';
import { HASH_PREFIXES, type HashType, hashTypeOf } from '../../src/boundary/hash-bytes.js';
import { encodeMessagePack } from '../../src/boundary/messagepack-encode.js';
import { entryHash } from '../../src/zome/entry.js';
import {
  coreOf,
  hashFromCore,
  hashFromText,
  hashOfContent,
  hashText,
  isLocated,
  locationOf,
  retyped,
  wasmHash,
} from '../../src/zome/holo-hash.js';

/** The core of the parsing test in holo_hash `tests.rs`. */
const PARSED = 'WCsAgoKkkfwyJAglj30xX_GLLV-3BXuFy436a2SqpcEwyBzm';

describe('HoloHash', () => {
  it('has the location bytes of holo_hash', () => {
    const locations = ([0x00, 0xdb, 0xff] as const).map((byte) => toHex(locationOf(new Uint8Array(32).fill(byte))));
    expect(locations).to.deep.equal(['99f61fc2', '93a7922f', 'e7056f52']);
    const parsed = hashFromText(`uhC0k${PARSED}`);
    expect(parsed.ok && new DataView(parsed.hash.buffer).getUint32(35, true)).to.equal(3_860_645_936);
  });

  it('hashes content as holo_hash does', () => {
    expect(toHex(coreOf(hashOfContent('Entry', new Uint8Array(0))))).to.equal(
      '0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8',
    );
    const text = hashText(hashOfContent('Entry', utf8('test entry content')));
    expect(text).to.equal('uhCEkhPbA5vaw3Fk-ZvPSKuyyjg8eoX98fve75qiUEFgAE3BO7D4d');
    const struct = encodeMessagePack({ s: 'test', i: 42 });
    expect(hashText(hashOfContent('DhtOp', struct))).to.equal('uhCQkQFRMcbVVfPJ5AbAv0HJq0geatTakGEEj5rpv_Dp0pjmJob3P');
    expect(hashText(hashFromCore('Agent', new Uint8Array(32).fill(0xdb)))).to.equal(
      'uhCAk29vb29vb29vb29vb29vb29vb29vb29vb29vb29vb29uTp5Iv',
    );
    expect(hashTypeOf(wasmHash(utf8('\0asm')))).to.equal('Wasm');
  });

  it('hashes an agent entry to its key, and any other by its MessagePack', () => {
    const agent = hashFromCore('Agent', new Uint8Array(32).fill(1));
    expect(entryHash({ entry_type: 'Agent', entry: agent }, '0.6')).to.deep.equal(retyped(agent, 'Entry'));
    const app = new Map<string, string | Uint8Array>([
      ['entry_type', 'App'],
      ['entry', Uint8Array.of(1)],
    ]);
    expect(entryHash({ entry_type: 'App', entry: Uint8Array.of(1) }, '0.6')).to.deep.equal(
      hashOfContent('Entry', encodeMessagePack(app)),
    );
  });

  it('converts between bytes and base64url text', () => {
    const types = Object.keys(HASH_PREFIXES) as HashType[];
    fc.assert(
      fc.property(fc.constantFrom(...types), fc.uint8Array({ minLength: 32, maxLength: 32 }), (type, core) => {
        const full = hashFromCore(type, core);
        expect(hashTypeOf(full)).to.equal(type);
        expect(coreOf(full)).to.deep.equal(Uint8Array.from(core));
        expect(isLocated(full)).to.equal(true);
        expect(hashText(full)).to.equal(`u${Buffer.from(full).toString('base64url')}`);
        expect(hashFromText(hashText(full))).to.deep.equal({ ok: true, hash: full, type });
      }),
    );
  });

  it('reports what is wrong with a text', () => {
    const cases: readonly (readonly [string, string, HashType?])[] = [
      [`uhC0k${PARSED}`, 'ok'],
      [`uhC0k${PARSED}`, 'ok', 'Dna'],
      [`uhC0k${PARSED}`, 'wrong-type', 'Action'],
      [`uhC0k${PARSED}x`, 'length'],
      ['', 'length'],
      [`vhC0k${PARSED}`, 'no-u'],
      [`uhC0k+${PARSED.slice(1)}`, 'no-base64url'],
      [`uhC0k\u00e9${PARSED.slice(1)}`, 'no-base64url'],
      [`uhC1k${PARSED}`, 'unknown-type'],
      [`uhC0kX${PARSED.slice(1)}`, 'location'],
    ];
    for (const [text, expected, type] of cases) {
      const read = hashFromText(text, type);
      expect(read.ok ? 'ok' : read.code, text).to.equal(expected);
    }
  });

  it('refuses cores and hashes of another length', () => {
    expect(() => hashFromCore('Entry', new Uint8Array(31))).to.throw(
      RangeError,
      'the core of a hash must be 32 bytes, not 31',
    );
    expect(() => hashText(new Uint8Array(38))).to.throw(RangeError, 'a hash must be 39 bytes, not 38');
  });
});
