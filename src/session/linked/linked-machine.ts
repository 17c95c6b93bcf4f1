/**
 * Where the calls of a linked session run: a store and the instances in it, all in one tier, which call each other and share memories,
 * tables and globals. Another tier can take the state over. docs/SEMANTICS.md, section 11.
 */
import { CallRun } from '../../engine/imports/call-run.js';
import type { ExportsByName } from '../../engine/imports/exports-by-name.js';
import { externOf, type RunSlot } from '../../engine/imports/host-import.js';
import type { HostTranscript } from '../../engine/imports/host-transcript.js';
import type { FunctionInstance } from '../../machine/function-instance.js';
import type { ExternValue, GuestInstance } from '../../machine/instance.js';
import type { Bits } from '../../machine/outcome.js';
import type { Program, TierName } from '../../machine/program.js';
import type { InstanceState, MemoryState } from '../../machine/state-digest.js';
import { Store } from '../../machine/store.js';
import { isReferenceType } from '../../wasm/types.js';
import { type Origin, type StateToDigest, StepMachine } from '../step-machine.js';
import { programIn } from '../tiers.js';
import {
  copyOfLinkedState,
  type LinkedState,
  linkedStateBytes,
  linkedStateDigest,
  type MemberState,
} from './linked-state.js';
import type { ResolvedLink } from './module-link.js';
import { restoreMembers } from './restored-machine.js';

/** A function of the store as a state has it. */
export interface Reference {
  /** Number of the instance that defines it, or that is the first to import it from the host. */
  readonly instance: number;
  readonly index: number;
}

/** A module that was linked, and what has become of it. */
interface Member {
  readonly link: ResolvedLink;
  readonly program: Program;
  /** None if its instantiation was not paid. */
  readonly instance: GuestInstance | undefined;
}

const NO_FLAGS = new Uint8Array(0);
const NOT_PAID: MemberState = { isThere: false, data: NO_FLAGS, elements: NO_FLAGS };

/** A host function acts on the instance that imports it. */
class MemberSlot implements RunSlot {
  caller: GuestInstance | undefined;

  constructor(readonly machine: LinkedMachine) {}

  get run(): CallRun | undefined {
    return this.machine.run;
  }
}

/** A call in a store of several instances: a host function calls back the exports of the one that imports it. */
class LinkedRun extends CallRun {
  constructor(
    store: Store,
    private readonly exportsOfInstance: (instance: GuestInstance) => ExportsByName,
    transcript: HostTranscript,
    context: unknown,
  ) {
    super(store, NO_EXPORTS, transcript, context);
  }

  protected override exportsOf(instance: GuestInstance): ExportsByName {
    return this.exportsOfInstance(instance);
  }
}

const NO_EXPORTS = { get: () => undefined };

/** @internal */
export class LinkedMachine extends StepMachine<LinkedMachine> {
  readonly #first: ResolvedLink;
  readonly #members: Member[] = [];
  readonly #numbers = new Map<GuestInstance, number>();
  /** Functions of the host, by the instances that import them first. */
  readonly #hostFunctions = new Map<FunctionInstance, Reference>();

  /** @param first a module of the store: all have its limits and its schedule */
  constructor(tier: TierName, first: ResolvedLink) {
    const { called, kept, programs } = first.parts;
    const { hash } = programIn(programs, tier);
    super(tier, new Store(called.limits, called.metered.schedule, hash, kept.hostCallsKept));
    this.#first = first;
  }

  /**
   * With instances in a state.
   * @param first a module of the store, which may have none yet
   * @param state of just these modules
   * @throws RerunNeeded if the tier cannot
   */
  static restored(
    tier: TierName,
    first: ResolvedLink,
    links: readonly ResolvedLink[],
    state: LinkedState,
  ): LinkedMachine {
    const machine = new LinkedMachine(tier, first);
    restoreMembers(machine, links, state);
    return machine;
  }

  /** The instance of a number, which was paid. */
  instance(number: number): GuestInstance {
    const instance = this.#members[number]?.instance;
    if (instance === undefined) throw new Error(`a store without instance ${number}`);
    return instance;
  }

  /** Pages of all memories. */
  get pages(): number {
    return this.#owners().reduce((sum, { memory }) => sum + (memory?.pages ?? 0), 0);
  }

  get memoryBytes(): number {
    return this.#owners().reduce((sum, { memory }) => sum + (memory?.byteLength ?? 0), 0);
  }

  /** Instances with a memory of their own. */
  #owners(): GuestInstance[] {
    return this.#instances().filter(({ metered }) => metered.module.importedMemories === 0);
  }

  #instances(): GuestInstance[] {
    return this.#members.flatMap(({ instance }) => instance ?? []);
  }

  isIn(tier: TierName): boolean {
    if (this.tier !== tier) return false;
    for (const { link, program } of this.#members) {
      if (program !== programIn(link.parts.programs, tier)) return false;
    }
    return true;
  }

  // Calls

  protected runOf(transcript: HostTranscript, context: unknown): CallRun {
    return new LinkedRun(this.store, (instance) => this.#exportsOf(instance), transcript, context);
  }

  #exportsOf(instance: GuestInstance): ExportsByName {
    return this.#members[this.#numbers.get(instance)!].link.parts.called.exports;
  }

  /** Instantiates a module under the gauge, which has the outcome. Whatever that is, what the module wrote stays. */
  instantiate(link: ResolvedLink): void {
    const { number, program } = this.#joined(link);
    const slot = new MemberSlot(this);
    const made = (instance: GuestInstance) => this.#take(number, instance, slot);
    program.instantiate(this.store, this.#importsOf(link, number, slot), made);
  }

  /** Takes a module in with an instance in a state, or with none. */
  restore(link: ResolvedLink, state: InstanceState | undefined): void {
    const { number, program } = this.#joined(link);
    if (state === undefined) return;
    const slot = new MemberSlot(this);
    this.#take(number, program.restore(this.store, this.#importsOf(link, number, slot), state), slot);
  }

  #joined(link: ResolvedLink): { readonly number: number; readonly program: Program } {
    const program = programIn(link.parts.programs, this.tier);
    const number = this.#members.push({ link, program, instance: undefined }) - 1;
    return { number, program };
  }

  #take(number: number, instance: GuestInstance, slot: MemberSlot): void {
    slot.caller = instance;
    this.#members[number] = { ...this.#members[number], instance };
    this.#numbers.set(instance, number);
  }

  #importsOf({ sources }: ResolvedLink, number: number, slot: MemberSlot): ExternValue[] {
    let functions = 0;
    return sources.map((source) => {
      const value =
        'row' in source ? externOf(source.row, this.store, slot) : this.exported(source.instance, source.name);
      if (value.kind === 'function') {
        if ('row' in source) this.#hostFunctions.set(value.function, { instance: number, index: functions });
        functions++;
      }
      return value;
    });
  }

  exported(instance: number, name: string): ExternValue {
    const value = this.instance(instance).exported(name);
    if (value === undefined) throw new Error(`instance ${instance} does not export '${name}'`);
    return value;
  }

  // References

  /** The function of a handle; undefined for null. */
  referenceOf(handle: number): Reference | undefined {
    if (handle === 0) return undefined;
    const target = this.store.functions[handle - 1];
    const { owner, definedIndex } = target;
    if (owner === undefined) return this.#hostFunctions.get(target)!;
    const index = owner.metered.module.importedFunctions + definedIndex;
    return { instance: this.#numbers.get(owner)!, index };
  }

  handleOf(reference: Reference | undefined): number {
    return reference === undefined ? 0 : this.instance(reference.instance).functionAt(reference.index).handle;
  }

  // State

  restored(tier: TierName): LinkedMachine {
    return LinkedMachine.restored(tier, this.#first, this.#links(), this.state());
  }

  kept(): Origin<LinkedMachine> {
    const [first, links] = [this.#first, this.#links()];
    const state = copyOfLinkedState(this.state());
    return (tier) => LinkedMachine.restored(tier, first, links, state);
  }

  toDigest(): StateToDigest {
    const state = this.state();
    return { bytes: linkedStateBytes(state), digest: () => linkedStateDigest(state, this.store.hash) };
  }

  #links(): readonly ResolvedLink[] {
    return this.#members.map(({ link }) => link);
  }

  /** All that a later instruction could see. Memories are views, the rest copies. */
  state(): LinkedState {
    const memories: MemoryState[] = [];
    const globals: number[] = [];
    const tables: Uint32Array[] = [];
    const members: MemberState[] = [];
    for (const { instance } of this.#members) {
      if (instance === undefined) {
        members.push(NOT_PAID);
        continue;
      }
      const { module } = instance.metered;
      const { memory } = instance;
      if (memory !== undefined && module.importedMemories === 0) {
        memories.push({ pages: memory.pages, memory: [{ at: 0, bytes: memory.bytes.subarray(0, memory.byteLength) }] });
      }
      this.#pushGlobals(instance, globals);
      for (let table = module.importedTables; table < module.tables.length; table++) {
        tables.push(this.#elements(instance, table));
      }
      const [data, elements] = [instance.droppedSegments('data'), instance.droppedSegments('element')];
      members.push({ isThere: true, data, elements });
    }
    return { memories, globals: Uint32Array.from(globals), tables, members };
  }

  #pushGlobals(instance: GuestInstance, globals: number[]): void {
    const { module } = instance.metered;
    for (let index = module.importedGlobals; index < module.globals.length; index++) {
      const bits = instance.globalBits(index);
      const { type } = module.globals[index];
      if (isReferenceType(type)) globals.push(...this.#words(bits as number));
      else globals.push(...halvesOf(bits));
    }
  }

  #elements(instance: GuestInstance, table: number): Uint32Array {
    const length = instance.tableLength(table);
    const words = new Uint32Array(2 * length);
    for (let at = 0; at < length; at++) {
      const handle = instance.tableHandle(table, at);
      if (handle !== 0) words.set(this.#words(handle), 2 * at);
    }
    return words;
  }

  #words(handle: number): readonly [number, number] {
    const reference = this.referenceOf(handle);
    return reference === undefined ? [0, 0] : [reference.instance + 1, reference.index];
  }
}

function halvesOf(bits: Bits): readonly [number, number] {
  if (typeof bits === 'number') return [bits, 0];
  return [Number(BigInt.asUintN(32, bits)), Number(BigInt.asUintN(32, bits >> 32n))];
}
