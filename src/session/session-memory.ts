/**
 * The memory of a session's instance, for the host between calls. Nothing of the host's memory is held, so it stays right when the
 * memory grows. What is written is bound by the next receipt. docs/SEMANTICS.md, section 10.
 */
import { utf8 } from '../base/hash.js';
import { UsageError } from '../base/usage-error.js';
import { decodeUtf8 } from '../base/utf8.js';
import { withBuiltins } from '../builtins/builtins.js';
import type { Memory } from '../machine/memory.js';
import type { MemoryChange } from './change.js';

/** Numbers as they lie in memory, little endian: 64-bit integers are bigints. */
export type Numeric = 'u8' | 'i8' | 'u16' | 'i16' | 'u32' | 'i32' | 'f32' | 'f64' | 'u64' | 'i64';
export type NumberOf<N extends Numeric> = N extends 'u64' | 'i64' ? bigint : number;

interface NumericRow {
  readonly bytes: number;
  readonly get: (view: DataView, at: number) => number | bigint;
  readonly set: (view: DataView, at: number, value: never) => void;
}

/** A NaN has the canonical bits. */
const NUMERIC: Readonly<Record<Numeric, NumericRow>> = {
  u8: { bytes: 1, get: (view, at) => view.getUint8(at), set: (view, at, value) => view.setUint8(at, value) },
  i8: { bytes: 1, get: (view, at) => view.getInt8(at), set: (view, at, value) => view.setInt8(at, value) },
  u16: {
    bytes: 2,
    get: (view, at) => view.getUint16(at, true),
    set: (view, at, value) => view.setUint16(at, value, true),
  },
  i16: {
    bytes: 2,
    get: (view, at) => view.getInt16(at, true),
    set: (view, at, value) => view.setInt16(at, value, true),
  },
  u32: {
    bytes: 4,
    get: (view, at) => view.getUint32(at, true),
    set: (view, at, value) => view.setUint32(at, value, true),
  },
  i32: {
    bytes: 4,
    get: (view, at) => view.getInt32(at, true),
    set: (view, at, value) => view.setInt32(at, value, true),
  },
  f32: { bytes: 4, get: (view, at) => view.getFloat32(at, true), set: setF32 },
  f64: { bytes: 8, get: (view, at) => view.getFloat64(at, true), set: setF64 },
  u64: {
    bytes: 8,
    get: (view, at) => view.getBigUint64(at, true),
    set: (view, at, value) => view.setBigUint64(at, value, true),
  },
  i64: {
    bytes: 8,
    get: (view, at) => view.getBigInt64(at, true),
    set: (view, at, value) => view.setBigInt64(at, value, true),
  },
};

function setF32(view: DataView, at: number, value: number): void {
  if (Number.isNaN(value)) view.setUint32(at, 0x7fc0_0000, true);
  else view.setFloat32(at, value, true);
}

function setF64(view: DataView, at: number, value: number): void {
  if (Number.isNaN(value)) view.setBigUint64(at, 0x7ff8_0000_0000_0000n, true);
  else view.setFloat64(at, value, true);
}

export class SessionMemory {
  readonly #memory: () => Memory;
  readonly #change: (change: MemoryChange) => void;

  /** @internal Made by the session. */
  constructor(memory: () => Memory, change: (change: MemoryChange) => void) {
    this.#memory = memory;
    this.#change = change;
  }

  /** Pages of 65,536 bytes. */
  get pages(): number {
    return this.#memory().pages;
  }

  get byteLength(): number {
    return this.#memory().byteLength;
  }

  /** A copy of `length` bytes. @throws UsageError `out-of-bounds` */
  read(offset: number, length: number): Uint8Array {
    return withBuiltins(() => this.#inside(offset, length).bytes.slice(offset, offset + length));
  }

  /** The bytes are copied. @throws UsageError `out-of-bounds`; `session-busy` during a call: a host function has `HostCall.memory` */
  write(offset: number, bytes: Uint8Array): void {
    withBuiltins(() => {
      this.#inside(offset, bytes.length);
      this.#change({ kind: 'write', offset, bytes: new Uint8Array(bytes) });
    });
  }

  /** The former size in pages; -1 and nothing else if the memory may not grow so much. */
  grow(pages: number): number {
    return withBuiltins(() => {
      const memory = this.#memory();
      const isPages = Number.isSafeInteger(pages) && pages >= 0;
      if (!isPages || !memory.canGrow(pages)) return -1;
      const before = memory.pages;
      this.#change({ kind: 'growMemory', delta: pages });
      return before;
    });
  }

  /** A number at an offset. @throws UsageError `out-of-bounds` */
  get<N extends Numeric>(type: N, offset: number): NumberOf<N> {
    return withBuiltins(() => {
      const row = NUMERIC[type];
      const { bytes } = this.#inside(offset, row.bytes);
      return row.get(new DataView(bytes.buffer, bytes.byteOffset), offset) as NumberOf<N>;
    });
  }

  /** Integers are taken modulo their width. @throws UsageError as `write` */
  set<N extends Numeric>(type: N, offset: number, value: NumberOf<N>): void {
    withBuiltins(() => {
      const row = NUMERIC[type];
      const bytes = new Uint8Array(row.bytes);
      row.set(new DataView(bytes.buffer), 0, value as never);
      this.write(offset, bytes);
    });
  }

  /** Text in UTF-8; undefined if the bytes are no UTF-8. @throws UsageError `out-of-bounds` */
  readText(offset: number, length: number): string | undefined {
    return withBuiltins(() => decodeUtf8(this.read(offset, length)));
  }

  /** Writes a text in UTF-8 and returns its length in bytes. @throws UsageError as `write` */
  writeText(offset: number, text: string): number {
    return withBuiltins(() => {
      const bytes = utf8(text);
      this.write(offset, bytes);
      return bytes.length;
    });
  }

  #inside(offset: number, length: number): Memory {
    const memory = this.#memory();
    const isRange = Number.isSafeInteger(offset) && Number.isSafeInteger(length) && offset >= 0 && length >= 0;
    if (isRange && offset + length <= memory.byteLength) return memory;
    throw new UsageError(
      'out-of-bounds',
      `${length} bytes at ${offset} are not within a memory of ${memory.byteLength} bytes`,
    );
  }
}
