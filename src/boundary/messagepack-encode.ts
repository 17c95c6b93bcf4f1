/**
 * MessagePack value -> its canonical bytes: the shortest form of every integer, length and header, floats in their own
 * width, maps in their own order. These are the bytes that rmp-serde 1.3 `with_struct_map` writes.
 *
 * Invariant: `decodeMessagePack(encodeMessagePack(v), { canonical: true })` gives v back. What has no canonical bytes is a
 * mistake of the caller and thrown as `MessagePackEncodeError` with the path to it. Recursion is bounded by the limit of nesting.
 *
 * Specification: https://github.com/msgpack/msgpack/blob/master/spec.md#formats
 */
import { utf8 } from '../base/hash.js';
import { Float, keyIdentity, MESSAGEPACK_DEPTH_MAX, type MessagePackKey } from './messagepack.js';

/** What `encodeMessagePack` takes: the value model, and plain objects as maps with string keys. */
export type Encodable =
  | MessagePackKey
  | readonly Encodable[]
  | ReadonlyMap<MessagePackKey, Encodable>
  | EncodableObject;

/** Insertion order is the order on the wire, so keys that JavaScript would move to the front (`"7"`) are refused. */
export interface EncodableObject {
  readonly [key: string]: Encodable;
}

/** A value that cannot be encoded as MessagePack; `path` leads to it, like `$.action.tags[3]`. */
export class MessagePackEncodeError extends TypeError {
  override readonly name = 'MessagePackEncodeError';
  constructor(
    readonly reason: string,
    readonly path: string,
  ) {
    super(`${path}: ${reason}`);
  }
}

const LONE_SURROGATE = /\p{Surrogate}/u;
const INTEGER_LIKE_KEY = /^(?:0|[1-9][0-9]{0,9})$/;
const I64_MIN = -(2n ** 63n);
const U64_MAX = 2n ** 64n - 1n;

/** A container being written: the key or index that it is at, for the path. */
interface Frame {
  readonly isList: boolean;
  identities: Set<string> | undefined;
  index: number;
  key: MessagePackKey;
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

/** The position of a frame, as a piece of a path; empty before its first value. */
function placeOf(frame: Frame): string {
  if (frame.index === 0) return '';
  if (frame.isList) return `[${frame.index - 1}]`;
  return typeof frame.key === 'string' ? `.${frame.key}` : `[entry ${frame.index - 1}]`;
}

/** Up to this many characters a string that is ASCII is written in a loop: TextEncoder costs some 200 ns a call. */
const SHORT_STRING_LENGTH = 31;

/** Enough for most ops. */
const FIRST_BYTES = 4096;
/** Longer buffers are not kept. */
const KEPT_BYTES_MAX = 65_536;

/**
 * The buffer of the last value, kept because a buffer outside of V8's heap costs a microsecond. Undefined while a value
 * is being written.
 */
let spare: Uint8Array | undefined;

class Writer {
  #bytes = spare ?? new Uint8Array(FIRST_BYTES);
  #length = 0;
  readonly #frames: Frame[] = [];

  run<R>(value: Encodable, use: (bytes: Uint8Array) => R): R {
    // A getter of the value may encode something itself, and so may the user of the bytes.
    spare = undefined;
    this.#write(value);
    const used = use(this.#bytes.subarray(0, this.#length));
    if (this.#bytes.length <= KEPT_BYTES_MAX) spare = this.#bytes;
    return used;
  }

  /** Checks a key that is not a string, which a `Map` has only once. */
  #checkKey(frame: Frame, key: MessagePackKey): void {
    if (Array.isArray(key) || key instanceof Map) this.#fail('an array or a map cannot be the key of a map');
    // 7 and 7n are the same integer on the wire, but a Map distinguishes them.
    const text = typeof key === 'bigint' || typeof key === 'number' ? `i:${key}` : keyIdentity(key);
    if (text === undefined) return;
    frame.identities ??= new Set();
    if (frame.identities.has(text)) this.#fail('the same key twice in a map');
    frame.identities.add(text);
  }

  #fail(reason: string): never {
    throw new MessagePackEncodeError(reason, `$${this.#frames.map(placeOf).join('')}`);
  }

  #reserve(bytes: number): number {
    const at = this.#length;
    this.#length += bytes;
    if (this.#length > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(this.#length, 4 * this.#bytes.length));
      grown.set(this.#bytes.subarray(0, at));
      this.#bytes = grown;
    }
    return at;
  }

  #byte(value: number): void {
    const at = this.#reserve(1);
    this.#bytes[at] = value;
  }

  #head8(head: number, value: number): void {
    const at = this.#reserve(2);
    this.#bytes[at] = head;
    this.#bytes[at + 1] = value;
  }

  #head16(head: number, value: number): void {
    const at = this.#reserve(3);
    this.#bytes[at] = head;
    this.#bytes[at + 1] = value >> 8;
    this.#bytes[at + 2] = value;
  }

  #head32(head: number, value: number): void {
    const at = this.#reserve(5);
    this.#bytes[at] = head;
    this.#word(at + 1, value);
  }

  #head64(head: number, value: bigint): void {
    const at = this.#reserve(9);
    this.#bytes[at] = head;
    this.#word(at + 1, Number(BigInt.asIntN(32, value >> 32n)));
    this.#word(at + 5, Number(BigInt.asIntN(32, value)));
  }

  /** Four bytes, big endian. */
  #word(at: number, value: number): void {
    for (let index = 0; index < 4; index += 1) this.#bytes[at + index] = value >>> (24 - 8 * index);
  }

  #write(value: Encodable): void {
    if (typeof value === 'string') this.#string(value);
    else if (typeof value === 'number') this.#number(value);
    else if (typeof value === 'bigint') this.#bigint(value);
    else if (typeof value === 'boolean') this.#byte(value ? 0xc3 : 0xc2);
    else if (value === null) this.#byte(0xc0);
    else if (value instanceof Uint8Array) this.#binary(value);
    else if (value instanceof Float) this.#float(value);
    else if (Array.isArray(value)) this.#list(value);
    else if (value instanceof Map) this.#map(value);
    else if (typeof value === 'object') this.#object(value as EncodableObject);
    else this.#fail(`${typeof value} cannot be encoded as MessagePack`);
  }

  #object(value: EncodableObject): void {
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype !== null && prototype !== Object.prototype) this.#fail('not a plain object');
    const keys = Object.keys(value);
    for (const key of keys) {
      if (isDigit(key.charCodeAt(0)) && INTEGER_LIKE_KEY.test(key)) {
        this.#fail(`key "${key}" loses its place in an object; use a Map`);
      }
    }
    this.#mapHead(keys.length);
    const frame = this.#push(false);
    for (const key of keys) {
      frame.key = key;
      frame.index += 1;
      this.#string(key);
      this.#write(value[key]);
    }
    this.#frames.pop();
  }

  #number(value: number): void {
    if (!Number.isSafeInteger(value)) {
      const how = Number.isInteger(value) ? 'a bigint if it is an integer' : 'Float if it is a float';
      this.#fail(`${value} is not a safe integer; use ${how}`);
    }
    if (Object.is(value, -0)) this.#fail('-0 is not an integer; use Float if it is a float');
    if (value >= 0) this.#unsigned(value);
    else if (value >= -0x20) this.#byte(value + 0x100);
    else if (value >= -0x80) this.#head8(0xd0, value);
    else if (value >= -0x8000) this.#head16(0xd1, value);
    else if (value >= -0x8000_0000) this.#head32(0xd2, value);
    else this.#head64(0xd3, BigInt(value));
  }

  #unsigned(value: number): void {
    if (value < 0x80) this.#byte(value);
    else if (value < 0x100) this.#head8(0xcc, value);
    else if (value < 0x1_0000) this.#head16(0xcd, value);
    else if (value < 0x1_0000_0000) this.#head32(0xce, value);
    else this.#head64(0xcf, BigInt(value));
  }

  #bigint(value: bigint): void {
    const narrow = Number(value);
    if (Number.isSafeInteger(narrow)) this.#number(narrow);
    else if (value < I64_MIN || value > U64_MAX) this.#fail(`${value} is outside -2^63 to 2^64 - 1`);
    else this.#head64(value < 0n ? 0xd3 : 0xcf, value);
  }

  #float(value: Float): void {
    if (value.width === 32) this.#head32(0xca, Number(value.bits));
    else this.#head64(0xcb, value.bits);
  }

  #string(value: string): void {
    if (value.length <= SHORT_STRING_LENGTH && this.#shortAscii(value)) return;
    if (LONE_SURROGATE.test(value)) this.#fail('a string with a lone surrogate cannot be encoded as UTF-8');
    const bytes = utf8(value);
    if (bytes.length < 32) this.#byte(0xa0 + bytes.length);
    else this.#lengthHead(0xd9, bytes.length);
    this.#raw(bytes);
  }

  /** Writes a short string if it is ASCII; otherwise takes back what it wrote. */
  #shortAscii(value: string): boolean {
    const at = this.#reserve(1 + value.length);
    const bytes = this.#bytes;
    bytes[at] = 0xa0 + value.length;
    for (let index = 0; index < value.length; index += 1) {
      const code = value.charCodeAt(index);
      if (code >= 0x80) {
        this.#length = at;
        return false;
      }
      bytes[at + 1 + index] = code;
    }
    return true;
  }

  #binary(value: Uint8Array): void {
    this.#lengthHead(0xc4, value.length);
    this.#raw(value);
  }

  /** A length in 1, 2 or 4 bytes; `head8` is the header of the first, the others follow it. */
  #lengthHead(head8: number, length: number): void {
    if (length < 0x100) this.#head8(head8, length);
    else if (length < 0x1_0000) this.#head16(head8 + 1, length);
    else if (length < 0x1_0000_0000) this.#head32(head8 + 2, length);
    else this.#fail('longer than 2^32 - 1 bytes');
  }

  #raw(bytes: Uint8Array): void {
    const at = this.#reserve(bytes.length);
    this.#bytes.set(bytes, at);
  }

  #list(list: readonly Encodable[]): void {
    if (list.length < 16) this.#byte(0x90 + list.length);
    else if (list.length < 0x1_0000) this.#head16(0xdc, list.length);
    else this.#head32(0xdd, list.length);
    const frame = this.#push(true);
    for (const item of list) {
      frame.index += 1;
      this.#write(item);
    }
    this.#frames.pop();
  }

  #mapHead(size: number): void {
    if (size < 16) this.#byte(0x80 + size);
    else if (size < 0x1_0000) this.#head16(0xde, size);
    else this.#head32(0xdf, size);
  }

  #map(map: ReadonlyMap<MessagePackKey, Encodable>): void {
    this.#mapHead(map.size);
    const frame = this.#push(false);
    for (const [key, value] of map) {
      frame.key = key;
      frame.index += 1;
      if (typeof key !== 'string') this.#checkKey(frame, key);
      this.#write(key);
      this.#write(value);
    }
    this.#frames.pop();
  }

  #push(isList: boolean): Frame {
    if (this.#frames.length >= MESSAGEPACK_DEPTH_MAX) this.#fail(`nested deeper than ${MESSAGEPACK_DEPTH_MAX}`);
    const frame: Frame = { isList, identities: undefined, index: 0, key: null };
    this.#frames.push(frame);
    return frame;
  }
}

/**
 * The canonical bytes of a value.
 * @throws MessagePackEncodeError for values without any: fractions that are not `Float`, undefined, lone surrogates,
 * integers beyond 64 bits, duplicate keys, nesting deeper than the limit (cycles too)
 */
export function encodeMessagePack(value: Encodable): Uint8Array {
  return withMessagePack(value, (bytes) => bytes.slice());
}

/**
 * What `use` returns for the canonical bytes, which it must not keep: their buffer is used again.
 * @throws MessagePackEncodeError as `encodeMessagePack`
 */
export function withMessagePack<R>(value: Encodable, use: (bytes: Uint8Array) => R): R {
  return new Writer().run(value, use);
}
