/**
 * The limits record: every limit of the engine, with its unit and its reason. A record is frozen and hashed; its hash
 * is in every receipt, so two nodes with different limits cannot be confused (docs/SEMANTICS.md, section 9).
 */

import { hash, utf8 } from './hash.js';
import { own } from './own.js';

interface LimitRow {
  readonly unit: string;
  readonly value: number;
  /** The largest value that a record may have. */
  readonly ceiling: number;
  readonly reason: string;
}

/** `limits-1`: the defaults. */
export const LIMIT_ROWS = {
  moduleBytes: { unit: 'bytes', value: 67_108_864, ceiling: 1_073_741_824, reason: 'real zomes have up to 4 MB' },
  types: { unit: 'types', value: 100_000, ceiling: 1_000_000, reason: 'bounds the type table' },
  imports: { unit: 'imports', value: 100_000, ceiling: 1_000_000, reason: 'bounds linking' },
  functions: { unit: 'functions', value: 100_000, ceiling: 1_000_000, reason: 'real zomes have up to 5,000' },
  tables: { unit: 'tables', value: 100, ceiling: 100_000, reason: 'each table is a host object' },
  globals: { unit: 'globals', value: 100_000, ceiling: 1_000_000, reason: 'bounds the work of an instantiation' },
  exports: { unit: 'exports', value: 100_000, ceiling: 1_000_000, reason: 'bounds the table of names' },
  elementSegments: {
    unit: 'segments',
    value: 100_000,
    ceiling: 1_000_000,
    reason: 'bounds the work of an instantiation',
  },
  dataSegments: { unit: 'segments', value: 100_000, ceiling: 1_000_000, reason: 'bounds the work of an instantiation' },
  bodyBytes: { unit: 'bytes', value: 1_048_576, ceiling: 67_108_864, reason: 'real zomes have bodies up to 24 kB' },
  locals: { unit: 'locals with parameters', value: 4_096, ceiling: 50_000, reason: 'real zomes have up to 81' },
  localsSumBase: {
    unit: 'declared locals',
    value: 65_536,
    ceiling: 1_073_741_824,
    reason: 'locals are run-length coded: a few bytes may declare thousands',
  },
  localsSumPerByte: {
    unit: 'declared locals per module byte',
    value: 8,
    ceiling: 4_096,
    reason: 'keeps compilation linear in the bytes',
  },
  params: {
    unit: 'parameters, also of blocks',
    value: 128,
    ceiling: 1_000,
    reason: 'work per instruction is linear in arity',
  },
  results: {
    unit: 'results, also of blocks',
    value: 128,
    ceiling: 1_000,
    reason: 'work per instruction is linear in arity',
  },
  nesting: { unit: 'nested blocks', value: 16_384, ceiling: 1_048_576, reason: 'bounds the control stack' },
  brTable: { unit: 'labels without the default', value: 32_768, ceiling: 1_048_576, reason: 'bounds one instruction' },
  tableElements: {
    unit: 'elements of all tables',
    value: 1_000_000,
    ceiling: 10_000_000,
    reason: 'bounds the memory of tables, grown ones included',
  },
  pages: {
    unit: 'pages of 65,536 bytes',
    value: 1_024,
    ceiling: 65_536,
    reason: '64 MiB; real zomes start with 17 to 82 pages',
  },
  stackWords: {
    unit: 'words of 8 bytes',
    value: 16_384,
    ceiling: 1_048_576,
    reason: 'fits the smallest native stack (500 KiB); bounds the lines of the log that wait for an open host call',
  },
  hostNesting: { unit: 'nested host calls', value: 16, ceiling: 256, reason: 'each host call takes native stack' },
  payloadBytes: {
    unit: 'bytes in or out of a guest',
    value: 16_777_216,
    ceiling: 1_073_741_824,
    reason: 'bounds copying and hashing',
  },
} as const satisfies Record<string, LimitRow>;

export type LimitName = keyof typeof LIMIT_ROWS;

/** A complete, frozen record of limits with its identity. */
export type Limits = { readonly [N in LimitName]: number } & {
  readonly id: string;
  /** BLAKE2b-256 of the canonical text of the rows. */
  readonly hash: Uint8Array;
};

const NAMES = Object.keys(LIMIT_ROWS).sort() as LimitName[];

/**
 * A record that differs from the defaults by the given values. Throws a RangeError for a value that is not an integer
 * from 0 to the row's ceiling, because a wrong record is a bug of the program, not of a guest.
 */
export function defineLimits(id: string, values: { readonly [N in LimitName]?: number } = {}): Limits {
  for (const name of Object.keys(values)) {
    if (!Object.hasOwn(LIMIT_ROWS, name))
      throw new RangeError(`there is no limit '${name}'; the limits are ${NAMES.join(', ')}`);
  }
  const record = {} as Record<LimitName, number>;
  let text = `${id}\n`;
  for (const name of NAMES) {
    const row = LIMIT_ROWS[name];
    const value = own(values, name) ?? row.value;
    if (!Number.isInteger(value) || value < 0 || value > row.ceiling) {
      throw new RangeError(`limit '${name}' must be an integer from 0 to ${row.ceiling} ${row.unit}, not ${value}`);
    }
    record[name] = value;
    text += `${name} ${value}\n`;
  }
  return Object.freeze({ ...record, id, hash: hash(utf8(text)) });
}

export const LIMITS_1: Limits = defineLimits('limits-1');
