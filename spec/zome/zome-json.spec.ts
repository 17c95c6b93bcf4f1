/**
 * The JSON of ops and of all zome inputs: lossless in both directions, hashes as text, and what is refused, where and
 * why.
 */
import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import fc from 'fast-check';
import { anyValue } from '../../src/boundary/codec.js';
import type { Generation } from '../../src/boundary/generation.js';
import type { MessagePackValue } from '../../src/boundary/messagepack.js';
import { decodeMessagePack } from '../../src/boundary/messagepack-decode.js';
import { encodeMessagePack } from '../../src/boundary/messagepack-encode.js';
import { readDependencies, sourceOfDependencies } from '../../src/zome/dependency-file.js';
import { coreOf, hashFromCore, hashText } from '../../src/zome/holo-hash.js';
import { type Op, op } from '../../src/zome/op.js';
import { record } from '../../src/zome/record.js';
import { fromZomeJson, toZomeJson } from '../../src/zome/zome-json.js';
import { messagePackValue } from '../boundary/arbitrary-messagepack.js';
import { samples } from './sample-ops.js';
import { varied } from './varied-value.js';

interface Vector {
  readonly generation: Generation;
  readonly bytes: string;
}

const OPS = (
  JSON.parse(readFileSync(new URL('../../../vectors/wire/op.json', import.meta.url), 'utf8')) as readonly Vector[]
).map(({ generation, bytes }) => {
  const decoded = decodeMessagePack(Uint8Array.from(Buffer.from(bytes, 'hex')));
  if (!decoded.ok) throw new Error(decoded.fault.code);
  return { generation, value: decoded.value };
});

/** The same value with the correct location bytes in its hashes. */
function located(value: MessagePackValue): MessagePackValue {
  if (value instanceof Uint8Array) {
    const types = { 32: 'Agent', 33: 'Entry', 41: 'Action', 45: 'Dna', 47: 'External' } as const;
    const type = value.length === 39 ? types[value[1] as keyof typeof types] : undefined;
    return type === undefined ? value : hashFromCore(type, coreOf(value));
  }
  if (Array.isArray(value)) return value.map(located);
  if (!(value instanceof Map)) return value;
  return new Map([...(value as ReadonlyMap<string, MessagePackValue>)].map(([key, inner]) => [key, located(inner)]));
}

/** Ops of every kind and generation with any hashes, numbers and bytes; hashes with their own location bytes, or any. */
const anyOp = fc
  .record({
    of: fc.constantFrom(...OPS),
    numbers: fc.infiniteStream(fc.integer({ min: 0, max: 255 })),
    timestamp: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    isLocated: fc.boolean(),
  })
  .map(({ of: { generation, value }, numbers, timestamp, isLocated }) => {
    const wire = withTimestamp(
      varied(value, () => numbers.next().value as number),
      timestamp,
    );
    return { generation, wire: isLocated ? located(wire) : wire };
  });

/** The value with every `timestamp` set to one that needs all 64 bits. */
function withTimestamp(value: MessagePackValue, timestamp: bigint): MessagePackValue {
  if (Array.isArray(value)) return value.map((item: MessagePackValue) => withTimestamp(item, timestamp));
  if (!(value instanceof Map)) return value;
  const narrow = Number.isSafeInteger(Number(timestamp)) ? Number(timestamp) : timestamp;
  return new Map(
    [...(value as ReadonlyMap<string, MessagePackValue>)].map(([key, inner]) => [
      key,
      key === 'timestamp' ? narrow : withTimestamp(inner, timestamp),
    ]),
  );
}

/** The text of a hash, and one that only looks like a hash. */
const TEXT = hashText(hashFromCore('Action', new Uint8Array(32).fill(1)));
const WRONG = `${TEXT.slice(0, 20)}${TEXT[20] === 'A' ? 'B' : 'A'}${TEXT.slice(21)}`;

describe('JSON of zomes', () => {
  it('op -> JSON -> op is the identity, and so are the bytes', () => {
    fc.assert(
      fc.property(anyOp, ({ generation, wire }) => {
        const codec = op(generation);
        const bytes = encodeMessagePack(wire as never);
        const value = codec.decode(wire);
        if (value._tag === 'Left') expect.fail('the arbitrary made no op');
        const text = toZomeJson(codec, value.right);
        JSON.parse(text);
        const read = fromZomeJson(codec, text);
        if (!read.ok) expect.fail(JSON.stringify(read.error));
        expect(read.value).to.deep.equal(value.right);
        expect(encodeMessagePack(codec.encode(read.value) as never)).to.deep.equal(bytes);
      }),
      { numRuns: 300 },
    );
  });

  it('value -> JSON -> value is the identity for all of MessagePack, including hashes and similar values', () => {
    const hash = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((core) => hashFromCore('Entry', core.slice()));
    const inner = messagePackValue.map((value) => encodeMessagePack(value as never));
    const leaf = fc.oneof(
      messagePackValue,
      hash,
      hash.map(hashText),
      fc.constantFrom<MessagePackValue>(
        TEXT,
        WRONG,
        '$str',
        new Map<string, MessagePackValue>([
          ['$str', TEXT],
          ['b', 1],
        ]),
        new Map([[TEXT, 1]]),
      ),
      inner,
      inner.map((bytes) => {
        const map = new Map<string, MessagePackValue>([
          ['$msgpack', [bytes]],
          ['x', bytes],
        ]);
        return encodeMessagePack([bytes, map] as never);
      }),
    );
    const value = fc.oneof(
      leaf,
      fc.array(leaf, { maxLength: 5 }),
      fc
        .uniqueArray(fc.tuple(fc.constantFrom<string | Uint8Array>('$str', '$msgpack', 'a', TEXT), leaf), {
          maxLength: 3,
          selector: ([key]) => key,
        })
        .map((entries) => new Map<string | Uint8Array, MessagePackValue>(entries)),
    );
    fc.assert(
      fc.property(value, (one) => {
        const text = toZomeJson(anyValue, one);
        JSON.parse(text);
        const read = fromZomeJson(anyValue, text);
        if (!read.ok) expect.fail(`${JSON.stringify(read.error)} in ${text}`);
        expect(read.value).to.deep.equal(one);
      }),
      { numRuns: 500 },
    );
  });

  it('preserves nested bins, deeper than it displays them', () => {
    let value: Uint8Array = encodeMessagePack([]);
    for (let level = 0; level < 10; level += 1) value = encodeMessagePack([value]);
    const text = toZomeJson(anyValue, value);
    expect(text).to.match(/^(\{"\$msgpack":\[){4}\{"\$bin":/);
    expect(fromZomeJson(anyValue, text)).to.deep.equal({ ok: true, value });
  });

  it('writes an op in readable form', () => {
    const { ops } = samples();
    const text = toZomeJson(op('0.6'), ops[1]!.op);
    expect(text).to.match(/^\{"StoreEntry":\{"action":\{"hashed":\{"content":\{"Create":\{"author":"uhCAk[^"]{48}",/);
    expect(text).to.include('"entry":{"entry_type":"App","entry":{"$msgpack":{"title":"hello"}}}');
    expect(text).to.include('"timestamp":1700000000000005,');
  });

  const REFUSED: readonly (readonly [string, string])[] = [
    [`"${WRONG}"`, 'its last four bytes do not match the others'],
    [`{"StoreRecord":{"record":{"signed_action":1}}}`, '$.StoreRecord.record.signed_action'],
    ['{"StoreRecords":{}}', 'Op has no variant "StoreRecords"'],
    ['{"StoreEntry":{"action":', 'the text ends where a value is expected'],
    ['\u00ff', 'not a JSON value'],
  ];
  for (const [text, reason] of REFUSED) {
    it(`refuses ${text.slice(0, 30)}: ${reason}`, () => {
      const read = fromZomeJson(op('0.6'), text);
      expect(read.ok).to.equal(false);
      expect(JSON.stringify(read)).to.include(JSON.stringify(reason).slice(1, -1));
    });
  }

  it('reports where in the op a hash is of another type', () => {
    const { ops } = samples();
    const text = toZomeJson(op('0.6') as never, ops[3]!.op as never).replace(/"deletes_address":"[^"]+"/, (found) =>
      found.replace(/uhC[^"]+/, hashText(hashFromCore('Entry', new Uint8Array(32)))),
    );
    const read = fromZomeJson<Op>(op('0.6'), text);
    expect(read).to.deep.equal({
      ok: false,
      error: {
        path: '$.RegisterDelete.delete.hashed.content.deletes_address',
        reason: 'expected ActionHash, got the hash of Entry',
      },
    });
  });
});

describe('documents of dependencies', () => {
  const { records, entry, create } = samples();
  const Record = record('0.6');
  const all = records.map((one) => Record.encode(one));

  function sourceOf(value: MessagePackValue) {
    const read = readDependencies(value, '0.6');
    if (!read.ok) expect.fail(`${read.error.path} ${read.error.reason}`);
    return sourceOfDependencies(read.value, '0.6');
  }

  it('are a list of records, or lists by name', () => {
    const hash = create.hashed.hash;
    for (const value of [all, new Map([['records', all]])] as const) {
      const source = sourceOf(value);
      expect(source.record(hash)).to.deep.equal({ record: records[0], isRejected: false });
      expect(source.action(hash)).to.deep.equal(create);
    }
    expect(sourceOf(new Map([['rejected', all]])).record(hash)).to.have.property('isRejected', true);
    const entries = sourceOf(
      new Map<string, MessagePackValue>([
        [
          'entries',
          [
            new Map<string, MessagePackValue>([
              ['entry_type', 'App'],
              ['entry', entry.entry as Uint8Array],
            ]),
          ],
        ],
      ]),
    );
    const content = create.hashed.content as { readonly entry_hash: Uint8Array };
    expect(entries.entry(content.entry_hash)).to.deep.equal(entry);
    expect(entries.record(hash)).to.equal(undefined);
  });

  it('have actions without their records, which count as activity', () => {
    const signed = (Record.encode(records[0]!) as ReadonlyMap<string, MessagePackValue>).get('signed_action')!;
    const source = sourceOf(new Map([['actions', [signed]]]));
    const { author, hash } = {
      author: (create.hashed.content as { author: Uint8Array }).author,
      hash: create.hashed.hash,
    };
    expect(source.action(hash)).to.deep.equal(create);
    expect(source.record(hash)).to.equal(undefined);
    const filter = {
      chain_top: hash,
      limit_conditions: { kind: 'Take', value: 1 },
      include_cached_entries: false,
    } as const;
    expect(source.agentActivity(author, filter)).to.deep.equal({ kind: 'activity', actions: [create] });
  });

  it('report where they are invalid', () => {
    const wrong: readonly (readonly [MessagePackValue, string])[] = [
      [7, '$'],
      [new Map([['recrods', []]]), '$.recrods'],
      [new Map([['records', [1]]]), '$.records[0]'],
      [[...all, new Map()], `$[${all.length}].signed_action`],
    ];
    for (const [value, path] of wrong) {
      const read = readDependencies(value, '0.6');
      expect(read.ok ? 'read' : read.error.path).to.equal(path);
    }
  });
});
