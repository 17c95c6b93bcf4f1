/**
 * An instance that is reset for each call where possible, with everything observable of a call, to compare with a new
 * instance.
 */
import { HOST_GLOBALS, hostFunction } from '../../src/agreement/host-functions.js';
import { toHex } from '../../src/base/hash.js';
import type { Limits } from '../../src/base/limits.js';
import { HostMemory } from '../../src/instrumented/host-items.js';
import { FunctionInstance } from '../../src/machine/function-instance.js';
import { Global, writeBits } from '../../src/machine/global.js';
import type { HostContext } from '../../src/machine/host-function.js';
import type { GuestInstance } from '../../src/machine/instance.js';
import { linkImports } from '../../src/machine/link.js';
import type { Bits, Stop } from '../../src/machine/outcome.js';
import type { Program } from '../../src/machine/program.js';
import { Store } from '../../src/machine/store.js';
import type { MeteredModule } from '../../src/metering/meter.js';
import { FUEL_1 } from '../../src/metering/schedule.js';

/**
 * An instance of one program, which is reset for each call if possible; if not, it is replaced by one in a new store.
 */
export class Place {
  store: Store;
  #instance: GuestInstance | undefined;
  /** Calls that began in guarded code. */
  guarded = 0;

  constructor(
    readonly program: Program,
    readonly limits: Limits,
  ) {
    this.store = new Store(limits, FUEL_1);
  }

  get metered(): MeteredModule {
    return this.program.metered;
  }

  #imports() {
    const linked = linkImports(this.metered.module, (from, name) => {
      const constant = HOST_GLOBALS[name as keyof typeof HOST_GLOBALS];
      if (constant !== undefined) {
        const cells = new Int32Array(2);
        writeBits(cells, 0, constant.bits);
        return { kind: 'global', global: new Global({ type: constant.type, mutable: false }, cells) };
      }
      const item = this.metered.module.imports.find((other) => other.name === name)!;
      if (item.description.kind !== 'function') return undefined;
      const type = this.metered.module.types[item.description.typeIndex];
      const host = from === 'spec' ? { module: from, name, type, run: growFromHost } : hostFunction(name);
      return { kind: 'function', function: new FunctionInstance(this.store, type, undefined, 0, host) };
    });
    if (!linked.ok) throw new Error(linked.fault.code);
    return linked.value;
  }

  call(name: string, args: readonly Bits[], fuel = 1_000_000): unknown {
    const isKept = this.#instance?.isReusable === true;
    if (!isKept) this.store = new Store(this.limits, FUEL_1);
    this.store.beginCall(fuel);
    const instance =
      isKept && this.#instance !== undefined
        ? this.program.reinstantiate(this.#instance)
        : this.program.instantiate(this.store, this.#imports());
    this.#instance = instance ?? this.#instance;
    if (instance?.memory instanceof HostMemory && instance.memory.isGuarded) this.guarded++;
    const { gauge } = this.store;
    const { index } = this.metered.module.exports.find((item) => item.name === name)!;
    const outcome = instance === undefined ? gauge.stop : (gauge.stop ?? instance.invoke(index, args));
    return {
      outcome: outcome?.kind === 'returned' ? outcome.results.map(String) : outcome,
      parts: gauge.parts,
      pages: instance?.memory?.pages,
      bytes: instance?.memory?.bytes.length === undefined ? undefined : instance.memory.byteLength,
      log: this.store.log.kept.map(
        (line) => `${line.module} ${line.name} ${toHex(line.inputHash)} ${toHex(line.outputHash)}`,
      ),
      // Hashing all pages takes milliseconds, and a load does not change them.
      digest: instance === undefined || /load|anew/.test(name) ? '' : toHex(instance.stateDigest()),
    };
  }
}

/** Calls the export "grow" of the guest that calls it. */
function growFromHost({ caller }: HostContext, args: readonly Bits[]): readonly Bits[] | Stop {
  const grow = caller.exported('grow');
  if (grow?.kind !== 'function') throw new Error('the guest exports no "grow"');
  const outcome = caller.invoke(caller.metered.module.importedFunctions + grow.function.definedIndex, args);
  return outcome.kind === 'returned' ? outcome.results : outcome;
}
