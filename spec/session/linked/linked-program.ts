/**
 * Small random programs of several modules: the first one has a memory, a table and globals; the others import any of
 * these and functions of any earlier module. No function in a table calls another, so every call ends.
 */
import fc from 'fast-check';

interface Op {
  readonly kind: number;
  readonly a: number;
  readonly b: number;
}

interface ModuleShape {
  /** Functions that call nothing, in turn for each type. */
  readonly leaves: readonly (readonly Op[])[];
  readonly drivers: readonly (readonly Op[])[];
  readonly elements: readonly { readonly at: number; readonly functions: readonly number[] }[];
  readonly data: readonly { readonly at: number; readonly text: string }[];
  /** Which driver is the start function; -1 for none. */
  readonly start: number;
  /** Imports of functions: the module, and the function in it. */
  readonly imports: readonly { readonly of: number; readonly which: number }[];
}

interface Call {
  readonly of: number;
  readonly which: number;
  readonly arg: number;
}

export interface LinkedProgram {
  readonly texts: readonly string[];
  /** Exported driver functions by module. */
  readonly calls: readonly { readonly of: number; readonly name: string; readonly arg: number }[];
}

const LEAF_TYPES = ['$unary', '$wide', '$none'] as const;
const LEAF_PARAMS = ['(param $x i32) (result i32)', '(param $y i64) (result i64)', '(result i32)'];
const TEXTS = ['a', 'bc', 'xyz!'];

const op = fc.record({ kind: fc.nat(17), a: fc.nat(70_000), b: fc.nat(12) });
const ops = fc.array(op, { minLength: 1, maxLength: 4 });
const moduleShape = fc.record<ModuleShape>({
  leaves: fc.array(ops, { minLength: 1, maxLength: 4 }),
  drivers: fc.array(ops, { minLength: 1, maxLength: 3 }),
  elements: fc.array(fc.record({ at: fc.nat(9), functions: fc.array(fc.nat(9), { maxLength: 3 }) }), { maxLength: 3 }),
  data: fc.array(fc.record({ at: fc.oneof(fc.nat(300), fc.constant(65_534)), text: fc.constantFrom(...TEXTS) }), {
    maxLength: 3,
  }),
  start: fc.integer({ min: -1, max: 2 }),
  imports: fc.array(fc.record({ of: fc.nat(3), which: fc.nat(9) }), { maxLength: 3 }),
});
const calls = fc.array(
  fc.record<Call>({ of: fc.nat(3), which: fc.nat(2), arg: fc.oneof(fc.nat(12), fc.nat(70_000)) }),
  {
    minLength: 1,
    maxLength: 12,
  },
);

export const linkedPrograms: fc.Arbitrary<LinkedProgram> = fc
  .record({ shapes: fc.array(moduleShape, { minLength: 2, maxLength: 4 }), calls })
  .map(({ shapes, calls: asked }) => ({
    texts: shapes.map((shape, i) => moduleText(shapes, shape, i)),
    calls: asked.map(({ of, which, arg }) => {
      const at = of % shapes.length;
      return { of: at, name: `d${which % shapes[at]!.drivers.length}`, arg };
    }),
  }));

/** Functions are exported by their index, so that an element of a table has a name. */
function moduleText(shapes: readonly ModuleShape[], shape: ModuleShape, number: number): string {
  const imports = number === 0 ? [] : shape.imports;
  const importedTypes: number[] = [];
  const importTexts = imports.map(({ of, which }) => {
    const from = of % number;
    const { leaves, imports: before } = shapes[from]!;
    const leaf = which % leaves.length;
    importedTypes.push(leaf % 3);
    const index = (from === 0 ? 0 : before.length) + leaf;
    return `(import "m${from}" "f${index}" (func $i${importedTypes.length - 1} ${LEAF_PARAMS[leaf % 3]}))`;
  });
  const first = imports.length;
  const leafTexts = shape.leaves.map((body, i) => leafText(body, i % 3, `f${first + i}`));
  const driverTexts = shape.drivers.map((body, i) => {
    const parts = body.map((each) => `(local.set $r (i32.add (local.get $r) ${driverOp(each, importedTypes)}))`);
    return `(func $d${i} (export "d${i}") (param $x i32) (result i32) (local $r i32) ${parts.join(' ')} (local.get $r))`;
  });
  const functions = first + shape.leaves.length;
  const elements = shape.elements.map(
    ({ at, functions: list }) => `(elem (i32.const ${at}) func ${list.map((index) => index % functions).join(' ')})`,
  );
  const data = shape.data.map(({ at, text }) => `(data (i32.const ${at}) "${text}")`);
  const start =
    shape.start < 0
      ? ''
      : `(start $s) (func $s (drop (call $d${shape.start % shape.drivers.length} (i32.const ${shape.start}))))`;
  return `(module
    (type $unary (func ${LEAF_PARAMS[0]!.replace('$x ', '')})) (type $wide (func (param i64) (result i64))) (type $none (func (result i32)))
    ${number === 0 ? OWN : IMPORTED} ${importTexts.join('\n')} ${number === 0 ? DEFINED : ''}
    (global $own (export "own") (mut i32) (i32.const ${number * 10}))
    (elem $passive func ${first}) (data $bytes "passive")
    ${[...leafTexts, ...driverTexts, ...elements, ...data].join('\n')} ${start})`;
}

const OWN = '';
const DEFINED = `(memory (export "memory") 1 3) (table (export "table") 8 12 funcref)
  (global $a (export "a") (mut i32) (i32.const 1)) (global $b (export "b") (mut i64) (i64.const -2))
  (global $c (export "c") (mut f64) (f64.const 1.5)) (global $fixed (export "fixed") i32 (i32.const 4))`;
const IMPORTED = `(import "m0" "memory" (memory 1)) (import "m0" "table" (table 8 funcref))
  (import "m0" "a" (global $a (mut i32))) (import "m0" "b" (global $b (mut i64))) (import "m0" "c" (global $c (mut f64)))
  (import "m0" "fixed" (global $fixed i32))`;

function leafText(body: readonly Op[], type: number, name: string): string {
  const parts = body.map(
    (each) =>
      `(local.set $r (i32.add (local.get $r) ${leafOp(each, type === 0 ? '(local.get $x)' : `(i32.const ${each.b})`)}))`,
  );
  const result = type === 1 ? '(i64.add (local.get $y) (i64.extend_i32_s (local.get $r)))' : '(local.get $r)';
  return `(func (export "${name}") ${LEAF_PARAMS[type]} (local $r i32) ${parts.join(' ')} ${result})`;
}

/** An expression of type i32. */
function leafOp({ kind, a, b }: Op, x: string): string {
  switch (kind) {
    case 0:
      return `(i32.load (i32.add ${x} (i32.const ${a})))`;
    case 1:
      return `(block (result i32) (i32.store (i32.const ${a}) (i32.add ${x} (i32.const ${b}))) (i32.const 1))`;
    case 2:
      return `(memory.grow (i32.const ${b % 3}))`;
    case 3:
      return '(memory.size)';
    case 4:
      return `(block (result i32) (global.set $a (i32.add (global.get $a) ${x})) (global.get $a))`;
    case 5:
      return '(block (result i32) (global.set $b (i64.mul (global.get $b) (i64.const 31))) (i32.wrap_i64 (global.get $b)))';
    case 6:
      return '(block (result i32) (global.set $c (f64.sqrt (f64.sub (global.get $c) (f64.const 1)))) (i32.const 2))';
    case 7:
      return '(block (result i32) (global.set $own (i32.add (global.get $own) (global.get $fixed))) (global.get $own))';
    case 8:
      return `(block (result i32) (table.set (i32.const ${b}) (table.get (i32.rem_u ${x} (i32.const 9)))) (i32.const 3))`;
    case 9:
      return `(table.grow (ref.null func) (i32.const ${b % 3}))`;
    case 10:
      return '(table.size)';
    case 11:
      return `(block (result i32) (table.copy (i32.const ${b}) (i32.const ${a % 8}) (i32.const 2)) (i32.const 4))`;
    case 12:
      return `(block (result i32) (memory.init $bytes (i32.const ${a}) (i32.const 0) (i32.const 7)) (i32.const 5))`;
    case 13:
      return `(block (result i32) (table.init $passive (i32.const ${b}) (i32.const 0) (i32.const 1)) (i32.const 6))`;
    case 14:
      return b > 6
        ? '(block (result i32) (data.drop $bytes) (i32.const 7))'
        : '(block (result i32) (elem.drop $passive) (i32.const 8))';
    case 15:
      return `(ref.is_null (table.get (i32.const ${b})))`;
    case 16:
      return `(block (result i32) (memory.fill (i32.const ${a}) (i32.const ${b}) (i32.const 9)) (i32.const 9))`;
    default:
      return b === 12 ? '(unreachable)' : `(i32.const ${a})`;
  }
}

function driverOp(each: Op, importedTypes: readonly number[]): string {
  const { kind, a, b } = each;
  if (kind % 3 === 0 && importedTypes.length > 0) {
    const which = a % importedTypes.length;
    return called(`call $i${which}`, importedTypes[which]!);
  }
  if (kind % 3 !== 1) return leafOp(each, '(local.get $x)');
  return called(
    `call_indirect (type ${LEAF_TYPES[a % 3]})`,
    a % 3,
    `(i32.rem_u (i32.add (local.get $x) (i32.const ${b})) (i32.const 13))`,
  );
}

function called(how: string, type: number, element = ''): string {
  if (type === 1) return `(i32.wrap_i64 (${how} (i64.extend_i32_u (local.get $x)) ${element}))`;
  return `(${how} ${type === 0 ? '(local.get $x)' : ''} ${element})`;
}
