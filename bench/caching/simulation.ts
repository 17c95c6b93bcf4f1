/**
 * A policy on a trace: its guest in a session, which keeps the guest's memory from one batch of requests to the next.
 * The guest decides; the counting is done here.
 */
import { readFileSync } from 'node:fs';
import { createEngine, i32, type LoadedModule, type Value } from '../../src/index.js';
import { openSession, type Session } from '../../src/session/index.js';
import type { Policy, Sizing } from './policies.js';
import type { Trace } from './trace.js';

export type SimulationTier = 'interpreter' | 'instrumented' | 'auto';

export interface Counts {
  readonly requests: number;
  readonly hits: number;
  /** Bytes of the requests that were hits. */
  readonly hitBytes: number;
  /** Load price of the requests that were misses. */
  readonly missPrice: number;
}

export interface SimulationResult extends Counts {
  /** Fuel of the policy: its decisions, without its opening. */
  readonly fuel: number;
  /** Bytes in the cache at the end. */
  readonly heldBytes: number;
}

const GUESTS = new URL('../../../vectors/guests/policies/', import.meta.url);
const RECORD_BYTES = 24;
const CALL_FUEL = 100_000_000_000;

/** Policies as loaded modules, each loaded once. */
export class PolicyGuests {
  readonly #engine;
  readonly #modules = new Map<string, LoadedModule>();

  constructor(tier: SimulationTier) {
    this.#engine = createEngine({ tier });
  }

  async load({ wasm }: Policy): Promise<LoadedModule> {
    const known = this.#modules.get(wasm);
    if (known !== undefined) return known;
    const loaded = await this.#engine.load(readFileSync(new URL(wasm, GUESTS)));
    if (!loaded.ok) throw new Error(`${wasm}: ${loaded.fault.code}`);
    this.#modules.set(wasm, loaded.module);
    return loaded.module;
  }
}

/** @param took receives the number of requests so far, batch by batch; the next batch waits for its result */
export async function simulate(
  guests: PolicyGuests,
  policy: Policy,
  trace: Trace,
  sizing: Sizing,
  took: (requests: number) => void | Promise<void> = () => undefined,
): Promise<SimulationResult> {
  const opened = openSession(await guests.load(policy));
  if (!opened.ok) throw new Error(`${policy.name} does not open`);
  const { session } = opened;
  called(session, 'open', policy.open(sizing));
  const openingFuel = session.fuelUsed;
  const buffer = numberOf(called(session, 'buffer'));
  const capacity = numberOf(called(session, 'capacity'));
  const { ids, sizes, prices } = trace;
  let [hits, hitBytes, missPrice] = [0, 0, 0];
  for (let from = 0; from < ids.length; from += capacity) {
    const count = Math.min(capacity, ids.length - from);
    session.memory!.write(buffer, recordsOf(trace, from, count));
    const hitsThere = numberOf(called(session, 'run', [i32(count)]));
    const taken = new DataView(session.memory!.read(buffer, count * RECORD_BYTES).buffer);
    const hitsBefore = hits;
    for (let i = 0; i < count; i++) {
      if (taken.getUint32(i * RECORD_BYTES + 12, true) === 1) {
        hits += 1;
        hitBytes += sizes[from + i];
      } else missPrice += prices[from + i];
    }
    if (hits - hitsBefore !== hitsThere) throw new Error(`${policy.name} marks other hits than it counts`);
    await took(count);
  }
  const fuel = session.fuelUsed - openingFuel;
  const heldBytes = numberOf(called(session, 'held'));
  if (heldBytes > sizing.bytes) throw new Error(`${policy.name} holds ${heldBytes} bytes of ${sizing.bytes}`);
  session.close();
  return { requests: ids.length, hits, hitBytes, missPrice, fuel, heldBytes };
}

function recordsOf({ ids, sizes, prices }: Trace, from: number, count: number): Uint8Array {
  const bytes = new Uint8Array(count * RECORD_BYTES);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < count; i++) {
    const at = i * RECORD_BYTES;
    view.setBigUint64(at, ids[from + i], true);
    view.setUint32(at + 8, sizes[from + i], true);
    view.setFloat64(at + 16, prices[from + i], true);
  }
  return bytes;
}

function called(session: Session, name: string, args: readonly Value[] = []): readonly Value[] {
  const { outcome } = session.call(name, args, { fuel: CALL_FUEL });
  if (outcome.kind !== 'returned') throw new Error(`${name} of the policy: ${JSON.stringify(outcome)}`);
  return outcome.values;
}

function numberOf([value]: readonly Value[]): number {
  if (value.type === 'i32') return value.bits;
  if (value.type !== 'f64') throw new Error(`a ${value.type} is no count`);
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, value.bits);
  return view.getFloat64(0);
}
