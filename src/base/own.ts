/**
 * Only own properties of options count. A program that has changed `Object.prototype` has not requested a limit of 1
 * for every call: an inherited value would be in no receipt and no argument.
 */

/** As it was when the engine was loaded, because it is called before a call checks the built-ins. */
export const { hasOwn } = Object;

/** The own property, or undefined. */
export function own<T extends object, K extends keyof T>(options: T, key: K): T[K] | undefined {
  return hasOwn(options, key) ? options[key] : undefined;
}

/** Only the own properties, for destructuring. For rare use: within a call `own` is cheaper. */
export function ownOf<T extends object>(options: T): T {
  return { __proto__: null, ...options };
}
