/**
 * The operations of an engine that the official suite needs. The suite takes the tier as a parameter: each tier
 * implements this interface, with one engine for each script, because the modules of a script are linked with one
 * another.
 */
import type { LoadFault, Resource, TrapCode } from '../../src/base/fault.js';

export type NumberTypeName = 'i32' | 'i64' | 'f32' | 'f64';
export type ReferenceTypeName = 'funcref' | 'externref';

/** A value as the suite passes it: numbers as unsigned bits; an external reference by its number. */
export type SuiteValue =
  | { readonly type: NumberTypeName; readonly bits: bigint }
  | { readonly type: 'externref'; readonly reference: number | null }
  | { readonly type: 'funcref'; readonly reference: 'function' | null };

export type CallAnswer =
  | { readonly kind: 'returned'; readonly values: readonly SuiteValue[] }
  | { readonly kind: 'trapped'; readonly code: TrapCode }
  | { readonly kind: 'exhausted'; readonly resource: Resource };

export type InstantiateAnswer =
  | { readonly kind: 'instantiated'; readonly instance: object }
  | { readonly kind: 'fault'; readonly fault: LoadFault }
  | Exclude<CallAnswer, { kind: 'returned' }>;

export interface ConformanceEngine {
  /**
   * Loads, links and starts a module.
   * @param modules the instances that its imports can name, by module name, including `spectest`
   */
  instantiate(bytes: Uint8Array, modules: ReadonlyMap<string, object>): InstantiateAnswer;
  invoke(instance: object, field: string, args: readonly SuiteValue[]): CallAnswer;
  /** The value of an exported global. */
  get(instance: object, field: string): SuiteValue;
}
