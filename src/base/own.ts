/**
 * Options are what their own properties say. Whoever has written to `Object.prototype` has not asked for a limit of 1 in every call:
 * what is read through a prototype would be in no receipt and no argument.
 */

/** As it was when the engine was loaded: it is called before a call checks the built-ins. */
export const { hasOwn } = Object;

/** The own property, or undefined. */
export function own<T extends object, K extends keyof T>(options: T, key: K): T[K] | undefined {
  return hasOwn(options, key) ? options[key] : undefined;
}

/** The own properties alone, to be taken apart. For what is asked seldom: in a call `own` is the cheaper way. */
export function ownOf<T extends object>(options: T): T {
  return { __proto__: null, ...options };
}
