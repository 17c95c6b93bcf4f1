/**
 * The official suite's engine on linked sessions: each script is one session, to which its modules are linked one after
 * another. It can move to the other tier after every few commands, through the bytes of a snapshot.
 */
import { toHex } from '../../../src/base/hash.js';
import { createEngine, type LoadedModule, type Value } from '../../../src/index.js';
import {
  decodeLinkedSnapshot,
  type LinkedSession,
  type ModuleLink,
  openLinkedSession,
  restoreLinkedSession,
} from '../../../src/session/index.js';
import type { CallAnswer, ConformanceEngine, InstantiateAnswer, SuiteValue } from '../../conformance/engine.js';
import { byLine, patched, readExpectations } from '../../conformance/expectations.js';
import type { Command } from '../../conformance/script.js';
import { SUITE_LIMITS } from '../../conformance/script-runner.js';
import { spectestBytes } from '../../conformance/spectest.js';

/** More than any script needs; the total of a session. */
const FUEL = 2 ** 40;

export type Stopped = Exclude<CallAnswer, { kind: 'returned' }>;

/** Modules by their bytes. */
type Modules = ReadonlyMap<string, LoadedModule>;

/** A module of the script in the store, with the bytes that it was linked from. */
interface Linked {
  readonly name: string;
  readonly key: string;
  readonly from: Readonly<Record<string, string>>;
}

/** All modules of a script that load; loaded beforehand, since loading is asynchronous and a script is not. */
export async function modulesOf(
  file: string,
  commands: readonly Command[],
  tier: 'interpreter' | 'instrumented',
): Promise<Modules> {
  const skipped = byLine(readExpectations().skippedModules, file);
  const engine = createEngine({ limits: SUITE_LIMITS, tier });
  const modules = new Map<string, LoadedModule>();
  const load = async (bytes: Uint8Array) => {
    const loaded = await engine.load(bytes);
    if (loaded.ok) modules.set(toHex(bytes), loaded.module);
  };
  await load(spectestBytes());
  for (const { bytes, module_type, line } of commands) {
    if (bytes === undefined || module_type === 'text') continue;
    const patch = skipped.get(line)?.patch;
    const given = new Uint8Array(Buffer.from(bytes, 'base64'));
    await load(patch === undefined ? given : patched(given, patch));
  }
  return modules;
}

export class LinkedEngine implements ConformanceEngine {
  /** The tier of the session now, then the one it moves to. */
  #tiers: readonly [Modules, Modules];
  readonly #moveEvery: number;
  /** All modules in the store, including those whose start function trapped. */
  readonly #linked: Linked[] = [];
  #session: LinkedSession | undefined;
  #commands = 0;
  moves = 0;

  /** @param moveEvery number of commands in a tier */
  constructor(modules: Modules, others = modules, moveEvery = Number.POSITIVE_INFINITY) {
    this.#tiers = [modules, others];
    this.#moveEvery = moveEvery;
  }

  instantiate(bytes: Uint8Array, registered: ReadonlyMap<string, object>): InstantiateAnswer {
    this.#moveSometimes();
    const from = Object.fromEntries(Array.from(registered, ([as, instance]) => [as, (instance as Linked).name]));
    const instance = { name: `instance ${this.#linked.length}`, key: toHex(bytes), from };
    const stop = this.#link(this.#linkOf(instance));
    if (stop?.kind !== 'fault') this.#linked.push(instance);
    return stop ?? { kind: 'instantiated', instance };
  }

  #linkOf({ name, key, from }: Linked): ModuleLink {
    const module = this.#tiers[0].get(key);
    if (module === undefined) throw new Error('a module that was not loaded');
    return { name, module, from };
  }

  #link(link: ModuleLink): Exclude<InstantiateAnswer, { kind: 'instantiated' }> | undefined {
    if (this.#session === undefined) {
      const opened = openLinkedSession([link]);
      if (!opened.ok) throw new Error('the first module does not open a session');
      this.#session = opened.session;
      return undefined;
    }
    const linked = this.#session.link(link);
    if (linked.ok) return undefined;
    return linked.fault === undefined ? (linked.outcome as Stopped) : { kind: 'fault', fault: linked.fault };
  }

  invoke(instance: object, field: string, args: readonly SuiteValue[]): CallAnswer {
    this.#moveSometimes();
    const { name } = instance as Linked;
    const { outcome } = this.#session!.call(name, field, args.map(sessionValue), { fuel: FUEL });
    if (outcome.kind !== 'returned') return outcome as Stopped;
    return { kind: 'returned', values: outcome.values.map(suiteValueOf) };
  }

  get(instance: object, field: string): SuiteValue {
    this.#moveSometimes();
    const { name } = instance as Linked;
    const value = this.#session!.instance(name).global(field).get();
    return value === undefined ? { type: 'funcref', reference: 'function' } : suiteValueOf(value);
  }

  #moveSometimes(): void {
    this.#commands++;
    if (this.#session === undefined || this.#commands % this.#moveEvery !== 0) return;
    const { tier } = this.#session;
    const decoded = decodeLinkedSnapshot(this.#session.snapshot().bytes);
    if (!decoded.ok) throw new Error(`the snapshot: ${decoded.fault.code}`);
    this.#tiers = [this.#tiers[1], this.#tiers[0]];
    const restored = restoreLinkedSession(
      decoded.snapshot,
      this.#linked.map((instance) => this.#linkOf(instance)),
    );
    if (!restored.ok) throw new Error(`from the snapshot: ${JSON.stringify(restored.fault ?? restored.outcome)}`);
    this.#session.close();
    this.#session = restored.session;
    if (restored.session.tier === tier) throw new Error(`the session stays in the ${tier}`);
    this.moves++;
  }
}

function sessionValue(value: SuiteValue): Value {
  if ('bits' in value) {
    const { type, bits } = value;
    return (type === 'i64' || type === 'f64' ? { type, bits } : { type, bits: Number(bits) }) as Value;
  }
  if (value.reference !== null) throw new Error('a session takes no references');
  return { type: value.type, ref: null } as Value;
}

function suiteValueOf(value: Value): SuiteValue {
  if (value.type === 'funcref' || value.type === 'externref') return { type: value.type, reference: null };
  return { type: value.type, bits: BigInt((value as { bits: number | bigint }).bits) };
}
