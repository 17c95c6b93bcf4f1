/** A function of a store: a guest's, or the host's. Specification: function instances. */
import type { FunctionType } from '../wasm/types.js';
import type { HostFunction } from './host-function.js';
import type { GuestInstance } from './instance.js';
import type { Store } from './store.js';

export class FunctionInstance {
  readonly typeId: number;
  /** What the store's tables and globals hold for it. */
  readonly handle: number;

  /**
   * @param owner the instance that defines it, undefined for the host's
   * @param definedIndex index among the owner's own functions
   */
  constructor(
    readonly store: Store,
    readonly type: FunctionType,
    readonly owner: GuestInstance | undefined,
    readonly definedIndex: number,
    readonly host: HostFunction | undefined,
  ) {
    this.typeId = store.typeId(type);
    this.handle = store.addFunction(this);
  }
}
