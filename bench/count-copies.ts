/**
 * Counts the copies of whole payloads in a piece of work, by watching the ways in which JavaScript copies bytes: `set`,
 * `slice`, `copyWithin` and the constructors of arrays and buffers. Byte-by-byte copies in a loop are not seen here,
 * only by the clock; nor are copies by the host (`Buffer.from`).
 */

/** The common prototype of `Uint8Array` and the other typed arrays. */
const TYPED_ARRAY = Object.getPrototypeOf(Uint8Array.prototype) as Uint8Array;

function lengthOf(source: unknown): number {
  if (source instanceof ArrayBuffer) return source.byteLength;
  return ArrayBuffer.isView(source) || Array.isArray(source) ? (source as ArrayLike<unknown>).length : 0;
}

export interface CopyCounter {
  /** @param bytesMin smaller copies do not count */
  count(bytesMin: number, work: () => void): number;
  /** Restores the host's own functions. */
  remove(): void;
}

/** Begins to watch. The engine captures the built-ins that it finds, so its copies are only seen if this runs first. */
export function copyCounter(): CopyCounter {
  let copies = 0;
  let least = Infinity;
  const note = (length: number): void => {
    if (length >= least) copies += 1;
  };
  const { set, slice, copyWithin } = TYPED_ARRAY;
  const sliceBuffer = ArrayBuffer.prototype.slice;
  const { from } = Uint8Array;
  const OwnUint8Array = globalThis.Uint8Array;
  TYPED_ARRAY.set = function (this: Uint8Array, source: ArrayLike<number>, at?: number) {
    note(source.length);
    set.call(this, source, at);
  };
  TYPED_ARRAY.slice = function (this: Uint8Array<ArrayBuffer>, start?: number, end?: number) {
    const part = slice.call(this, start, end) as Uint8Array<ArrayBuffer>;
    note(part.length);
    return part;
  };
  TYPED_ARRAY.copyWithin = function (this: Uint8Array, to: number, start: number, end = this.length) {
    note(end - start);
    return copyWithin.call(this, to, start, end) as Uint8Array;
  } as typeof copyWithin;
  ArrayBuffer.prototype.slice = function (this: ArrayBuffer, start?: number, end?: number) {
    const part = sliceBuffer.call(this, start, end);
    note(part.byteLength);
    return part;
  };
  // A view of a buffer copies nothing, a copy of an array does.
  globalThis.Uint8Array = new Proxy(OwnUint8Array, {
    construct(target, args: unknown[], newTarget): object {
      if (!(args[0] instanceof ArrayBuffer)) note(lengthOf(args[0]));
      return Reflect.construct(target, args, newTarget) as object;
    },
    get(target, key) {
      if (key !== 'from') return Reflect.get(target, key) as unknown;
      return (source: Iterable<number>, ...rest: []) => {
        note(lengthOf(source));
        return from.call(target, source, ...rest);
      };
    },
  });
  return {
    count: (bytesMin, work) => {
      copies = 0;
      least = bytesMin;
      try {
        work();
      } finally {
        least = Infinity;
      }
      return copies;
    },
    remove: () => {
      Object.assign(TYPED_ARRAY, { set, slice, copyWithin });
      ArrayBuffer.prototype.slice = sliceBuffer;
      globalThis.Uint8Array = OwnUint8Array;
    },
  };
}
