/** Engines that can run a raw guest: a tier of this engine, the host's own `WebAssembly`, polywasm, wasm3. */
import { spawnSync } from 'node:child_process';
import { WebAssembly as PolyWebAssembly } from 'polywasm';
import { LIMITS_1 } from '../src/base/limits.js';
import type { Bits } from '../src/machine/outcome.js';
import { Store } from '../src/machine/store.js';
import { FUEL_1 } from '../src/metering/schedule.js';
import { f32, f64, i32, i64, type NumberValue, printValue, toNumber } from '../src/wasm/value.js';
import { meteredModule } from './loading.js';
import type { RawGuest } from './raw-guests.js';
import type { Tier } from './tiers.js';

/** A guest that is ready to call; returns its result as text. */
export interface ReadyGuest {
  (args: readonly NumberValue[]): string;
  /** CPU time of the last call, if another process made it. */
  readonly childCpuMs?: () => number;
}

export interface GuestRunner {
  readonly name: string;
  prepare(guest: RawGuest): ReadyGuest;
  /** Whether it prints floats as decimals, so that their last bits cannot be compared. */
  readonly printsDecimals?: boolean;
}

type Numeric = number | bigint;

/** A host's number as a value of the type of the guest's known result. */
function numberOf(result: Numeric, { type }: NumberValue): NumberValue {
  switch (type) {
    case 'i32':
      return i32(Number(result));
    case 'i64':
      return i64(BigInt.asUintN(64, BigInt(result)));
    case 'f32':
      return f32(Number(result));
    case 'f64':
      return f64(Number(result));
  }
}

function webAssemblyRunner(name: string, host: Pick<typeof WebAssembly, 'Module' | 'Instance'>): GuestRunner {
  return {
    name,
    prepare: (guest) => {
      const { exports } = new host.Instance(new host.Module(guest.bytes), {});
      const call = exports[guest.export] as (...args: Numeric[]) => Numeric;
      return (args) => printValue(numberOf(call(...args.map(toNumber)), guest.benchResult));
    },
  };
}

export const BARE = webAssemblyRunner('WebAssembly', WebAssembly);

export const POLYWASM = webAssemblyRunner('polywasm', PolyWebAssembly as unknown as typeof WebAssembly);

export function tierRunner(tier: Tier): GuestRunner {
  return {
    name: tier.name,
    prepare: (guest) => {
      const store = new Store(LIMITS_1, FUEL_1);
      store.gauge.reset(Number.MAX_SAFE_INTEGER);
      const instance = tier.program(meteredModule(guest.bytes)).instantiate(store, [])!;
      const item = instance.exported(guest.export);
      if (item?.kind !== 'function') throw new Error(`${guest.export} is no exported function`);
      const index = item.function.definedIndex;
      return (args) => {
        store.gauge.reset(Number.MAX_SAFE_INTEGER);
        const outcome = instance.invoke(
          index,
          args.map(({ bits }) => bits),
        );
        if (outcome.kind !== 'returned') throw new Error(JSON.stringify(outcome));
        return printValue(ofBits(outcome.results[0]!, guest.benchResult));
      };
    },
  };
}

function ofBits(bits: Bits, { type }: NumberValue): NumberValue {
  if (type === 'i32' || type === 'f32') return { type, bits: Number(bits) >>> 0 };
  return { type, bits: BigInt.asUintN(64, BigInt(bits)) };
}

/**
 * wasm3 as a separate program. A shell runs it and prints its CPU time (`times`: user and system time of its children).
 * This includes the start of a process, a few milliseconds.
 */
export const WASM3: GuestRunner = {
  name: 'wasm3',
  printsDecimals: true,
  prepare: (guest) => {
    let childCpuMs = 0;
    const ready = (args: readonly NumberValue[]): string => {
      const texts = args.map((value) => String(toNumber(value)));
      const command = ['-c', 'wasm3 "$@"; times', 'sh', '--func', guest.export, guest.path, ...texts];
      const { stdout, stderr } = spawnSync('sh', command, { encoding: 'utf8' });
      const result = /Result: (\S+)/.exec(stdout + stderr)?.[1];
      if (result === undefined) throw new Error(`wasm3 answered ${stdout}${stderr}`);
      childCpuMs = childrenCpuMs(stdout);
      const isFloat = guest.benchResult.type.startsWith('f');
      return printValue(numberOf(isFloat ? Number(result) : BigInt(result), guest.benchResult));
    };
    return Object.assign(ready, { childCpuMs: () => childCpuMs });
  },
};

/** From the second line that `times` prints: `0m1.230s 0m0.010s`. */
function childrenCpuMs(printed: string): number {
  const line = printed.trim().split('\n').at(-1)!;
  const [user, system] = Array.from(line.matchAll(/(\d+)m([\d.]+)s/g), ([, minutes, seconds]) => {
    return (Number(minutes) * 60 + Number(seconds)) * 1000;
  }) as [number, number];
  return user + system;
}

export function hasWasm3(): boolean {
  return spawnSync('wasm3', ['--version']).status === 0;
}
