/** Captures built-ins when the package is loaded: the objects that carry them, and the rows to restore them by. */

export interface Builtin {
  readonly holder: object;
  readonly key: PropertyKey;
  readonly own: PropertyDescriptor;
  /** What the property reads as; undefined for one whose accessor is the built-in. */
  readonly value: unknown;
}

const { get, getOwnPropertyDescriptor, getPrototypeOf } = Reflect;
export const iterator: typeof Symbol.iterator = Symbol.iterator;
export const match: typeof Symbol.match = Symbol.match;
export const replace: typeof Symbol.replace = Symbol.replace;
export const split: typeof Symbol.split = Symbol.split;

/** Filled while this file is loaded, and then read only. */
const rows: Builtin[] = [];

/** In the order in which they are put in place: globals, then what is on them. */
export const BUILTINS: readonly Builtin[] = rows;

/** What a property reads as. Read first: hosts make some globals when they are first asked for, and some stay behind an accessor. */
export function captured(holder: object, key: PropertyKey): unknown {
  const value: unknown = get(holder, key);
  const own = getOwnPropertyDescriptor(holder, key);
  if (own !== undefined) rows.push({ holder, key, own, value });
  return value;
}

/** A property that computes: its accessor is what must not change. */
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
/** A host without WebAssembly has the interpreter alone. */
export const wasm = typeof WebAssembly === 'undefined' ? undefined : WebAssembly;
export const NOTHING: object = {};
