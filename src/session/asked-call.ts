/** A requested call of a session. */
import type { ByteProtocol } from '../engine/call/byte-protocol.js';
import type { Protocol } from '../engine/call/call-attempt.js';
import type { ValueProtocol } from '../engine/call/value-protocol.js';
import type { ByteOutcome, CallOutcome } from '../engine/loaded-module.js';
import type { PausableCall } from '../machine/instance.js';
import type { Bits, Outcome } from '../machine/outcome.js';
import type { AskedStep, CallTerms } from './asked-step.js';
import type { Instances } from './step-machine.js';

/** Which instance is called. */
export interface Callee {
  /** Empty where there is only one. */
  readonly name: string;
  readonly number: number;
}

abstract class AskedCall<S, T, O> implements AskedStep<Instances, S, T, O> {
  abstract readonly step: S;

  constructor(
    readonly callee: Callee,
    readonly exportName: string,
    readonly terms: CallTerms,
    readonly crossing: Protocol<T>,
  ) {}

  get instance(): string {
    return this.callee.name;
  }

  get payloadBytes(): number {
    return 0;
  }

  run(machine: Instances): T | undefined {
    return this.crossing.run(machine.instance(this.callee.number));
  }

  begin(_machine: Instances, _inParts: boolean): PausableCall | undefined {
    return undefined;
  }

  end(_machine: Instances, _outcome: Outcome): T | undefined {
    throw new Error('a step that cannot pause was begun');
  }

  abstract outcomeOf(answer: T): O;
  abstract on(terms: Partial<CallTerms>): AskedCall<S, T, O>;
}

export class ValueCall extends AskedCall<'called', readonly Bits[], CallOutcome> {
  readonly step = 'called';

  constructor(
    callee: Callee,
    exportName: string,
    terms: CallTerms,
    override readonly crossing: ValueProtocol,
  ) {
    super(callee, exportName, terms, crossing);
  }

  override begin(machine: Instances, inParts: boolean): PausableCall | undefined {
    return machine.instance(this.callee.number).begin?.(this.crossing.index, this.crossing.bits, inParts);
  }

  override end(machine: Instances, outcome: Outcome): readonly Bits[] | undefined {
    return this.crossing.end(machine.instance(this.callee.number), outcome);
  }

  outcomeOf(results: readonly Bits[]): CallOutcome {
    return { kind: 'returned', values: this.crossing.valuesOf(results) };
  }

  on(terms: Partial<CallTerms>): ValueCall {
    return new ValueCall(this.callee, this.exportName, { ...this.terms, ...terms }, this.crossing);
  }
}

export class ByteCall extends AskedCall<'calledBytes', Uint8Array, ByteOutcome> {
  readonly step = 'calledBytes';

  constructor(
    callee: Callee,
    exportName: string,
    terms: CallTerms,
    override readonly crossing: ByteProtocol,
  ) {
    super(callee, exportName, terms, crossing);
  }

  override get payloadBytes(): number {
    return this.crossing.payload.length;
  }

  outcomeOf(output: Uint8Array): ByteOutcome {
    return { kind: 'returned', output };
  }

  on(terms: Partial<CallTerms>): ByteCall {
    return new ByteCall(this.callee, this.exportName, { ...this.terms, ...terms }, this.crossing);
  }
}
