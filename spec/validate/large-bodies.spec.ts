/**
 * Bodies beyond the initial size of the validator's arrays and beyond one-byte indices: many locals, operands and
 * frames, each with another type than its neighbours, once valid and once invalid at each place. The host's own
 * WebAssembly agrees.
 */
import { expect } from 'chai';
import { ByteWriter } from '../../src/base/byte-writer.js';
import { LIMITS_1 } from '../../src/base/limits.js';
import { decode } from '../../src/decode/decode.js';
import { validate } from '../../src/validate/validate.js';
import { encodeModule } from '../../src/wasm/encode-module.js';
import type { ModuleParts } from '../../src/wasm/module-parts.js';
import { ValueType } from '../../src/wasm/types.js';

const [I32, I64, F32, F64] = [ValueType.I32, ValueType.I64, ValueType.F32, ValueType.F64] as const;
const NONE = Uint8Array.of();

/** For each type a constant, and an instruction that takes and returns it (`neg`, `clz`). */
const TYPES = [
  { type: I32, constant: [0x41, 1], same: 0x67 },
  { type: I64, constant: [0x42, 1], same: 0x79 },
  { type: F32, constant: [0x43, 0, 0, 0, 0], same: 0x8c },
  { type: F64, constant: [0x44, 0, 0, 0, 0, 0, 0, 0, 0], same: 0x9a },
] as const;
const DROP = 0x1a;
const END = 0x0b;

const typeAt = (place: number) => TYPES[(place * 7 + (place >> 3)) % TYPES.length]!;

function leb(value: number): readonly number[] {
  const writer = new ByteWriter();
  writer.u32(value);
  return [...writer.finish()];
}

/** A module with one function: the parameters, runs of one local each, the code. */
function moduleOf(
  code: readonly number[],
  { params = [], locals = [], types = [] }: { params?: number[]; locals?: number[]; types?: ModuleParts['types'] } = {},
): Uint8Array {
  const body = [...leb(locals.length), ...locals.flatMap((type) => [1, type]), ...code, END];
  return encodeModule({
    types: [{ params: Uint8Array.from(params), results: NONE }, ...types],
    imports: [],
    functions: Uint32Array.of(0, ...types.map((_, at) => at + 1)),
    tables: [],
    memories: [{ min: 1, max: undefined }],
    globals: [],
    exports: [],
    start: undefined,
    elements: [],
    dataCount: undefined,
    // Functions to call, with dead bodies.
    bodies: [Uint8Array.from(body), ...types.map(() => Uint8Array.of(0, 0, END))],
    data: [],
    customs: [],
  });
}

/** The code of the fault; the host must agree that there is one. */
function resultOf(bytes: Uint8Array): string {
  const loaded = validate(decode(bytes, LIMITS_1), LIMITS_1);
  expect(WebAssembly.validate(bytes as Uint8Array<ArrayBuffer>)).to.equal(loaded.ok);
  return loaded.ok ? 'valid' : loaded.fault.code;
}

/** After the code, so that fast paths are used, which are not used near the end of a body. */
const BEHIND: readonly number[] = new Array<number>(16).fill(0x01);

describe('bodies with many', () => {
  it('locals: each index has its type, in each instruction on locals', () => {
    const COUNT = 300;
    const all = Array.from({ length: COUNT }, (_, at) => typeAt(at).type);
    const some = { params: all.slice(0, 3), locals: all.slice(3) };
    const use = (at: number, { constant, same } = typeAt(at)) => [
      ...[0x20, ...leb(at), same, 0x21, ...leb(at)],
      ...[...constant, 0x22, ...leb(at), same, DROP],
    ];
    const whole = all.flatMap((_, at) => use(at));
    expect(resultOf(moduleOf([...whole, ...BEHIND], some))).to.equal('valid');
    expect(resultOf(moduleOf(whole, some))).to.equal('valid');
    for (const [at, type] of all.entries()) {
      const other = TYPES.find((one) => one.type !== type)!;
      for (const behind of [[], BEHIND]) {
        const get = [0x20, ...leb(at), other.same, DROP];
        const set = [...other.constant, 0x21, ...leb(at)];
        const tee = [...other.constant, 0x22, ...leb(at), DROP];
        const codes = [get, set, tee];
        // All of them around the first two-byte index, otherwise one of them.
        for (const code of Math.abs(at - 128) < 3 ? codes : at % 3 > 0 ? [] : [codes[at % 9 === 0 ? 0 : 1 + (at % 2)]!])
          expect(resultOf(moduleOf([...code, ...behind], some)), `${at}`).to.equal('type-mismatch');
      }
    }
    for (const index of [COUNT, COUNT + 1, 16_384]) {
      const beyond = [
        [0x20, ...leb(index), DROP],
        [0x41, 0, 0x21, ...leb(index)],
        [0x41, 0, 0x22, ...leb(index), DROP],
      ];
      for (const code of beyond) {
        expect(resultOf(moduleOf(code, some))).to.equal('unknown-local');
        expect(resultOf(moduleOf([...code, ...BEHIND], some))).to.equal('unknown-local');
      }
    }
  });

  it('operands: each is popped with the type it was pushed with', () => {
    const COUNT = 600;
    const push = Array.from({ length: COUNT }, (_, at) => typeAt(at).constant).flat();
    const pop = (at: number) => [typeAt(at).same, DROP];
    const pops = Array.from({ length: COUNT }, (_, at) => pop(COUNT - 1 - at));
    expect(resultOf(moduleOf([...push, ...pops.flat()]))).to.equal('valid');
    for (let at = 0; at < COUNT; at += 29) {
      const wrong = pops.with(at, [TYPES.find((one) => one !== typeAt(COUNT - 1 - at))!.same, DROP]);
      expect(resultOf(moduleOf([...push, ...wrong.flat()])), `${at}`).to.equal('type-mismatch');
    }
    expect(resultOf(moduleOf([...push, ...pops.flat(), DROP]))).to.equal('type-mismatch');
    expect(resultOf(moduleOf([...push, ...pops.slice(1).flat()]))).to.equal('type-mismatch');
  });

  it('results of calls: more operands than the code has bytes', () => {
    const results = Uint8Array.from({ length: 128 }, (_, at) => typeAt(at).type);
    const other = results.with(77, results[77] === I32 ? I64 : I32);
    const types = [
      { params: NONE, results },
      { params: results, results: NONE },
      { params: other, results: NONE },
    ];
    const calls = (...callees: number[]) => callees.flatMap((callee) => [0x10, callee]);
    expect(resultOf(moduleOf(calls(1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2), { types }))).to.equal('valid');
    for (const callees of [
      [1, 1, 1, 1, 1, 1, 3, 2, 2, 2, 2, 2],
      [1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 3],
      [1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2],
      [1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2],
    ])
      expect(resultOf(moduleOf(calls(...callees), { types })), `${callees}`).to.equal('type-mismatch');
  });
});

/** How a frame is opened with an additional operand below it, what its label takes, and how it is closed. */
interface Shape {
  readonly open: readonly number[];
  readonly label: (typeof TYPES)[number] | undefined;
  readonly close: readonly number[];
}

const [i32, i64, f32, f64] = TYPES;
const SHAPES: readonly Shape[] = [
  { open: [...f64.constant, 0x02, 0x40], label: undefined, close: [END, f64.same, DROP] },
  { open: [...i64.constant, 0x02, I32], label: i32, close: [...i32.constant, END, i32.same, DROP, i64.same, DROP] },
  // (loop (param f32) (result i64)): its label takes the parameter.
  {
    open: [...i32.constant, ...f32.constant, 0x03, 1, DROP],
    label: f32,
    close: [...i64.constant, END, i64.same, DROP, i32.same, DROP],
  },
  { open: [...f32.constant, ...i32.constant, 0x04, 0x40], label: undefined, close: [0x05, END, f32.same, DROP] },
  {
    open: [...i32.constant, 0x04, F64],
    label: f64,
    close: [...f64.constant, 0x05, ...f64.constant, END, f64.same, DROP],
  },
  // (block (param f32) (result i64)): its label takes the result.
  { open: [...f32.constant, 0x02, 1, DROP], label: i64, close: [...i64.constant, END, i64.same, DROP] },
  { open: [0x03, 0x40], label: undefined, close: [END] },
];

/** Opened after dead code: code after its end may pop operands that are not there. */
const DEAD: Shape = {
  open: [0x00, 0x02, F32],
  label: f32,
  close: [...f32.constant, END, f32.same, DROP, 0x6a, DROP],
};

describe('bodies with many frames', () => {
  const DEPTH = 90;
  const TYPE = [{ params: Uint8Array.of(F32), results: Uint8Array.of(I64) }];
  const shapes = Array.from({ length: DEPTH }, (_, depth) =>
    depth % 23 === 22 ? DEAD : SHAPES[depth % SHAPES.length]!,
  );
  const opened = shapes.flatMap(({ open }) => open);
  const closed = (changed = shapes) => changed.toReversed().flatMap(({ close }) => close);
  const nested = (code: readonly number[], close = closed()) =>
    resultOf(moduleOf([...opened, ...code, ...close], { types: TYPE }));
  const branch = (depth: number, label: Shape['label']) => [
    ...(label?.constant ?? []),
    ...[0x41, 0, 0x0d, ...leb(DEPTH - 1 - depth)],
    ...(label === undefined ? [] : [label.same, DROP]),
  ];

  it('each has its own label, base and dead code', () => {
    expect(nested([])).to.equal('valid');
    expect(nested(shapes.flatMap(({ label }, depth) => branch(depth, label)))).to.equal('valid');
    expect(nested([0x41, 0, 0x0d, ...leb(DEPTH)])).to.equal('valid');
    expect(nested([0x41, 0, 0x0d, ...leb(DEPTH + 1)])).to.equal('unknown-label');
  });

  it('a branch with an operand of another type is found at each depth', () => {
    for (const [depth, { label }] of shapes.entries()) {
      const other = label === undefined ? [] : TYPES.find((one) => one !== label)!.constant;
      if (label !== undefined)
        expect(nested([...other, 0x41, 0, 0x0d, ...leb(DEPTH - 1 - depth), DROP]), `${depth}`).to.equal(
          'type-mismatch',
        );
    }
  });

  it('an end with an operand of another type, or one of the enclosing frame, is found at each depth', () => {
    for (const [depth, shape] of shapes.entries()) {
      const at = shape.close.indexOf(END);
      // An operand of the outer frame is not accessible, except where the code is dead.
      const below = [DROP, ...shape.close];
      expect(nested([], closed(shapes.with(depth, { ...shape, close: below }))), `${depth}`).to.equal(
        shapes[depth + 1] === DEAD ? 'valid' : 'type-mismatch',
      );
      const left = [...shape.close.slice(0, at), ...i32.constant, ...shape.close.slice(at)];
      expect(nested([], closed(shapes.with(depth, { ...shape, close: left }))), `${depth}`).to.equal('type-mismatch');
    }
  });

  it('an end without its result is found at each depth', () => {
    for (const [depth, shape] of shapes.entries()) {
      const at = shape.close.indexOf(END);
      const result = shape.close.slice(0, at);
      if (result.length < 2) continue;
      // The last arm has none: the constant before `end`, which is as long as the one of its type.
      const { length } = TYPES.find(({ constant }) =>
        constant.every((byte, i) => result.at(i - constant.length) === byte),
      )!.constant;
      const without = [...shape.close.slice(0, at - length), ...shape.close.slice(at)];
      expect(nested([], closed(shapes.with(depth, { ...shape, close: without }))), `${depth}`).to.equal(
        shapes[depth + 1] === DEAD && result.length === length ? 'valid' : 'type-mismatch',
      );
    }
  });

  it('a missing operand is accepted only after the end of a frame that began in dead code', () => {
    for (const [depth, shape] of shapes.entries()) {
      const missing = [...shape.close, 0x6a, DROP];
      expect(nested([], closed(shapes.with(depth, { ...shape, close: missing }))), `${depth}`).to.equal(
        shape === DEAD ? 'valid' : 'type-mismatch',
      );
    }
  });
});

describe('a function with a result', () => {
  const OF = (...types: number[]) => Uint8Array.from(types);
  /** The tested function, one with the same results, and functions with other results. */
  const moduleOfResults = (results: Uint8Array, code: readonly number[]) =>
    encodeModule({
      types: [
        { params: NONE, results },
        { params: NONE, results: results.slice() },
        { params: NONE, results: OF(I32, F64) },
        { params: NONE, results: OF(I32) },
        { params: OF(I32), results: OF(I32) },
        { params: OF(I32), results: OF(I64) },
      ],
      imports: [],
      functions: Uint32Array.of(0, 1, 2, 3),
      tables: [{ type: ValueType.FuncRef, min: 1, max: undefined }],
      memories: [],
      globals: [],
      exports: [],
      start: undefined,
      elements: [],
      dataCount: undefined,
      bodies: [Uint8Array.of(0, ...code, END), ...[1, 2, 3].map(() => Uint8Array.of(0, 0, END))],
      data: [],
      customs: [],
    });
  const [ONE, TWO] = [i32.constant, i64.constant];
  const rows: readonly (readonly [what: string, code: readonly number[], said: string])[] = [
    ['returns both', [...ONE, ...TWO, 0x0f], 'valid'],
    ['returns both, above another', [...f32.constant, ...ONE, ...TWO, 0x0f], 'valid'],
    ['returns one', [...ONE, 0x0f], 'type-mismatch'],
    ['returns them in the other order', [...TWO, ...ONE, 0x0f], 'type-mismatch'],
    ['returns nothing', [0x0f], 'type-mismatch'],
    ['returns one of them in a block', [...ONE, 0x02, 0x40, ...TWO, 0x0f, END, ...ONE, ...TWO], 'type-mismatch'],
    ['returns both in a block', [0x02, 0x40, ...ONE, ...TWO, 0x0f, END, ...ONE, ...TWO], 'valid'],
    ['returns polymorphic operands of dead code', [0x00, 0x0f], 'valid'],
    ['ends with one operand', [...ONE], 'type-mismatch'],
    ['ends with three operands', [...ONE, ...ONE, ...TWO], 'type-mismatch'],
    ['tail calls a function with the same results', [0x12, 1], 'valid'],
    ['tail calls a function with another second result', [0x12, 2], 'type-mismatch'],
    ['tail calls a function with fewer results', [0x12, 3], 'type-mismatch'],
    ['tail calls through a table a function with the same results', [...ONE, 0x13, 1, 0], 'valid'],
    ['tail calls through a table a function with another second result', [...ONE, 0x13, 2, 0], 'type-mismatch'],
    ['has an if without else that returns its parameters', [...ONE, ...ONE, 0x04, 4, END, ...TWO], 'valid'],
    [
      'has an if without else that returns another type',
      [...ONE, ...ONE, 0x04, 5, DROP, ...TWO, END, DROP, ...ONE, ...TWO],
      'type-mismatch',
    ],
  ];
  for (const [what, code, said] of rows) {
    it(`${what}: ${said}`, () => {
      expect(resultOf(moduleOfResults(OF(I32, I64), code))).to.equal(said);
      expect(resultOf(moduleOfResults(OF(I32, I64), [...BEHIND, ...code]))).to.equal(said);
    });
  }
});
