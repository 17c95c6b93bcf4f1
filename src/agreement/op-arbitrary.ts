/**
 * Hostile ops: given ops, changed in a few places: hashes, signatures, integers, the entry's bytes and the values in
 * them, tags of links. Each still has the structure of an op, so that the guest is called; its hashes and signature may
 * be wrong. Determined by the seed of fast-check.
 */
import fc from 'fast-check';
import { type Codec, decodeValue } from '../boundary/codec.js';
import { decodeBytes } from '../boundary/codec-bytes.js';
import type { Generation } from '../boundary/generation.js';
import { HASH_BYTES, HASH_PREFIXES, hashTypeOf } from '../boundary/hash-bytes.js';
import type { MessagePackKey, MessagePackValue } from '../boundary/messagepack.js';
import { decodeMessagePack } from '../boundary/messagepack-decode.js';
import { type Encodable, encodeMessagePack } from '../boundary/messagepack-encode.js';
import { hashFromCore } from '../zome/holo-hash.js';
import { type Op, op as opCodec } from '../zome/op.js';

export interface HostileOpOptions {
  readonly generation: Generation;
  /** Most changes of one op. Default 4; some ops are not changed. */
  readonly changesMax?: number;
}

/** One change: its site, its kind, and random bits for it. */
interface Change {
  readonly at: number;
  readonly kind: number;
  readonly bits: number;
  readonly bytes: Uint8Array;
}

const CHANGE: fc.Arbitrary<Change> = fc.record({
  at: fc.nat(0xffff),
  kind: fc.nat(0xff),
  bits: fc.integer({ min: 0, max: 0xffff_ffff }),
  bytes: fc.uint8Array({ maxLength: 96 }),
});

/**
 * MessagePack of ops.
 * @param ops MessagePack of ops of the generation, at least one
 * @throws RangeError for bytes that are not an op
 */
export function hostileOp(ops: readonly Uint8Array[], options: HostileOpOptions): fc.Arbitrary<Uint8Array> {
  const { generation, changesMax = 4 } = options;
  const codec = opCodec(generation);
  const values = ops.map((bytes, index) => {
    const decoded = decodeMessagePack(bytes);
    if (decoded.ok && decodeValue(codec, decoded.value).ok) return decoded.value;
    throw new RangeError(`op ${index} is not an op of generation ${generation}`);
  });
  if (values.length === 0) throw new RangeError('the list of ops is empty; pass at least one');
  const hashes = values.flatMap(hashesIn);
  return fc.tuple(fc.nat(values.length - 1), fc.array(CHANGE, { maxLength: changesMax })).map(([index, changes]) => {
    let value = values[index] as MessagePackValue;
    for (const change of changes) {
      value = changedOp(value, change, hashes, codec);
    }
    return encoded(value);
  });
}

/** How many changes of a site are tried before it is left unchanged. */
const KINDS_TRIED = 6;

/** The op with the first change after which it is still an op. */
function changedOp(
  value: MessagePackValue,
  change: Change,
  hashes: readonly Uint8Array[],
  codec: Codec<Op>,
): MessagePackValue {
  for (let tried = 0; tried < KINDS_TRIED; tried++) {
    const changed = changedValue(value, { ...change, kind: change.kind + tried }, hashes);
    if (decodeBytes(codec, encoded(changed)).ok) return changed;
  }
  return value;
}

function encoded(value: MessagePackValue): Uint8Array {
  return encodeMessagePack(value as Encodable);
}

function isHash(value: MessagePackValue): value is Uint8Array {
  return value instanceof Uint8Array && hashTypeOf(value) !== undefined;
}

function hashesIn(value: MessagePackValue): readonly Uint8Array[] {
  if (isHash(value)) return [value];
  return childrenOf(value).flatMap(([, child]) => hashesIn(child));
}

/** The parts of an array or of a map, by index or key. */
function childrenOf(value: MessagePackValue): readonly (readonly [MessagePackKey, MessagePackValue])[] {
  if (value instanceof Map) return [...(value as ReadonlyMap<MessagePackKey, MessagePackValue>)];
  return Array.isArray(value) ? [...(value as readonly MessagePackValue[]).entries()] : [];
}

/** Number of values that are not maps: those that can be changed. */
function sitesIn(value: MessagePackValue): number {
  if (value instanceof Map) return childrenOf(value).reduce((sum, [, child]) => sum + sitesIn(child), 0);
  return 1 + childrenOf(value).reduce((sum, [, child]) => sum + sitesIn(child), 0);
}

/** The value, with the site of this number replaced. */
function changedValue(value: MessagePackValue, change: Change, hashes: readonly Uint8Array[]): MessagePackValue {
  return replacedAt(value, change.at % Math.max(sitesIn(value), 1), (old) => changedLeaf(old, change, hashes));
}

function replacedAt(
  value: MessagePackValue,
  site: number,
  replace: (old: MessagePackValue) => MessagePackValue,
): MessagePackValue {
  let left = site;
  if (!(value instanceof Map)) {
    if (left === 0) return replace(value);
    left -= 1;
  }
  const children = childrenOf(value).map(([key, child]): [MessagePackKey, MessagePackValue] => {
    const count = sitesIn(child);
    const changed = left >= 0 && left < count ? replacedAt(child, left, replace) : child;
    left -= count;
    return [key, changed];
  });
  if (value instanceof Map) return new Map(children);
  return children.map(([, child]) => child);
}

const INTEGERS: readonly (number | bigint)[] = [
  ...[0, 1, 2, 9, 10, 127, 128, 255, 256, 65_535, 65_536, 0x7fff_ffff, 0xffff_ffff, -1, -128, -0x8000_0000],
  ...[Number.MAX_SAFE_INTEGER, 2n ** 63n - 1n, -(2n ** 63n), 2n ** 64n - 1n],
];

const STRINGS: readonly string[] = ['', ' ', 'a', '\0', 'é', '𝕏', '\u202e', '{}', '"\\', 'null', 'uhCkk'];
const LONG_BYTES = [255, 256, 1_000, 4_096];

function pick<T>(list: readonly T[], bits: number): T {
  return list[bits % list.length];
}

function changedLeaf(value: MessagePackValue, change: Change, hashes: readonly Uint8Array[]): MessagePackValue {
  const { kind, bits, bytes } = change;
  if (isHash(value)) return changedHash(value, change, hashes);
  if (value instanceof Uint8Array) return changedBinary(value, change, hashes);
  if (typeof value === 'number' || typeof value === 'bigint') return kind % 4 === 0 ? bits : pick(INTEGERS, bits);
  if (typeof value === 'boolean') return !value;
  if (typeof value === 'string') {
    const long = String.fromCharCode(0x20 + (bits % 0x5f)).repeat(pick(LONG_BYTES, bits));
    return pick([pick(STRINGS, bits), `${value}${value}`, value.slice(1), value.toUpperCase(), long], kind);
  }
  if (Array.isArray(value)) return pick([[], [...value, ...value], value.slice(1), [...value, null]], kind);
  // nil, and floats
  return pick<MessagePackValue>([pick(hashes, bits), bits, bytes, 'a', null], kind);
}

function changedHash(hash: Uint8Array, { kind, bits, bytes }: Change, hashes: readonly Uint8Array[]): Uint8Array {
  const core = new Uint8Array(32);
  core.set(bytes.subarray(0, 32));
  const types = Object.keys(HASH_PREFIXES) as (keyof typeof HASH_PREFIXES)[];
  const flipped = Uint8Array.from(hash);
  flipped[3 + (bits % (HASH_BYTES - 3))] ^= 1 << (bits >>> 29);
  return pick(
    [
      pick(hashes, bits),
      flipped,
      hashFromCore(hashTypeOf(hash)!, core),
      hashFromCore(hashTypeOf(hash)!, new Uint8Array(32)),
      hashFromCore(pick(types, bits), hash.subarray(3, 35)),
      hash.subarray(0, HASH_BYTES - 1),
    ],
    kind,
  );
}

/** MessagePack in a binary, such as an entry, is changed inside twice as often as its bytes are. */
function changedBinary(value: Uint8Array, change: Change, hashes: readonly Uint8Array[]): Uint8Array {
  const { at, kind, bits, bytes } = change;
  const inner = decodeMessagePack(value);
  if (inner.ok && value.length > 0 && kind % 3 > 0) {
    const changed = changedEntry(inner.value, { ...change, at: at ^ (bits & 0xffff), kind: kind >>> 1 }, hashes);
    return encoded(changed);
  }
  const flipped = Uint8Array.from(value);
  if (flipped.length > 0) flipped[bits % flipped.length] ^= 1 << (at % 8);
  const middle = value.length === 0 ? 0 : bits % value.length;
  return pick(
    [
      flipped,
      value.subarray(0, middle),
      Uint8Array.from([...value.subarray(0, middle), ...bytes, ...value.subarray(middle)]),
      bytes,
      new Uint8Array(0),
      new Uint8Array(pick(LONG_BYTES, bits)).fill(at % 256),
    ],
    kind,
  );
}

/** In addition to changed values, an entry may lose a field, get another one, or be nested in a list. */
function changedEntry(value: MessagePackValue, change: Change, hashes: readonly Uint8Array[]): MessagePackValue {
  const { kind, bits, bytes } = change;
  if (value instanceof Map && kind % 4 === 0) {
    const fields = [...(value as ReadonlyMap<MessagePackKey, MessagePackValue>)];
    if (bits % 2 === 0) fields.splice(bits % Math.max(fields.length, 1), 1);
    else fields.push([`field${bits % 8}`, bytes]);
    return new Map(fields);
  }
  if (kind % 16 === 1) return [value];
  return changedValue(value, change, hashes);
}
