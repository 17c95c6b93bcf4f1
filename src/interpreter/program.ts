/** The interpreter's program: register code of a metered module. A function is compiled when it is first called. */
import { hash } from '../base/hash.js';
import type { ExternValue, GuestInstance } from '../machine/instance.js';
import type { Program } from '../machine/program.js';
import type { InstanceState } from '../machine/state-digest.js';
import type { Store } from '../machine/store.js';
import type { MeteredModule } from '../metering/meter.js';
import { CodeBuffer } from './compile/code-buffer.js';
import { FunctionCompiler } from './compile/function-compiler.js';
import { InterpreterInstance, instantiate, reinstantiate } from './instance.js';
import type { LoopTraining, Trainer } from './loop-training.js';
import { Op } from './op.js';
import { loopTrainer } from './training.js';

const NOT_COMPILED = 0;

export class InterpreterProgram implements Program {
  readonly tier = 'interpreter';
  readonly hash = hash;
  readonly code = new CodeBuffer();
  /** Doubles that instructions refer to by index: constants of the guest and charges of 2^30 and more. */
  constants = new Float64Array(16);
  #constantCount = 0;
  readonly #constantIndex = new Map<number, number>();
  /** Position of the head of each own function; 0 until it is compiled. */
  readonly entries: Int32Array;
  readonly #compiler: FunctionCompiler;
  /** Heads in the order of compilation, which is the order of positions. */
  readonly #heads: { readonly position: number; readonly definedIndex: number }[] = [];

  /** @param training of the engine, shared by its programs; without one the loop is not trained */
  constructor(
    readonly metered: MeteredModule,
    private readonly training?: LoopTraining,
  ) {
    this.entries = new Int32Array(metered.module.bodyStarts.length);
    this.#compiler = new FunctionCompiler(metered, this.code, (value) => this.#constant(value));
    // Positions 0 and 1: where the outermost frame and a change of instance return to.
    this.code.emit2(Op.Exit, Op.SwitchBack);
  }

  /** Position of a function's head; compiles it if it has none yet, which may replace `code.words`. */
  entry(definedIndex: number): number {
    const entry = this.entries[definedIndex];
    return entry === NOT_COMPILED ? this.#compile(definedIndex) : entry;
  }

  #compile(definedIndex: number): number {
    const position = this.#compiler.compile(definedIndex);
    this.entries[definedIndex] = position;
    this.#heads.push({ position, definedIndex });
    return position;
  }

  #constant(value: number): number {
    // -0 and 0 are the same key of a map.
    const known = Object.is(value, -0) ? undefined : this.#constantIndex.get(value);
    if (known !== undefined) return known;
    const index = this.#constantCount++;
    if (index === this.constants.length) {
      const grown = new Float64Array(index * 2);
      grown.set(this.constants);
      this.constants = grown;
    }
    this.constants[index] = value;
    if (!Object.is(value, -0)) this.#constantIndex.set(value, index);
    return index;
  }

  /** Whether the loop is still to be trained. */
  get isCold(): boolean {
    return this.training?.isAhead === true;
  }

  /** A call that runs to its end has used fuel in the loop while it was cold. */
  warm(fuel: number): void {
    this.training?.used(fuel, () => this.#trainer());
  }

  /** A part of a call begins while the loop is cold. */
  warmForPart(): void {
    this.training?.part(() => this.#trainer());
  }

  #trainer(): Trainer {
    return loopTrainer((metered) => new InterpreterProgram(metered, this.training));
  }

  instantiate(
    store: Store,
    imports: readonly ExternValue[],
    made?: (instance: GuestInstance) => void,
  ): GuestInstance | undefined {
    return instantiate(this, store, imports, made);
  }

  reinstantiate(instance: GuestInstance): GuestInstance | undefined {
    return reinstantiate(instance as InterpreterInstance);
  }

  restore(store: Store, imports: readonly ExternValue[], state: InstanceState): GuestInstance {
    const instance = new InterpreterInstance(this, store, imports);
    instance.restore(state);
    return instance;
  }

  /** The last head at or before a position. */
  #headAt(position: number): number {
    let low = 0;
    let high = this.#heads.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#heads[middle].position <= position) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** The function at a position in the code, and the range of its code. */
  functionAt(position: number): { readonly definedIndex: number; readonly start: number; readonly end: number } {
    const at = this.#headAt(position);
    const { definedIndex, position: start } = this.#heads[at];
    return { definedIndex, start, end: this.#heads[at + 1]?.position ?? this.code.length };
  }

  /**
   * The function and the module offset of a position in the code. The function is compiled again into a separate buffer
   * to find its positions, so that no table of them is needed at run time.
   */
  locate(position: number): { readonly definedIndex: number; readonly offset: number } {
    const head = this.#heads[this.#headAt(position)];
    const inFunction = position - head.position;
    let offset = this.metered.module.bodyStarts[head.definedIndex];
    const compiler = new FunctionCompiler(this.metered, new CodeBuffer(), () => 0);
    compiler.compile(head.definedIndex, (at, instructionOffset) => {
      if (at <= inFunction) offset = instructionOffset;
    });
    return { definedIndex: head.definedIndex, offset };
  }
}

export function interpreterProgram(metered: MeteredModule, training?: LoopTraining): Program {
  return new InterpreterProgram(metered, training);
}
