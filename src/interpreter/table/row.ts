/**
 * What a row of the table of internal operations is. The rows are the meaning of the register code: `npm run interpreter:write`
 * writes from them the opcodes (`op.ts`), the loop with its two dispatches (`loop.ts`), the one that notes what is paid
 * (`profile/profiling-loop.ts`), what is kept out of them (`rare.ts`), the forms of comparisons and accesses (`op-forms.ts`) and the layout of
 * each operation (`ops.ts`).
 *
 * A body is TypeScript, with operands written as `name.view`:
 * `.i32 .f32 .f64` the value in the slot; `.low .high` its halves; `.at` the slot's index; `.word` the word of the code itself.
 * `trap('DivideByZero');` ends the call, `leave;` hands the operation to what is behind the loop. Names that a body assigns without
 * declaring them are variables of the whole function (`VARIABLES`): a constant of its own for each row would cost V8 a register each.
 */
import type { InstructionName } from '../../wasm/instructions.js';

/** Who runs an operation that the loop has no body for, or leaves. */
export type Outer =
  /** `rare.ts` */
  | 'rare'
  /** `rare.ts`, and it charges by its data */
  | 'charging'
  /** An access that the loop cannot decide: `far.ts` */
  | 'far'
  /** A call of what is not compiled, not of this instance, or the host's */
  | 'call'
  /** The machine itself: `interpreter.ts` */
  | 'machine';

/**
 * What comes behind a body: the next operation; `pc` as the body left it, with fuel to be checked, in this function, in one that was
 * called, or in one that took the frame over; `pc` of the caller, with nothing to be checked; the end.
 */
export type Next = 'next' | 'jump' | 'call' | 'tail' | 'return' | 'end';

/** A load or store, for accesses beyond the loop's reach. */
export interface Access {
  readonly bytes: 1 | 2 | 4 | 8;
  readonly kind: 'load' | 'store';
  readonly signed: boolean;
  /** The value takes two slots. */
  readonly wide: boolean;
}

/**
 * Which operand of an instruction may be a constant, which constants, and what the word in the code is. The word is the constant
 * itself unless another is named.
 */
export type Constant =
  /** Either operand of an i32 operator that commutes. */
  | 'either'
  /** The right one. */
  | 'right'
  /** The right one; the word is the constant with the other sign. */
  | 'negated'
  /** The count of an i32 rotation; the word is the count modulo 32. The same in the other direction. */
  | 'rotation'
  | 'rotation back'
  /** The divisor, if it can neither trap nor overflow. */
  | 'divisor'
  /** A sign-extended i32: either operand of an i64 operator that commutes. */
  | 'small'
  /** The same, on the right; the word is the constant with the other sign. */
  | 'small negated'
  /** The count of an i64 shift or rotation; the word is the count modulo 64. The same in the other direction. */
  | 'count'
  | 'count back'
  /** A double on the right that is no NaN; the word is its index. */
  | 'float';

export interface OpRow {
  readonly name: string;
  /** Words behind the opcode, in order, by name. */
  readonly operands: string;
  /** Body in the loop. */
  readonly loop?: string;
  /** Body in `rare.ts`. */
  readonly rare?: string;
  readonly outer?: Outer;
  readonly next: Next;
  readonly access?: Access;
  /** The instruction whose whole meaning this operation is: a rule of compilation that only names it is written from here. */
  readonly of?: InstructionName;
  /** The instruction is this operation or, with a constant, the one whose name ends in `Imm` (or is `constantForm`). */
  readonly constant?: Constant;
  readonly constantForm?: string;
  /** Does what these operations do one after the other: the compiler emits it in place of both. */
  readonly fuses?: readonly [first: string, second: string];
}
