/**
 * One call while it runs: its store, and the failure of the host that ends it. The exception of a host function is
 * stored here, so that the call throws it at its end even if other host code has caught it. docs/SEMANTICS.md, sections
 * 6 and 7.
 */
import type { GuestInstance } from '../../machine/instance.js';
import { HostFailure } from '../../machine/outcome.js';
import { RerunNeeded } from '../../machine/rerun-needed.js';
import type { Store } from '../../machine/store.js';
import { typeOfFunction } from '../../wasm/module.js';
import type { Value } from '../../wasm/value.js';
import type { ExportsByName } from './exports-by-name.js';
import { HostTranscript } from './host-transcript.js';
import { KEPT_DEFAULTS } from './kept.js';
import { holdsReference, REFERENCE_STOP } from './reference-breach.js';
import { bitsOfArguments, valuesOfBits } from './typed-values.js';

export class CallRun {
  #failure: HostFailure | RerunNeeded | undefined;
  #isOver = false;

  constructor(
    readonly store: Store,
    readonly exports: Pick<ExportsByName, 'get'>,
    readonly transcript: HostTranscript = new HostTranscript(KEPT_DEFAULTS.hostAnswerBytes),
    /** data that the caller's host functions share */
    readonly context?: unknown,
  ) {}

  /**
   * The call has ended: references that a host function kept to it no longer work, because its instance may serve
   * another call.
   */
  close(): void {
    this.#isOver = true;
  }

  /** @throws HostFailure once the call has ended */
  checkOpen(): void {
    if (this.#isOver) throw new HostFailure('a host function used its call or memory after the call ended');
  }

  /** Runs host code; an exception is the failure of the whole call. */
  guard<T>(name: string, body: () => T): T {
    try {
      const result = body();
      if (this.#failure === undefined) return result;
    } catch (error) {
      this.#failure ??= error instanceof HostFailure || error instanceof RerunNeeded ? error : failureOf(name, error);
    }
    throw this.#failure;
  }

  /** A host function calls back into the guest. Undefined: the call has ended. */
  reenter(instance: GuestInstance, exportName: string, args: readonly Value[]): readonly Value[] | undefined {
    this.checkOpen();
    // An exception here (a wrong name, no memory for the guest) ends the call even if the host function catches it.
    return this.guard(`behind a call of '${exportName}'`, () => this.#reenter(instance, exportName, args));
  }

  /** The exports of the instance that a host function calls back. */
  protected exportsOf(_instance: GuestInstance): Pick<ExportsByName, 'get'> {
    return this.exports;
  }

  #reenter(instance: GuestInstance, exportName: string, args: readonly Value[]): readonly Value[] | undefined {
    const { gauge } = this.store;
    if (gauge.stop !== undefined) return undefined;
    const item = this.exportsOf(instance).get(exportName);
    if (item?.kind !== 'function') throw new HostFailure(`the guest does not export a function '${exportName}'`);
    const type = typeOfFunction(instance.metered.module, item.index);
    const outcome = instance.invoke(item.index, bitsOfArguments(exportName, type.params, args));
    if (outcome.kind !== 'returned') return undefined;
    if (!holdsReference(type.results, outcome.results)) return valuesOfBits(type.results, outcome.results);
    gauge.stopWith(REFERENCE_STOP);
    return undefined;
  }
}

function failureOf(name: string, cause: unknown): HostFailure {
  const text = cause instanceof Error ? cause.message : String(cause);
  return new HostFailure(`host function ${name} threw: ${text}`, { cause });
}
