/** Operations of f32 and f64, and conversions. */
import {
  binary,
  compareF64,
  direct,
  fused,
  op,
  RESULT,
  rare,
  rareBinary,
  rareUnary,
  truncation,
  unary,
} from './forms.js';
import type { OpRow } from './row.js';

/** Operations that are the same for both types. */
function arithmetic(type: 'F32' | 'F64'): readonly OpRow[] {
  const view = type === 'F32' ? 'f32' : 'f64';
  const constant = type === 'F64' ? 'float' : '';
  return [
    ...binary(`${view}.add`, `${type}Add`, view, 'A + B', constant),
    ...binary(`${view}.sub`, `${type}Sub`, view, 'A - B', constant),
    ...binary(`${view}.mul`, `${type}Mul`, view, 'A * B', constant),
    ...binary(`${view}.div`, `${type}Div`, view, 'A / B', constant),
    unary(`${type}Sqrt`, view, view, 'Math.sqrt(A)', `${view}.sqrt`),
    rareUnary(`${view}.ceil`, `${type}Ceil`, view, view, `${type}.ceil(A)`),
    rareUnary(`${view}.floor`, `${type}Floor`, view, view, `${type}.floor(A)`),
    rareUnary(`${view}.trunc`, `${type}Trunc`, view, view, `${type}.trunc(A)`),
    rareUnary(`${view}.nearest`, `${type}Nearest`, view, view, `${type}.nearest(A)`),
    rareBinary(`${view}.min`, `${type}Min`, view, `${type}.min(A, B)`),
    rareBinary(`${view}.max`, `${type}Max`, view, `${type}.max(A, B)`),
  ];
}

/** A truncation to i64 that traps if out of range. */
function truncationI64(view: 'f32' | 'f64', sign: 's' | 'u'): OpRow {
  const [type, letter] = [view.toUpperCase(), sign.toUpperCase()];
  const body = `x = a.${view};
    if (!C.inRangeI64${letter}(x)) trap(x === x ? 'IntegerOverflow' : 'InvalidConversion');
    C.truncF64ToI64${letter}(slots, d.at, x);`;
  return { ...rare(`I64Trunc${type}${letter}`, 'd a', body), of: `i64.trunc_${view}_${sign}` };
}

const SIGNS = [
  { sign: 's', letter: 'S' },
  { sign: 'u', letter: 'U' },
] as const;
const VIEWS = [
  { view: 'f32', type: 'F32' },
  { view: 'f64', type: 'F64' },
] as const;

export const FLOAT_ROWS: readonly OpRow[] = [
  ...arithmetic('F64'),
  ...arithmetic('F32'),
  fused('F64Mul', 'F64Add', op('F64MulAdd', 'd a b c', RESULT.f64('c.f64 + a.f64 * b.f64'))),
  fused('F64Mul', 'F64Sub', op('F64MulSub', 'd a b c', RESULT.f64('c.f64 - a.f64 * b.f64'))),
  // On bits: they preserve every NaN.
  direct(op('F64Abs', 'd a', 'd.high = a.high & 0x7fff_ffff; d.low = a.low;'), 'f64.abs'),
  direct(op('F64Neg', 'd a', 'd.high = a.high ^ -0x8000_0000; d.low = a.low;'), 'f64.neg'),
  {
    ...rare('F64Copysign', 'd a b', 'high = F64.copysignHi(a.high, b.high); d.low = a.low; d.high = high;'),
    of: 'f64.copysign',
  },
  unary('F32Abs', 'i32', 'i32', 'A & 0x7fff_ffff', 'f32.abs'),
  unary('F32Neg', 'i32', 'i32', 'A ^ -0x8000_0000', 'f32.neg'),
  { ...rare('F32Copysign', 'd a b', 'd.i32 = F32.copysignBits(a.i32, b.i32);'), of: 'f32.copysign' },
  ...compareF64('F64Eq', 'A === B'),
  ...compareF64('F64Lt', 'A < B'),
  ...compareF64('F64Le', 'A <= B'),
  ...compareF64('F64Ne', 'A !== B', ''),
  op('F32Eq', 'd a b', 'd.i32 = a.f32 === b.f32 ? 1 : 0;'),
  op('F32Lt', 'd a b', 'd.i32 = a.f32 < b.f32 ? 1 : 0;'),
  op('F32Le', 'd a b', 'd.i32 = a.f32 <= b.f32 ? 1 : 0;'),
  op('F32Ne', 'd a b', 'd.i32 = a.f32 !== b.f32 ? 1 : 0;'),
  // An integer never converts to NaN.
  direct(op('F64ConvertI32S', 'd a', 'd.f64 = a.i32;'), 'f64.convert_i32_s'),
  direct(op('F64ConvertI32U', 'd a', 'd.f64 = a.i32 >>> 0;'), 'f64.convert_i32_u'),
  direct(op('F32ConvertI32S', 'd a', 'd.f32 = a.i32;'), 'f32.convert_i32_s'),
  direct(op('F32ConvertI32U', 'd a', 'd.f32 = a.i32 >>> 0;'), 'f32.convert_i32_u'),
  unary('F64PromoteF32', 'f32', 'f64', 'A', 'f64.promote_f32'),
  unary('F32DemoteF64', 'f64', 'f32', 'Math.fround(A)', 'f32.demote_f64'),
  ...VIEWS.flatMap(({ view, type }) => [
    direct(truncation(`I32Trunc${type}S`, view, 'x > -2147483649 && x < 2147483648', 'x | 0'), `i32.trunc_${view}_s`),
    direct(truncation(`I32Trunc${type}U`, view, 'x > -1 && x < 4294967296', 'x >>> 0'), `i32.trunc_${view}_u`),
  ]),
  ...VIEWS.flatMap(({ view, type }) =>
    SIGNS.flatMap(({ sign, letter }): readonly OpRow[] => [
      truncationI64(view, sign),
      rareUnary(
        `i32.trunc_sat_${view}_${sign}`,
        `I32TruncSat${type}${letter}`,
        view,
        'i32',
        `C.truncSatF64ToI32${letter}(A)`,
      ),
      {
        ...rare(`I64TruncSat${type}${letter}`, 'd a', `C.truncSatF64ToI64${letter}(slots, d.at, a.${view});`),
        of: `i64.trunc_sat_${view}_${sign}`,
      },
      {
        ...rare(`${type}ConvertI64${letter}`, 'd a', `d.${view} = C.convertI64${letter}To${type}(a.low, a.high);`),
        of: `${view}.convert_i64_${sign}`,
      },
    ]),
  ),
];
