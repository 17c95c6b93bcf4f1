/** The modules of a linked session, in the order of their instances, and the numbers of those that have a name. */
import { hash } from '../../base/hash.js';
import { UsageError } from '../../base/usage-error.js';
import type { ModulePrograms } from '../../engine/load/module-programs.js';
import type { ChainFacts } from '../session-chain.js';
import type { SessionKind } from '../session-steps.js';
import { LINKED_CHANGES, type LinkedChange } from './linked-change.js';
import type { LinkedFacts } from './linked-form.js';
import type { LinkedMachine } from './linked-machine.js';
import type { LinkedStep } from './linked-receipt.js';
import { importsFunctions, linkBytes, type ResolvedLink } from './module-link.js';

/** @internal */
export class LinkedModules implements SessionKind<LinkedMachine, LinkedChange, LinkedFacts> {
  readonly changes = LINKED_CHANGES;
  readonly #links: ResolvedLink[] = [];
  readonly #programs: ModulePrograms[] = [];
  readonly #numbers = new Map<string, number>();
  #callsHost = false;
  #hash: Uint8Array | undefined;

  /** A copy, for a session that continues differently from here. */
  copy(): LinkedModules {
    const copy = new LinkedModules();
    for (const link of this.#links) copy.add(link);
    for (const [name, number] of this.#numbers) copy.#numbers.set(name, number);
    return copy;
  }

  /** The number of its instance, which has no name yet. */
  add(link: ResolvedLink): number {
    this.#programs.push(link.parts.programs);
    this.#callsHost ||= importsFunctions(link);
    this.#hash = undefined;
    return this.#links.push(link) - 1;
  }

  /** Its instantiation returned. */
  named(number: number): void {
    this.#numbers.set(this.#links[number].name, number);
  }

  get links(): readonly ResolvedLink[] {
    return this.#links;
  }

  get programs(): readonly ModulePrograms[] {
    return this.#programs;
  }

  get callsHost(): boolean {
    return this.#callsHost;
  }

  get numbers(): ReadonlyMap<string, number> {
    return this.#numbers;
  }

  /** @throws UsageError `unknown-instance` */
  numberOf(name: string): number {
    const number = this.#numbers.get(name);
    if (number !== undefined) return number;
    const names = [...this.#numbers.keys()].join(', ');
    throw new UsageError('unknown-instance', `the session has no instance '${name}'; it has ${names}`);
  }

  /** Each receipt binds all modules up to there. */
  factsOf(facts: ChainFacts<LinkedStep>, instance: string): LinkedFacts {
    this.#hash ??= hash(linkBytes(this.#links));
    return { ...facts, instance, links: this.#hash };
  }
}
