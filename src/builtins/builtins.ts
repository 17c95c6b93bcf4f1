/**
 * The engine uses the built-ins that existed when it was loaded. A host that overwrites `Math.imul` or
 * `Array.prototype.push` later would change receipts, so every public function of the engine checks that they are still
 * in place; if not, they are restored while the engine runs, and the host's versions are put back afterwards. If one
 * cannot be restored, it is a host failure: no receipt rather than a wrong one.
 *
 * The list (spec/builtins/builtin-list.ts) has what the engine, the boundary and its libraries use; `unchanged.ts` is
 * generated from it, and spec/builtins/builtins.spec.ts overwrites every built-in. `WebAssembly` as a whole and its
 * accessors are not listed: replacing them is a deliberate choice. This guards against carelessness, not against an
 * attacker in the process.
 *
 * SES's `lockdown` freezes the built-ins, some behind accessors that return them, and has its own `Error` and
 * `setFloat32`, which are equivalent. Frozen built-ins that are the same or equivalent are left as they are.
 */
import { HostFailure } from '../machine/outcome.js';
import { BUILTINS, type Builtin } from './capture.js';
import { areUnchanged } from './unchanged.js';

export { BUILTINS, type Builtin } from './capture.js';
export { areUnchanged } from './unchanged.js';

const { defineProperty, deleteProperty, get, getOwnPropertyDescriptor } = Reflect;

interface Replaced {
  readonly builtin: Builtin;
  /** The property that was found; undefined if it was missing. */
  readonly found: PropertyDescriptor | undefined;
}

/** Works with the built-ins that existed when this file was loaded. Nested calls find them in place. */
export function withBuiltins<T>(work: () => T): T {
  if (areUnchanged()) return work();
  // A plain list and counted loops, because no built-in can be trusted here.
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

/** In reverse order, so that properties of a global are put back before the global. */
function putBack(replaced: readonly Replaced[]): void {
  for (let at = replaced.length - 1; at >= 0; at--) {
    const { builtin, found } = replaced[at];
    const { holder, key } = builtin;
    if (found === undefined) deleteProperty(holder, key);
    else defineProperty(holder, key, found);
  }
}
