import { expect } from 'chai';
import fc from 'fast-check';
import * as E from 'fp-ts/lib/Either.js';
import type * as t from 'io-ts';
import * as codec from '../../src/boundary/codec.js';
import { BytesFromMessagePack, decodeBytes, encodeBytes, insideBytes } from '../../src/boundary/codec-bytes.js';
import { list, option, pair, struct } from '../../src/boundary/codec-struct.js';
import { GENERATIONS as GENERATION_ROWS, type Generation } from '../../src/boundary/generation.js';
import { Float } from '../../src/boundary/messagepack.js';
import { decodeMessagePack } from '../../src/boundary/messagepack-decode.js';
import { encodeMessagePack } from '../../src/boundary/messagepack-encode.js';
import { type ValidationResult, validationResult } from '../../src/boundary/validation-result.js';
import { HostError, type WasmError, wasmError } from '../../src/boundary/wasm-error.js';
import { messagePackValue } from './arbitrary-messagepack.js';

function hash(prefix: number): fc.Arbitrary<Uint8Array> {
  return fc.uint8Array({ minLength: 36, maxLength: 36 }).map((rest) => Uint8Array.from([0x84, prefix, 0x24, ...rest]));
}

const action = hash(0x29);
const u32 = fc.integer({ min: 0, max: 0xffff_ffff });
const i64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const hashes = fc.array(action, { maxLength: 3 });
const tagged = <V>(kind: string, value: fc.Arbitrary<V>) => value.map((content) => ({ kind, value: content }));

const limits: Readonly<Record<Exclude<Generation, '0.2-map'>, fc.Arbitrary<object>>> = {
  '0.2': fc.record({
    filters: fc.oneof(
      fc.constant({ kind: 'ToGenesis' }),
      tagged('Take', u32),
      tagged('Until', hashes),
      tagged('Both', fc.tuple(u32, hashes)),
    ),
  }),
  '0.6': fc.record({
    limit_conditions: fc.oneof(
      fc.constant({ kind: 'ToGenesis' }),
      tagged('UntilTimestamp', i64),
      tagged('UntilHash', hashes),
      tagged('Multiple', fc.tuple(fc.option(u32), hashes, fc.option(i64))),
    ),
  }),
  '0.7': fc.record({
    limit_conditions: fc.oneof(fc.constant({ kind: 'ToGenesis' }), tagged('Take', u32), tagged('UntilHash', action)),
  }),
};

function results(generation: Generation): fc.Arbitrary<ValidationResult> {
  const filter = fc
    .tuple(action, limits[GENERATION_ROWS[generation].shape], fc.boolean())
    .map(([chain_top, limit, include_cached_entries]) => ({ chain_top, ...limit, include_cached_entries }));
  const dependencies = fc.oneof(
    fc.array(fc.oneof(action, hash(0x21))).map((found) => ({ kind: 'Hashes', hashes: found })),
    fc.tuple(hash(0x20), filter).map(([agent, found]) => ({ kind: 'AgentActivity', agent, filter: found })),
  );
  return fc.oneof(
    fc.constant({ kind: 'Valid' }),
    fc.string().map((reason) => ({ kind: 'Invalid', reason })),
    dependencies.map((found) => ({ kind: 'UnresolvedDependencies', dependencies: found })),
  ) as fc.Arbitrary<ValidationResult>;
}

const errors = fc.record({
  file: fc.string(),
  line: u32,
  error: fc.oneof(
    fc.constantFrom({ kind: 'PointerMap' }, { kind: 'Memory' }, { kind: 'ErrorWhileError' }),
    tagged('Guest', fc.string()),
    tagged(
      'Deserialize',
      fc.uint8Array().map((bytes) => bytes.slice()),
    ),
    tagged(
      'HostShortCircuit',
      fc.uint8Array().map((bytes) => bytes.slice()),
    ),
    tagged('Serialize', tagged('Deserialize', fc.string())),
  ),
}) as fc.Arbitrary<WasmError>;

const GENERATIONS = Object.keys(GENERATION_ROWS) as Generation[];

/** decode(encode(x)) = x, and encode(decode(b)) = b. */
function isInverse<A>(type: codec.Codec<A>, values: fc.Arbitrary<A>): void {
  fc.assert(
    fc.property(values, (value) => {
      expect(type.is(value)).to.equal(true);
      const bytes = encodeBytes(type, value);
      const decoded = decodeBytes(type, bytes);
      expect(decoded).to.deep.equal({ ok: true, value });
      if (decoded.ok) expect(encodeBytes(type, decoded.value)).to.deep.equal(bytes);
    }),
  );
}

interface Point {
  readonly x: number;
  readonly tags: readonly string[];
  readonly note: string | null;
}

const Point = struct<Point>('Point', { x: codec.u8, tags: list(codec.str), note: option(codec.str) });

/** A codec, bytes it refuses, and the error. */
const REFUSALS: readonly (readonly [t.Any, string, string])[] = [
  [codec.u8, 'cd0100', '$: expected u8, got integer 256'],
  [codec.u8, 'ff', '$: expected u8, got integer -1'],
  [codec.u32, 'cb3ff0000000000000', '$: expected u32, got f64'],
  [codec.u64, 'ff', '$: expected u64, got integer -1'],
  [codec.i64, 'cf8000000000000000', '$: expected i64, got integer 9223372036854775808'],
  [codec.f64, '01', '$: expected f64, got integer 1'],
  [codec.f64, 'ca3f800000', '$: expected f64, got f32'],
  [codec.bytesOf(2), 'c40101', '$: expected bin 2, got bin 1'],
  [codec.byteArray, '92 01 cd0100', '$: expected array of u8, got array of 2'],
  [list(codec.u8), '92 01 a0', '$[1]: expected u8, got str of 0'],
  [pair(codec.u8, codec.str), '91 01', '$: expected (u8, str), got array of 1'],
  [pair(codec.u8, codec.str), '92 01 01', '$[1]: expected str, got integer 1'],
  [Point, '81 a178 01', '$.tags: expected Vec<str>, got nothing'],
  [Point, '82 a178 01 a474616773 92 a0 c0', '$.tags[1]: expected str, got nil'],
  [Point, '93 01 90 c0', '$: expected Point (a map), got array of 3'],
  [insideBytes(Point), 'c4 0a 82 a178 a0 a474616773 90', '$.x: expected u8, got str of 0'],
];

describe('codecs', () => {
  for (const generation of GENERATIONS) {
    it(`ValidateCallbackResult of ${generation} round-trips`, () => {
      isInverse(validationResult(generation), results(generation));
    });
    it(`WasmError of ${generation} round-trips`, () => {
      isInverse(wasmError(generation), errors);
    });
  }

  it('64-bit integers are bigints in TypeScript and of minimal width on the wire', () => {
    isInverse(codec.i64, i64);
    isInverse(codec.u64, fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }));
    expect(encodeBytes(codec.i64, 5n)).to.deep.equal(Uint8Array.of(5));
  });

  it('sends host errors under both names of the field', () => {
    const error: WasmError = { file: 'h', line: 1, error: { kind: 'Host', value: 'x' } };
    const wire = HostError.encode(error);
    expect(wire).to.deep.equal(
      new Map<string, unknown>([
        ['file', 'h'],
        ['module_path', 'h'],
        ['line', 1],
        ['error', new Map([['Host', 'x']])],
      ]),
    );
    for (const generation of GENERATIONS) {
      expect(codec.decodeValue(wasmError(generation), wire)).to.deep.equal({ ok: true, value: error });
    }
  });

  it('a struct takes its keys in any order, ignores others, and a missing Option is None', () => {
    const wire = new Map<string, never>([
      ['extra', 1],
      ['tags', []],
      ['x', 7],
    ] as never);
    expect(codec.decodeValue(Point, wire)).to.deep.equal({ ok: true, value: { x: 7, tags: [], note: null } });
    const keys = [...(Point.encode({ note: 'n', tags: [], x: 1 }) as ReadonlyMap<string, unknown>).keys()];
    expect(keys).to.deep.equal(['x', 'tags', 'note']);
  });

  it('rejects a wrong value with its path in the codec', () => {
    for (const [type, bytes, expected] of REFUSALS) {
      const decoded = decodeBytes(type, Uint8Array.from(Buffer.from(bytes.replaceAll(' ', ''), 'hex')));
      expect(decoded.ok ? 'ok' : `${decoded.error.path}: ${decoded.error.reason}`, bytes).to.equal(expected);
    }
  });

  it('decodes any MessagePack to a value or an error, and reads only what it can write', () => {
    const types = [
      Point,
      ...GENERATIONS.map(validationResult),
      ...GENERATIONS.map(wasmError),
    ] as unknown as readonly codec.Codec<unknown>[];
    fc.assert(
      fc.property(messagePackValue, fc.constantFrom(...types), (value, type) => {
        const decoded = codec.decodeValue(type, value);
        if (decoded.ok) expect(type.is(decoded.value)).to.equal(true);
        else expect(decoded.error.path).to.match(/^\$/);
      }),
    );
  });

  it('BytesFromMessagePack is an io-ts type between bytes and values', () => {
    fc.assert(
      fc.property(messagePackValue, (value) => {
        const bytes = BytesFromMessagePack.encode(value);
        expect(bytes).to.deep.equal(encodeMessagePack(value));
        expect(BytesFromMessagePack.decode(bytes)).to.deep.equal(E.right(value));
        expect(decodeMessagePack(bytes)).to.deep.equal({ ok: true, value });
      }),
    );
    const failed = BytesFromMessagePack.decode(Uint8Array.of(0xc1));
    expect(E.isLeft(failed) && codec.codecErrorOf(failed.left).reason).to.contain('reserved-byte at byte 0');
    expect(BytesFromMessagePack.is(Float.f64(1))).to.equal(true);
  });
});
