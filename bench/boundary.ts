/**
 * Section `boundary`: bytes in and out of a guest. The time of the boundary alone is that of `callByteExport` with a
 * guest that does nothing, minus the calls of that guest; codec, hashing and the whole call of the engine have separate
 * columns.
 */
import { hash } from '../src/base/hash.js';
import { defineLimits, LIMITS_1, type Limits } from '../src/base/limits.js';
import { ALLOCATE, callByteExport, DEALLOCATE } from '../src/boundary/byte-abi.js';
import { externPayload, isExternResult } from '../src/boundary/validation.js';
import { IdleSeats, IdleSeatsOfModule } from '../src/engine/call/idle-seats.js';
import { ModulePrograms } from '../src/engine/load/module-programs.js';
import { LoadedModule } from '../src/engine/loaded-module.js';
import type { Program } from '../src/machine/program.js';
import { MachineGuest } from './call-paths.js';
import { copiesOf } from './copies.js';
import { meteredModule } from './loading.js';
import { payloadGuest } from './payload-guest.js';
import type { Section, SectionOptions, Target } from './section.js';
import { TIERS, type Tier } from './tiers.js';
import { interleaved, timed } from './time.js';

const RAISED = defineLimits('bench-boundary', { pages: 8_192, payloadBytes: 268_435_456 });

interface Size {
  readonly name: string;
  readonly bytes: number;
  readonly limits: Limits;
}

const SIZES: readonly Size[] = [
  { name: '1 kB', bytes: 1_000, limits: LIMITS_1 },
  { name: '64 kB', bytes: 64_000, limits: LIMITS_1 },
  { name: '1 MB', bytes: 1_000_000, limits: LIMITS_1 },
  { name: '16 MB', bytes: 16_000_000, limits: LIMITS_1 },
  { name: '256 MB, raised record', bytes: 256_000_000, limits: RAISED },
];

/** The target applies from this payload size on: below it the fixed price of a call dominates. */
const LARGE_BYTES = 1_000_000;
/** ns per byte: 1 GB/s. */
const NS_PER_BYTE_MAX = 1;
const FUEL = Number.MAX_SAFE_INTEGER;
const IDLE_BYTES = 64 * 1024 * 1024;
/** One measurement moves about this many bytes, or makes this many calls. */
const BATCH_BYTES = 256_000_000;
const BATCH_CALLS = 20_000;
/** The same if the work takes several ns per byte. */
const SLOW_BATCH_BYTES = 16_000_000;
const OK_HEAD = [0x81, 0xa2, 0x4f, 0x6b, 0xc6];

/** `{"Ok": bin}`, so that the codec has the same work as in a real call. */
function payloadOf(length: number): Uint8Array {
  const bytes = new Uint8Array(length).map((_, at) => at);
  bytes.set(OK_HEAD);
  new DataView(bytes.buffer).setUint32(OK_HEAD.length, length - OK_HEAD.length - 4);
  return bytes;
}

export const BOUNDARY: Section = {
  name: 'boundary',
  about: 'bytes in and out of a guest',
  run: (options) => {
    const found = [...TIERS.values()].flatMap((tier) => SIZES.map((size) => measured(tier, size, options)));
    return {
      tables: (['in', 'out'] as const).map((direction) => ({
        title: direction === 'in' ? 'into a guest' : 'out of a guest',
        rows: found.map((row) => row[direction].row),
      })),
      targets: found.flatMap(({ in: into, out }) => [...into.targets, ...out.targets]),
      notes: [
        'boundary: checks, charge, copy; the three calls of the guest are apart. Memory that was written before, as in an instance that is used again',
        'hashing and codec: of the same bytes. call: the engine with its receipt, a pristine instance, codec left out',
        'copies: of the whole payload, counted in a call of the engine; short ones pass through the buffer of the hash too, in the instrumented tier',
      ],
    };
  },
};

type Direction = 'in' | 'out';

function measured(tier: Tier, size: Size, options: SectionOptions) {
  return { in: direction(tier, size, 'in', options), out: direction(tier, size, 'out', options) };
}

/** The largest payload of the default limits, in the instrumented tier. */
export function largestPayload(way: 'in' | 'out', options: SectionOptions) {
  const size = SIZES.filter(({ limits }) => limits === LIMITS_1).at(-1)!;
  const { row } = direction(TIERS.get('instrumented')!, size, way, options);
  const { 'GB/s': gigabytesPerSecond, 'boundary us': boundaryUs, 'call us': callUs } = row;
  return { bytes: size.bytes, gigabytesPerSecond, boundaryUs, callUs };
}

function direction(tier: Tier, { name, bytes, limits }: Size, way: Direction, { rounds, progress }: SectionOptions) {
  progress(`${tier.name}, ${name} ${way}`);
  const module = payloadGuest(bytes);
  const whole = payloadOf(bytes);
  const [exportName, input] = way === 'in' ? (['take', whole] as const) : (['give', Uint8Array.of(0xc0)] as const);
  const program = tier.program(meteredModule(module, limits));
  const alone = boundaryAlone(program, limits, exportName, input);
  const call = engineCall(program, module, limits, exportName, input);
  const times = Math.max(1, Math.min(BATCH_CALLS, Math.floor(BATCH_BYTES / bytes)));
  const slowTimes = Math.max(1, Math.min(BATCH_CALLS, Math.floor(SLOW_BATCH_BYTES / bytes)));
  const works = {
    bytes: alone.withBytes,
    guest: alone.withoutBytes,
    codec: way === 'in' ? () => externPayload(whole) : () => isExternResult(whole, '0.6'),
    hashing: () => program.hash(whole),
    call,
  };
  const ms = interleaved(rounds, {
    bytes: () => repeated(works.bytes, times),
    guest: () => repeated(works.guest, times),
    codec: () => repeated(works.codec, times),
    hashing: () => repeated(works.hashing, slowTimes),
    call: () => repeated(works.call, slowTimes),
  });
  const us = (total: number, count: number) => (total * 1000) / count;
  const boundaryUs = us(Math.max(ms.bytes - ms.guest, 1e-6), times);
  const nsPerByte = (boundaryUs * 1000) / bytes;
  const row = {
    tier: tier.name,
    payload: name,
    'GB/s': 1 / nsPerByte,
    'boundary us': boundaryUs,
    'guest us': us(ms.guest, times),
    'codec us': us(ms.codec, times),
    'hashing us': us(ms.hashing, slowTimes),
    'call us': us(ms.call, slowTimes),
    copies: copiesOf(tier.name, bytes, limits.pages)[way],
  };
  const about = `${tier.name}, ${name} ${way}`;
  const targets: Target[] =
    bytes < LARGE_BYTES
      ? []
      : [
          { name: `${about}, boundary alone`, measured: nsPerByte, bound: NS_PER_BYTE_MAX, unit: 'ns per byte' },
          { name: `${about}, copies`, measured: row.copies, bound: 1, unit: '' },
        ];
  return { row, targets };
}

function repeated(work: () => void, times: number) {
  work();
  return timed(() => {
    for (let i = 0; i < times; i++) work();
  });
}

/** The byte ABI on one instance, and the guest calls in it. */
function boundaryAlone(program: Program, limits: Limits, exportName: string, input: Uint8Array) {
  const guest = new MachineGuest(program, limits);
  const { payloadBytes: payloadBytesMax } = limits;
  return {
    withBytes: () => {
      guest.reset();
      const answer = callByteExport(guest, exportName, input, { isDecodable: () => true, payloadBytesMax });
      if (answer.kind !== 'returned') throw new Error(JSON.stringify(answer));
    },
    withoutBytes: () => {
      guest.reset();
      guest.call(ALLOCATE, [input.length]);
      guest.call(exportName, [0, input.length]);
      guest.call(DEALLOCATE, [0, 0]);
    },
  };
}

function engineCall(
  program: Program,
  bytes: Uint8Array,
  limits: Limits,
  exportName: string,
  input: Uint8Array,
): () => void {
  const module = new LoadedModule(
    {
      programs: new ModulePrograms(program),
      hash: hash(bytes),
      idle: new IdleSeatsOfModule(new IdleSeats(IDLE_BYTES)),
    },
    limits,
    [],
  );
  return () => {
    const { outcome } = module.callBytes(exportName, input, { fuel: FUEL, isDecodable: () => true });
    if (outcome.kind !== 'returned') throw new Error(JSON.stringify(outcome));
  };
}
