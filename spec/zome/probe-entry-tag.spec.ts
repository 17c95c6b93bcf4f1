/**
 * Which form of an entry's tag zomes of Holochain 0.1 and 0.2 accept: found by calling them, the same in both tiers.
 */
import { expect } from 'chai';
import { encodeBytes } from '../../src/boundary/codec-bytes.js';
import { EntryHash } from '../../src/boundary/hash-bytes.js';
import { createEngine } from '../../src/engine/engine.js';
import { entry, entryHash } from '../../src/zome/entry.js';
import { op } from '../../src/zome/op.js';
import { hostOf } from './host-of.js';
import { ALLOCATOR, askingGuest, constantGuest, dataText, OK_VALID, sliceText } from './probe-guest.js';
import { samples } from './sample-ops.js';

/** Bytes after the tag in the probe: `a5 "entry" c4 27` and an agent's key. They follow `c0` if the tag is a map. */
const AFTER_TAG = 47;
const REFUSED = Buffer.from('\x81\xa3Err\x83\xa4file\xa1f\xa4line\x01\xa5error\x81\xabDeserialize\xc5', 'latin1');
const DATA = 1024;

/** A guest that returns an input as not decodable if `refusal`, computed from whether the tag is a map, is 1. */
function picky(refusal: string, more = ''): string {
  return `(module ${ALLOCATOR} ${more}
    (data (i32.const ${DATA}) "${dataText(REFUSED)}")
    (data (i32.const 4096) "${dataText(OK_VALID)}")
    (func (export "validate") (param $ptr i32) (param $len i32) (result i64) (local $map i32) (local $out i32)
      (local.set $map (i32.eq
        (i32.load8_u (i32.sub (i32.add (local.get $ptr) (local.get $len)) (i32.const ${AFTER_TAG + 1})))
        (i32.const 0xc0)))
      (if (i32.eqz ${refusal}) (then (return ${sliceText(4096, OK_VALID.length)})))
      (local.set $out (call $allocate (i32.add (local.get $len) (i32.const 64))))
      (memory.copy (local.get $out) (i32.const ${DATA}) (i32.const ${REFUSED.length}))
      (i32.store8 offset=${REFUSED.length} (local.get $out) (i32.shr_u (local.get $len) (i32.const 8)))
      (i32.store8 offset=${REFUSED.length + 1} (local.get $out) (local.get $len))
      (memory.copy (i32.add (local.get $out) (i32.const ${REFUSED.length + 2})) (local.get $ptr) (local.get $len))
      (call $packed (local.get $out) (i32.add (local.get $len) (i32.const ${REFUSED.length + 2})))))`;
}

const TAKES_MAP = picky('(i32.eqz (local.get $map))');
const TAKES_STRING = picky('(local.get $map)');

const OTHER_BYTES = Buffer.concat([REFUSED.subarray(0, -1), Uint8Array.of(0xc4, 1, 7)]);
const ROWS: readonly (readonly [what: string, text: string, generation: '0.2' | '0.2-map'])[] = [
  ['takes the string alone', TAKES_STRING, '0.2'],
  ['takes the map alone', TAKES_MAP, '0.2-map'],
  ['takes both', picky('(i32.const 0)'), '0.2'],
  ['takes neither', picky('(i32.const 1)'), '0.2'],
  ['has no validate', constantGuest({ other: OK_VALID }), '0.2'],
  [
    'traps on the string',
    picky('(block (result i32) (if (i32.eqz (local.get $map)) (then unreachable)) (i32.const 0))'),
    '0.2',
  ],
  ['never ends', picky('(block (result i32) (loop (br 0)) (i32.const 0))'), '0.2'],
  ['cannot decode something else', constantGuest({ validate: OTHER_BYTES }), '0.2'],
];

for (const tier of ['auto', 'interpreter'] as const) {
  describe(`the entry tag of a zome of 0.2, tier ${tier}`, () => {
    const host = (texts: readonly string[], generation: '0.2' | '0.6' = '0.2') =>
      hostOf(
        texts.map((text, at) => ({ name: `z${at}`, text })),
        { engine: createEngine({ tier }), generation },
      );

    for (const [what, text, expected] of ROWS) {
      it(`a zome that ${what}: ${expected}`, async () => {
        const { detected } = await host([text]);
        expect(detected).to.deep.equal({ generation: expected, by: expected === '0.2' ? 'option' : 'probe' });
      });
    }

    it('the first zome that reveals it decides; no other generation is probed', async () => {
      const none = constantGuest({ other: OK_VALID });
      expect((await host([none, TAKES_MAP, TAKES_STRING])).generation).to.equal('0.2-map');
      expect((await host([none, TAKES_STRING, TAKES_MAP])).generation).to.equal('0.2');
      expect((await host([TAKES_MAP], '0.6')).generation).to.equal('0.6');
    });
  });
}

describe('an entry of 0.2', () => {
  it('is hashed and passed in the form that its zomes accept', async () => {
    const imported = '(import "env" "__hc__must_get_entry_1" (func $import (param i32 i32) (result i64)))';
    for (const [text, generation, tag] of [
      [TAKES_STRING, '0.2', 'a3417070'],
      [TAKES_MAP, '0.2-map', '81a3417070c0'],
    ] as const) {
      const { entry: value, ops } = samples({ generation });
      const hash = entryHash(value, generation);
      const asking = askingGuest('__hc__must_get_entry_1', [encodeBytes(EntryHash, hash)]);
      const zomes = [
        { name: 'picky', text: text.replace('(module', `(module ${imported}`) },
        { name: 'asking', text: asking },
      ];
      const made = await hostOf(zomes, { generation: '0.2' });
      expect(made.generation).to.equal(generation);
      const dependencies = { entry: () => value } as never;
      const { calls } = made.validateOp(ops[4]!.op, { zome: 'asking', dependencies });
      const answer = calls[0]!.recording[0]!.answer as { readonly bytes: Uint8Array };
      expect(Buffer.from(answer.bytes).toString('hex')).to.include(`aa656e7472795f74797065${tag}a5656e747279`);
      expect(encodeBytes(entry(generation), value)).to.satisfy((bytes: Uint8Array) =>
        Buffer.from(bytes).toString('hex').startsWith(`82aa656e7472795f74797065${tag}`),
      );
      expect(Buffer.from(encodeBytes(op(generation), ops[1]!.op)).toString('hex')).to.include(`${tag}a5656e747279`);
    }
    expect(entryHash(samples().entry, '0.2')).to.deep.equal(entryHash(samples().entry, '0.6'));
    expect(entryHash(samples().entry, '0.2-map')).to.not.deep.equal(entryHash(samples().entry, '0.6'));
  });
});
