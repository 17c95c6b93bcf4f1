/**
 * The engine computes with the built-ins that were there when it was loaded. A host that overwrites `Math.imul` or
 * `Array.prototype.push` later would change receipts, so every way into the engine looks whether they are still there; if
 * not, they are put in place for as long as the engine works, and what the host had put there comes back. What cannot be
 * put in place is a host failure: no receipt rather than a wrong one.
 *
 * The list (spec/builtins/builtin-list.ts) has what the engine, the boundary and its libraries use; `unchanged.ts` is written from it, and
 * spec/builtins/builtins.spec.ts overwrites whatever there is.
 * `WebAssembly` as a whole and its accessors are not listed: who puts another there has chosen it. This guards against carelessness, not against an
 * attacker in the process.
 *
 * SES's `lockdown` freezes the built-ins, some behind accessors that return them, and has its own `Error` and `setFloat32`, which
 * serve as well. Frozen built-ins that are the same or serve as well are left as they are.
 */
import { HostFailure } from '../machine/outcome.js';
import { BUILTINS, type Builtin } from './capture.js';
import { areUnchanged } from './unchanged.js';

export { BUILTINS, type Builtin } from './capture.js';
export { areUnchanged } from './unchanged.js';

const { defineProperty, deleteProperty, get, getOwnPropertyDescriptor } = Reflect;

interface Replaced {
  readonly builtin: Builtin;
  /** What was found there; undefined if it was gone. */
  readonly found: PropertyDescriptor | undefined;
}

/** Works with the built-ins that were there when this file was loaded. Calls within calls find them in place. */
export function withBuiltins<T>(work: () => T): T {
  if (areUnchanged()) return work();
  // A plain list and counted loops: no built-in is to be trusted here.
  const replaced: Replaced[] = [];
  try {
    putInPlace(replaced);
    return work();
  } finally {
    putBack(replaced);
  }
}

function putInPlace(replaced: Replaced[]): void {
  let isFrozen = false;
  for (let at = 0; at < BUILTINS.length; at++) {
    const builtin = BUILTINS[at];
    const { holder, key, own, value } = builtin;
    const found = getOwnPropertyDescriptor(holder, key);
    if (found !== undefined && found.value === own.value && found.get === own.get) continue;
    if (value !== undefined && get(holder, key) === value) continue;
    if (defineProperty(holder, key, own)) replaced[replaced.length] = { builtin, found };
    else isFrozen = true;
  }
  if (!isFrozen || areUnchanged()) return;
  throw new HostFailure('a built-in function was overwritten after the engine was loaded and cannot be restored');
}

/** In the opposite order, so that what hangs on a global goes before the global. */
function putBack(replaced: readonly Replaced[]): void {
  for (let at = replaced.length - 1; at >= 0; at--) {
    const { builtin, found } = replaced[at];
    const { holder, key } = builtin;
    if (found === undefined) deleteProperty(holder, key);
    else defineProperty(holder, key, found);
  }
}
