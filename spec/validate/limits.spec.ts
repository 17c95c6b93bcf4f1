/** Every limit of loading at its edge: exactly the limit loads, one more is refused with the limit's name. */
import { expect } from 'chai';
import { ByteWriter } from '../../src/base/byte-writer.js';
import { defineLimits, LIMIT_ROWS, LIMITS_1, type LimitName, type Limits } from '../../src/base/limits.js';
import { decode } from '../../src/decode/decode.js';
import { validate } from '../../src/validate/validate.js';
import { encodeModule } from '../../src/wasm/encode-module.js';
import type { ModuleParts } from '../../src/wasm/module-parts.js';
import { ValueType } from '../../src/wasm/types.js';

const NONE = Uint8Array.of();
const VOID = { params: NONE, results: NONE };
const EMPTY_BODY = Uint8Array.of(0, 0x0b);
const ZERO = Uint8Array.of(0x41, 0, 0x0b);

const NOTHING: ModuleParts = {
  types: [],
  imports: [],
  functions: new Uint32Array(0),
  tables: [],
  memories: [],
  globals: [],
  exports: [],
  start: undefined,
  elements: [],
  dataCount: undefined,
  bodies: [],
  data: [],
  customs: [],
};

const times = <T>(count: number, item: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => item(i));
const i32s = (count: number) => new Uint8Array(count).fill(ValueType.I32);

function withBodies(bodies: readonly Uint8Array[], more: Partial<ModuleParts> = {}): ModuleParts {
  return { ...NOTHING, types: [VOID], functions: new Uint32Array(bodies.length), bodies, ...more };
}

function body(write: (writer: ByteWriter) => void): Uint8Array {
  const writer = new ByteWriter();
  write(writer);
  return writer.finish();
}

/** A body that declares this number of locals. */
function declaring(locals: number): Uint8Array {
  return body((writer) => {
    writer.u8(1);
    writer.u32(locals);
    writer.bytes(Uint8Array.of(ValueType.I64, 0x0b));
  });
}

function nested(depth: number): Uint8Array {
  return body((writer) => {
    writer.u8(0);
    for (let i = 0; i < depth; i++) writer.bytes(Uint8Array.of(0x02, 0x40));
    for (let i = 0; i <= depth; i++) writer.u8(0x0b);
  });
}

function branching(labels: number): Uint8Array {
  return body((writer) => {
    writer.bytes(Uint8Array.of(0, 0x41, 0, 0x0e));
    writer.u32(labels);
    for (let i = 0; i <= labels; i++) writer.u8(0);
    writer.u8(0x0b);
  });
}

function passiveData(count: number) {
  return times(count, () => ({
    mode: 'passive' as const,
    memoryIndex: 0,
    offsetExpression: undefined,
    bytes: NONE,
  }));
}

interface Edge {
  readonly limit: LimitName;
  readonly code: string;
  /** The parts of a module with this count. */
  readonly parts: (count: number) => ModuleParts;
  /** The limit that is tried in addition to the default one, in a record that lowers it. */
  readonly lowered?: number;
}

const functionImports = (count: number) =>
  times(count, (i) => ({ module: 'm', name: String(i), description: { kind: 'function' as const, typeIndex: 0 } }));

const TABLE = { type: ValueType.FuncRef, min: 0, max: undefined } as const;
const GLOBAL = { type: ValueType.I32, mutable: false };

const imported = (count: number, description: ModuleParts['imports'][number]['description']) =>
  times(count, (i) => ({ module: 'm', name: String(i), description }));

const EDGES: readonly Edge[] = [
  { limit: 'types', code: 'limit-types', parts: (count) => ({ ...NOTHING, types: times(count, () => VOID) }) },
  {
    limit: 'imports',
    code: 'limit-imports',
    parts: (count) => ({ ...NOTHING, types: [VOID], imports: functionImports(count) }),
  },
  { limit: 'functions', code: 'limit-functions', parts: (count) => withBodies(times(count, () => EMPTY_BODY)) },
  {
    limit: 'functions',
    code: 'limit-functions',
    parts: (count) =>
      withBodies(
        times(count - 2, () => EMPTY_BODY),
        { imports: functionImports(2) },
      ),
  },
  {
    limit: 'tables',
    code: 'limit-tables',
    parts: (count) => ({
      ...NOTHING,
      tables: times(count, () => TABLE),
    }),
  },
  {
    limit: 'tables',
    code: 'limit-tables',
    parts: (count) => ({
      ...NOTHING,
      imports: imported(2, { kind: 'table', type: TABLE }),
      tables: times(count - 2, () => TABLE),
    }),
  },
  {
    limit: 'tables',
    code: 'limit-tables',
    parts: (count) => ({ ...NOTHING, imports: imported(count, { kind: 'table', type: TABLE }) }),
  },
  {
    limit: 'globals',
    code: 'limit-globals',
    parts: (count) => ({ ...NOTHING, globals: times(count, () => ({ type: GLOBAL, init: ZERO })) }),
  },
  {
    limit: 'globals',
    code: 'limit-globals',
    parts: (count) => ({
      ...NOTHING,
      imports: imported(2, { kind: 'global', type: GLOBAL }),
      globals: times(count - 2, () => ({ type: GLOBAL, init: ZERO })),
    }),
  },
  {
    limit: 'exports',
    code: 'limit-exports',
    parts: (count) =>
      withBodies([EMPTY_BODY], { exports: times(count, (i) => ({ name: String(i), kind: 'function', index: 0 })) }),
  },
  {
    limit: 'elementSegments',
    code: 'limit-element-segments',
    parts: (count) => ({
      ...NOTHING,
      elements: times(count, () => ({
        mode: 'declarative',
        type: ValueType.FuncRef,
        tableIndex: 0,
        offsetExpression: undefined,
        functions: new Uint32Array(0),
        expressions: undefined,
      })),
    }),
  },
  { limit: 'dataSegments', code: 'limit-data-segments', parts: (count) => ({ ...NOTHING, data: passiveData(count) }) },
  {
    limit: 'dataSegments',
    code: 'limit-data-segments',
    parts: (count) => ({ ...NOTHING, dataCount: count, data: passiveData(count) }),
  },
  {
    limit: 'bodyBytes',
    code: 'limit-body-bytes',
    parts: (count) => withBodies([padded(count)]),
    lowered: 100,
  },
  { limit: 'locals', code: 'limit-locals', parts: (count) => withBodies([declaring(count)]) },
  {
    limit: 'locals',
    code: 'limit-locals',
    parts: (count) => withBodies([declaring(count - 3)], { types: [{ params: i32s(3), results: NONE }] }),
  },
  {
    limit: 'params',
    code: 'limit-params',
    parts: (count) => ({ ...NOTHING, types: [{ params: i32s(count), results: NONE }] }),
  },
  {
    limit: 'results',
    code: 'limit-results',
    parts: (count) => ({ ...NOTHING, types: [{ params: NONE, results: i32s(count) }] }),
  },
  { limit: 'nesting', code: 'limit-nesting', parts: (count) => withBodies([nested(count)]) },
  { limit: 'brTable', code: 'limit-br-table', parts: (count) => withBodies([branching(count)]) },
  {
    limit: 'tableElements',
    code: 'limit-table-elements',
    parts: (count) => ({ ...NOTHING, tables: [{ type: ValueType.FuncRef, min: count, max: undefined }] }),
  },
  {
    limit: 'tableElements',
    code: 'limit-table-elements',
    parts: (count) => ({
      ...NOTHING,
      imports: [
        {
          module: 'm',
          name: 't',
          description: { kind: 'table', type: { type: ValueType.ExternRef, min: count - 2, max: undefined } },
        },
      ],
      tables: [{ type: ValueType.FuncRef, min: 2, max: undefined }],
    }),
  },
  {
    limit: 'pages',
    code: 'limit-pages',
    parts: (count) => ({ ...NOTHING, memories: [{ min: count, max: undefined }] }),
  },
];

/** A body of this size in bytes. */
function padded(size: number): Uint8Array {
  return new Uint8Array(size)
    .fill(0x01)
    .fill(0, 0, 1)
    .fill(0x0b, size - 1);
}

function codeOf(bytes: Uint8Array, limits: Limits): string | undefined {
  const loaded = validate(decode(bytes, limits), limits);
  return loaded.ok ? undefined : loaded.fault.code;
}

function checkEdge({ limit, code, parts }: Edge, limits: Limits): void {
  const edge = limits[limit];
  expect(codeOf(encodeModule(parts(edge)), limits), `${edge}`).to.equal(undefined);
  expect(codeOf(encodeModule(parts(edge + 1)), limits), `${edge + 1}`).to.equal(code);
}

describe('limits of loading', () => {
  for (const edge of EDGES) {
    it(`${edge.code} at the default of ${LIMIT_ROWS[edge.limit].value}`, () => {
      checkEdge(edge, LIMITS_1);
    });

    it(`${edge.code} in a record that lowers it`, () => {
      checkEdge(edge, defineLimits('lowered', { [edge.limit]: edge.lowered ?? 7 }));
    });
  }

  it('limit-module-bytes', () => {
    const bytes = encodeModule(NOTHING);
    expect(codeOf(bytes, defineLimits('edge', { moduleBytes: bytes.length }))).to.equal(undefined);
    expect(codeOf(bytes, defineLimits('edge', { moduleBytes: bytes.length - 1 }))).to.equal('limit-module-bytes');
  });

  it('limit-locals-sum is a base plus a multiple of the module bytes', () => {
    const bytes = encodeModule(withBodies(times(40, () => declaring(4_000))));
    const perByte = Math.floor((40 * 4_000) / bytes.length);
    const localsSumBase = 40 * 4_000 - perByte * bytes.length;
    const edge = (base: number) => defineLimits('edge', { localsSumBase: base, localsSumPerByte: perByte });
    expect(codeOf(bytes, edge(localsSumBase))).to.equal(undefined);
    expect(codeOf(bytes, edge(localsSumBase - 1))).to.equal('limit-locals-sum');
  });

  it('a raised record loads a memory of 65,536 pages; one more page is invalid in any', () => {
    const raised = defineLimits('raised', { pages: 65_536 });
    const memory = (min: number) => encodeModule({ ...NOTHING, memories: [{ min, max: undefined }] });
    expect(codeOf(memory(65_536), raised)).to.equal(undefined);
    expect(codeOf(memory(65_537), raised)).to.equal('memory-size');
    expect(codeOf(memory(65_537), LIMITS_1)).to.equal('memory-size');
  });
});
