/**
 * The form of a row in the table of internal operations. The rows define the register code: `npm run interpreter:write`
 * generates from them the opcodes (`op.ts`), the loop with its two dispatches (`loop.ts`), the loop that records
 * charges (`profile/profiling-loop.ts`), the operations outside both (`rare.ts`), the forms of comparisons and accesses
 * (`op-forms.ts`) and the layout of each operation (`ops.ts`).
 *
 * A body is TypeScript, with operands written as `name.view`: `.i32 .f32 .f64` the value in the slot; `.low .high` its
 * halves; `.at` the slot's index; `.word` the word of the code itself. `trap('DivideByZero');` ends the call, `leave;`
 * passes the operation to the code after the loop. Names that a body assigns without declaring them are variables of
 * the whole function (`VARIABLES`): a separate constant for each row would cost V8 a register each.
 */
import type { InstructionName } from '../../wasm/instructions.js';

/** The file that runs an operation without a body in the loop, or one that the loop leaves. */
export type Outer =
  /** `rare.ts` */
  | 'rare'
  /** `rare.ts`, with a charge by its data */
  | 'charging'
  /** An access that the loop cannot decide: `far.ts` */
  | 'far'
  /** A call of a function that is not compiled, not of this instance, or of the host */
  | 'call'
  /** The machine itself: `interpreter.ts` */
  | 'machine';

/**
 * What follows a body: the next operation; `pc` as the body set it, with a fuel check, in this function, in a called
 * one, or in one that reused the frame; `pc` of the caller, without a check; the end.
 */
export type Next = 'next' | 'jump' | 'call' | 'tail' | 'return' | 'end';

/** A load or store, for accesses beyond the loop's reach. */
export interface Access {
  readonly bytes: 1 | 2 | 4 | 8;
  readonly kind: 'load' | 'store';
  readonly signed: boolean;
  /** The value uses two slots. */
  readonly wide: boolean;
}

/**
 * Which operand of an instruction may be a constant, which constants, and the word in the code. The word is the
 * constant itself unless stated otherwise.
 */
export type Constant =
  /** Either operand of an i32 operator that commutes. */
  | 'either'
  /** The right one. */
  | 'right'
  /** The right one; the word is the negated constant. */
  | 'negated'
  /** The count of an i32 rotation; the word is the count modulo 32. The other direction is the same. */
  | 'rotation'
  | 'rotation back'
  /** The divisor, if it can neither trap nor overflow. */
  | 'divisor'
  /** A sign-extended i32: either operand of an i64 operator that commutes. */
  | 'small'
  /** The same, on the right; the word is the negated constant. */
  | 'small negated'
  /** The count of an i64 shift or rotation; the word is the count modulo 64. The other direction is the same. */
  | 'count'
  | 'count back'
  /** A double on the right that is not NaN; the word is its index. */
  | 'float';

export interface OpRow {
  readonly name: string;
  /** Names of the words after the opcode, in order. */
  readonly operands: string;
  /** Body in the loop. */
  readonly loop?: string;
  /** Body in `rare.ts`. */
  readonly rare?: string;
  readonly outer?: Outer;
  readonly next: Next;
  readonly access?: Access;
  /**
   * The instruction that is exactly this operation: its rule of compilation, which only names the operation, is
   * generated from this.
   */
  readonly of?: InstructionName;
  /** The instruction is this operation or, with a constant, the one whose name ends in `Imm` (or is `constantForm`). */
  readonly constant?: Constant;
  readonly constantForm?: string;
  /** Does these operations in order: the compiler emits it instead of both. */
  readonly fuses?: readonly [first: string, second: string];
}
