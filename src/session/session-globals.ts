/** Exported globals and tables of a session's instance, for the host between calls. What is set is bound by the next receipt. */
import { UsageError } from '../base/usage-error.js';
import { withBuiltins } from '../builtins/builtins.js';
import { bitsOfArguments, valueOfBits } from '../engine/imports/typed-values.js';
import type { Global } from '../machine/global.js';
import type { GuestInstance } from '../machine/instance.js';
import type { Module } from '../wasm/module.js';
import { isReferenceType } from '../wasm/types.js';
import type { Value } from '../wasm/value.js';
import type { Change, GlobalChange } from './change.js';

type Changing = (change: Change) => void;

/** An exported global. */
export class SessionGlobal {
  readonly #name: string;
  readonly #global: () => Global;
  readonly #change: (change: GlobalChange) => void;

  /** @internal Made by the session. */
  constructor(name: string, global: () => Global, change: (change: GlobalChange) => void) {
    this.#name = name;
    this.#global = global;
    this.#change = change;
  }

  get isMutable(): boolean {
    return this.#global().type.mutable;
  }

  /** Undefined for a reference other than null. */
  get(): Value | undefined {
    return withBuiltins(() => {
      const { type, bits } = this.#global();
      return isReferenceType(type.type) && bits !== 0 ? undefined : valueOfBits(type.type, bits);
    });
  }

  /** @throws UsageError `immutable-global`, for a value of another type, and `session-busy` during a call */
  set(value: Value): void {
    withBuiltins(() => {
      const { type } = this.#global();
      if (!type.mutable) throw new UsageError('immutable-global', `the global '${this.#name}' cannot change`);
      const [bits] = bitsOfArguments(`the global '${this.#name}'`, Uint8Array.of(type.type), [value]);
      this.#change({ kind: 'setGlobal', name: this.#name, type: type.type, bits: bits! });
    });
  }
}

/** An element of a table: null, the index of a function of the module, or `'other'` for any other reference. */
export type SessionElement = number | null | 'other';

/** An exported table. */
export class SessionTable {
  readonly #table: number;
  readonly #module: Module;
  readonly #instance: () => GuestInstance;
  readonly #change: Changing;

  /** @internal Made by the session. */
  constructor(table: number, module: Module, instance: () => GuestInstance, change: Changing) {
    this.#table = table;
    this.#module = module;
    this.#instance = instance;
    this.#change = change;
  }

  get length(): number {
    return this.#instance().tableLength(this.#table);
  }

  /** @throws UsageError `out-of-bounds` */
  get(at: number): SessionElement {
    return withBuiltins(() => {
      this.#checkInside(at);
      const element = this.#instance().tableElement(this.#table, at);
      if (element === 0) return null;
      return element > this.#module.functionTypes.length ? 'other' : element - 1;
    });
  }

  /** Sets an element to an exported function or to null. @throws UsageError `out-of-bounds`, `unknown-export`, `session-busy` */
  set(at: number, exportName: string | null): void {
    withBuiltins(() => {
      this.#checkInside(at);
      this.#change({ kind: 'setElement', table: this.#table, at, element: this.#elementOf(exportName) });
    });
  }

  /** The former length; -1 and nothing else if the table may not grow so much. @throws UsageError as `set` */
  grow(delta: number, exportName: string | null = null): number {
    return withBuiltins(() => {
      const element = this.#elementOf(exportName);
      const { length } = this;
      if (!Number.isSafeInteger(delta) || delta < 0 || !this.#instance().canGrowTable(this.#table, delta)) return -1;
      this.#change({ kind: 'growTable', table: this.#table, delta, element });
      return length;
    });
  }

  #elementOf(exportName: string | null): number {
    if (exportName === null) return 0;
    const item = this.#module.exports.find(({ kind, name }) => kind === 'function' && name === exportName);
    if (item === undefined || this.#module.tables[this.#table].type !== 0x70) {
      throw new UsageError('unknown-export', `the module does not export a function '${exportName}' for the table`);
    }
    return item.index + 1;
  }

  #checkInside(at: number): void {
    const { length } = this;
    if (Number.isSafeInteger(at) && at >= 0 && at < length) return;
    throw new UsageError('out-of-bounds', `element ${at} is not within a table of ${length}`);
  }
}
