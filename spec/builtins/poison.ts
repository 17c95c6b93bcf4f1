/** Overwrites all built-in functions, and restores them. */

const { ownKeys, getOwnPropertyDescriptor, defineProperty, getPrototypeOf } = Reflect;

const TypedArray = getPrototypeOf(Uint8Array) as typeof Uint8Array;
const VIEWS = [
  Uint8Array,
  Int8Array,
  Uint8ClampedArray,
  Uint16Array,
  Int16Array,
  Uint32Array,
  Int32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
];

/** The objects with the language's functions, and with those of the host that an engine may use. */
const HOLDERS: readonly object[] = [
  ...[Array, TypedArray, DataView, ArrayBuffer, Map, Set, WeakMap, WeakSet, String, Number, BigInt, Boolean, Symbol],
  ...[Function, RegExp, Error, Promise, Date, TextDecoder, TextEncoder, ...VIEWS],
]
  .flatMap((one: object & { readonly prototype: object }) => [one, one.prototype])
  .concat([Object, Object.prototype, Math, JSON, Reflect, WebAssembly])
  .concat([WebAssembly.Memory.prototype, WebAssembly.Table.prototype, WebAssembly.Module, WebAssembly.Instance])
  .concat(
    [[].values(), new Map().values(), new Set().values(), ''[Symbol.iterator]()].map((one) => getPrototypeOf(one)!),
  )
  .filter((one) => one !== undefined);

/** Without these nothing can be called or constructed any more, by the engine or by the host. */
const LEFT: ReadonlySet<PropertyKey> = new Set(['constructor', 'prototype', Symbol.hasInstance, '__proto__']);

export interface Poison {
  /** Number of functions that it overwrites. */
  readonly count: number;
  put(): void;
  take(): void;
}

interface Row {
  readonly holder: object;
  readonly key: PropertyKey;
  readonly own: PropertyDescriptor;
  readonly spoilt: PropertyDescriptor;
}

/** @param replacement replaces every function */
export function poisonOf(replacement: () => unknown): Poison {
  const rows: Row[] = [];
  for (const holder of HOLDERS) {
    for (const key of ownKeys(holder)) {
      const own = getOwnPropertyDescriptor(holder, key)!;
      if (LEFT.has(key) || typeof own.value !== 'function' || own.configurable !== true) continue;
      // A function, not an arrow, because it may be called with `new`.
      const value = function poisoned() {
        return replacement();
      };
      rows.push({ holder, key, own, spoilt: { ...own, value } });
    }
  }
  const define = (which: 'own' | 'spoilt') => {
    for (let at = 0; at < rows.length; at++) {
      const row = rows[at]!;
      defineProperty(row.holder, row.key, row[which]);
    }
  };
  return { count: rows.length, put: () => define('spoilt'), take: () => define('own') };
}
