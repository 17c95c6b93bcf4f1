/** A step of a linked session that runs guests, as it was asked for: all that is needed to run it, and to run it again. */
import type { Bits } from '../../machine/outcome.js';
import type { AskedCall, CallTerms } from '../asked-call.js';
import type { Crossing } from '../session-chain.js';
import type { LinkedMachine } from './linked-machine.js';
import type { LinkedStep } from './linked-receipt.js';
import type { ResolvedLink } from './module-link.js';

export interface AskedStep<T, O> {
  readonly step: LinkedStep;
  readonly terms: CallTerms;
  /** Name of the instance. */
  readonly instance: string;
  readonly exportName: string;
  /** Bytes that it was given beside values. */
  readonly payloadBytes: number;
  readonly crossing: Crossing;
  /** Undefined where the gauge holds the outcome. */
  run(machine: LinkedMachine): T | undefined;
  outcomeOf(answer: T): O;
  /** The same on other terms. */
  on(terms: Partial<CallTerms>): AskedStep<T, O>;
}

/** A call of an instance. */
export class LinkedCall<T, O> implements AskedStep<T, O> {
  readonly #number: number;
  readonly #asked: AskedCall<T, O>;

  /** @param number of the instance */
  constructor(
    readonly instance: string,
    number: number,
    asked: AskedCall<T, O>,
  ) {
    this.#number = number;
    this.#asked = asked;
  }

  get step(): LinkedStep {
    return this.#asked.step === 'calledBytes' ? 'calledBytes' : 'called';
  }

  get terms(): CallTerms {
    return this.#asked.terms;
  }

  get exportName(): string {
    return this.#asked.exportName;
  }

  get payloadBytes(): number {
    return this.#asked.payloadBytes;
  }

  get crossing(): Crossing {
    return this.#asked.protocol;
  }

  run(machine: LinkedMachine): T | undefined {
    return this.#asked.protocol.run(machine.instance(this.#number));
  }

  outcomeOf(answer: T): O {
    return this.#asked.outcomeOf(answer);
  }

  on(terms: Partial<CallTerms>): LinkedCall<T, O> {
    return new LinkedCall(this.instance, this.#number, this.#asked.on(terms));
  }
}

const NO_BYTES = new Uint8Array(0);
/** What modules are given is in the receipt's hash of them. */
const NOTHING: Crossing = { inputHash: (hash) => hash(NO_BYTES), outputBytes: () => NO_BYTES };
const NO_VALUES = { kind: 'returned', values: [] } as const;

/** A module that is linked to those that are there. */
export class Linking implements AskedStep<readonly Bits[], typeof NO_VALUES> {
  readonly step = 'linked';
  readonly exportName = '';
  readonly payloadBytes = 0;
  readonly crossing = NOTHING;

  constructor(
    readonly link: ResolvedLink,
    readonly terms: CallTerms,
  ) {}

  get instance(): string {
    return this.link.name;
  }

  run(machine: LinkedMachine): readonly Bits[] | undefined {
    machine.instantiate(this.link);
    return machine.store.gauge.stop === undefined ? [] : undefined;
  }

  outcomeOf(): typeof NO_VALUES {
    return NO_VALUES;
  }

  on(terms: Partial<CallTerms>): Linking {
    return new Linking(this.link, { ...this.terms, ...terms });
  }
}
