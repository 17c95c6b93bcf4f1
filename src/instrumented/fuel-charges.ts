/**
 * Where the fuel of a function is while its body is rewritten, and the code that charges and checks it.
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
import { Opcode } from '../wasm/opcode.js';
import type { AddedLocals } from './added-locals.js';
import { type CodeWriter, codeOf } from './code-writer.js';
import type { CopyingWriter } from './copying-writer.js';

/** More than this is taken off at once, so that sums stay exact. */
const OWED_MAX = 2 ** 51;

/** Code of a charge, by where the fuel is and what becomes of it. Between `from` and `into` stands the LEB128 of what is owed. */
interface ChargeCode {
  readonly fromGlobal: Uint8Array;
  readonly fromLocal: Uint8Array;
  readonly intoLocal: Uint8Array;
  /** ... and into the global, with a check. */
  readonly intoBoth: Uint8Array;
  /** Nothing is owed: the global's fuel goes into the local. */
  readonly settle: Uint8Array;
  /** Nothing is owed: what stands there is checked. */
  readonly checkGlobal: Uint8Array;
  readonly checkLocal: Uint8Array;
}

export class FuelCharges {
  /** The fuel global is newer than the local. */
  stale = true;
  /** The fuel local is lower than the global and has not been checked. */
  pending = false;
  /** Fuel that is charged but not taken off the local yet. */
  owed = 0;
  readonly #code: CopyingWriter;
  readonly #locals: AddedLocals;
  readonly #global: number;
  /** By index of the fuel local, and this function's once it has one. */
  readonly #chargeCodes = new Map<number, ChargeCode>();
  #chargeCode: ChargeCode | undefined;

  constructor(code: CopyingWriter, locals: AddedLocals, fuelGlobal: number) {
    this.#code = code;
    this.#locals = locals;
    this.#global = fuelGlobal;
  }

  /** A function that owes what its first block costs. */
  start(owed: number): void {
    this.stale = true;
    this.pending = false;
    this.owed = owed;
    this.#chargeCode = undefined;
  }

  /** Whether what the guest has done is paid for and seen to be covered. */
  get isChecked(): boolean {
    return this.owed === 0 && !this.pending;
  }

  /** Charges what the block costs that starts at `at`. */
  owe(cost: number, at: number): void {
    this.owed += cost;
    if (this.owed > OWED_MAX) this.check(at);
  }

  /** Control arrives where the fuel local is at hand. */
  arrive(pending: boolean): void {
    this.stale = false;
    this.owed = 0;
    this.pending = pending;
  }

  /** Brings the fuel local up to date before control goes where it may arrive from elsewhere. */
  settle(at: number): void {
    const { owed } = this;
    if (!this.stale && owed === 0) return;
    this.#code.copyTo(at);
    const code = this.#chargeCode ?? this.#codeOfCharge();
    if (owed === 0) this.#code.bytes(code.settle);
    else {
      this.#code.around(this.stale ? code.fromGlobal : code.fromLocal, owed, code.intoLocal);
      this.pending = true;
      this.owed = 0;
    }
    this.stale = false;
  }

  /** Makes the fuel global exact and sees that it is covered, before the instruction at `at`. */
  check(at: number): void {
    const { owed } = this;
    if (owed === 0 && !this.pending) return;
    this.#code.copyTo(at);
    const code = this.#chargeCode ?? this.#codeOfCharge();
    if (owed === 0) this.#code.bytes(this.stale ? code.checkGlobal : code.checkLocal);
    else this.#code.around(this.stale ? code.fromGlobal : code.fromLocal, owed, code.intoBoth);
    this.owed = 0;
    this.stale = false;
    this.pending = false;
  }

  #codeOfCharge(): ChargeCode {
    const local = this.#locals.fuel;
    let code = this.#chargeCodes.get(local);
    if (code === undefined) {
      code = chargeCode(this.#global, local);
      this.#chargeCodes.set(local, code);
    }
    this.#chargeCode = code;
    return code;
  }
}

function chargeCode(global: number, local: number): ChargeCode {
  return {
    fromGlobal: codeOf((writer) => {
      writer.globalGet(global);
      writer.u8(Opcode.I64Const);
    }),
    fromLocal: codeOf((writer) => {
      writer.localGet(local);
      writer.u8(Opcode.I64Const);
    }),
    intoLocal: codeOf((writer) => {
      writer.op(Opcode.I64Sub);
      writer.localSet(local);
    }),
    intoBoth: codeOf((writer) => {
      writer.op(Opcode.I64Sub);
      writer.localTee(local);
      writeCheck(writer, global, local);
    }),
    settle: codeOf((writer) => {
      writer.globalGet(global);
      writer.localSet(local);
    }),
    checkGlobal: codeOf((writer) => {
      writer.globalGet(global);
      writer.localTee(local);
      writeCheck(writer, global, local);
    }),
    checkLocal: codeOf((writer) => {
      writer.localGet(local);
      writeCheck(writer, global, local);
    }),
  };
}

/** Puts the fuel left into the global, too, and traps if it is negative. */
function writeCheck(writer: CodeWriter, global: number, local: number): void {
  writer.globalSet(global);
  writer.localGet(local);
  writer.i64Const(0);
  writer.op(Opcode.I64LtS);
  writer.trapIf();
}
