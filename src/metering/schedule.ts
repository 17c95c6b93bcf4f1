/**
 * A schedule: the complete, frozen, versioned price list of fuel. Its hash is in every receipt and covers the price of
 * every instruction by name, so neither a price nor the class of an instruction can change unnoticed.
 * docs/SEMANTICS.md, section 3; docs/FUEL.md explains the prices.
 */
import { hash, utf8 } from '../base/hash.js';
import { type CostClass, INSTRUCTIONS, OPCODE_INDEX_COUNT, opcodeIndex } from '../wasm/instructions.js';

/** The accepted language, which the rows of a schedule price. */
export const PROFILE = 'assay-1';

/** A price that depends on data: `base + ceil(n * a / b)` fuel for n units. */
export interface Rate {
  readonly base: number;
  readonly a: number;
  readonly b: number;
}

/** Dynamic charges, each with the unit that n counts. */
export interface DynamicRates {
  /** Bytes. */
  readonly memoryFill: Rate;
  readonly memoryCopy: Rate;
  readonly memoryInit: Rate;
  /** Elements. */
  readonly tableFill: Rate;
  readonly tableCopy: Rate;
  readonly tableInit: Rate;
  /** Pages; also the rate of the initial pages of a memory. */
  readonly memoryGrow: Rate;
  /** Elements. */
  readonly tableGrow: Rate;
  /** Bytes in and out of a host function; a host function's row may carry its own rate. */
  readonly hostCall: Rate;
  /** Bytes into and out of the outermost call. */
  readonly boundaryIn: Rate;
  readonly boundaryOut: Rate;
}

export type RateName = keyof DynamicRates;

/**
 * The rows of the instantiation charge, in addition to `memoryGrow` for the initial pages of the module's own memories.
 */
export interface InstantiationPrices {
  readonly base: number;
  /** Of each own table, by its initial elements. */
  readonly table: Rate;
  /** Of each own global, by the bytes of its initialiser. */
  readonly global: Rate;
  /** Of each active segment, by the bytes of its offset expression. */
  readonly offsetExpression: Rate;
  /** Of each active data segment, by its bytes. */
  readonly activeData: Rate;
  /** Of each active element segment, by its elements. */
  readonly activeElement: Rate;
  /** Segments that are passive or declarative. */
  readonly passive: Rate;
  /** Imports of every kind. */
  readonly import: Rate;
  /** Exports of every kind. */
  readonly export: Rate;
}

/** Every price of a schedule. */
export interface Prices {
  /** Fuel per execution of an instruction of the class. */
  readonly instructions: Readonly<Record<CostClass, number>>;
  /** Per value that a branch, a call or a return carries. */
  readonly carriedValue: number;
  readonly functionEntry: number;
  /** Per declared local, set to zero at function entry. */
  readonly zeroedLocal: number;
  readonly rates: DynamicRates;
  readonly instantiate: InstantiationPrices;
  /** For loading, by module bytes: reported with the module, and in no receipt. */
  readonly load: Rate;
}

export interface Schedule extends Prices {
  readonly id: string;
  readonly profile: string;
  /** BLAKE2b-256 of the canonical text of the rows. */
  readonly hash: Uint8Array;
}

/** The greatest price of anything: sums of blocks stay exact. */
export const PRICE_MAX = 1_000_000;

/** Rows that are at least 1, so that every cycle costs fuel. */
const AT_LEAST_ONE: ReadonlySet<string> = new Set(['branch', 'branchTable', 'call', 'callIndirect']);

/** `fuel-1`: about 1 for a simple instruction; the reasons are in docs/FUEL.md. */
export const FUEL_1_PRICES: Prices = {
  instructions: {
    delimiter: 0,
    free: 0,
    simple: 1,
    const: 1,
    local: 1,
    global: 2,
    table: 3,
    tableSet: 140,
    size: 2,
    reference: 3,
    control: 1,
    loop: 1,
    branch: 1,
    branchTable: 2,
    call: 5,
    callIndirect: 8,
    load: 2,
    loadExtend: 6,
    store: 2,
    multiply: 2,
    divide: 6,
    bitCount: 4,
    float: 2,
    floatCompare: 1,
    floatSelect: 7,
    floatRound: 5,
    floatDivide: 6,
    floatSquareRoot: 8,
    convert: 7,
    extend: 4,
    memoryGrow: 22_000,
    memoryInit: 14,
    memoryCopy: 8,
    memoryFill: 8,
    tableInit: 27,
    tableCopy: 21,
    tableFill: 17,
    tableGrow: 62,
  },
  carriedValue: 1,
  functionEntry: 3,
  zeroedLocal: 1,
  rates: {
    memoryFill: { base: 0, a: 1, b: 8 },
    memoryCopy: { base: 0, a: 1, b: 8 },
    memoryInit: { base: 0, a: 1, b: 8 },
    tableFill: { base: 0, a: 11, b: 1 },
    tableCopy: { base: 0, a: 7, b: 1 },
    tableInit: { base: 0, a: 12, b: 1 },
    memoryGrow: { base: 0, a: 1_600, b: 1 },
    tableGrow: { base: 0, a: 11, b: 1 },
    hostCall: { base: 1_900, a: 1, b: 1 },
    boundaryIn: { base: 0, a: 1, b: 1 },
    boundaryOut: { base: 0, a: 1, b: 1 },
  },
  instantiate: {
    base: 9_200,
    table: { base: 0, a: 1, b: 1 },
    global: { base: 2, a: 1, b: 4 },
    offsetExpression: { base: 2, a: 1, b: 4 },
    activeData: { base: 6, a: 1, b: 8 },
    activeElement: { base: 4, a: 1, b: 1 },
    passive: { base: 0, a: 1, b: 1 },
    import: { base: 0, a: 1, b: 1 },
    export: { base: 0, a: 1, b: 1 },
  },
  load: { base: 10_000, a: 32, b: 1 },
};

/**
 * The frozen schedule of these prices. Throws a RangeError unless every row exists and is an integer from 0 to
 * 1,000,000, the divisor of a rate at least 1, `delimiter` 0, and branches, calls and the base of a host call at least
 * 1: a wrong price list is a mistake of the program, not of a guest.
 */
export function defineSchedule(id: string, prices: Prices): Schedule {
  sameRows('the schedule', prices, FUEL_1_PRICES);
  sameRows('instructions', prices.instructions, FUEL_1_PRICES.instructions);
  sameRows('rates', prices.rates, FUEL_1_PRICES.rates);
  sameRows('instantiate', prices.instantiate, FUEL_1_PRICES.instantiate);
  const schedule = {
    id,
    profile: PROFILE,
    instructions: mapRows(prices.instructions, (name, price) => {
      if (name === 'delimiter') return integer(`the price of '${name}'`, price, 0, 0);
      return integer(`the price of '${name}'`, price, AT_LEAST_ONE.has(name) ? 1 : 0);
    }),
    carriedValue: integer('carriedValue', prices.carriedValue),
    functionEntry: integer('functionEntry', prices.functionEntry),
    zeroedLocal: integer('zeroedLocal', prices.zeroedLocal),
    rates: mapRows(prices.rates, (name, rate) => defineRate(name, rate, name === 'hostCall' ? 1 : 0)),
    instantiate: Object.freeze({
      base: integer('instantiate.base', prices.instantiate.base),
      table: defineRate('instantiate.table', prices.instantiate.table),
      global: defineRate('instantiate.global', prices.instantiate.global),
      offsetExpression: defineRate('instantiate.offsetExpression', prices.instantiate.offsetExpression),
      activeData: defineRate('instantiate.activeData', prices.instantiate.activeData),
      activeElement: defineRate('instantiate.activeElement', prices.instantiate.activeElement),
      passive: defineRate('instantiate.passive', prices.instantiate.passive),
      import: defineRate('instantiate.import', prices.instantiate.import),
      export: defineRate('instantiate.export', prices.instantiate.export),
    }),
    load: defineRate('load', prices.load),
  };
  return Object.freeze({ ...schedule, hash: hash(utf8(scheduleText(schedule))) });
}

/**
 * A frozen rate. Throws a RangeError unless base and a are integers from 0 to 1,000,000, b from 1; a host function's
 * own rate needs a base of at least 1 (`baseMin`).
 */
export function defineRate(name: string, rate: Rate, baseMin = 0): Rate {
  return Object.freeze({
    base: integer(`the base of '${name}'`, rate.base, baseMin),
    a: integer(`the factor of '${name}'`, rate.a),
    b: integer(`the divisor of '${name}'`, rate.b, 1),
  });
}

/**
 * base + ceil(n * a / b) for an integer n from 0 to 2^32, exactly: n * a is below 2^53 since a is at most 10^6, and the
 * division is made exact by taking the remainder off first.
 */
export function dynamicCharge(rate: Rate, n: number): number {
  const product = n * rate.a;
  const remainder = product % rate.b;
  const quotient = (product - remainder) / rate.b;
  return rate.base + (remainder === 0 ? quotient : quotient + 1);
}

/** The static price of an instruction, without the values it carries, by `opcodeIndex`. */
export function staticPrices(schedule: Schedule): Float64Array {
  const prices = new Float64Array(OPCODE_INDEX_COUNT);
  for (const row of INSTRUCTIONS) prices[opcodeIndex(row.opcode)] = schedule.instructions[row.cost];
  return prices;
}

/** The canonical text that is hashed: one line for each row, instructions by name in the order of their opcodes. */
export function scheduleText(schedule: Omit<Schedule, 'hash'>): string {
  const lines = [`schedule ${schedule.id}`, `profile ${schedule.profile}`];
  const rows = [...INSTRUCTIONS].sort((left, right) => left.opcode - right.opcode);
  for (const row of rows) lines.push(`${row.name} ${schedule.instructions[row.cost]}`);
  lines.push(`carriedValue ${schedule.carriedValue}`);
  lines.push(`functionEntry ${schedule.functionEntry}`);
  lines.push(`zeroedLocal ${schedule.zeroedLocal}`);
  for (const name of sortedNames(schedule.rates)) lines.push(rateText(name, schedule.rates[name]));
  lines.push(`instantiate.base ${schedule.instantiate.base}`);
  for (const name of sortedNames(schedule.instantiate)) {
    if (name !== 'base') lines.push(rateText(`instantiate.${name}`, schedule.instantiate[name]));
  }
  lines.push(rateText('load', schedule.load));
  return `${lines.join('\n')}\n`;
}

function rateText(name: string, rate: Rate): string {
  return `${name} ${rate.base} ${rate.a} ${rate.b}`;
}

function integer(what: string, value: number, min = 0, max = PRICE_MAX): number {
  if (!Number.isInteger(value) || value < min || value > max) {
    const range = min === max ? `${min}` : `an integer from ${min} to ${max}`;
    throw new RangeError(`${what} must be ${range}, not ${value}`);
  }
  return value;
}

function sameRows(what: string, given: object, wanted: object): void {
  for (const name of Object.keys(wanted)) {
    if (!Object.hasOwn(given, name)) throw new RangeError(`${what} has no row '${name}'`);
  }
  for (const name of Object.keys(given)) {
    const extra = name === 'id' || name === 'profile' || name === 'hash';
    if (!extra && !Object.hasOwn(wanted, name)) throw new RangeError(`${what} has no row '${name}'`);
  }
}

function sortedNames<T extends object>(rows: T): (keyof T & string)[] {
  return (Object.keys(rows) as (keyof T & string)[]).sort();
}

function mapRows<T extends object>(rows: T, row: <K extends keyof T & string>(name: K, value: T[K]) => T[K]): T {
  const result = {} as T;
  for (const name of sortedNames(rows)) result[name] = row(name, rows[name]);
  return Object.freeze(result);
}

export const FUEL_1: Schedule = defineSchedule('fuel-1', FUEL_1_PRICES);
