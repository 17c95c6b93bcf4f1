import { expect } from 'chai';
import * as f64 from '../../src/wasm/f64.js';
import { hiHalf, joinHalves, loHalf } from '../../src/wasm/value.js';
import { describeAgainstHost, type OperatorCase } from './check-operator.js';
import { bitsOf, floatOf } from './float-operands.js';

const unary = (mnemonic: string, operator: (x: number) => number): OperatorCase => ({
  mnemonic,
  params: ['f64'],
  result: 'f64',
  ours: (a) => bitsOf(operator(floatOf(a!, 64)), 64),
});

const binary = (mnemonic: string, operator: (a: number, b: number) => number): OperatorCase => ({
  mnemonic,
  params: ['f64', 'f64'],
  result: 'f64',
  ours: (a, b) => bitsOf(operator(floatOf(a!, 64), floatOf(b!, 64)), 64),
});

const OPERATORS: readonly OperatorCase[] = [
  binary('f64.add', f64.add),
  binary('f64.sub', f64.sub),
  binary('f64.mul', f64.mul),
  binary('f64.div', f64.div),
  unary('f64.sqrt', f64.sqrt),
  binary('f64.min', f64.min),
  binary('f64.max', f64.max),
  unary('f64.ceil', f64.ceil),
  unary('f64.floor', f64.floor),
  unary('f64.trunc', f64.trunc),
  unary('f64.nearest', f64.nearest),
  { ...unary('f64.neg', f64.negHi), keepsNan: true, ours: (a) => joinHalves(loHalf(a!), f64.negHi(hiHalf(a!))) },
  { ...unary('f64.abs', f64.absHi), keepsNan: true, ours: (a) => joinHalves(loHalf(a!), f64.absHi(hiHalf(a!))) },
  {
    ...binary('f64.copysign', f64.copysignHi),
    keepsNan: true,
    ours: (a, b) => joinHalves(loHalf(a!), f64.copysignHi(hiHalf(a!), hiHalf(b!))),
  },
];

/** From the specification's text, for a reader and against a host that were wrong. */
const NEAREST: readonly (readonly [number, number])[] = [
  [0.5, 0],
  [-0.5, -0],
  [-0, -0],
  [1.5, 2],
  [2.5, 2],
  [-2.5, -2],
  [0.49999999999999994, 0],
  [4503599627370495.5, 4503599627370496],
  [4503599627370497, 4503599627370497],
  [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY],
];

describe('wasm/f64', () => {
  describeAgainstHost(OPERATORS);

  it('nearest takes ties to even and keeps the sign of zero', () => {
    for (const [x, expected] of NEAREST) expect(Object.is(f64.nearest(x), expected), `nearest(${x})`).to.equal(true);
    expect(f64.nearest(Number.NaN)).to.be.NaN;
  });

  it('min and max order the zeros and give NaN for either NaN', () => {
    expect(Object.is(f64.min(0, -0), -0)).to.equal(true);
    expect(Object.is(f64.max(-0, 0), 0)).to.equal(true);
    expect(f64.min(Number.NaN, 1)).to.be.NaN;
    expect(f64.max(1, Number.NaN)).to.be.NaN;
  });
});
