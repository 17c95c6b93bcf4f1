/**
 * A store of several instances made in a state: the instances one after the other, each with what it imports as large as it was when the
 * module was linked, or larger; references at the end, since they may be to any instance. docs/SEMANTICS.md, section 11.
 */
import type { InstanceState } from '../../machine/state-digest.js';
import type { Module } from '../../wasm/module.js';
import { isReferenceType } from '../../wasm/types.js';
import type { LinkedMachine } from './linked-machine.js';
import type { LinkedState, MemberState } from './linked-state.js';
import type { ResolvedLink } from './module-link.js';

/**
 * @param machine without an instance yet
 * @param state of just these modules
 * @throws RerunNeeded if the tier cannot
 */
export function restoreMembers(machine: LinkedMachine, links: readonly ResolvedLink[], state: LinkedState): void {
  const restoring = new Restoring(machine, state);
  links.forEach((link, number) => {
    restoring.member(link, number);
  });
  restoring.end();
}

class Restoring {
  readonly #machine: LinkedMachine;
  readonly #state: LinkedState;
  /** Items of the state that are taken. */
  #memories = 0;
  #globals = 0;
  #tables = 0;
  readonly #atEnd: (() => void)[] = [];

  constructor(machine: LinkedMachine, state: LinkedState) {
    this.#machine = machine;
    this.#state = state;
  }

  member(link: ResolvedLink, number: number): void {
    const member = this.#state.members[number];
    if (!member.isThere) {
      this.#machine.restore(link, undefined);
      return;
    }
    const { module } = link.parts.called.metered;
    const [firstGlobal, firstTable] = [this.#globals, this.#tables];
    this.#machine.restore(link, this.#own(link, module, member));
    this.#setGlobals(number, module, firstGlobal);
    for (let table = module.importedTables, at = firstTable; table < module.tables.length; table++, at++) {
      this.#atEnd.push(() => this.#setElements(number, table, this.#state.tables[at]));
    }
  }

  end(): void {
    for (const set of this.#atEnd) set();
  }

  /** The state of what it has itself, all references null. */
  #own(link: ResolvedLink, module: Module, { data, elements }: MemberState): InstanceState {
    const hasMemory = module.memories.length > module.importedMemories;
    const { pages, memory } = hasMemory ? this.#state.memories[this.#memories++] : { pages: 0, memory: [] };
    const globals = new Int32Array(2 * module.globalDefinitions.length);
    for (let i = 0; i < module.globalDefinitions.length; i++) {
      const at = 2 * this.#globals++;
      if (isReferenceType(module.globals[module.importedGlobals + i].type)) continue;
      globals.set(this.#state.globals.subarray(at, at + 2), 2 * i);
    }
    const tables = this.#importedLengths(link, module).map((length) => new Uint32Array(length));
    while (tables.length < module.tables.length) {
      tables.push(new Uint32Array(this.#state.tables[this.#tables++].length / 2));
    }
    return { pages, memory, globals, tables, droppedData: data, droppedElements: elements };
  }

  #importedLengths({ sources }: ResolvedLink, module: Module): number[] {
    return module.imports.flatMap(({ description }, i) => {
      const source = sources[i];
      if (description.kind !== 'table' || 'row' in source) return [];
      const value = this.#machine.exported(source.instance, source.name);
      return value.kind === 'table' ? [value.table.length] : [];
    });
  }

  #setGlobals(number: number, module: Module, first: number): void {
    const { globals } = this.#state;
    for (let i = 0; i < module.globalDefinitions.length; i++) {
      const index = module.importedGlobals + i;
      const at = 2 * (first + i);
      if (!isReferenceType(module.globals[index].type) || globals[at] === 0) continue;
      const set = () => this.#machine.instance(number).setGlobalBits(index, this.#handle(globals, at));
      // One that cannot change is copied by those that import it, so it must be there before them.
      if (globals[at] - 1 <= number) set();
      else this.#atEnd.push(set);
    }
  }

  #setElements(number: number, table: number, words: Uint32Array): void {
    const instance = this.#machine.instance(number);
    for (let at = 0; at < words.length; at += 2) {
      if (words[at] !== 0) instance.setTableHandle(table, at / 2, this.#handle(words, at));
    }
  }

  #handle(words: Uint32Array, at: number): number {
    return this.#machine.handleOf({ instance: words[at] - 1, index: words[at + 1] });
  }
}
