/**
 * Operations of i32 and i64. A 64-bit value is two halves, the low one first; a body reads both before it writes
 * either.
 */
import {
  binary,
  branch,
  compareI32,
  compareI64,
  direct,
  fused,
  op,
  orConstant,
  rare,
  rareUnary,
  unary,
  wide,
  wideImm,
} from './forms.js';
import type { OpRow } from './row.js';

const CHECK_ZERO = "if (b === 0) trap('DivideByZero');";

export const I32_ROWS: readonly OpRow[] = [
  ...binary('i32.add', 'I32Add', 'i32', 'A + B', 'either'),
  orConstant('negated', 'i32.sub', op('I32Sub', 'd a b', 'd.i32 = a.i32 - b.i32;'), 'I32AddImm'),
  ...binary('i32.mul', 'I32Mul', 'i32', 'Math.imul(A, B)', 'either'),
  ...binary('i32.and', 'I32And', 'i32', 'A & B', 'either'),
  ...binary('i32.or', 'I32Or', 'i32', 'A | B', 'either'),
  ...binary('i32.xor', 'I32Xor', 'i32', 'A ^ B', 'either'),
  ...binary('i32.shl', 'I32Shl', 'i32', 'A << B', 'right'),
  ...binary('i32.shr_s', 'I32ShrS', 'i32', 'A >> B', 'right'),
  ...binary('i32.shr_u', 'I32ShrU', 'i32', 'A >>> B', 'right'),
  ...binary('i32.rotl', 'I32Rotl', 'i32', '(A << B) | (A >>> -B)', 'rotation'),
  // A right rotation by a constant is a left rotation.
  orConstant(
    'rotation back',
    'i32.rotr',
    op('I32Rotr', 'd a b', 'd.i32 = (a.i32 >>> b.i32) | (a.i32 << -b.i32);'),
    'I32RotlImm',
  ),
  fused('I32Add', 'I32Add', op('I32Add3', 'd a b c', 'd.i32 = a.i32 + b.i32 + c.i32;')),
  fused(
    'I32RotlImm',
    'I32Xor',
    op('I32XorRotl', 'd a b imm', 'b = b.i32; n = imm.word; d.i32 = a.i32 ^ ((b << n) | (b >>> -n));'),
  ),
  fused(
    'I32RotlImm',
    'I32XorRotl',
    op(
      'I32RotlXorRotl',
      'd a m b imm',
      'a = a.i32; m = m.word; b = b.i32; n = imm.word; d.i32 = ((a << m) | (a >>> -m)) ^ ((b << n) | (b >>> -n));',
    ),
  ),
  fused('I32ShrUImm', 'I32Xor', op('I32XorShrU', 'd a b imm', 'd.i32 = a.i32 ^ (b.i32 >>> imm.word);')),
  fused('I32ShlImm', 'I32Or', op('I32OrShl', 'd a b imm', 'd.i32 = a.i32 | (b.i32 << imm.word);')),
  fused('I32ShrUImm', 'I32Or', op('I32OrShrU', 'd a b imm', 'd.i32 = a.i32 | (b.i32 >>> imm.word);')),
  fused('I32ShlImm', 'I32Add', op('I32AddShl', 'd a b imm', 'd.i32 = a.i32 + (b.i32 << imm.word);')),
  orConstant(
    'divisor',
    'i32.div_s',
    op(
      'I32DivS',
      'd a b',
      `a = a.i32; b = b.i32; ${CHECK_ZERO} if (b === -1 && a === -0x8000_0000) trap('IntegerOverflow'); d.i32 = (a / b) | 0;`,
    ),
  ),
  orConstant(
    'divisor',
    'i32.div_u',
    op('I32DivU', 'd a b', `b = b.i32; ${CHECK_ZERO} d.i32 = ((a.i32 >>> 0) / (b >>> 0)) | 0;`),
  ),
  orConstant('divisor', 'i32.rem_s', op('I32RemS', 'd a b', `b = b.i32; ${CHECK_ZERO} d.i32 = (a.i32 % b) | 0;`)),
  orConstant(
    'divisor',
    'i32.rem_u',
    op('I32RemU', 'd a b', `b = b.i32; ${CHECK_ZERO} d.i32 = ((a.i32 >>> 0) % (b >>> 0)) | 0;`),
  ),
  // The compiler uses these only for constants that can neither trap nor overflow.
  op('I32DivSImm', 'd a imm', 'd.i32 = (a.i32 / imm.word) | 0;'),
  op('I32DivUImm', 'd a imm', 'd.i32 = ((a.i32 >>> 0) / (imm.word >>> 0)) | 0;'),
  op('I32RemSImm', 'd a imm', 'd.i32 = (a.i32 % imm.word) | 0;'),
  op('I32RemUImm', 'd a imm', 'd.i32 = ((a.i32 >>> 0) % (imm.word >>> 0)) | 0;'),
  unary('I32Eqz', 'i32', 'i32', 'A === 0 ? 1 : 0'),
  unary('I32Clz', 'i32', 'i32', 'Math.clz32(A)', 'i32.clz'),
  rareUnary('i32.ctz', 'I32Ctz', 'i32', 'i32', 'I32.ctz(A)'),
  rareUnary('i32.popcnt', 'I32Popcnt', 'i32', 'i32', 'I32.popcnt(A)'),
  unary('I32Extend8', 'i32', 'i32', '(A << 24) >> 24', 'i32.extend8_s'),
  unary('I32Extend16', 'i32', 'i32', '(A << 16) >> 16', 'i32.extend16_s'),
  ...compareI32('I32Eq', 'A === B'),
  ...compareI32('I32Ne', 'A !== B'),
  ...compareI32('I32LtS', 'A < B'),
  ...compareI32('I32LtU', 'A >>> 0 < B >>> 0'),
  ...compareI32('I32LeS', 'A <= B'),
  ...compareI32('I32LeU', 'A >>> 0 <= B >>> 0'),
  ...compareI32('I32GtS', 'A > B', ''),
  ...compareI32('I32GtU', 'A >>> 0 > B >>> 0', ''),
  ...compareI32('I32GeS', 'A >= B', ''),
  ...compareI32('I32GeU', 'A >>> 0 >= B >>> 0', ''),
];

/** The low 64 bits of a product, from 16-bit parts of the low halves. */
const MULTIPLY = `
  aLow = a.low; aHigh = a.high;
  a0 = aLow & 0xffff; a1 = aLow >>> 16; b0 = bLow & 0xffff; b1 = bLow >>> 16;
  p00 = Math.imul(a0, b0); p01 = Math.imul(a0, b1); p10 = Math.imul(a1, b0);
  middle = (p10 + (p00 >>> 16)) | 0;
  carried = ((middle & 0xffff) + p01) | 0;
  d.low = (carried << 16) | (p00 & 0xffff);
  d.high = (Math.imul(a1, b1) + (middle >>> 16) + (carried >>> 16) + Math.imul(aLow, bHigh) + Math.imul(aHigh, bLow)) | 0;`;
// Bits that cross the halves are shifted by 1 and by 31 - n: by 32 in total if n is 0, which one shift cannot do.
const SHIFT_LEFT = `
  low = a.low;
  if (n >= 32) { d.high = low << n; d.low = 0; }
  else { d.high = (a.high << n) | ((low >>> 1) >>> (31 - n)); d.low = low << n; }`;
const SHIFT_RIGHT_S = `
  high = a.high;
  if (n >= 32) { d.low = high >> n; d.high = high >> 31; }
  else { d.low = (a.low >>> n) | ((high << 1) << (31 - n)); d.high = high >> n; }`;
const SHIFT_RIGHT_U = `
  high = a.high;
  if (n >= 32) { d.low = high >>> n; d.high = 0; }
  else { d.low = (a.low >>> n) | ((high << 1) << (31 - n)); d.high = high >>> n; }`;
const ROTATE = `
  if (n >= 32) { low = a.high; high = a.low; } else { low = a.low; high = a.high; }
  d.low = (low << n) | ((high >>> 1) >>> (31 - n));
  d.high = (high << n) | ((low >>> 1) >>> (31 - n));`;
const COUNT = 'n = b.low & 63;';
const CONSTANT_COUNT = 'n = imm.word;';

/** Signed division of operands that fit 32 bits unsigned; others are rare. */
function division(name: string, operator: '/' | '%', rareBody: string): OpRow {
  return {
    name,
    operands: 'd a b',
    loop: `b = b.low; if (b === 0 || (a.high | b.high) !== 0) leave;
      d.low = ((a.low >>> 0) ${operator} (b >>> 0)) >>> 0; d.high = 0;`,
    rare: `if ((b.low | b.high) === 0) trap('DivideByZero'); ${rareBody}`,
    outer: 'rare',
    next: 'next',
  };
}

/**
 * Unsigned division by a divisor that fits 32 bits, 16 bits of the dividend at a time: every remainder times 2^16 is
 * below 2^48, so the rounded quotient of two integers never reaches the next integer. Other divisors are rare.
 */
function longDivision(name: string, result: string, rareBody: string): OpRow {
  return {
    name,
    operands: 'd a b',
    loop: `if (b.low === 0 || b.high !== 0) leave;
      y = b.low >>> 0;
      high = a.high; low = a.low;
      if (high === 0) { ${result === 'quotient' ? 'd.low = ((low >>> 0) / y) >>> 0;' : 'd.low = ((low >>> 0) % y) >>> 0;'} d.high = 0; }
      else {
        x = high >>> 0; q0 = Math.floor(x / y);
        x = (x - q0 * y) * 65536 + (low >>> 16); q1 = Math.floor(x / y);
        x = (x - q1 * y) * 65536 + (low & 0xffff); q2 = Math.floor(x / y);
        ${result === 'quotient' ? 'd.low = q1 * 65536 + q2; d.high = q0;' : 'd.low = x - q2 * y; d.high = 0;'}
      }`,
    rare: `if ((b.low | b.high) === 0) trap('DivideByZero'); ${rareBody}`,
    outer: 'rare',
    next: 'next',
  };
}

const OVERFLOWS = "if ((b.low & b.high) === -1 && a.low === 0 && a.high === -0x8000_0000) trap('IntegerOverflow');";
const OPERANDS = 'slots, d.at, a.low, a.high, b.low, b.high';

const ORDERED = (strict: string, other: string, low: string): string =>
  `(a.high === b.high ? a.low >>> 0 ${low} b.low >>> 0 : a.high${other} ${strict} b.high${other})`;

export const I64_ROWS: readonly OpRow[] = [
  orConstant(
    'small',
    'i64.add',
    wide(
      'I64Add',
      'aLow = a.low; low = (aLow + b.low) | 0; d.high = a.high + b.high + (low >>> 0 < aLow >>> 0 ? 1 : 0); d.low = low;',
    ),
  ),
  orConstant(
    'small negated',
    'i64.sub',
    wide(
      'I64Sub',
      'aLow = a.low; bLow = b.low; d.high = a.high - b.high - (aLow >>> 0 < bLow >>> 0 ? 1 : 0); d.low = aLow - bLow;',
    ),
    'I64AddImm',
  ),
  orConstant('small', 'i64.mul', wide('I64Mul', `bLow = b.low; bHigh = b.high; ${MULTIPLY}`)),
  direct(division('I64DivS', '/', `${OVERFLOWS} I64.divS(${OPERANDS});`), 'i64.div_s'),
  direct(longDivision('I64DivU', 'quotient', `I64.divU(${OPERANDS});`), 'i64.div_u'),
  direct(division('I64RemS', '%', `I64.remS(${OPERANDS});`), 'i64.rem_s'),
  direct(longDivision('I64RemU', 'remainder', `I64.remU(${OPERANDS});`), 'i64.rem_u'),
  orConstant('small', 'i64.and', wide('I64And', 'd.low = a.low & b.low; d.high = a.high & b.high;')),
  orConstant('small', 'i64.or', wide('I64Or', 'd.low = a.low | b.low; d.high = a.high | b.high;')),
  orConstant('small', 'i64.xor', wide('I64Xor', 'd.low = a.low ^ b.low; d.high = a.high ^ b.high;')),
  orConstant('count', 'i64.shl', wide('I64Shl', `${COUNT} ${SHIFT_LEFT}`)),
  orConstant('count', 'i64.shr_s', wide('I64ShrS', `${COUNT} ${SHIFT_RIGHT_S}`)),
  orConstant('count', 'i64.shr_u', wide('I64ShrU', `${COUNT} ${SHIFT_RIGHT_U}`)),
  orConstant('count', 'i64.rotl', wide('I64Rotl', `${COUNT} ${ROTATE}`)),
  orConstant('count back', 'i64.rotr', wide('I64Rotr', `n = -b.low & 63; ${ROTATE}`), 'I64RotlImm'),
  wideImm(
    'I64AddImm',
    'aLow = a.low; low = (aLow + imm) | 0; d.high = a.high + (imm >> 31) + (low >>> 0 < aLow >>> 0 ? 1 : 0); d.low = low;',
  ),
  wideImm('I64AndImm', 'd.low = a.low & imm; d.high = a.high & (imm >> 31);'),
  wideImm('I64OrImm', 'd.low = a.low | imm; d.high = a.high | (imm >> 31);'),
  wideImm('I64XorImm', 'd.low = a.low ^ imm; d.high = a.high ^ (imm >> 31);'),
  wideImm('I64MulImm', `bLow = imm; bHigh = imm >> 31; ${MULTIPLY}`),
  op('I64ShlImm', 'd a imm', `${CONSTANT_COUNT} ${SHIFT_LEFT}`),
  op('I64ShrSImm', 'd a imm', `${CONSTANT_COUNT} ${SHIFT_RIGHT_S}`),
  op('I64ShrUImm', 'd a imm', `${CONSTANT_COUNT} ${SHIFT_RIGHT_U}`),
  op('I64RotlImm', 'd a imm', `${CONSTANT_COUNT} ${ROTATE}`),
  branch('BranchI64Eqz', 'a', '(a.low | a.high) === 0'),
  branch('BranchI64Nez', 'a', '(a.low | a.high) !== 0'),
  op('I64Eqz', 'd a', 'd.i32 = (a.low | a.high) === 0 ? 1 : 0;'),
  ...compareI64('I64Eq', '(a.low === b.low && a.high === b.high)'),
  ...compareI64('I64Ne', '(a.low !== b.low || a.high !== b.high)'),
  ...compareI64('I64LtS', ORDERED('<', '', '<')),
  ...compareI64('I64LtU', ORDERED('<', ' >>> 0', '<')),
  ...compareI64('I64LeS', ORDERED('<', '', '<=')),
  ...compareI64('I64LeU', ORDERED('<', ' >>> 0', '<=')),
  direct(op('I64ExtendI32S', 'd a', 'low = a.i32; d.low = low; d.high = low >> 31;'), 'i64.extend_i32_s'),
  direct(op('I64ExtendI32U', 'd a', 'd.low = a.i32; d.high = 0;'), 'i64.extend_i32_u'),
  ...(
    [
      ['i64.clz', 'I64Clz', 'I64.clz(a.low, a.high)', '0'],
      ['i64.ctz', 'I64Ctz', 'I64.ctz(a.low, a.high)', '0'],
      ['i64.popcnt', 'I64Popcnt', 'I64.popcnt(a.low, a.high)', '0'],
      ['i64.extend8_s', 'I64Extend8', '(a.low << 24) >> 24', 'low >> 31'],
      ['i64.extend16_s', 'I64Extend16', '(a.low << 16) >> 16', 'low >> 31'],
      ['i64.extend32_s', 'I64Extend32', 'a.low', 'low >> 31'],
    ] as const
  ).map(([of, name, low, high]) => ({ ...rare(name, 'd a', `low = ${low}; d.low = low; d.high = ${high};`), of })),
];
