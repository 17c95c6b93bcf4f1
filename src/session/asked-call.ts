/** A call of a session as it was asked for: all that is needed to run it, and to run it again. */
import type { ByteProtocol } from '../engine/call/byte-protocol.js';
import type { Protocol } from '../engine/call/call-attempt.js';
import type { ValueProtocol } from '../engine/call/value-protocol.js';
import type { HostTranscript } from '../engine/imports/host-transcript.js';
import type { ByteOutcome, CallOutcome } from '../engine/loaded-module.js';
import type { Bits } from '../machine/outcome.js';
import type { CallNotice } from './fuel-notice.js';
import type { SessionStep } from './session-receipt.js';

/** What does not depend on how values cross. */
export interface CallTerms {
  readonly fuel: number;
  readonly context: unknown;
  readonly wantsDigest: boolean;
  /** For a host that wants to know when little fuel is left. */
  readonly notice: CallNotice | undefined;
  /** Changes of the host since the receipt before; undefined for none. */
  readonly changes: Uint8Array | undefined;
  /** None for a module that imports no function. */
  readonly transcript: HostTranscript | undefined;
}

export abstract class AskedCall<T, O> {
  abstract readonly step: SessionStep;
  abstract readonly protocol: Protocol<T>;

  constructor(
    readonly exportName: string,
    readonly terms: CallTerms,
  ) {}

  abstract outcomeOf(answer: T): O;

  /** Bytes that it was given beside values. */
  get payloadBytes(): number {
    return 0;
  }

  /** The same call on other terms. */
  abstract on(terms: Partial<CallTerms>): AskedCall<T, O>;
}

export class ValueCall extends AskedCall<readonly Bits[], CallOutcome> {
  readonly step = 'called';

  constructor(
    exportName: string,
    terms: CallTerms,
    readonly protocol: ValueProtocol,
  ) {
    super(exportName, terms);
  }

  outcomeOf(results: readonly Bits[]): CallOutcome {
    return { kind: 'returned', values: this.protocol.valuesOf(results) };
  }

  on(terms: Partial<CallTerms>): ValueCall {
    return new ValueCall(this.exportName, { ...this.terms, ...terms }, this.protocol);
  }
}

export class ByteCall extends AskedCall<Uint8Array, ByteOutcome> {
  readonly step = 'calledBytes';

  constructor(
    exportName: string,
    terms: CallTerms,
    readonly protocol: ByteProtocol,
  ) {
    super(exportName, terms);
  }

  override get payloadBytes(): number {
    return this.protocol.payload.length;
  }

  outcomeOf(output: Uint8Array): ByteOutcome {
    return { kind: 'returned', output };
  }

  on(terms: Partial<CallTerms>): ByteCall {
    return new ByteCall(this.exportName, { ...this.terms, ...terms }, this.protocol);
  }
}
