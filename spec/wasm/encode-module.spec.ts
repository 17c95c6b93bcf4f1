/**
 * Writing a module from its parts: decoding returns the parts again, and the host accepts the module as it accepted the
 * original.
 */
import { expect } from 'chai';
import fc from 'fast-check';
import { LIMITS_1 } from '../../src/base/limits.js';
import { decode } from '../../src/decode/decode.js';
import { encodeModule } from '../../src/wasm/encode-module.js';
import { type ModuleParts, partsOf } from '../../src/wasm/module-parts.js';
import { ValueType } from '../../src/wasm/types.js';
import { readRealModules } from '../decode/real-modules.js';
import { sampleParts } from './sample-module.js';

function decodedParts(bytes: Uint8Array): ModuleParts {
  const { module, fault } = decode(bytes, LIMITS_1);
  expect(fault).to.equal(undefined);
  return partsOf(module);
}

const valueType = fc.constantFrom(ValueType.I32, ValueType.I64, ValueType.F32, ValueType.F64, ValueType.ExternRef);
const valueTypes = fc.array(valueType, { maxLength: 9 }).map((types) => Uint8Array.from(types));
const referenceType = fc.constantFrom(ValueType.FuncRef as const, ValueType.ExternRef as const);
const u32 = fc.oneof(fc.nat(300), fc.integer({ min: 0, max: 0xffffffff }));
const name = fc.string({ unit: 'binary', maxLength: 6 });
const sizeLimits = fc.record({ min: u32, max: fc.option(u32, { nil: undefined }) });
const globalType = fc.record({ type: valueType, mutable: fc.boolean() });
const tableType = fc.tuple(referenceType, sizeLimits).map(([type, limits]) => ({ type, ...limits }));
const expression = fc.constantFrom(
  Uint8Array.of(0x41, 0x80, 0x7f, 0x0b),
  Uint8Array.of(0x23, 0, 0x42, 0x7f, 0x7c, 0x0b),
  Uint8Array.of(0xd0, 0x70, 0x0b),
  Uint8Array.of(0x44, 0x0b, 0x0b, 0x0b, 0x0b, 0x0b, 0x0b, 0x0b, 0x0b, 0x0b),
);
const indices = fc.array(u32, { maxLength: 5 }).map((items) => Uint32Array.from(items));
const bytes = fc.uint8Array({ maxLength: 20 });

const description = fc.oneof(
  u32.map((typeIndex) => ({ kind: 'function' as const, typeIndex })),
  tableType.map((type) => ({ kind: 'table' as const, type })),
  globalType.map((type) => ({ kind: 'global' as const, type })),
);

const element = fc
  .tuple(
    fc.constantFrom('active' as const, 'passive' as const, 'declarative' as const),
    fc.boolean(),
    referenceType,
    fc.nat(3),
    expression,
    indices,
    fc.array(expression, { maxLength: 3 }),
  )
  .map(([mode, areExpressions, type, tableIndex, offsetExpression, functions, expressions]) => ({
    mode,
    type: areExpressions ? type : (ValueType.FuncRef as const),
    tableIndex: mode === 'active' ? tableIndex : 0,
    offsetExpression: mode === 'active' ? offsetExpression : undefined,
    functions: areExpressions ? undefined : functions,
    expressions: areExpressions ? expressions : undefined,
  }));

const data = fc
  .tuple(fc.constantFrom('active' as const, 'passive' as const), fc.nat(2), expression, bytes)
  .map(([mode, memoryIndex, offsetExpression, contents]) => ({
    mode,
    memoryIndex: mode === 'active' ? memoryIndex : 0,
    offsetExpression: mode === 'active' ? offsetExpression : undefined,
    bytes: contents,
  }));

const list = <T>(item: fc.Arbitrary<T>) => fc.array(item, { maxLength: 4 });

/** Any parts that the format can represent, valid or not; the segments and bodies in the required numbers. */
const anyParts: fc.Arbitrary<ModuleParts> = fc
  .record({
    types: list(fc.record({ params: valueTypes, results: valueTypes })),
    imports: list(fc.record({ module: name, name, description })),
    tables: list(tableType),
    memories: fc.array(sizeLimits, { maxLength: 1 }),
    globals: list(fc.record({ type: globalType, init: expression })),
    exports: list(
      fc.record({ name, kind: fc.constantFrom('function', 'table', 'memory', 'global'), index: u32 } as const),
    ),
    start: fc.option(u32, { nil: undefined }),
    elements: list(element),
    counted: fc.boolean(),
    functions: list(fc.record({ typeIndex: u32, body: bytes })),
    data: list(data),
    customs: list(fc.record({ name, bytes, after: fc.nat(12) })),
  })
  .map(({ counted, functions, ...parts }) => ({
    ...parts,
    functions: Uint32Array.from(functions, ({ typeIndex }) => typeIndex),
    bodies: functions.map(({ body }) => body),
    dataCount: counted ? parts.data.length : undefined,
    customs: [...parts.customs],
  }));

/** Custom sections in the order in which they are written; if a section is left out, they move up. */
function withoutPlaces(parts: ModuleParts): ModuleParts {
  return { ...parts, customs: [] };
}

describe('encodeModule', () => {
  it('decoding the encoded bytes returns the parts', () => {
    fc.assert(
      fc.property(anyParts, (parts) => {
        const written = encodeModule(parts);
        const again = decodedParts(written);
        expect(withoutPlaces(again)).to.deep.equal(withoutPlaces(parts));
        expect(again.customs.length).to.equal(parts.customs.length);
        expect(encodeModule(again)).to.deep.equal(written);
      }),
      { numRuns: 1000 },
    );
  });

  it('the sample module round-trips', () => {
    const parts = sampleParts([]);
    expect(decodedParts(encodeModule(parts))).to.deep.equal(parts);
  });

  for (const { name: file, bytes: original } of readRealModules()) {
    it(`${file}: decoded, encoded and decoded again is the same, and the host accepts it`, () => {
      const parts = decodedParts(original);
      const written = encodeModule(parts);
      expect(decodedParts(written)).to.deep.equal(parts);
      expect(encodeModule(decodedParts(written))).to.deep.equal(written);
      expect(WebAssembly.validate(written as Uint8Array<ArrayBuffer>)).to.equal(true);
    });
  }
});
