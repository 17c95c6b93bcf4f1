/** fast-check arbitraries of the MessagePack value model. */
import fc from 'fast-check';
import { Float, type MessagePackKey, type MessagePackValue } from '../../src/boundary/messagepack.js';

const integer: fc.Arbitrary<number | bigint> = fc.oneof(
  fc.integer({ min: -200, max: 300 }),
  fc.integer({ min: -0x1_0010, max: 0x1_0010 }),
  fc.maxSafeInteger(),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n }).map((value) => {
    const narrow = Number(value);
    return Number.isSafeInteger(narrow) ? narrow : value;
  }),
);

const float = fc.oneof(
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map((bits) => Float.ofBits(64, bits)),
  fc.bigInt({ min: 0n, max: 2n ** 32n - 1n }).map((bits) => Float.ofBits(32, bits)),
  fc.double().map((value) => Float.f64(value)),
);

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom('$bin', '7', '', '\ufeff', '__proto__'),
);

const binary = fc
  .uint8Array({ maxLength: 300 })
  // fast-check hands out views of a larger buffer now and then; the model wants nothing else
  .map((bytes) => bytes.slice());

export const scalar: fc.Arbitrary<MessagePackKey> = fc.oneof(
  fc.constant(null),
  fc.boolean(),
  integer,
  text,
  float,
  binary,
);

function identity(key: MessagePackKey): string {
  if (key instanceof Float) return `f${key.width} ${key.bits}`;
  if (key instanceof Uint8Array) return `b ${key.join(' ')}`;
  return `${typeof key} ${key}`;
}

export const messagePackValue: fc.Arbitrary<MessagePackValue> = fc.letrec<{ value: MessagePackValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    scalar,
    fc.array(tie('value'), { maxLength: 20 }),
    fc
      .uniqueArray(fc.tuple(fc.oneof(text, scalar), tie('value')), {
        maxLength: 20,
        selector: ([key]) => identity(key),
      })
      .map((entries) => new Map<MessagePackKey, MessagePackValue>(entries)),
  ),
})).value;
