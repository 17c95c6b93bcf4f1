/** The official suite's engine over linked sessions: each script is one session, to which its modules are linked one after another. */
import { toHex } from '../../../src/base/hash.js';
import { createEngine, type LoadedModule, type Value } from '../../../src/index.js';
import {
  type LinkedInstance,
  type LinkedSession,
  type ModuleLink,
  openLinkedSession,
} from '../../../src/session/index.js';
import type { CallAnswer, ConformanceEngine, InstantiateAnswer, SuiteValue } from '../../conformance/engine.js';
import { byLine, patched, readExpectations } from '../../conformance/expectations.js';
import type { Command } from '../../conformance/script.js';
import { SUITE_LIMITS } from '../../conformance/script-runner.js';
import { spectestBytes } from '../../conformance/spectest.js';

export type Stopped = Exclude<CallAnswer, { kind: 'returned' }>;

/** All modules of a script that load, since loading takes turns and a script does not. */
export async function modulesOf(
  file: string,
  commands: readonly Command[],
  tier: 'interpreter' | 'instrumented',
): Promise<ReadonlyMap<string, LoadedModule>> {
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
  readonly #modules: ReadonlyMap<string, LoadedModule>;
  #session: LinkedSession | undefined;
  #count = 0;

  constructor(modules: ReadonlyMap<string, LoadedModule>) {
    this.#modules = modules;
  }

  instantiate(bytes: Uint8Array, registered: ReadonlyMap<string, object>): InstantiateAnswer {
    const module = this.#modules.get(toHex(bytes));
    if (module === undefined) throw new Error('a module that was not loaded');
    const name = `instance ${this.#count++}`;
    const from = Object.fromEntries(
      Array.from(registered, ([as, instance]) => [as, (instance as LinkedInstance).name]),
    );
    return this.#link({ name, module, from });
  }

  #link(link: ModuleLink): InstantiateAnswer {
    if (this.#session === undefined) {
      const opened = openLinkedSession([link]);
      if (!opened.ok) throw new Error('the first module does not open a session');
      this.#session = opened.session;
      return { kind: 'instantiated', instance: opened.session.instance(link.name) };
    }
    const linked = this.#session.link(link);
    if (linked.ok) return { kind: 'instantiated', instance: linked.instance };
    return linked.fault === undefined ? (linked.outcome as Stopped) : { kind: 'fault', fault: linked.fault };
  }

  invoke(instance: object, field: string, args: readonly SuiteValue[]): CallAnswer {
    const { outcome } = (instance as LinkedInstance).call(field, args.map(sessionValue), {
      fuel: Number.MAX_SAFE_INTEGER,
    });
    if (outcome.kind !== 'returned') return outcome as Stopped;
    return { kind: 'returned', values: outcome.values.map(suiteValueOf) };
  }

  get(instance: object, field: string): SuiteValue {
    const value = (instance as LinkedInstance).global(field).get();
    return value === undefined ? { type: 'funcref', reference: 'function' } : suiteValueOf(value);
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
