/**
 * The machine of the register code with notes of what is paid where: in a tree of calls, and by position in the code. It runs as
 * `Interpreter` does, through a loop that is written from the same rows, so outcome and receipt are the same.
 *
 * Invariant: what is noted in the tree is what running instructions and host functions have used of the gauge, to the unit. A charge is
 * noted when it is made, before what it pays for runs; of one that the gauge could not cover only what was left is noted.
 */

import type { InterpreterInstance } from '../interpreter/instance.js';
import { Interpreter } from '../interpreter/interpreter.js';
import { Op } from '../interpreter/op.js';
import { LENGTH_OF, OUTER_OF, Outer } from '../interpreter/ops.js';
import type { Status } from '../interpreter/status.js';
import type { FunctionInstance } from '../machine/function-instance.js';
import type { HostFunction } from '../machine/host-function.js';
import type { Bits, Outcome } from '../machine/outcome.js';
import type { Store } from '../machine/store.js';
import { CallTree, HEAD_OF_FIRST_HOST, HEAD_OF_INSTANTIATION, ROOT } from './call-tree.js';
import { runProfilingLoop } from './profiling-loop.js';

export class ProfilingInterpreter extends Interpreter {
  readonly tree = new CallTree();
  /** The node of each frame, by the frame's place in `frames`. */
  readonly nodes: Int32Array;
  /** Fuel by position in the code: of a metering block that of its first instruction, of a charge by data one word behind the opcode. */
  heat: Float64Array = new Float64Array(0);
  /** At 0 how many positions have heat, behind it which: so that reading them takes as long as what ran, not as the code. */
  touched: Int32Array = new Int32Array(1);
  /** Host functions in the order in which they were first called, and their numbers: an import may be there twice. */
  readonly hosts: HostFunction[] = [];
  readonly #hostNumbers = new Map<HostFunction, number>();
  /** Fuel that calls from outside had used, before and after each: what is paid between them is no instruction's. */
  readonly outermost: { readonly instantiates: boolean; readonly leftBefore: number; readonly leftAfter: number }[] =
    [];
  /** The instance that runs: there is one behind a receipt. */
  #only: InterpreterInstance | undefined;
  /** The node of the host function that is open, from which the next activation starts. */
  #open = ROOT;
  /** Fuel that activations within the open host function have used. */
  #within = 0;

  constructor(store: Store) {
    super(store);
    this.nodes = new Int32Array(this.frames.length);
  }

  /** Has noted nothing, as before its first call: another call of the same instance begins. */
  forget(): void {
    this.tree.clear();
    const { heat, touched } = this;
    for (let i = 1; i <= touched[0]; i++) heat[touched[i]] = 0;
    touched[0] = 0;
    this.hosts.length = 0;
    this.#hostNumbers.clear();
    this.outermost.length = 0;
    this.#open = ROOT;
    this.#within = 0;
  }

  get #left(): number {
    return this.store.gauge.fuelLeft + this.fuel;
  }

  #note(node: number, position: number, fuel: number): void {
    const { heat, touched } = this;
    if (heat[position] === 0 && fuel !== 0) {
      touched[0] = touched[0] + 1;
      touched[touched[0]] = position;
    }
    heat[position] = heat[position] + fuel;
    this.tree.fuels[node] = this.tree.fuels[node] + fuel;
  }

  /** Code may have been compiled: the arrays of heat are as long as the code. */
  #makeRoom(): void {
    const { length } = this.instance.program.code.words;
    if (this.heat.length >= length) return;
    const [heat, touched] = [new Float64Array(length), new Int32Array(length + 1)];
    heat.set(this.heat);
    touched.set(this.touched);
    this.heat = heat;
    this.touched = touched;
  }

  override call(instance: InterpreterInstance, target: FunctionInstance, args: readonly Bits[]): Outcome {
    this.#only ??= instance;
    if (this.#only !== instance) throw new Error('a profile covers a single instance');
    const { gauge } = this.store;
    const { nodes, rp } = this;
    const node = nodes[rp];
    const instantiates = this.#open === ROOT && gauge.instructionPart === 'instantiate';
    nodes[rp] = instantiates ? this.tree.enter(ROOT, HEAD_OF_INSTANTIATION, gauge.wordsLeft) : this.#open;
    const leftBefore = gauge.fuelLeft;
    const outcome = super.call(instance, target, args);
    nodes[rp] = node;
    this.#within += leftBefore - gauge.fuelLeft;
    if (this.#open === ROOT) this.outermost.push({ instantiates, leftBefore, leftAfter: gauge.fuelLeft });
    return outcome;
  }

  protected override enter(
    from: InterpreterInstance,
    target: FunctionInstance,
    returnTo: number,
    base: number,
    tail: boolean,
  ): boolean {
    if (target.host !== undefined) return this.enterHost(from, target, returnTo, base, tail);
    if (target.owner !== this.#only) throw new Error('a profile covers a single instance');
    const caller = this.#caller(tail);
    const fuelBefore = this.fuel;
    const entered = super.enter(from, target, returnTo, base, tail);
    if (!entered) return false;
    this.#makeRoom();
    const node = this.tree.enter(caller, this.instance.program.entry(target.definedIndex), this.words);
    this.nodes[this.rp] = node;
    this.#note(node, this.pc, fuelBefore - this.fuel);
    return true;
  }

  /** The node that a call is made from: a tail call takes its caller's place. */
  #caller(tail: boolean): number {
    return this.nodes[tail ? this.rp - 2 : this.rp];
  }

  /** A function that the loop has entered and that is new at its place in the tree. @internal */
  enterNew(caller: number, head: number, charged: number): void {
    const node = this.tree.enter(caller, head, this.words);
    this.nodes[this.rp] = node;
    this.#note(node, this.pc, charged);
  }

  protected override enterHost(
    from: InterpreterInstance,
    target: FunctionInstance,
    returnTo: number,
    base: number,
    tail: boolean,
  ): boolean {
    const [open, within] = [this.#open, this.#within];
    const leftBefore = this.#left;
    this.#open = this.tree.enter(this.#caller(tail), HEAD_OF_FIRST_HOST - this.#numberOf(target.host!), this.words);
    this.#within = 0;
    try {
      return super.enterHost(from, target, returnTo, base, tail);
    } finally {
      const { fuels } = this.tree;
      fuels[this.#open] = fuels[this.#open] + (leftBefore - this.#left - this.#within);
      this.#open = open;
      this.#within = within;
    }
  }

  #numberOf(host: HostFunction): number {
    const known = this.#hostNumbers.get(host);
    if (known !== undefined) return known;
    const same = this.hosts.findIndex(({ module, name }) => module === host.module && name === host.name);
    const number = same < 0 ? this.hosts.push(host) - 1 : same;
    this.#hostNumbers.set(host, number);
    return number;
  }

  protected override exhaustFuel(): void {
    this.#note(this.nodes[this.rp], this.pc, Math.min(this.#left, 0));
    super.exhaustFuel();
  }

  protected override runSlice(): Status {
    return runProfilingLoop(this);
  }

  override slow(): Status {
    const { instance, pc, nodes, rp } = this;
    const op: Op = instance.program.code.words[pc];
    if (OUTER_OF[op] === Outer.Call) return super.slow();
    const node = nodes[rp];
    const leftBefore = this.#left;
    const pagesBefore = instance.memory?.pages ?? 0;
    const status = super.slow();
    this.#makeRoom();
    this.#note(node, pc + (op === Op.ChargeWide ? LENGTH_OF[op] : 1), leftBefore - this.#left);
    this.tree.pages[node] = this.tree.pages[node] + (instance.memory?.pages ?? 0) - pagesBefore;
    return status;
  }
}
