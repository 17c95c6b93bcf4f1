/** Helpers to write rows of the table, and the prices of host functions. */
import type { Permission } from './callbacks.js';
import type { HostFunctionCost, HostFunctionRow } from './host-function.js';

/**
 * Price of a byte that is copied, decoded or encoded, hashed into the log and kept for a second run. Measured on Node
 * 20 by `npm run bench host-calls`: 13 to 16 ns in the interpreter, whose unit of fuel takes 1.3 ns.
 */
export const PER_BYTE = 8;
/**
 * Price of a call in addition to its bytes: two transfers, two calls of the guest's allocator, three hashes. Measured:
 * 34 to 42 us for the cheapest ones.
 */
export const PLAIN: HostFunctionCost = { base: 25_000, perByte: PER_BYTE };
/** The result is encoded and hashed again: 47 to 70 us. */
export const LOOKUP: HostFunctionCost = { base: 40_000, perByte: PER_BYTE };
/** A verification takes 1.4 ms. */
export const SIGNATURE: HostFunctionCost = { base: 1_000_000, perByte: PER_BYTE, perDataByte: PER_BYTE };

/** In every host from 0.1 to 0.7. */
export const EVERY = ['0.1', '0.7'] as const;

type Releases = NonNullable<HostFunctionRow['releases']>;

interface RowParts {
  readonly version?: 1 | 2;
  readonly releases: Releases;
  readonly permission: Permission | readonly Permission[];
  readonly deniedAs?: string;
  readonly cost?: HostFunctionCost;
  readonly reason: string;
  readonly hasEffect?: boolean;
  readonly needsCell?: boolean;
  readonly readsDependencies?: boolean;
  readonly isRefused?: boolean;
  readonly bind: HostFunctionRow['bind'];
}

export function row(name: string, parts: RowParts): HostFunctionRow {
  const { version = 1, permission, cost = PLAIN, deniedAs = name, ...rest } = parts;
  const permissions = typeof permission === 'string' ? [permission] : permission;
  return { name: `__hc__${name}_${version}`, deniedAs, permissions, cost, ...rest };
}
