/**
 * Whether a snapshot from outside is of these modules, linked in this way, in a state that is possible for them. A tier
 * assumes this of its own states. Nothing is instantiated for the check. Linear in state and modules.
 * docs/SEMANTICS.md, section 11.
 */
import { hash } from '../../base/hash.js';
import { sameBytes } from '../../base/same-bytes.js';
import { isConstant } from '../../engine/imports/host-import.js';
import { bitsOfValue } from '../../engine/imports/typed-values.js';
import { referredFunctions } from '../../instrumented/rewrite.js';
import { evaluateConstant } from '../../machine/constant-expression.js';
import { isWide } from '../../machine/global.js';
import type { ExternType } from '../../machine/link.js';
import type { Bits } from '../../machine/outcome.js';
import { type ImportDescription, typeOfFunction } from '../../wasm/module.js';
import { isReferenceType, ValueType } from '../../wasm/types.js';
import { fitsMemory, type StateFaultCode, sameBits, segmentFault } from '../state-fault.js';
import type { LinkedSnapshot } from './linked-snapshot.js';
import { type OwnState, ownStates } from './linked-state.js';
import {
  checkLink,
  type ImportSource,
  type ModuleLink,
  type ResolvedLink,
  resolvedLink,
  sourceNumbers,
} from './module-link.js';

/** Why a linked session cannot be continued from a snapshot. Closed. */
export type LinkedStateFaultCode =
  | Exclude<StateFaultCode, 'shared-state'>
  /** the number of modules differs from the snapshot's */
  | 'module-count'
  /** a module has another name than in the snapshot */
  | 'other-name'
  /** an import is not satisfied with its type, or by something else than in the snapshot */
  | 'other-imports';

export interface LinkedStateFault {
  readonly code: LinkedStateFaultCode;
  /** The name of the module; empty if the fault concerns all of them. */
  readonly instance: string;
  /** For people: which import is not satisfied, or why it does not fit. */
  readonly detail?: string;
}

/** @internal */
export type SnapshotLinks =
  | { readonly ok: true; readonly links: readonly ResolvedLink[]; readonly owns: readonly (OwnState | undefined)[] }
  | { readonly ok: false; readonly fault: LinkedStateFault };

/**
 * @internal The modules with what satisfies their imports, or the first thing in the snapshot that does not fit them.
 * @throws UsageError for modules that cannot be in one store
 */
export function snapshotLinks(snapshot: LinkedSnapshot, modules: readonly ModuleLink[]): SnapshotLinks {
  const fault = (code: LinkedStateFaultCode, instance = '', detail?: string): SnapshotLinks => ({
    ok: false,
    fault: detail === undefined ? { code, instance } : { code, instance, detail },
  });
  const wanted = snapshot.links;
  if (modules.length !== wanted.length) return fault('module-count');
  for (const [i, { name, module }] of modules.entries()) {
    if (name !== wanted[i].name) return fault('other-name', name);
    if (!sameBytes(module.parts.called.hash, wanted[i].module)) return fault('other-module', name);
  }
  const owns = ownStates(
    modules.map(({ module }) => module.metered.module),
    snapshot.state,
  );
  if (owns === undefined) return fault('item-count');
  const store = new SnapshotStore(snapshot, modules, owns);
  for (const [i, module] of modules.entries()) {
    const { name } = module;
    checkLink(module, store.links, store.numbers);
    const resolved = resolvedLink(module, store);
    if (!resolved.ok) return fault('other-imports', name, resolved.fault.detail);
    const { link } = resolved;
    const sources = sourceNumbers(link);
    const isSame =
      sources.length === wanted[i].sources.length && sources.every((each, k) => each === wanted[i].sources[k]);
    if (!isSame) return fault('other-imports', name);
    if (!sameBytes(hash(link.constants), wanted[i].constants)) return fault('other-constants', name);
    const code = store.take(link);
    if (code !== undefined) return fault(code, name);
  }
  return { ok: true, links: store.links, owns };
}

/** A reference as the bits of a global: exact, since there are at most 256 instances. Null is 0. */
const REFERENCE_RADIX = 2 ** 32;

/** What the instances of a snapshot export, and what its references may point to. */
class SnapshotStore {
  readonly links: ResolvedLink[] = [];
  readonly numbers = new Map<string, number>();
  readonly #snapshot: LinkedSnapshot;
  readonly #modules: readonly ModuleLink[];
  readonly #owns: readonly (OwnState | undefined)[];
  readonly #sources: SourcesByKind[] = [];
  /** By instance: the functions that a reference may point to. */
  readonly #referred: (ReadonlySet<number> | undefined)[] = [];

  constructor(snapshot: LinkedSnapshot, modules: readonly ModuleLink[], owns: readonly (OwnState | undefined)[]) {
    this.#snapshot = snapshot;
    this.#modules = modules;
    this.#owns = owns;
  }

  /** Adds the next module, unless its state is impossible for an instance of it. */
  take(link: ResolvedLink): LinkedStateFaultCode | undefined {
    const number = this.links.push(link) - 1;
    this.#sources.push(sourcesByKind(link));
    if (this.#snapshot.links[number].isNamed) this.numbers.set(link.name, number);
    const own = this.#owns[number];
    return own === undefined ? undefined : this.#faultOf(number, own);
  }

  #faultOf(number: number, own: OwnState): LinkedStateFaultCode | undefined {
    const { called } = this.links[number].parts;
    const { module } = called.metered;
    if (own.memory !== undefined && !fitsMemory(module, own.memory.pages, called.limits.pages)) return 'page-count';
    if (own.data.length !== module.data.length || own.elements.length !== module.elements.length) return 'item-count';
    if (!this.#globalsFit(number, own.globals)) return 'global-value';
    for (const [i, words] of own.tables.entries()) {
      const { min, max = Infinity, type } = module.tables[module.importedTables + i];
      const length = words.length / 2;
      if (length < min || length > Math.min(max, called.limits.tableElements)) return 'table-length';
      for (let at = 0; at < words.length; at += 2) if (!this.#isElement(type, words, at)) return 'element';
    }
    // An instance that did not complete its instantiation may have dropped some.
    return this.#snapshot.links[number].isNamed ? segmentFault(module, own.data, own.elements) : undefined;
  }

  #globalsFit(number: number, words: Uint32Array): boolean {
    const { module } = this.links[number].parts.called.metered;
    return module.globalDefinitions.every((_, i) => {
      const { type, mutable } = module.globals[module.importedGlobals + i];
      const [low, high] = [words[2 * i], words[2 * i + 1]];
      const isReference = isReferenceType(type);
      if (isReference ? !this.#isElement(type, words, 2 * i) : !isWide(type) && high !== 0) return false;
      if (mutable) return true;
      const first = this.#firstValue(number, i);
      return isReference ? first === constantBits(type, words, 2 * i) : sameBits(first, low, high);
    });
  }

  /** The initial value of a global that the module defines; for a reference, its two words in one. */
  #firstValue(number: number, defined: number): Bits {
    const { module } = this.links[number].parts.called.metered;
    return evaluateConstant(module, module.globalDefinitions[defined].init, {
      globalBits: (index) => this.#constantOf(number, index),
      functionHandle: (index) => this.#referenceTo(number, index),
    });
  }

  /** The value of an immutable global: it was checked with the module that defines it. */
  #constantOf(number: number, index: number): Bits {
    const { module } = this.links[number].parts.called.metered;
    const own = index - module.importedGlobals;
    if (own >= 0) return constantBits(module.globals[index].type, this.#owns[number]!.globals, 2 * own);
    const source = this.#sources[number].global[index];
    if ('instance' in source) return this.#constantOf(source.instance, this.#indexOf(source.instance, source.name));
    return isConstant(source.row) ? bitsOfValue(source.row.value) : 0;
  }

  /** The function where it is defined, or where it is imported from the host. */
  #referenceTo(number: number, index: number): number {
    const { module } = this.links[number].parts.called.metered;
    if (index < module.importedFunctions) {
      const source = this.#sources[number].function[index];
      if ('instance' in source) return this.#referenceTo(source.instance, this.#indexOf(source.instance, source.name));
    }
    return (number + 1) * REFERENCE_RADIX + index;
  }

  /** Whether two words are null, or a function that something in its module refers to, in the only canonical form. */
  #isElement(type: ValueType, words: Uint32Array, at: number): boolean {
    const [low, index] = [words[at], words[at + 1]];
    if (low === 0) return index === 0;
    const number = low - 1;
    if (type !== ValueType.FuncRef || number >= this.#modules.length || this.#owns[number] === undefined) return false;
    this.#referred[number] ??= this.#referredOf(number);
    return this.#referred[number].has(index);
  }

  #referredOf(number: number): ReadonlySet<number> {
    const { module } = this.#modules[number].module.metered;
    const { sources } = this.#snapshot.links[number];
    const isOfHost = module.imports.flatMap(({ description }, i) =>
      description.kind === 'function' ? [sources[i] === 0] : [],
    );
    return new Set(referredFunctions(module).filter((index) => index >= module.importedFunctions || isOfHost[index]));
  }

  // What a module that is linked next can import

  numberOf(name: string): number | undefined {
    return this.numbers.get(name);
  }

  exported(number: number, name: string): ExternType | undefined {
    const { called } = this.links[number].parts;
    const item = called.exports.get(name);
    if (item === undefined) return undefined;
    const { module } = called.metered;
    const { kind, index } = item;
    switch (kind) {
      case 'function':
        return { kind, function: { type: typeOfFunction(module, index) } };
      case 'global':
        return { kind, global: { type: module.globals[index] } };
      case 'table': {
        const words = this.#owns[number]?.tables[index - module.importedTables];
        if (words !== undefined) return { kind, table: { type: module.tables[index], length: words.length / 2 } };
        break;
      }
      case 'memory': {
        const memory = this.#owns[number]?.memory;
        if (memory !== undefined) return { kind, memory: { pages: memory.pages, declaredMax: module.memories[0].max } };
      }
    }
    const source = this.#sources[number][kind][index];
    return 'instance' in source ? this.exported(source.instance, source.name) : undefined;
  }

  /** The index of an exported item. */
  #indexOf(number: number, name: string): number {
    return this.links[number].parts.called.exports.get(name)!.index;
  }
}

type SourcesByKind = Readonly<Record<ImportDescription['kind'], readonly ImportSource[]>>;

/** What satisfies the imports, by their index among those of a kind. */
function sourcesByKind({ parts, sources }: ResolvedLink): SourcesByKind {
  const byKind: Record<ImportDescription['kind'], ImportSource[]> = { function: [], table: [], memory: [], global: [] };
  parts.called.metered.module.imports.forEach(({ description }, i) => {
    byKind[description.kind].push(sources[i]);
  });
  return byKind;
}

/** The bits in two words; for a reference, both in one number. */
function constantBits(type: ValueType, words: Uint32Array, at: number): Bits {
  const [low, high] = [words[at], words[at + 1]];
  if (isReferenceType(type)) return low * REFERENCE_RADIX + high;
  return isWide(type) ? (BigInt(high) << 32n) | BigInt(low) : low | 0;
}
