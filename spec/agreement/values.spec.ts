import { decode as decodeMessagePack, encode } from '@msgpack/msgpack';
import { assert } from 'chai';
import fc from 'fast-check';
import {
  anyValue,
  argumentsOf,
  byteString,
  f32Value,
  f64Value,
  fuelLimitAtCharges,
  fuelLimitNear,
  messagePackLike,
  valueOfType,
} from '../../src/agreement/values.js';
import { isArithmeticNanF32, isNanF32 } from '../../src/wasm/nan.js';
import { ValueType, valueTypeName } from '../../src/wasm/types.js';
import { parseValue, printValue } from '../../src/wasm/value.js';

const SAMPLES = 2_000;

describe('arbitrary values', () => {
  it('parse back from their printed form', () => {
    fc.assert(
      fc.property(anyValue, (value) => {
        assert.deepEqual(parseValue(printValue(value)), { ok: true, value });
      }),
    );
  });

  it('have the requested type', () => {
    const types = [ValueType.I32, ValueType.I64, ValueType.F32, ValueType.F64, ValueType.FuncRef, ValueType.ExternRef];
    for (const type of types) {
      for (const value of fc.sample(valueOfType(type), 50)) assert.equal(value.type, valueTypeName(type));
    }
    const params = Uint8Array.from(types);
    for (const args of fc.sample(argumentsOf({ params }), 50)) {
      assert.deepEqual(
        args.map(({ type }) => type),
        types.map(valueTypeName),
      );
    }
  });

  it('include zeros of both signs, infinities, denormals, quiet and signalling NaN with payload', () => {
    const bits = new Set(fc.sample(f32Value, SAMPLES).map((value) => value.bits));
    for (const edge of [0, 0x80000000, 0x7f800000, 0xff800000, 1, 0x007fffff, 0x7fc00000, 0xffc00000]) {
      assert.isTrue(bits.has(edge), edge.toString(16));
    }
    const nans = [...bits].filter((one) => isNanF32(one));
    assert.isTrue(nans.some((one) => isArithmeticNanF32(one) && (one & 0x3fffff) !== 0));
    assert.isAbove(nans.filter((one) => !isArithmeticNanF32(one)).length, 20);
    const wide = new Set(fc.sample(f64Value, SAMPLES).map((value) => value.bits));
    for (const edge of [0n, 1n << 63n, 0x7ff0000000000001n, 0x7ff8000000000000n, 1n]) assert.isTrue(wide.has(edge));
  });

  it('include distinct byte strings, up to the length', () => {
    for (const bytes of fc.sample(byteString(40), 300)) {
      assert.isAtMost(bytes.length, 40);
      assert.equal(bytes.buffer.byteLength, bytes.length);
    }
  });

  it('include MessagePack values that an encoder accepts', () => {
    const plain = (value: unknown): unknown =>
      value instanceof Map
        ? Object.fromEntries([...value].map(([key, item]) => [`k${key}`, plain(item)]))
        : Array.isArray(value)
          ? value.map(plain)
          : value;
    fc.assert(
      fc.property(messagePackLike, (value) => {
        const bytes = encode(plain(value), { useBigInt64: true });
        assert.deepEqual(encode(decodeMessagePack(bytes, { useBigInt64: true }), { useBigInt64: true }), bytes);
      }),
    );
  });

  it('include fuel limits around the edges of a run', () => {
    const limits = new Set(fc.sample(fuelLimitNear(1_000), 300));
    for (const edge of [0, 999, 1_000, 1_001]) assert.isTrue(limits.has(edge), `${edge}`);
    for (const limit of limits) assert.isTrue(Number.isSafeInteger(limit) && limit >= 0);
    assert.sameMembers([...new Set(fc.sample(fuelLimitAtCharges([5, 2, 10]), 200))], [0, 4, 5, 6, 7, 16, 17]);
    assert.includeMembers([...new Set(fc.sample(fuelLimitNear(0), 100))], [0, 1]);
  });
});
