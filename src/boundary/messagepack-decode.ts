/**
 * Bytes -> MessagePack value: one pass, no recursion, no exception for bad input.
 *
 * Invariant: time and memory are linear in the input's length whatever lengths it declares; a declared length is held
 * against the bytes that are left before anything is made, and containers grow by what is really there.
 * Binaries are views of the input (no copy): who keeps them must not write to the input afterwards.
 *
 * Specification: https://github.com/msgpack/msgpack/blob/master/spec.md#formats
 */
import { own } from '../base/own.js';
import { decodeUtf8 } from '../base/utf8.js';
import {
  Float,
  keyIdentity,
  MESSAGEPACK_DEPTH_MAX,
  MESSAGEPACK_OBJECTS_MAX,
  type MessagePackFault,
  type MessagePackFaultCode,
  type MessagePackKey,
  type MessagePackValue,
} from './messagepack.js';

export interface DecodeOptions {
  /** refuse every form that `encodeMessagePack` would not write; default false, as rmp-serde reads */
  readonly canonical?: boolean;
  /** default `MESSAGEPACK_DEPTH_MAX` */
  readonly depthMax?: number;
  /** default `MESSAGEPACK_OBJECTS_MAX` */
  readonly objectsMax?: number;
}

export type Decoded =
  | { readonly ok: true; readonly value: MessagePackValue }
  | { readonly ok: false; readonly fault: MessagePackFault };

const FAULTED = Symbol('faulted');
const OPENED = Symbol('opened');
type Step = MessagePackValue | typeof FAULTED | typeof OPENED;

/** Below this many bytes a string that is ASCII is made byte by byte: TextDecoder costs about 200 ns a call. */
const SHORT_STRING_BYTES = 32;

/** An open container. `left` counts values still to come; in a map keys and values both count, so a key is due when it is even. */
interface Frame {
  readonly list: MessagePackValue[] | undefined;
  readonly map: Map<MessagePackKey, MessagePackValue> | undefined;
  left: number;
  key: MessagePackKey;
  identities: Set<string> | undefined;
}

class Reader {
  readonly #bytes: Uint8Array;
  #lazyView: DataView | undefined;
  readonly #canonical: boolean;
  readonly #depthMax: number;
  readonly #frames: Frame[] = [];
  #objectsLeft: number;
  #offset = 0;
  #headOffset = 0;
  #fault: MessagePackFault | undefined;

  constructor(input: Uint8Array, options: DecodeOptions) {
    // A plain view, so that `subarray` of a subclass (Node's Buffer) does not leak into the values. Not where it is plain
    // already: V8 keeps arrays of up to 64 bytes in its own heap until someone asks for their buffer, which costs a
    // microsecond, and most inputs are short.
    this.#bytes =
      Object.getPrototypeOf(input) === Uint8Array.prototype
        ? input
        : new Uint8Array(input.buffer, input.byteOffset, input.byteLength);
    this.#canonical = own(options, 'canonical') ?? false;
    this.#depthMax = own(options, 'depthMax') ?? MESSAGEPACK_DEPTH_MAX;
    this.#objectsLeft = own(options, 'objectsMax') ?? MESSAGEPACK_OBJECTS_MAX;
  }

  get #view(): DataView {
    const { buffer, byteOffset, byteLength } = this.#bytes;
    this.#lazyView ??= new DataView(buffer, byteOffset, byteLength);
    return this.#lazyView;
  }

  run(): Decoded {
    let value = this.#read();
    for (;;) {
      if (value !== OPENED) {
        if (value === FAULTED) return { ok: false, fault: this.#fault! };
        const closed = this.#hand(value);
        if (closed === FAULTED) return { ok: false, fault: this.#fault! };
        if (closed !== OPENED) return this.#end(closed);
      }
      value = this.#read();
    }
  }

  #end(value: MessagePackValue): Decoded {
    if (this.#offset === this.#bytes.length) return { ok: true, value };
    return { ok: false, fault: { code: 'trailing-bytes', offsetBytes: this.#offset } };
  }

  /** Passes a finished value to its container; a container that this completes is passed on in turn. */
  #hand(finished: MessagePackValue): Step {
    let value = finished;
    for (;;) {
      const frame = this.#frames.at(-1);
      if (frame === undefined) return value;
      const keyIsDue = frame.left % 2 === 0;
      frame.left -= 1;
      if (frame.list !== undefined) frame.list.push(value);
      else if (!keyIsDue) frame.map!.set(frame.key, value);
      else if (this.#takeKey(frame, value as MessagePackKey) === FAULTED) return FAULTED;
      if (frame.left > 0) return OPENED;
      this.#frames.pop();
      value = (frame.list ?? frame.map)!;
    }
  }

  /** `#open` has already refused containers, so the value is a key. */
  #takeKey(frame: Frame, key: MessagePackKey): Step {
    const identity = keyIdentity(key);
    if (identity !== undefined) {
      frame.identities ??= new Set();
      if (frame.identities.has(identity)) return this.#fail('duplicate-key');
      frame.identities.add(identity);
    } else if (frame.map!.has(key)) return this.#fail('duplicate-key');
    frame.key = key;
    return OPENED;
  }

  #fail(code: MessagePackFaultCode, offsetBytes = this.#headOffset): typeof FAULTED {
    this.#fault = { code, offsetBytes };
    return FAULTED;
  }

  /** Counts one host object against the limit. */
  #count(objects = 1): boolean {
    this.#objectsLeft -= objects;
    return this.#objectsLeft >= 0;
  }

  #left(): number {
    return this.#bytes.length - this.#offset;
  }

  #read(): Step {
    this.#headOffset = this.#offset;
    if (this.#left() === 0) return this.#fail('truncated');
    const head = this.#bytes[this.#offset++];
    if (head < 0x80) return head;
    if (head >= 0xe0) return head - 0x100;
    if (head < 0x90) return this.#open(head - 0x80, true);
    if (head < 0xa0) return this.#open(head - 0x90, false);
    if (head < 0xc0) return this.#string(head - 0xa0);
    switch (head) {
      case 0xc0:
        return null;
      case 0xc1:
        return this.#fail('reserved-byte');
      case 0xc2:
        return false;
      case 0xc3:
        return true;
      case 0xc4:
      case 0xc5:
      case 0xc6:
        return this.#binary(this.#length(head - 0xc4, 0));
      case 0xca:
        return this.#float(32);
      case 0xcb:
        return this.#float(64);
      case 0xcc:
      case 0xcd:
      case 0xce:
      case 0xcf:
        return this.#unsigned(1 << (head - 0xcc));
      case 0xd0:
      case 0xd1:
      case 0xd2:
      case 0xd3:
        return this.#signed(1 << (head - 0xd0));
      case 0xd9:
      case 0xda:
      case 0xdb:
        return this.#string(this.#length(head - 0xd9, 32));
      case 0xdc:
      case 0xdd:
        return this.#open(this.#length(head - 0xdb, 16), false);
      case 0xde:
      case 0xdf:
        return this.#open(this.#length(head - 0xdd, 16), true);
      default: // c7 to c9 and d4 to d8
        return this.#fail('extension-refused');
    }
  }

  /**
   * A length of 1, 2 or 4 bytes (`widthLog2` 0, 1, 2), or -1 with the fault set.
   * @param fixLengths how many lengths, from 0, a one-byte header can encode
   */
  #length(widthLog2: number, fixLengths: number): number {
    const width = 1 << widthLog2;
    if (this.#left() < width) return this.#noLength('truncated');
    const at = this.#offset;
    this.#offset += width;
    if (width === 1) return this.#leastLength(this.#bytes[at], fixLengths);
    // A 16-bit array header must not be used where a one-byte header is enough; strings and binaries have an 8-bit form
    // in between.
    if (width === 2)
      return this.#leastLength((this.#bytes[at] << 8) | this.#bytes[at + 1], fixLengths === 16 ? 16 : 0x100);
    return this.#leastLength(this.#view.getUint32(at), 0x1_0000);
  }

  #leastLength(length: number, least: number): number {
    return this.#canonical && length < least ? this.#noLength('not-canonical') : length;
  }

  #noLength(code: MessagePackFaultCode): number {
    this.#fail(code);
    return -1;
  }

  #binary(length: number): Step {
    if (length < 0) return FAULTED;
    if (length > this.#left()) return this.#fail('length-over-input');
    if (!this.#count()) return this.#fail('objects-exceeded');
    this.#offset += length;
    return this.#bytes.subarray(this.#offset - length, this.#offset);
  }

  #string(length: number): Step {
    if (length < 0) return FAULTED;
    if (length > this.#left()) return this.#fail('length-over-input');
    if (!this.#count()) return this.#fail('objects-exceeded');
    const at = this.#offset;
    this.#offset += length;
    if (length <= SHORT_STRING_BYTES) {
      const short = this.#shortAscii(at, length);
      if (short !== undefined) return short;
    }
    return decodeUtf8(this.#bytes.subarray(at, at + length)) ?? this.#fail('invalid-utf8');
  }

  #shortAscii(at: number, length: number): string | undefined {
    for (let index = at; index < at + length; index += 1) if (this.#bytes[index] >= 0x80) return undefined;
    // One flat string; adding up characters would leave a rope of some twenty objects.
    const codes: number[] = [];
    for (let index = at; index < at + length; index += 1) codes.push(this.#bytes[index]);
    return String.fromCharCode.apply(null, codes);
  }

  #float(width: 32 | 64): Step {
    const bytes = width / 8;
    if (this.#left() < bytes) return this.#fail('truncated');
    if (!this.#count()) return this.#fail('objects-exceeded');
    const at = this.#offset;
    this.#offset += bytes;
    return Float.ofBits(width, width === 32 ? BigInt(this.#view.getUint32(at)) : this.#view.getBigUint64(at));
  }

  #unsigned(width: number): Step {
    if (this.#left() < width) return this.#fail('truncated');
    const at = this.#offset;
    this.#offset += width;
    switch (width) {
      case 1:
        return this.#least(this.#bytes[at], 0x80);
      case 2:
        return this.#least((this.#bytes[at] << 8) | this.#bytes[at + 1], 0x100);
      case 4:
        return this.#least(this.#view.getUint32(at), 0x1_0000);
      default:
        return this.#wide(this.#view.getUint32(at), at);
    }
  }

  #signed(width: number): Step {
    if (this.#left() < width) return this.#fail('truncated');
    const at = this.#offset;
    this.#offset += width;
    switch (width) {
      case 1:
        return this.#most(this.#view.getInt8(at), -0x21);
      case 2:
        return this.#most(this.#view.getInt16(at), -0x81);
      case 4:
        return this.#most(this.#view.getInt32(at), -0x8001);
      default:
        return this.#wide(this.#view.getInt32(at), at);
    }
  }

  /** An unsigned form is canonical from `least` on. */
  #least(value: number, least: number): Step {
    return this.#canonical && value < least ? this.#fail('not-canonical') : value;
  }

  /** A signed form is canonical down from `most`; no non-negative integer takes it. */
  #most(value: number, most: number): Step {
    return this.#canonical && value > most ? this.#fail('not-canonical') : value;
  }

  /** 64 bits from `at`, whose upper half is `high`, read with the sign that the form gives it. */
  #wide(high: number, at: number): Step {
    const signed = this.#bytes[at - 1] === 0xd3;
    const value = high * 0x1_0000_0000 + this.#view.getUint32(at + 4);
    if (this.#canonical && (signed ? value >= -0x8000_0000 : value < 0x1_0000_0000)) return this.#fail('not-canonical');
    // The sum rounds beyond 2^53, but never to a safe integer.
    if (Number.isSafeInteger(value)) return value;
    if (!this.#count()) return this.#fail('objects-exceeded');
    return signed ? this.#view.getBigInt64(at) : this.#view.getBigUint64(at);
  }

  #open(length: number, isMap: boolean): Step {
    if (length < 0) return FAULTED;
    const top = this.#frames.at(-1);
    if (top?.map !== undefined && top.left % 2 === 0) return this.#fail('key-not-scalar');
    if (this.#frames.length >= this.#depthMax) return this.#fail('depth-exceeded');
    const values = isMap ? 2 * length : length;
    if (values > this.#left()) return this.#fail('length-over-input');
    if (!this.#count(isMap ? 1 + length : 1)) return this.#fail('objects-exceeded');
    if (length === 0) return isMap ? new Map() : [];
    this.#frames.push({
      list: isMap ? undefined : [],
      map: isMap ? new Map() : undefined,
      left: values,
      key: null,
      identities: undefined,
    });
    return OPENED;
  }
}

/** Decodes exactly one value that fills `input`. Never throws because of the input's content. */
export function decodeMessagePack(input: Uint8Array, options: DecodeOptions = {}): Decoded {
  return new Reader(input, options).run();
}
