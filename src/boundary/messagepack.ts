/**
 * The MessagePack value model and its limits: the output of `messagepack-decode.ts` and the input of
 * `messagepack-encode.ts`.
 *
 * Invariant: one MessagePack value has one representation here, so values can be compared and re-encoded without loss.
 * Integers are exact: a `number` when it is a safe integer, else a `bigint`; a float is always a `Float`, with its width
 * and its bits, so 1.0 never becomes 1 and a NaN keeps its payload; a map keeps the order of its keys.
 *
 * Why not `@msgpack/msgpack` itself: 3.1.3 decodes the float `cb3ff0000000000000` and the integer `01` to the same 1,
 * gives every 64-bit integer as a bigint or rounds it, turns NaN payloads into the host's, makes objects that reorder
 * integer-like keys, reports no offsets, and pre-allocates `new Array(declared length)` before it has seen one element
 * (`dd00ffffff`, five bytes, asks for 128 MiB). It stays as the second oracle of the specs.
 *
 * Specification: https://github.com/msgpack/msgpack/blob/master/spec.md; the subset that serde and rmp-serde 1.3 write
 * (no extension types).
 */

/**
 * Deepest nesting of arrays and maps; a scalar has depth 0. rmp-serde's own limit is 1024, real zomes stay below 20.
 */
export const MESSAGEPACK_DEPTH_MAX = 128;

/**
 * Most values that cost a host object each: arrays, maps, map entries, strings, binaries, floats, integers beyond 2^53.
 * An empty map is one byte on the wire and some 200 in the host, so bytes alone bound nothing.
 */
export const MESSAGEPACK_OBJECTS_MAX = 1_000_000;

const SCRATCH_BYTES = 8;

/** Bits to number and back; made on each use, because a module keeps no mutable state. */
function scratch(): DataView {
  return new DataView(new ArrayBuffer(SCRATCH_BYTES));
}

/** A float as it is on the wire: its width and its bits. `value` is its number. */
export class Float {
  /** @param bits unsigned, below 2^width */
  private constructor(
    readonly width: 32 | 64,
    readonly bits: bigint,
  ) {}

  /** A NaN becomes the positive canonical NaN, whatever bits the host keeps for it. */
  static f64(value: number): Float {
    if (Number.isNaN(value)) return new Float(64, 0x7ff8_0000_0000_0000n);
    const view = scratch();
    view.setFloat64(0, value);
    return new Float(64, view.getBigUint64(0));
  }

  /** Rounds to f32 first. */
  static f32(value: number): Float {
    if (Number.isNaN(value)) return new Float(32, 0x7fc0_0000n);
    const view = scratch();
    view.setFloat32(0, value);
    return new Float(32, BigInt(view.getUint32(0)));
  }

  static ofBits(width: 32 | 64, bits: bigint): Float {
    return new Float(width, BigInt.asUintN(width, bits));
  }

  get value(): number {
    const view = scratch();
    if (this.width === 64) {
      view.setBigUint64(0, this.bits);
      return view.getFloat64(0);
    }
    view.setUint32(0, Number(this.bits));
    return view.getFloat32(0);
  }
}

/** What may be the key of a map. Arrays and maps may not: no serde map of a zome's public types has them. */
export type MessagePackKey = null | boolean | number | bigint | string | Float | Uint8Array;

export type MessagePackMap = ReadonlyMap<MessagePackKey, MessagePackValue>;

export type MessagePackValue = MessagePackKey | readonly MessagePackValue[] | MessagePackMap;

/** All reasons why bytes are not MessagePack (or not canonical MessagePack, if requested). Closed. */
export type MessagePackFaultCode =
  /** the input ends inside a header or a fixed-width value */
  | 'truncated'
  /** a declared length exceeds the remaining bytes */
  | 'length-over-input'
  /** bytes after the value */
  | 'trailing-bytes'
  | 'invalid-utf8'
  /** nested deeper than the limit */
  | 'depth-exceeded'
  /** more host objects than the limit */
  | 'objects-exceeded'
  /** a longer form than needed, although the canonical one is required */
  | 'not-canonical'
  | 'duplicate-key'
  /** an array or a map as the key of a map */
  | 'key-not-scalar'
  /** ext and fixext: nothing that crosses this boundary has them */
  | 'extension-refused'
  /** the byte 0xc1, which the specification never uses */
  | 'reserved-byte';

/** @property offsetBytes where the value at fault begins, or the first byte too many */
export interface MessagePackFault {
  readonly code: MessagePackFaultCode;
  readonly offsetBytes: number;
}

/**
 * Identity of a key that a `Map` would compare by reference, or `undefined` where the `Map` itself compares by value.
 * The text is linear in the key's bytes.
 */
export function keyIdentity(key: MessagePackKey): string | undefined {
  if (key instanceof Float) return `f${key.width}:${key.bits}`;
  if (!(key instanceof Uint8Array)) return undefined;
  const characters: string[] = ['b:'];
  for (const byte of key) characters.push(String.fromCharCode(byte));
  return characters.join('');
}
