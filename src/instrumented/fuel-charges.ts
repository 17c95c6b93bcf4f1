/**
 * Tracks where the fuel of a function is kept while its body is rewritten, and writes the code that charges and checks
 * it.
 *
 * Invariants, at every instruction of the rewritten code:
 * - the fuel global is exact and not negative whenever anybody can see it or what the guest has done: before every
 *   instruction that can trap, call, leave the function or change more than locals and operands, and in every loop;
 * - in between, a charge only lowers the fuel local (`pending`) or waits here to be taken off it (`owed`): what has not
 *   been checked yet has done nothing, so it comes to the same;
 * - where control can arrive from elsewhere the fuel local is at hand: neither stale nor owed anything.
 *
 * docs/SEMANTICS.md, section 3.
 */
import type { AddedLocals } from './added-locals.js';
import { Charge, type ChargeCode, chargeCode } from './charge-code.js';
import type { Edits } from './edits.js';

const NONE = -1;
const NO_CHARGES: ChargeCode = { before: [], after: [], bytesMax: 0 };

/** More than this is charged at once, so that sums stay exact. */
const OWED_MAX = 2 ** 51;

export class FuelCharges {
  /** The fuel global is newer than the local. */
  stale = true;
  /** The fuel local is lower than the global and has not been checked. */
  pending = false;
  /** Fuel that is owed but not yet subtracted from the local. */
  owed = 0;
  readonly #edits: Edits;
  readonly #locals: AddedLocals;
  readonly #global: number;
  /** By index of the fuel local. */
  readonly #codes = new Map<number, ChargeCode>();
  #local = NONE;

  constructor(edits: Edits, locals: AddedLocals, fuelGlobal: number) {
    this.#edits = edits;
    this.#locals = locals;
    this.#global = fuelGlobal;
  }

  /** Begins a function, which owes the cost of its first block. */
  start(owed: number): void {
    this.stale = true;
    this.pending = false;
    this.owed = owed;
    this.#local = NONE;
  }

  /** Charges the cost of the block that starts at `at`. */
  owe(cost: number, at: number): void {
    this.owed += cost;
    if (this.owed > OWED_MAX) this.check(at);
  }

  /** Control arrives where the fuel local is valid. */
  arrive(pending: boolean): void {
    this.stale = false;
    this.owed = 0;
    this.pending = pending;
  }

  /** Updates the fuel local before control goes to a place with other incoming paths. */
  settle(at: number): void {
    if (this.owed !== 0) {
      this.#charge(this.stale ? Charge.GlobalToLocal : Charge.LocalToLocal, at);
      this.pending = true;
    } else if (this.stale) this.#charge(Charge.CopyGlobal, at);
  }

  /** Makes the fuel global exact and checks that it is not negative, before the instruction at `at`. */
  check(at: number): void {
    if (this.owed !== 0) this.#charge(this.stale ? Charge.GlobalToBoth : Charge.LocalToBoth, at);
    else if (this.pending) this.#charge(this.stale ? Charge.CheckGlobal : Charge.CheckLocal, at);
    this.pending = false;
  }

  /** Subtracts what is owed; the local is valid afterwards. */
  #charge(charge: Charge, at: number): void {
    if (this.#local === NONE) this.#local = this.#locals.fuel;
    this.#edits.charge(charge, at, this.owed);
    this.stale = false;
    this.owed = 0;
  }

  /** The code of this function's charges. */
  get code(): ChargeCode {
    if (this.#local === NONE) return NO_CHARGES;
    let code = this.#codes.get(this.#local);
    if (code === undefined) {
      code = chargeCode(this.#global, this.#local);
      this.#codes.set(this.#local, code);
    }
    return code;
  }
}
