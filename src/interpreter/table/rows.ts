/** The table of internal operations, and facts about all of it for the generator. */
import { CONTROL_ROWS, MOVE_ROWS } from './control-rows.js';
import { FLOAT_ROWS } from './float-rows.js';
import { I32_ROWS, I64_ROWS } from './integer-rows.js';
import { ACCESS_ROWS, STORE_ROWS } from './memory-rows.js';
import type { OpRow } from './row.js';

/** In the order of opcodes, which has no meaning. */
export const ROWS: readonly OpRow[] = [
  ...CONTROL_ROWS,
  ...MOVE_ROWS,
  ...I32_ROWS,
  ...I64_ROWS,
  ...FLOAT_ROWS,
  ...ACCESS_ROWS,
  ...STORE_ROWS,
];

/** Variables of the whole function that bodies assign. */
export const VARIABLES =
  'a b n m i end entry at base from sum value imm low high aLow aHigh bLow bHigh a0 a1 b0 b1 p00 p01 p10 middle carried x y q0 q1 q2'.split(
    ' ',
  );

/** Operations of the second dispatch: those that follow a simple operation most often in the guests of the bench. */
export const HOT: ReadonlySet<string> = new Set(
  `I64RemU I32RemUImm I32RotlXorRotl I64LoadAbs I64StoreAbs
  Const32 Const64 Move32 Move32Pair Move64 Select32 GlobalGet32 GlobalSet32
  I32Add I32Sub I32Mul I32And I32Or I32Xor I32Shl I32ShrS I32ShrU I32AddImm I32MulImm I32AndImm I32OrImm I32XorImm I32ShlImm
  I32ShrSImm I32ShrUImm I32RotlImm I32Add3 I32XorRotl I32XorShrU I32OrShl I32OrShrU I32AddShl I32Eqz I32EqImm I32LtUImm
  I64Add I64Sub I64And I64Xor I64AddImm I64AndImm I64ShlImm I64ShrUImm I64ExtendI32U
  F64Add F64Sub F64Mul F64Div F64MulImm F64MulAdd F64MulSub F64Sqrt
  I32Load I32Load8U I64Load I32Store I32Store8 I64Store I32StoreImm I32Store8Imm
  I32LoadIndexed I32Load8UIndexed I64LoadIndexed
  I32LoadSum I32Load8USum I64LoadSum I32StoreSum I32Store8Sum I32Store8ImmSum`.split(/\s+/),
);
