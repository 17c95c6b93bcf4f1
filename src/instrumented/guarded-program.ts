/**
 * The guarded form of a module, which lets an instance be used again whose memory has grown: the host's memory cannot
 * shrink, so until its guest has grown it again, code runs that checks every access against the size that the guest knows.
 *
 * A guarded instance works on the memory and the globals of an instance in the module's own form and has tables of its own,
 * which hold the same functions in its form. Most guests grow in their first allocation and run at full speed from then on.
 *
 * It is made once a module is seen to grow, when there is idle time (`Program.upkeep`). docs/RATIONALE.md.
 */
import type { Upkeep } from '../machine/program.js';
import type { MeteredModule } from '../metering/meter.js';
import { Rewriting } from './rewrite.js';

export class GuardedProgram implements Upkeep {
  readonly #metered: MeteredModule;
  #isWanted = false;
  #rewriting: Rewriting | undefined;
  #module: WebAssembly.Module | undefined;
  #isOver = false;
  #refusal: string | undefined;

  /** @param possible whether the module can have a guarded form */
  constructor(metered: MeteredModule, possible: boolean) {
    this.#metered = metered;
    this.#isOver = !possible;
  }

  /** The compiled module; undefined if it is not ready yet, and then requested. */
  get module(): WebAssembly.Module | undefined {
    this.#isWanted = true;
    return this.#module;
  }

  /** The host's message for a module that it does not compile. */
  get refusal(): string | undefined {
    return this.#refusal;
  }

  get isDue(): boolean {
    return this.#isWanted && !this.#isOver;
  }

  step(bytes: number): boolean {
    if (this.#isOver) return true;
    this.#rewriting ??= new Rewriting(this.#metered, 'guarded');
    if (!this.#rewriting.step(bytes)) return false;
    const { bytes: rewritten } = this.#rewriting.finish();
    this.#rewriting = undefined;
    this.#isOver = true;
    try {
      this.#module = new WebAssembly.Module(rewritten);
    } catch (error) {
      // Instances that have grown are then discarded, as without the guarded form.
      if (!(error instanceof WebAssembly.CompileError) && !(error instanceof RangeError)) throw error;
      this.#refusal = error.message;
    }
    return true;
  }
}
