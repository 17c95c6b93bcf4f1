/**
 * Edges of the zome host that ordinary zomes do not reach: results of maximum length, private entries, ops that
 * coincide.
 */
import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import { defineLimits } from '../../src/base/limits.js';
import { anyValue, bytes, nil, u32 } from '../../src/boundary/codec.js';
import { decodeBytes, encodeBytes } from '../../src/boundary/codec-bytes.js';
import type { Generation } from '../../src/boundary/generation.js';
import { HostError, resultOf } from '../../src/boundary/wasm-error.js';
import { createEngine } from '../../src/engine/engine.js';
import { actionHash } from '../../src/zome/action.js';
import { agentFromSeed } from '../../src/zome/agent.js';
import { authorOpsOf } from '../../src/zome/author-ops.js';
import { createZomeHost } from '../../src/zome/create-zome-host.js';
import { recordsSource } from '../../src/zome/dependency-source.js';
import { type Entry, entryHash } from '../../src/zome/entry.js';
import { hashOfInput } from '../../src/zome/hash-function.js';
import { defineHostFunction, ok } from '../../src/zome/host-function.js';
import { opOfChainOp } from '../../src/zome/op-of-chain-op.js';
import { type ActionSpec, genesisOf, recordOf } from '../../src/zome/record-of.js';
import { checkDefinitions, type ZomeDefinition } from '../../src/zome/zome.js';
import { hostOf, zomeOf } from './host-of.js';
import { constantGuest, probeGuest } from './probe-guest.js';

const AUTHOR = agentFromSeed(new Uint8Array(32).fill(3));
const NIL = encodeBytes(nil, null);

describe('the result of a host function', () => {
  it('is at most as long as a payload, and an error about it fits', async () => {
    const limits = defineLimits('spec-short-payload', { payloadBytes: 500 });
    const filled = defineHostFunction<number, Uint8Array>({
      name: '__own__bytes_1',
      input: u32,
      output: bytes,
      cost: { base: 1, perByte: 1 },
      run: (length) => ok(new Uint8Array(length)),
    });
    const answerTo = async (length: number) => {
      const text = probeGuest('__own__bytes_1', encodeBytes(u32, length));
      const made = await createZomeHost({
        engine: createEngine({ tier: 'interpreter', limits }),
        zomes: [zomeOf({ name: 'z', text })],
        generation: '0.6',
        hostFunctions: [filled],
      });
      if (!made.ok) throw new Error(made.fault.code);
      const [line] = made.host.call('z', 'probe', NIL).recording;
      if (line?.answer?.kind !== 'output') throw new Error('there is no result');
      return line.answer.bytes;
    };
    const overhead = (await answerTo(300)).length - 300;
    expect(await answerTo(500 - overhead)).to.have.length(500);
    const refused = decodeBytes(resultOf(anyValue, HostError), await answerTo(501 - overhead));
    if (!refused.ok || E.isRight(refused.value)) throw new Error('it was passed');
    expect(refused.value.left.error).to.deep.equal({
      kind: 'Host',
      value: 'the answer of __own__bytes_1 has 501 bytes, the limit is 500',
    });
  });
});

describe('hashes of old zomes', () => {
  it('are those of entries and actions elsewhere, and BLAKE2b of each supported length', () => {
    for (const generation of ['0.2', '0.6'] as const) {
      const { signed_action } = genesisOf({ author: AUTHOR, generation })[2];
      const { content } = signed_action.hashed;
      expect(hashOfInput({ kind: 'Action', value: content }, generation)).to.deep.equal({
        kind: 'Action',
        value: actionHash(content, generation),
      });
      const entry: Entry = { entry_type: 'App', entry: Uint8Array.of(1) };
      expect(hashOfInput({ kind: 'Entry', value: entry }, generation)).to.deep.equal({
        kind: 'Entry',
        value: entryHash(entry, generation),
      });
    }
    for (const length of [0, 1, 64, 65]) {
      const made = hashOfInput({ kind: 'Blake2B', value: [Uint8Array.of(1), length] }, '0.6');
      if (length === 0 || length === 65) expect(made).to.equal(`BLAKE2b has no digest of ${length} bytes`);
      else expect(typeof made === 'object' && made.value.length).to.equal(length);
    }
  });
});

describe('zome_info when entry_defs fails', () => {
  it('does not show where a guest was stopped, but the other reasons', async () => {
    const infoOf = async (answer: string) => {
      const deep = '(func $deep (result i64) (i64.add (call $deep) (i64.const 1)))';
      const text = constantGuest({}, `${deep} (func (export "entry_defs") (param i32 i32) (result i64) ${answer})`);
      return (await hostOf([{ name: 'a', text }])).zomeInfo('a');
    };
    expect(await infoOf('(unreachable)')).to.equal('entry_defs of a: it trapped or was exhausted');
    expect(await infoOf('(call $deep)')).to.equal('entry_defs of a: it trapped or was exhausted');
    expect(await infoOf('(i64.const -1)')).to.equal('entry_defs of a: it broke the byte ABI: output-pointer');
  });
});

describe('ops validated by an author', () => {
  const entry: Entry = { entry_type: 'App', entry: Uint8Array.of(0xc0) };
  const app = (visibility: 'Public' | 'Private') => ({ entry, entryType: { visibility } });
  const kinds = (spec: ActionSpec, generation: Generation) => {
    const place = { author: AUTHOR, generation };
    const record = recordOf({ ...place, ...spec });
    const named =
      'updates' in spec ? spec.updates : 'deletes' in spec ? spec.deletes : 'link' in spec ? spec.link : undefined;
    const source = recordsSource(named === undefined ? [record] : [record, named as never], { generation });
    return authorOpsOf(record, source, generation).map((made) => (made.kind === 'op' ? made.op.kind : 'waits'));
  };

  it('are one of each kind, in the order of the table, also of a private entry', () => {
    for (const generation of ['0.2', '0.6'] as const) {
      const place = { author: AUTHOR, generation };
      const original = recordOf({ ...place, ...app('Public') });
      const hashed = original.signed_action.hashed.hash;
      const link = recordOf({ ...place, action: 'CreateLink', base: hashed, target: hashed });
      const all = ['StoreRecord', 'RegisterAgentActivity'];
      expect(kinds(app('Public'), generation)).to.deep.equal([...all, 'StoreEntry']);
      expect(kinds(app('Private'), generation)).to.deep.equal([...all, 'StoreEntry']);
      expect(kinds({ action: 'Update', ...app('Public'), updates: original }, generation)).to.deep.equal([
        ...all,
        'StoreEntry',
        'RegisterUpdate',
      ]);
      expect(kinds({ action: 'Delete', deletes: original }, generation)).to.deep.equal([...all, 'RegisterDelete']);
      expect(kinds({ action: 'CreateLink', base: hashed, target: hashed }, generation)).to.deep.equal([
        ...all,
        'RegisterCreateLink',
      ]);
      expect(kinds({ action: 'DeleteLink', link }, generation)).to.deep.equal([...all, 'RegisterDeleteLink']);
      expect(kinds({ action: 'InitZomesComplete' }, generation)).to.deep.equal(all);
    }
  });

  it('of an update contain its entry if public, as given or as found, and none otherwise', () => {
    const place = { author: AUTHOR, generation: '0.6' } as const;
    const original = recordOf({ ...place, ...app('Public') });
    for (const visibility of ['Public', 'Private'] as const) {
      const other: Entry = { entry_type: 'App', entry: Uint8Array.of(0xc3) };
      const update = recordOf({
        ...place,
        action: 'Update',
        entry: other,
        entryType: { visibility },
        updates: original,
      });
      const { signed_action: action } = update;
      const newEntryOf = (held: typeof update.entry, records: readonly (typeof update)[]) => {
        const source = recordsSource(records, { generation: '0.6' });
        const made = opOfChainOp({ type: 'RegisterUpdatedRecord', action, entry: held }, source, '0.6');
        return made.kind === 'op' ? (made.op.value as { new_entry: Entry | null }).new_entry : made.kind;
      };
      const expected = visibility === 'Public' ? other : null;
      expect(newEntryOf(update.entry, [])).to.deep.equal(expected);
      expect(newEntryOf({ kind: 'NotStored' } as never, [update])).to.deep.equal(expected);
      expect(newEntryOf({ kind: 'NotStored' } as never, [])).to.deep.equal(visibility === 'Public' ? 'waits' : null);
    }
  });
});

describe('the zomes of a DNA', () => {
  const zome = (name: string, more: Partial<ZomeDefinition> = {}): ZomeDefinition => ({
    name,
    wasm: new Uint8Array(0),
    ...more,
  });
  const many = (count: number) => Array.from({ length: count }, (_, at) => zome(`z${at}`));

  it('are at most 256 integrity zomes, and any number of coordinators', () => {
    checkDefinitions([...many(256), zome('c', { kind: 'coordinator' }), zome('d', { kind: 'coordinator' })]);
    expect(() => checkDefinitions(many(257))).to.throw(RangeError, 'a DNA has at most 256 integrity zomes');
  });

  it('have unique names, and depend on other integrity zomes', () => {
    const rows: readonly (readonly [readonly ZomeDefinition[], string])[] = [
      [[zome('a'), zome('a', { kind: 'coordinator' })], "two zomes have the name 'a'"],
      [[zome('a', { dependencies: ['a'] })], "the zome 'a' depends on 'a', which is not an integrity zome"],
      [
        [zome('b'), zome('a', { dependencies: ['b', 'c'] }), zome('c', { kind: 'coordinator' })],
        "the zome 'a' depends on 'c', which is not an integrity zome",
      ],
    ];
    for (const [zomes, text] of rows) expect(() => checkDefinitions(zomes)).to.throw(RangeError, text);
    checkDefinitions([
      zome('b'),
      zome('a', { dependencies: ['b'] }),
      zome('c', { kind: 'coordinator', dependencies: ['a'] }),
    ]);
  });
});
