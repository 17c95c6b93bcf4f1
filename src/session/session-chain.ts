/**
 * The receipts of a session, each with the hash of the previous one. A receipt is made when it is read or when enough
 * of them are pending, because a call takes less time than its receipt. Invariant: the facts of a receipt were fixed
 * when its call ended. docs/SEMANTICS.md, section 10.
 */
import type { Hash } from '../base/hash.js';
import { TextBytes } from '../base/text-bytes.js';
import type { Protocol } from '../engine/call/call-attempt.js';
import { payloadOf, receiptOutcome } from '../engine/call/call-attempt.js';
import type { HostCallLog } from '../machine/host-call-log.js';
import type { Stop } from '../machine/outcome.js';
import type { SessionReceipt, SessionStep } from './session-receipt.js';
import { NO_BYTES_HASH, type ReceiptRest, writeSessionReceipt } from './session-receipt-bytes.js';

/** Most receipts that are pending. */
const WAITING_MAX = 256;

const NO_BYTES = new Uint8Array(0);

/** What all receipts of a session have in common. */
export type SessionIdentity = Pick<SessionReceipt, 'profile' | 'schedule' | 'limits' | 'hosts' | 'module'>;

/** The facts of a receipt of any kind of session; they no longer change. */
export interface ChainFacts<S = string> {
  readonly step: S;
  readonly number: number;
  readonly exportName: string;
  /** Undefined for none. */
  readonly changes: Uint8Array | undefined;
  readonly fuel: SessionReceipt['fuel'];
  readonly stop: Stop | undefined;
  readonly digestFuel: number;
  readonly total: number;
  readonly pages: number;
  readonly log: HostCallLog;
  readonly stateDigest: Uint8Array | (() => Uint8Array) | undefined;
}

export type SessionFacts = ChainFacts<SessionStep>;

/** Input and output of a call, for its kind of values. */
export type Crossing = Pick<Protocol<unknown>, 'inputHash' | 'outputBytes'>;

/** A receipt that is made after the previous one. */
export class SessionLink<R = SessionReceipt, F extends ChainFacts = SessionFacts> {
  receipt: R | undefined;
  /** Hash of the previous receipt, once this one is made. */
  previous: Uint8Array | undefined;
  #input: Uint8Array | undefined;
  #output: Uint8Array | undefined;

  constructor(
    readonly facts: F,
    readonly crossing: Crossing,
    readonly answer: unknown,
  ) {}

  /** Hashes input and output if others can change the bytes. */
  hold(hash: Hash): void {
    const { stop } = this.facts;
    this.#input ??= this.crossing.inputHash(hash, NO_BYTES);
    this.#output ??= hash(stop === undefined ? this.crossing.outputBytes(this.answer) : payloadOf(stop));
  }

  /** Hash of the step's input. */
  get input(): Uint8Array {
    return this.#input!;
  }

  get output(): Uint8Array {
    return this.#output!;
  }
}

/** How the receipts of a kind of session are made and written. */
export interface ReceiptForm<R, F extends ChainFacts> {
  /** A receipt with its own bytes: writing into it changes no other. The link has its input and output. */
  make(link: SessionLink<R, F>, previous: Uint8Array, hash: Hash): R;
  write(bytes: TextBytes, receipt: R): void;
}

export function sessionForm(identity: SessionIdentity): ReceiptForm<SessionReceipt, SessionFacts> {
  return {
    make: (link, previous, hash) => ({
      profile: identity.profile,
      schedule: identity.schedule.slice(),
      limits: identity.limits.slice(),
      hosts: identity.hosts.slice(),
      module: identity.module.slice(),
      number: link.facts.number,
      previous: previous.slice(),
      step: link.facts.step,
      export: link.facts.exportName,
      ...receiptRest(link, hash),
    }),
    write: writeSessionReceipt,
  };
}

/** The fields that receipts of every kind of session have, for a link with its input and output. */
export function receiptRest<R>({ facts, input, output }: SessionLink<R, ChainFacts>, hash: Hash): ReceiptRest {
  const { changes, stateDigest } = facts;
  return {
    changes: changes === undefined ? NO_BYTES_HASH.slice() : hash(changes),
    input,
    fuel: facts.fuel,
    outcome: receiptOutcome(facts.stop),
    output,
    digestFuel: facts.digestFuel,
    total: facts.total,
    pages: facts.pages,
    hostCalls: facts.log.hash(),
    stateDigest: (typeof stateDigest === 'function' ? stateDigest() : stateDigest)?.slice(),
  };
}

export class SessionChain<R = SessionReceipt, F extends ChainFacts = SessionFacts> {
  readonly #form: ReceiptForm<R, F>;
  readonly #hash: Hash;
  #bytes: TextBytes | undefined;
  #waiting: SessionLink<R, F>[] = [];
  /** Hash of the last receipt that was made. */
  #head: Uint8Array;

  constructor(form: ReceiptForm<R, F>, hash: Hash, head: Uint8Array) {
    this.#form = form;
    this.#hash = hash;
    this.#head = head;
  }

  copy(): SessionChain<R, F> {
    this.settle();
    return new SessionChain(this.#form, this.#hash, this.#head);
  }

  add(link: SessionLink<R, F>): void {
    this.#waiting.push(link);
    if (this.#waiting.length >= WAITING_MAX) this.settle();
  }

  /** Makes all pending receipts. */
  settle(): void {
    if (this.#waiting.length === 0) return;
    this.#bytes ??= new TextBytes();
    const bytes = this.#bytes;
    const hash = this.#hash;
    for (const link of this.#waiting) {
      link.hold(hash);
      link.previous = this.#head;
      const receipt = this.#form.make(link, this.#head, hash);
      link.receipt = receipt;
      bytes.clear();
      this.#form.write(bytes, receipt);
      this.#head = hash(bytes.view());
    }
    this.#waiting = [];
  }

  /** Removes the last receipt, which is replaced by another one. */
  rewind(link: SessionLink<R, F>): void {
    this.settle();
    this.#head = link.previous!;
  }

  receiptOf(link: SessionLink<R, F>): R {
    if (link.receipt === undefined) this.settle();
    return link.receipt!;
  }
}
