/** An instance of a linked session, for the host: its calls, and views of its memory, globals and tables between calls. */
import { UsageError } from '../../base/usage-error.js';
import { withBuiltins } from '../../builtins/builtins.js';
import type { ByteOutcome, CallOutcome, ModuleParts } from '../../engine/loaded-module.js';
import type { GuestInstance } from '../../machine/instance.js';
import type { Value } from '../../wasm/value.js';
import type { GlobalChange, MemoryChange } from '../change.js';
import { SessionGlobal } from '../session-globals.js';
import { SessionMemory } from '../session-memory.js';
import type { SessionByteCallOptions, SessionCallOptions } from '../session-steps.js';
import type { LinkedChange } from './linked-change.js';
import type { Reference } from './linked-machine.js';
import type { LinkedResult, LinkedSlicedCall } from './linked-session.js';

/** What an instance needs of its session. */
export interface InstanceSession {
  /** The instance as it is now. @throws UsageError if the session is over */
  instance(number: number): GuestInstance;
  change(change: LinkedChange): void;
  call(
    instance: string,
    exportName: string,
    args: readonly Value[],
    options: SessionCallOptions,
  ): LinkedResult<CallOutcome>;
  callBytes(
    instance: string,
    exportName: string,
    payload: Uint8Array,
    options: SessionByteCallOptions,
  ): LinkedResult<ByteOutcome>;
  begin(instance: string, exportName: string, args: readonly Value[], options: SessionCallOptions): LinkedSlicedCall;
  /** The element that a handle is. */
  elementOf(handle: number): LinkedElement | null;
  /** The exported function of an instance. @throws UsageError */
  functionOf(element: LinkedFunction): Reference;
}

/**
 * An element of a table: a function by the name of its instance and its index there. An instance that failed has the name that it would
 * have had, which another may have now.
 */
export interface LinkedElement {
  readonly instance: string;
  readonly index: number;
}

/** An exported function, for an element of a table. */
export interface LinkedFunction {
  readonly instance: string;
  readonly export: string;
}

export class LinkedInstance {
  readonly #session: InstanceSession;
  readonly #number: number;
  readonly #parts: ModuleParts;
  #memory: SessionMemory | undefined;

  /** @internal Made by the session. */
  constructor(
    readonly name: string,
    number: number,
    parts: ModuleParts,
    session: InstanceSession,
  ) {
    this.#number = number;
    this.#parts = parts;
    this.#session = session;
  }

  /** As `LinkedSession.call`. */
  call(exportName: string, args: readonly Value[] = [], options: SessionCallOptions = {}): LinkedResult<CallOutcome> {
    return this.#session.call(this.name, exportName, args, options);
  }

  /** As `LinkedSession.callBytes`. */
  callBytes(exportName: string, payload: Uint8Array, options: SessionByteCallOptions = {}): LinkedResult<ByteOutcome> {
    return this.#session.callBytes(this.name, exportName, payload, options);
  }

  /** As `LinkedSession.begin`. */
  begin(exportName: string, args: readonly Value[] = [], options: SessionCallOptions = {}): LinkedSlicedCall {
    return this.#session.begin(this.name, exportName, args, options);
  }

  /** Its memory, its own or one that it imports; undefined if it has none. */
  get memory(): SessionMemory | undefined {
    if (this.#parts.called.metered.module.memories.length === 0) return undefined;
    this.#memory ??= new SessionMemory(
      () => this.#instance().memory!,
      (change) => this.#change(change),
    );
    return this.#memory;
  }

  /** An exported global. @throws UsageError `unknown-export` */
  global(name: string): SessionGlobal {
    return withBuiltins(() => {
      this.#exportOf(name, 'global');
      const global = () => {
        const item = this.#instance().exported(name);
        if (item?.kind !== 'global') throw new Error(`the export '${name}' is not a global`);
        return item.global;
      };
      return new SessionGlobal(name, global, (change) => this.#change(change));
    });
  }

  /** An exported table. @throws UsageError `unknown-export` */
  table(name: string): LinkedTable {
    return withBuiltins(() => {
      const { index } = this.#exportOf(name, 'table');
      return new LinkedTable(this.#session, this.#number, index, this.#parts);
    });
  }

  #exportOf(name: string, kind: 'global' | 'table') {
    const item = this.#parts.called.exports.get(name);
    if (item?.kind === kind) return item;
    throw new UsageError('unknown-export', `the instance '${this.name}' does not export a ${kind} '${name}'`);
  }

  #instance(): GuestInstance {
    return this.#session.instance(this.#number);
  }

  #change(change: MemoryChange | GlobalChange): void {
    this.#session.change({ instance: this.#number, kind: 'plain', change });
  }
}

/** An exported table, whose elements may be functions of any instance. */
export class LinkedTable {
  readonly #session: InstanceSession;
  readonly #number: number;
  readonly #table: number;
  readonly #isFunctions: boolean;

  /** @internal Made by the instance. */
  constructor(session: InstanceSession, number: number, table: number, parts: ModuleParts) {
    this.#session = session;
    this.#number = number;
    this.#table = table;
    this.#isFunctions = parts.called.metered.module.tables[table].type === 0x70;
  }

  get length(): number {
    return withBuiltins(() => this.#instance().tableLength(this.#table));
  }

  /** Null, or the function. @throws UsageError `out-of-bounds` */
  get(at: number): LinkedElement | null {
    return withBuiltins(() => {
      this.#checkInside(at);
      return this.#session.elementOf(this.#instance().tableHandle(this.#table, at));
    });
  }

  /**
   * Sets an element to an exported function or to null.
   * @throws UsageError `out-of-bounds`, `unknown-instance`, `unknown-export`, `session-busy`
   */
  set(at: number, element: LinkedFunction | null): void {
    withBuiltins(() => {
      this.#checkInside(at);
      const to = this.#referenceOf(element);
      this.#session.change({ instance: this.#number, kind: 'setElement', table: this.#table, at, to });
    });
  }

  /** The former length; -1 and nothing else if the table may not grow so much. @throws UsageError as `set` */
  grow(delta: number, element: LinkedFunction | null = null): number {
    return withBuiltins(() => {
      const to = this.#referenceOf(element);
      const { length } = this;
      if (!Number.isSafeInteger(delta) || delta < 0 || !this.#instance().canGrowTable(this.#table, delta)) return -1;
      this.#session.change({ instance: this.#number, kind: 'growTable', table: this.#table, delta, to });
      return length;
    });
  }

  #instance(): GuestInstance {
    return this.#session.instance(this.#number);
  }

  #referenceOf(element: LinkedFunction | null): Reference | undefined {
    if (element === null) return undefined;
    if (this.#isFunctions) return this.#session.functionOf(element);
    throw new UsageError('unknown-export', 'the table does not hold functions');
  }

  #checkInside(at: number): void {
    const { length } = this;
    if (Number.isSafeInteger(at) && at >= 0 && at < length) return;
    throw new UsageError('out-of-bounds', `element ${at} is not within a table of ${length}`);
  }
}
