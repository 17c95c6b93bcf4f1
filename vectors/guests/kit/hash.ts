// A Holochain hash where it lies in memory: 3 bytes of prefix, 32 of core, 4 of location. A `Hash` is the address of its
// first byte, so it costs nothing to make; like a Span it is good until the call ends.
// Source: holo_hash `hash_type/primitive.rs`.

import { Span } from './span';

export const HASH_BYTES: u32 = 39;

/** The second byte of the prefix 84 xx 24; sets of kinds are the `ANY_...` below. */
export const enum HashKind {
  None = 0,
  Agent = 0x20,
  Entry = 0x21,
  DhtOp = 0x24,
  Action = 0x29,
  Wasm = 0x2a,
  Dna = 0x2d,
  External = 0x2f,
}

export type HashKinds = u32;

/** The set of one kind. */
// @ts-ignore: decorator
@inline
export function only(kind: HashKind): HashKinds {
  return 1 << (kind - 0x20);
}

export const ANY_DHT: HashKinds = (1 << 0x01) | (1 << 0x09);
export const ANY_LINKABLE: HashKinds = (1 << 0x01) | (1 << 0x09) | (1 << 0x0f);

const NONE = memory.data(39, 1);
const TEXT = memory.data(53, 1); // a hash on its way into text
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

@unmanaged
@final
export class Hash {
  /** What stands where no hash could be had: 39 zeros, of kind None. */
  static none(): Hash {
    return changetype<Hash>(NONE);
  }

  get bytes(): Span {
    return new Span(changetype<usize>(this), HASH_BYTES);
  }

  /** The 32 bytes between prefix and location; for an agent, the ed25519 public key. */
  get core(): Span {
    return new Span(changetype<usize>(this) + 3, 32);
  }

  get kind(): HashKind {
    return <HashKind>load<u8>(changetype<usize>(this), 1);
  }

  isOf(kinds: HashKinds): bool {
    const kind = <u32>this.kind - 0x20;
    return kind < 16 && ((kinds >> kind) & 1) == 1;
  }

  equals(other: Hash): bool {
    return memory.compare(changetype<usize>(this), changetype<usize>(other), HASH_BYTES) == 0;
  }

  /** The usual form: `u` and base64url without padding. */
  toString(): string {
    const at = changetype<usize>(this);
    let to = TEXT;
    store<u8>(to++, 0x75); // u
    for (let i: usize = 0; i < HASH_BYTES; i += 3) {
      const three = (<u32>load<u8>(at + i) << 16) | (<u32>load<u8>(at + i, 1) << 8) | <u32>load<u8>(at + i, 2);
      for (let shift: i32 = 18; shift >= 0; shift -= 6) {
        store<u8>(to++, <u8>ALPHABET.charCodeAt((three >> shift) & 63));
      }
    }
    return String.UTF8.decodeUnsafe(TEXT, to - TEXT);
  }
}

/** The hash that the bytes are, or null: the length, the prefix and the kind must be right, the location is not looked at. */
export function hashIn(bytes: Span, kinds: HashKinds): Hash | null {
  if (bytes.length != HASH_BYTES || load<u8>(bytes.at) != 0x84 || load<u8>(bytes.at, 2) != 0x24) return null;
  const hash = changetype<Hash>(bytes.at);
  return hash.isOf(kinds) ? hash : null;
}

export function kindMeaning(kinds: HashKinds): string {
  if (kinds == only(HashKind.Agent)) return "an agent's key";
  if (kinds == only(HashKind.Entry)) return "an entry's hash";
  if (kinds == only(HashKind.Action)) return "an action's hash";
  if (kinds == only(HashKind.Dna)) return "a DNA's hash";
  if (kinds == only(HashKind.External)) return 'an external hash';
  return 'a hash of the kind wanted';
}
