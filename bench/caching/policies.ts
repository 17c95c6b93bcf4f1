/**
 * The policies: for each its guest and the numbers with which it is opened. `own` is the definition of its paper, for
 * objects of any size; `libcachesim` is the behaviour of libCacheSim 0.3.5; if both are the same there is one. All
 * rounding of shares to bytes is here.
 */
import { f64, i32, type Value } from '../../src/index.js';

export type Definition = 'own' | 'libcachesim';

export interface Sizing {
  /** Bytes of the cache. */
  readonly bytes: number;
  /** Mean bytes of an object, which determines the number of counters of a sketch. */
  readonly meanBytes: number;
  readonly definition: Definition;
}

export interface S3FifoNumbers {
  readonly smallMax: number;
  readonly ghostMax: number;
  readonly threshold: number;
}

/** A tenth for new objects, and ghosts for nine tenths of the bytes. */
export function s3FifoNumbers(bytes: number): S3FifoNumbers {
  return { smallMax: Math.trunc(bytes * 0.1), ghostMax: Math.trunc(bytes * 0.9), threshold: 2 };
}

export interface WTinyLfuNumbers {
  readonly windowMax: number;
  readonly probationMax: number;
  readonly protectedMax: number;
  readonly counters: number;
  readonly hashes: number;
  /** Requests after which all counters are halved. */
  readonly period: number;
}

const WINDOW_SHARE = 0.01;
/** Counters for each object that the cache is expected to have; requests until they are halved. */
const COUNTERS_EACH = 16;
const PERIOD_EACH = 10;
/** libCacheSim has a counting Bloom filter with an error of 0.001 for as many objects as the main part has bytes. */
const BLOOM_COUNTERS_EACH = 6.907755278982137 / 0.480453013918201;
const BLOOM_HASHES = 10;
const BLOOM_PERIOD_EACH = 32;

export function wTinyLfuNumbers({ bytes, meanBytes, definition }: Sizing): WTinyLfuNumbers {
  const windowMax = Math.trunc(bytes * WINDOW_SHARE);
  const main = bytes - windowMax;
  const probationMax = Math.trunc((1 / 5) * main);
  const protectedMax = Math.trunc((4 / 5) * main);
  const segments = { windowMax, probationMax, protectedMax };
  if (definition === 'libcachesim') {
    const counters = Math.max(2 * BLOOM_HASHES, Math.ceil(BLOOM_COUNTERS_EACH * main));
    return { ...segments, counters, hashes: BLOOM_HASHES, period: BLOOM_PERIOD_EACH * main };
  }
  const objects = Math.max(16, Math.ceil(bytes / meanBytes));
  return { ...segments, counters: COUNTERS_EACH * objects, hashes: 4, period: PERIOD_EACH * objects };
}

export interface Policy {
  readonly name: string;
  /** In vectors/guests/policies. */
  readonly wasm: string;
  /** Whether libCacheSim's definition differs from the paper's. */
  readonly hasTwoDefinitions: boolean;
  /** The arguments of its export `open`. */
  open(sizing: Sizing): Value[];
}

const flag = (is: boolean) => i32(is ? 1 : 0);
const plain = (name: string): Policy => ({
  name,
  wasm: `${name}.wasm`,
  hasTwoDefinitions: false,
  open: ({ bytes }) => [f64(bytes)],
});

interface GdSizeOptions {
  readonly byFrequency?: boolean;
  readonly byPrice?: boolean;
  readonly isFixed?: boolean;
  readonly isAgeless?: boolean;
}

const gdSize = (name: string, { byFrequency, byPrice, isFixed, isAgeless }: GdSizeOptions): Policy => ({
  name,
  wasm: 'gd-size.wasm',
  hasTwoDefinitions: true,
  open: ({ bytes, definition }) => {
    // libCacheSim inserts an object before it evicts, so that the new one competes.
    const flags = [byFrequency, byPrice, isFixed, isAgeless, definition === 'libcachesim'];
    return [f64(bytes), ...flags.map((is) => flag(is === true))];
  },
});

const sieve = (name: string, byPrice: boolean): Policy => ({
  name,
  wasm: 'sieve.wasm',
  hasTwoDefinitions: false,
  open: ({ bytes }) => [f64(bytes), flag(byPrice)],
});

export const POLICIES: readonly Policy[] = [
  plain('fifo'),
  plain('lru'),
  plain('lfu'),
  gdSize('gd-size', {}),
  gdSize('gd-size-price', { byPrice: true }),
  gdSize('gd-fixed', { byPrice: true, isFixed: true }),
  gdSize('density', { byPrice: true, isFixed: true, isAgeless: true }),
  gdSize('gdsf', { byFrequency: true }),
  sieve('sieve', false),
  sieve('sieve-price', true),
  {
    name: 's3-fifo',
    wasm: 's3-fifo.wasm',
    hasTwoDefinitions: true,
    open: ({ bytes, definition }) => {
      const { smallMax, ghostMax, threshold } = s3FifoNumbers(bytes);
      return [f64(bytes), f64(smallMax), f64(ghostMax), i32(threshold), flag(definition === 'libcachesim')];
    },
  },
  {
    name: 'w-tiny-lfu',
    wasm: 'w-tiny-lfu.wasm',
    hasTwoDefinitions: true,
    open: (sizing) => {
      const { windowMax, probationMax, protectedMax, counters, hashes, period } = wTinyLfuNumbers(sizing);
      const parts = [f64(sizing.bytes), f64(windowMax), f64(probationMax), f64(protectedMax)];
      return [...parts, i32(counters), i32(hashes), f64(period), flag(sizing.definition === 'libcachesim')];
    },
  },
];
