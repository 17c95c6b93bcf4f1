/**
 * A store of several instances made in a state: the instances one after the other, each with what it imports as large as it was when the
 * module was linked, or larger; references at the end, since they may be to any instance. docs/SEMANTICS.md, section 11.
 */
import type { InstanceState } from '../../machine/state-digest.js';
import type { Module } from '../../wasm/module.js';
import { isReferenceType } from '../../wasm/types.js';
import type { LinkedMachine } from './linked-machine.js';
import { type LinkedState, type OwnState, ownStates } from './linked-state.js';
import type { ResolvedLink } from './module-link.js';

/**
 * @param machine without an instance yet
 * @param state of just these modules
 * @throws RerunNeeded if the tier cannot
 */
export function restoreMembers(machine: LinkedMachine, links: readonly ResolvedLink[], state: LinkedState): void {
  const owns = ownStates(links.map(moduleOf), state);
  if (owns === undefined) throw new Error('a state of other modules');
  const restoring = new Restoring(machine);
  links.forEach((link, number) => {
    restoring.member(link, number, owns[number]);
  });
  restoring.end();
}

class Restoring {
  readonly #machine: LinkedMachine;
  readonly #atEnd: (() => void)[] = [];

  constructor(machine: LinkedMachine) {
    this.#machine = machine;
  }

  member(link: ResolvedLink, number: number, own: OwnState | undefined): void {
    if (own === undefined) {
      this.#machine.restore(link, undefined);
      return;
    }
    const module = moduleOf(link);
    this.#machine.restore(link, this.#stateOf(link, module, own));
    this.#setGlobals(number, module, own.globals);
    own.tables.forEach((words, i) => {
      this.#atEnd.push(() => this.#setElements(number, module.importedTables + i, words));
    });
  }

  end(): void {
    for (const set of this.#atEnd) set();
  }

  /** The state of what it has itself, all references null. */
  #stateOf(link: ResolvedLink, module: Module, own: OwnState): InstanceState {
    const { pages, memory } = own.memory ?? { pages: 0, memory: [] };
    const globals = new Int32Array(own.globals);
    for (let i = 0; i < module.globalDefinitions.length; i++) {
      if (isReferenceType(module.globals[module.importedGlobals + i].type)) globals.fill(0, 2 * i, 2 * i + 2);
    }
    const imported = this.#importedLengths(link, module).map((length) => new Uint32Array(length));
    const tables = [...imported, ...own.tables.map(({ length }) => new Uint32Array(length / 2))];
    return { pages, memory, globals, tables, droppedData: own.data, droppedElements: own.elements };
  }

  #importedLengths({ sources }: ResolvedLink, module: Module): number[] {
    return module.imports.flatMap(({ description }, i) => {
      const source = sources[i];
      if (description.kind !== 'table' || 'row' in source) return [];
      const value = this.#machine.exported(source.instance, source.name);
      return value.kind === 'table' ? [value.table.length] : [];
    });
  }

  #setGlobals(number: number, module: Module, words: Uint32Array): void {
    for (let i = 0; i < module.globalDefinitions.length; i++) {
      const index = module.importedGlobals + i;
      if (!isReferenceType(module.globals[index].type) || words[2 * i] === 0) continue;
      const set = () => this.#machine.instance(number).setGlobalBits(index, this.#handle(words, 2 * i));
      // One that cannot change is copied by those that import it, so it must be there before them.
      if (words[2 * i] - 1 <= number) set();
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

function moduleOf({ parts }: ResolvedLink): Module {
  return parts.called.metered.module;
}
