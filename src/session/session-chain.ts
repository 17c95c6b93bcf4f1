/**
 * The receipts of a session, each with the hash of the one before. A receipt is made when somebody asks for it or enough of them
 * wait: a call takes less time than its receipt. Invariant: what a receipt says was settled when its call ended.
 * docs/SEMANTICS.md, section 10.
 */
import { type Hash, hash as hashInJavaScript } from '../base/hash.js';
import { TextBytes } from '../base/text-bytes.js';
import type { Protocol } from '../engine/call/call-attempt.js';
import { payloadOf, receiptOutcome } from '../engine/call/call-attempt.js';
import type { HostCallLog } from '../machine/host-call-log.js';
import type { Stop } from '../machine/outcome.js';
import type { SessionReceipt, SessionStep } from './session-receipt.js';
import { writeSessionReceipt } from './session-receipt-bytes.js';

/** Receipts that wait. */
const WAITING_MAX = 256;

const NO_BYTES = new Uint8Array(0);
const NO_BYTES_HASH = hashInJavaScript(NO_BYTES);

/** What all receipts of a session have in common. */
export type SessionIdentity = Pick<SessionReceipt, 'profile' | 'schedule' | 'limits' | 'hosts' | 'module'>;

/** What a receipt is made of: nothing in it changes any more. */
export interface SessionFacts {
  readonly step: SessionStep;
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

/** Input and output of a call, by the way in which its values cross. */
export type Crossing = Pick<Protocol<unknown>, 'inputHash' | 'outputBytes'>;

/** A receipt that is made once the one before is. */
export class SessionLink {
  receipt: SessionReceipt | undefined;
  /** Hash of the receipt before, once this one is made. */
  previous: Uint8Array | undefined;
  #input: Uint8Array | undefined;
  #output: Uint8Array | undefined;

  constructor(
    readonly facts: SessionFacts,
    readonly crossing: Crossing,
    readonly answer: unknown,
  ) {}

  /** Hashes input and output, where somebody else has the bytes, too. */
  hold(hash: Hash): void {
    const { stop } = this.facts;
    this.#input ??= this.crossing.inputHash(hash, NO_BYTES);
    this.#output ??= hash(stop === undefined ? this.crossing.outputBytes(this.answer) : payloadOf(stop));
  }

  settle(identity: SessionIdentity, previous: Uint8Array, hash: Hash): SessionReceipt {
    this.hold(hash);
    const { facts } = this;
    const { changes, stateDigest } = facts;
    this.previous = previous;
    // Bytes of its own: whoever writes into a receipt changes no other.
    this.receipt = {
      profile: identity.profile,
      schedule: identity.schedule.slice(),
      limits: identity.limits.slice(),
      hosts: identity.hosts.slice(),
      module: identity.module.slice(),
      number: facts.number,
      previous: previous.slice(),
      step: facts.step,
      export: facts.exportName,
      changes: changes === undefined ? NO_BYTES_HASH.slice() : hash(changes),
      input: this.#input!,
      fuel: facts.fuel,
      outcome: receiptOutcome(facts.stop),
      output: this.#output!,
      digestFuel: facts.digestFuel,
      total: facts.total,
      pages: facts.pages,
      hostCalls: facts.log.hash(hash),
      stateDigest: (typeof stateDigest === 'function' ? stateDigest() : stateDigest)?.slice(),
    };
    return this.receipt;
  }
}

export class SessionChain {
  readonly #identity: SessionIdentity;
  readonly #hash: Hash;
  #bytes: TextBytes | undefined;
  #waiting: SessionLink[] = [];
  /** Hash of the last receipt that was made. */
  #head: Uint8Array;

  constructor(identity: SessionIdentity, hash: Hash, head: Uint8Array) {
    this.#identity = identity;
    this.#hash = hash;
    this.#head = head;
  }

  copy(): SessionChain {
    this.settle();
    return new SessionChain(this.#identity, this.#hash, this.#head);
  }

  add(link: SessionLink): void {
    this.#waiting.push(link);
    if (this.#waiting.length >= WAITING_MAX) this.settle();
  }

  /** Makes all receipts that wait. */
  settle(): void {
    if (this.#waiting.length === 0) return;
    this.#bytes ??= new TextBytes();
    const bytes = this.#bytes;
    for (const link of this.#waiting) {
      bytes.clear();
      writeSessionReceipt(bytes, link.settle(this.#identity, this.#head, this.#hash));
      this.#head = this.#hash(bytes.view());
    }
    this.#waiting = [];
  }

  /** Takes back the last receipt: another one comes in its place. */
  rewind(link: SessionLink): void {
    this.settle();
    this.#head = link.previous!;
  }

  receiptOf(link: SessionLink): SessionReceipt {
    if (link.receipt === undefined) this.settle();
    return link.receipt!;
  }
}
