/** Hostile modules, bundles and receipts: shapes at the limits, bombs, truncations, changed bytes. */
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { HOSTILE_MODULES } from '../../bench/hostile-modules.js';
import {
  createEngine,
  decodeMessagePack,
  decodeReceipt,
  encodeReceipt,
  type Tier,
  UsageError,
} from '../../src/index.js';
import { readBundle } from '../../src/zome/bundle.js';
import { bytesOfText } from '../engine/load-text.js';
import type { HostileCase } from './hostile-case.js';

const TIERS = ['interpreter', 'instrumented'] as const;

async function loadAndRun(tier: Tier, bytes: Uint8Array, limits?: Parameters<typeof createEngine>[0]): Promise<string> {
  const loaded = await createEngine({ ...limits, tier }).load(bytes);
  if (!loaded.ok) return `${loaded.fault.kind}: ${loaded.fault.code}`;
  const { module } = loaded;
  module.describe();
  const item = module.metered.module.exports.find(({ kind }) => kind === 'function');
  try {
    return module.call(item?.name ?? 'run', [], { fuel: 300_000_000 }).outcome.kind;
  } catch (error) {
    if (error instanceof UsageError) return error.code;
    throw error;
  }
}

const SHAPES: HostileCase[] = TIERS.flatMap((tier) =>
  HOSTILE_MODULES.map(({ name, size, limits, build }) => ({
    name: `module: ${name}, ${tier}`,
    run: () => loadAndRun(tier, build(size), { limits }),
  })),
);

const repeated = (count: number, text: (i: number) => string) =>
  Array.from({ length: count }, (_, i) => text(i)).join(' ');

const TEXTS: Readonly<Record<string, string>> = {
  '50,000 exported functions': `(module ${repeated(50_000, (i) => `(func (export "${i}"))`)})`,
  '50,000 exported globals': `(module ${repeated(50_000, (i) => `(global (export "${i}") i32 (i32.const 0))`)})`,
  '50,000 passive segments': `(module (memory 1) ${repeated(50_000, () => '(data "")')} (func (export "run")))`,
  '100 tables': `(module ${repeated(100, () => '(table 9999 funcref)')} (func (export "run")))`,
};

const MODULES: readonly HostileCase[] = [
  ...SHAPES,
  ...TIERS.flatMap((tier) =>
    Object.entries(TEXTS).map(([name, text]) => ({
      name: `module: ${name}, ${tier}`,
      run: () => loadAndRun(tier, bytesOfText(text)),
    })),
  ),
  {
    name: 'module: cut short and changed anywhere',
    isShort: true,
    run: async () => {
      const good = readFileSync('vectors/guests/post/post.wasm');
      const kinds = new Map<string, number>();
      for (let i = 0; i < 300; i++) {
        const bytes = Uint8Array.from(
          good.subarray(0, i % 2 === 0 ? good.length : Math.floor((good.length * i) / 300)),
        );
        for (let j = 0; j < 3; j++) bytes[(i * 7919 + j * 104_729) % bytes.length]! ^= 1 << (i % 8);
        const end = await loadAndRun('interpreter', bytes);
        kinds.set(end, (kinds.get(end) ?? 0) + 1);
      }
      return `${kinds.size} kinds of ends`;
    },
  },
  {
    name: 'module: 64 MB of zeros after the header',
    run: () => {
      const bytes = new Uint8Array(64 * 1024 * 1024);
      bytes.set([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
      return loadAndRun('auto', bytes);
    },
  },
];

const bundleCase = (name: string, make: () => Uint8Array, isShort = false): HostileCase => ({
  name: `bundle: ${name}`,
  isShort,
  run: async () => {
    const read = await readBundle(make());
    return read.ok ? 'read' : read.fault.code;
  },
});

const BUNDLES: readonly HostileCase[] = [
  bundleCase('a gzip of a gigabyte of zeros', () => gzipSync(new Uint8Array(1_000_000_000), { level: 1 })),
  bundleCase('a gzip in a gzip', () => gzipSync(gzipSync(new Uint8Array(100_000_000)))),
  bundleCase('a gzip that is cut short', () => gzipSync(new Uint8Array(1_000_000)).subarray(0, 500), true),
  bundleCase('an array of empty maps', () => {
    const bytes = new Uint8Array(100_000_000).fill(0x80);
    bytes.set([0xdd, 5, 0, 0, 0]);
    return gzipSync(bytes, { level: 1 });
  }),
  bundleCase('arrays in arrays', () => gzipSync(new Uint8Array(100_000_000).fill(0x91), { level: 1 })),
  bundleCase('an array of integers', () => {
    const bytes = new Uint8Array(200_000_005);
    bytes.set([0xdd, 0x0b, 0xeb, 0xc2, 0]);
    return gzipSync(bytes, { level: 1 });
  }),
  bundleCase('no bytes', () => new Uint8Array(0)),
];

const RECEIPTS: readonly HostileCase[] = [
  {
    name: 'receipt: cut short and changed anywhere',
    isShort: true,
    run: async () => {
      const loaded = await createEngine().load(bytesOfText('(module (func (export "run")))'));
      if (!loaded.ok) throw new Error(loaded.fault.code);
      const good = encodeReceipt(loaded.module.call('run').receipt);
      const codes = new Set<string>();
      for (let at = 0; at < good.length; at++) {
        for (const mask of [1, 0x80, 0xff]) {
          const bytes = Uint8Array.from(good);
          bytes[at]! ^= mask;
          for (const one of [bytes, bytes.subarray(0, at)]) {
            const decoded = decodeReceipt(one);
            codes.add(decoded.ok ? 'decoded' : decoded.fault.code);
          }
        }
      }
      return `${codes.size} kinds of ends`;
    },
  },
  {
    name: 'receipt: a text of 2^32 bytes',
    run: () => {
      const bytes = new Uint8Array(300).fill(0xff);
      const decoded = decodeReceipt(bytes);
      return decoded.ok ? 'decoded' : decoded.fault.code;
    },
  },
  {
    name: 'MessagePack: lengths that nothing follows',
    isShort: true,
    run: () => {
      const codes = new Set<string>();
      for (const head of [0xc6, 0xdb, 0xdd, 0xdf]) {
        const decoded = decodeMessagePack(Uint8Array.of(head, 0xff, 0xff, 0xff, 0xff));
        codes.add(decoded.ok ? 'decoded' : decoded.fault.code);
      }
      return [...codes].join(' ');
    },
  },
];

export const HOSTILE_BYTES: readonly HostileCase[] = [...MODULES, ...BUNDLES, ...RECEIPTS];
