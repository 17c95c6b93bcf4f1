/**
 * The instrumented tier's program: a rewritten module, compiled by the host. A module can be declined, for reasons that
 * concern only the host; it then runs in the interpreter and no receipt changes. docs/SEMANTICS.md, section 9.
 */

import type { Hash } from '../base/hash.js';
import type { ExternValue, GuestInstance } from '../machine/instance.js';
import type { Program } from '../machine/program.js';
import type { InstanceState } from '../machine/state-digest.js';
import type { Store } from '../machine/store.js';
import type { MeteredModule } from '../metering/meter.js';
import type { Declined } from './declined.js';
import type { Weight } from './function-rewriter.js';
import { GuardedProgram } from './guarded-program.js';
import type { Host } from './host.js';
import { type Compiled, InstrumentedInstance } from './instance.js';
import { type Rewritten, rewrite } from './rewrite.js';
import { TierState } from './tier-state.js';

/**
 * (locals + operand height) x (control instructions + 1) of a function, and of all together, above which the host takes
 * too long. Measured on Node 20: V8's first compiler takes 5 to 25 ms for a million. Functions of real modules have at
 * most 60,000.
 */
export const WEIGHT_MAX = 8_000_000;
export const WEIGHT_SUM_MAX = 64_000_000;
/** V8 compares each type with all others: 7 ms for 1,000 types, 72 for 4,000, 1,200 for 15,000. */
export const TYPES_MAX = 4_000;
/** Bytes of a rewritten body, which the host's own limit of 7,654,321 bounds too. */
export const BODY_BYTES_MAX = 4_000_000;

export class InstrumentedProgram implements Program {
  readonly tier = 'instrumented';
  readonly upkeep: GuardedProgram;
  readonly metered: MeteredModule;
  readonly hash: Hash;
  #sharing: Compiled | undefined;

  constructor(readonly compiled: Compiled) {
    this.metered = compiled.metered;
    this.upkeep = compiled.guarded;
    this.hash = compiled.host.hash;
  }

  instantiate(
    store: Store,
    imports: readonly ExternValue[],
    made?: (instance: GuestInstance) => void,
  ): GuestInstance | undefined {
    const { gauge } = store;
    if (!gauge.charge('instantiate', this.metered.instantiationCharge)) return undefined;
    const first = !TierState.of(store).hasGauge;
    const instance = new InstrumentedInstance(first ? this.compiled : this.#shared(), store, imports);
    made?.(instance);
    if (instance.initialise()) start(instance);
    return instance;
  }

  reinstantiate(instance: GuestInstance): GuestInstance | undefined {
    if (!(instance instanceof InstrumentedInstance)) throw new Error('an instance of another tier');
    if (!instance.store.gauge.charge('instantiate', this.metered.instantiationCharge)) return undefined;
    instance.reset();
    if (instance.store.gauge.stop === undefined) start(instance);
    return instance;
  }

  restore(store: Store, imports: readonly ExternValue[], state: InstanceState): GuestInstance {
    const first = !TierState.of(store).hasGauge;
    const instance = new InstrumentedInstance(first ? this.compiled : this.#shared(), store, imports);
    instance.copyImportedGlobals();
    instance.restore(state);
    return instance;
  }

  /** The form for a store that already has an instance; only linked modules need it. */
  #shared(): Compiled {
    this.#sharing ??= compile(this.compiled.host, this.metered, rewrite(this.metered, 'shared'));
    return this.#sharing;
  }
}

function start(instance: InstrumentedInstance): void {
  const { gauge } = instance.store;
  const { start: startFunction } = instance.metered.module;
  if (startFunction === undefined) return;
  gauge.instructionPart = 'instantiate';
  instance.invoke(startFunction.functionIndex, []);
  gauge.endInstantiation();
}

function compile(host: Host, metered: MeteredModule, rewritten: Rewritten): Compiled {
  return compiledOf(host, metered, rewritten, new WebAssembly.Module(rewritten.bytes));
}

function compiledOf(host: Host, metered: MeteredModule, rewritten: Rewritten, module: WebAssembly.Module): Compiled {
  return { host, metered, rewritten, module, guarded: new GuardedProgram(metered, rewritten.guardable) };
}

function refusal(error: unknown): Declined {
  if (!(error instanceof WebAssembly.CompileError) && !(error instanceof RangeError)) throw error;
  return { declined: 'host-refused', detail: error.message };
}

function tooHeavy({ module }: MeteredModule, { heaviest, weightSum }: Rewritten): Declined | undefined {
  if (module.types.length > TYPES_MAX) return { declined: 'too-heavy', detail: `${module.types.length} types` };
  const { locals, height, controls, bytes }: Weight = heaviest;
  const weight = (locals + height) * (controls + 1);
  if (weight > WEIGHT_MAX) return { declined: 'too-heavy', detail: `a function of weight ${weight}` };
  if (weightSum > WEIGHT_SUM_MAX) return { declined: 'too-heavy', detail: `functions of weight ${weightSum}` };
  if (bytes > BODY_BYTES_MAX) return { declined: 'too-heavy', detail: `a function of ${bytes} bytes` };
  return undefined;
}

/** Compiles at once. */
export function instrumentedProgram(
  metered: MeteredModule,
  host: Host,
  rewritten: Rewritten = rewrite(metered, 'own'),
): InstrumentedProgram | Declined {
  const heavy = tooHeavy(metered, rewritten);
  if (heavy !== undefined) return heavy;
  try {
    return new InstrumentedProgram(compile(host, metered, rewritten));
  } catch (error) {
    return refusal(error);
  }
}

/** Compiles in the background, if the host does; returns the parts of a program. */
export async function compileBehind(
  metered: MeteredModule,
  host: Host,
  rewritten: Rewritten,
): Promise<Compiled | Declined> {
  const heavy = tooHeavy(metered, rewritten);
  if (heavy !== undefined) return heavy;
  try {
    return compiledOf(host, metered, rewritten, await WebAssembly.compile(rewritten.bytes));
  } catch (error) {
    return refusal(error);
  }
}
