/** The items of a module that a body may name, chosen before any body is generated. */

import type { ValueType } from '../wasm/types.js';
import type { DataItem, ElementItem, MemoryItem, Signature, TableItem } from './program.js';

export interface Callable {
  readonly id: number;
  readonly signature: Signature;
}

export interface GlobalShape {
  readonly id: number;
  readonly type: ValueType;
  readonly mutable: boolean;
}

export interface ModuleShape {
  /** Imported and own functions. */
  readonly callables: readonly Callable[];
  readonly globals: readonly GlobalShape[];
  readonly memory: MemoryItem | undefined;
  readonly tables: readonly TableItem[];
  /** The function ids that active segments put into each table, by its id. */
  readonly slots: ReadonlyMap<number, ReadonlyMap<number, number>>;
  readonly data: readonly DataItem[];
  readonly elements: readonly ElementItem[];
  readonly tailCalls: boolean;
}
