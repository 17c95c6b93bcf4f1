/** The ways to make a call, from the engine's own, with its receipt, to the host's bare `WebAssembly`. */
import { LIMITS_1, type Limits } from '../src/base/limits.js';
import { callByteExport } from '../src/boundary/byte-abi.js';
import type { Guest } from '../src/boundary/guest.js';
import { externPayload } from '../src/boundary/validation.js';
import type { GuestInstance } from '../src/machine/instance.js';
import type { Program } from '../src/machine/program.js';
import { Store } from '../src/machine/store.js';
import { dynamicCharge, FUEL_1 } from '../src/metering/schedule.js';
import { functionTypeText } from '../src/wasm/types.js';
import type { CallSubject } from './calls.js';
import { loadedModule, meteredModule } from './loading.js';
import type { Tier } from './tiers.js';

export interface CallPath {
  /** `TIER` is a placeholder for the tier's name. */
  readonly name: string;
  prepare(subject: CallSubject, tier: Tier): () => void;
}

const ONE_INSTANCE = 'one instance';
const NEW_INSTANCE = 'a new instance for each call';

export const CALL_PATHS: readonly CallPath[] = [
  { name: 'engine on the TIER, with a receipt', prepare: onEngine },
  { name: `TIER, ${NEW_INSTANCE}`, prepare: (subject, tier) => onTier(subject, tier, true) },
  { name: `TIER, ${ONE_INSTANCE}`, prepare: (subject, tier) => onTier(subject, tier, false) },
  { name: `WebAssembly, ${NEW_INSTANCE}`, prepare: (subject) => onWebAssembly(subject, true) },
  { name: `WebAssembly, ${ONE_INSTANCE}`, prepare: (subject) => onWebAssembly(subject, false) },
];

function onEngine({ bytes, export: name, entry }: CallSubject, tier: Tier): () => void {
  const module = loadedModule(tier.program(meteredModule(bytes)), bytes);
  return () => {
    const { outcome } = entry === undefined ? module.call(name) : module.validate(entry);
    if (outcome.kind !== 'returned') throw new Error(JSON.stringify(outcome));
  };
}

function onTier(subject: CallSubject, tier: Tier, isNew: boolean): () => void {
  const program = tier.program(meteredModule(subject.bytes));
  const payload = payloadOf(subject);
  let guest = new MachineGuest(program);
  return () => {
    if (isNew) guest = new MachineGuest(program);
    else guest.reset();
    if (payload === undefined) guest.call(subject.export, []);
    else {
      const answer = callByteExport(guest, subject.export, payload, { isDecodable: () => true });
      if (answer.kind !== 'returned') throw new Error(JSON.stringify(answer));
    }
  };
}

/** The bytes written into the guest's memory: the MessagePack `bin` of the entry. */
function payloadOf({ entry }: CallSubject): Uint8Array | undefined {
  return entry === undefined ? undefined : externPayload(entry);
}

/** The byte ABI's guest on an instance with its own store. */
export class MachineGuest implements Guest {
  readonly #store: Store;
  readonly #instance: GuestInstance;

  constructor(program: Program, limits: Limits = LIMITS_1) {
    this.#store = new Store(limits, FUEL_1);
    this.reset();
    this.#instance = program.instantiate(this.#store, [])!;
  }

  reset(): void {
    this.#store.gauge.reset(Number.MAX_SAFE_INTEGER);
  }

  #function(name: string) {
    const item = this.#instance.exported(name);
    return item?.kind === 'function' ? item.function : undefined;
  }

  call(name: string, args: readonly number[]) {
    const outcome = this.#instance.invoke(this.#function(name)!.definedIndex, args);
    return outcome.kind === 'returned' ? ({ ok: true, value: outcome.results[0] } as const) : ({ ok: false } as const);
  }

  memorySize(): number {
    return this.#instance.memory?.byteLength ?? 0;
  }

  read(ptr: number, len: number): Uint8Array {
    return this.#instance.memory!.bytes.slice(ptr, ptr + len);
  }

  write(ptr: number, bytes: Uint8Array): void {
    this.#instance.memory!.write(ptr, bytes);
  }

  exportType(name: string): string | undefined {
    const found = this.#function(name);
    return found === undefined ? undefined : functionTypeText(found.type).replaceAll(' ', '');
  }

  charge(lengthBytes: number): boolean {
    return this.#store.gauge.charge('boundary', dynamicCharge(FUEL_1.rates.boundaryIn, lengthBytes));
  }
}

interface ZomeExports {
  readonly memory: WebAssembly.Memory;
  readonly __hc__allocate_1: (bytes: number) => number;
  readonly __hc__deallocate_1: (at: number, bytes: number) => void;
}

function onWebAssembly(subject: CallSubject, isNew: boolean): () => void {
  const { bytes, export: name } = subject;
  const payload = payloadOf(subject);
  const module = new WebAssembly.Module(bytes);
  let instance = new WebAssembly.Instance(module);
  return () => {
    if (isNew) instance = new WebAssembly.Instance(module);
    const called = instance.exports[name] as (...args: number[]) => bigint;
    if (payload === undefined) called();
    else {
      const zome = instance.exports as unknown as ZomeExports;
      const at = zome.__hc__allocate_1(payload.length);
      new Uint8Array(zome.memory.buffer).set(payload, at);
      const packed = BigInt.asUintN(64, called(at, payload.length));
      const [outputAt, outputBytes] = [Number(packed >> 32n), Number(packed & 0xffff_ffffn)];
      new Uint8Array(zome.memory.buffer).slice(outputAt, outputAt + outputBytes);
      zome.__hc__deallocate_1(outputAt, outputBytes);
    }
  };
}
