/** Captures built-ins when the package is loaded: the objects that have them, and the rows to restore them from. */

export interface Builtin {
  readonly holder: object;
  readonly key: PropertyKey;
  readonly own: PropertyDescriptor;
  /** The value of the property; undefined if its accessor is the built-in. */
  readonly value: unknown;
}

const { get, getOwnPropertyDescriptor, getPrototypeOf } = Reflect;
export const iterator: typeof Symbol.iterator = Symbol.iterator;
export const match: typeof Symbol.match = Symbol.match;
export const replace: typeof Symbol.replace = Symbol.replace;
export const split: typeof Symbol.split = Symbol.split;

/** Filled while this file is loaded, then read-only. */
const rows: Builtin[] = [];

/** In the order in which they are restored: globals, then their properties. */
export const BUILTINS: readonly Builtin[] = rows;

/**
 * The value of a property. It is read before its descriptor: hosts create some globals on first use, and some stay
 * behind an accessor.
 */
export function captured(holder: object, key: PropertyKey): unknown {
  const value: unknown = get(holder, key);
  const own = getOwnPropertyDescriptor(holder, key);
  if (own !== undefined) rows.push({ holder, key, own, value });
  return value;
}

/** A computed property: its accessor must not change. */
export function capturedAccessor(holder: object, key: PropertyKey): void {
  const own = getOwnPropertyDescriptor(holder, key);
  if (own?.get !== undefined) rows.push({ holder, key, own, value: undefined });
}

export const TypedArray = getPrototypeOf(Uint8Array) as typeof Uint8Array;
export const typed = TypedArray.prototype;
export const arrayIterator = getPrototypeOf([].values()) as IterableIterator<unknown>;
export const mapIterator = getPrototypeOf(new Map().values()) as IterableIterator<unknown>;
export const setIterator = getPrototypeOf(new Set().values()) as IterableIterator<unknown>;
export const stringIterator = getPrototypeOf(''[iterator]()) as IterableIterator<string>;
/** A host without WebAssembly has only the interpreter. */
export const wasm = typeof WebAssembly === 'undefined' ? undefined : WebAssembly;
export const NOTHING: object = {};
