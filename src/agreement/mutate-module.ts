/**
 * Faulty modules: a valid program broken by one named mutation, with the code that loading must return. A mutation
 * damages only one place, mostly by adding an item after those of the program, so the program's items stay valid and
 * the fault is the only one. Refusals by a limit use a record that allows one less than the module has.
 */

import { ByteWriter } from '../base/byte-writer.js';
import type { LoadFaultCode } from '../base/fault.js';
import { defineLimits, type LimitName, type Limits } from '../base/limits.js';
import { decode } from '../decode/decode.js';
import { type Module, SectionId, typeOfFunction } from '../wasm/module.js';
import { draftModule, type ModuleDraft, sectionOf, writeModule } from './assemble.js';
import { NO_SHIFT, type Program } from './program.js';
import { repair } from './repair-program.js';

export interface FaultyModule {
  readonly mutation: string;
  readonly expected: LoadFaultCode;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Limits under which the fault is reported; undefined: any limits that allow the program. */
  readonly limits: Limits | undefined;
}

export interface Mutation {
  readonly name: string;
  readonly code: LoadFaultCode;
  /** Undefined if the program does not have what the mutation damages. */
  apply(program: Program): FaultyModule | undefined;
}

/** Indices that no generated module reaches, as LEB128. */
const FAR = [0xe0, 0xd4, 0x03];
const END = 0x0b;

type Spoil = (draft: ModuleDraft, program: Program) => void;

function spoiled(name: string, code: LoadFaultCode, spoil: Spoil, prepare = (program: Program) => program): Mutation {
  return {
    name,
    code,
    apply: (program) => {
      const prepared = prepare(program);
      const draft = draftModule(prepared);
      spoil(draft, prepared);
      return { mutation: name, expected: code, bytes: writeModule(draft), limits: undefined };
    },
  };
}

function rewritten(
  name: string,
  code: LoadFaultCode,
  rewrite: (bytes: Uint8Array) => readonly number[] | Uint8Array,
): Mutation {
  return {
    name,
    code,
    apply: (program) => {
      const bytes = Uint8Array.from(rewrite(writeModule(draftModule(program))));
      return { mutation: name, expected: code, bytes, limits: undefined };
    },
  };
}

function addItem(draft: ModuleDraft, id: SectionId, bytes: readonly number[]): number {
  const section = sectionOf(draft, id);
  section.items.bytes(bytes);
  const index = section.count ?? 0;
  section.count = index + 1;
  return index;
}

function unsigned(value: number): number[] {
  const writer = new ByteWriter();
  writer.u32(value);
  return [...writer.finish()];
}

function functionCount(draft: ModuleDraft, program: Program): number {
  return program.importedFunctions.length + sectionOf(draft, SectionId.Function).count!;
}

/** Adds a type and a function of that type; returns its index. */
function addFunction(
  draft: ModuleDraft,
  program: Program,
  body: readonly number[],
  type: readonly number[] = [0x60, 0, 0],
): number {
  const index = functionCount(draft, program);
  const typeIndex = addItem(draft, SectionId.Type, type);
  addItem(draft, SectionId.Function, unsigned(typeIndex));
  addItem(draft, SectionId.Code, [...unsigned(body.length), ...body]);
  return index;
}

/** A function without locals whose body is these instructions, including the final `end`. */
function faultyBody(
  name: string,
  code: LoadFaultCode,
  instructions: readonly number[],
  prepare?: (program: Program) => Program,
): Mutation {
  const spoil: Spoil = (draft, program) => {
    addFunction(draft, program, [0, ...instructions]);
  };
  return spoiled(name, code, spoil, prepare);
}

function faultyItem(name: string, code: LoadFaultCode, id: SectionId, bytes: readonly number[]): Mutation {
  return spoiled(name, code, (draft) => {
    addItem(draft, id, bytes);
  });
}

/** The only memory is this one. */
function faultyMemory(name: string, code: LoadFaultCode, bytes: readonly number[]): Mutation {
  const withoutMemory = (program: Program) => repair({ ...program, memory: undefined });
  return spoiled(
    name,
    code,
    (draft) => {
      addItem(draft, SectionId.Memory, bytes);
    },
    withoutMemory,
  );
}

function withMemory(program: Program): Program {
  return { ...program, memory: program.memory ?? { pagesMin: 0, pagesMax: undefined } };
}

function withDataCount(program: Program): Program {
  return { ...program, dataCount: true, data: [...program.data, { id: -1, offset: undefined, bytes: [] }] };
}

function withoutMemory(program: Program): Program {
  return repair({ ...program, memory: undefined });
}

/** `env` `x` and a kind. */
const IMPORT_NAMES = [3, 0x65, 0x6e, 0x76, 1, 0x78];

const MALFORMED: readonly Mutation[] = [
  rewritten('first magic byte changed', 'bad-magic', (bytes) => [1, ...bytes.subarray(1)]),
  rewritten('version 2', 'bad-version', (bytes) => [...bytes.subarray(0, 4), 2, ...bytes.subarray(5)]),
  rewritten('cut off in the header', 'unexpected-end', (bytes) => bytes.subarray(0, 6)),
  rewritten('a section without a size at the end', 'unexpected-end', (bytes) => [...bytes, 0]),
  rewritten('a section longer than the bytes', 'unexpected-end', (bytes) => [...bytes, 0, 9, 1, 0x78]),
  rewritten('a section size of six bytes', 'integer-too-long', (bytes) => [
    ...bytes,
    0,
    0x80,
    0x80,
    0x80,
    0x80,
    0x80,
    0,
  ]),
  rewritten('a section size of 33 bits', 'integer-too-large', (bytes) => [...bytes, 0, 0x81, 0x80, 0x80, 0x80, 0x10]),
  rewritten('a custom name that is not UTF-8', 'invalid-utf8', (bytes) => [...bytes, 0, 2, 1, 0xff]),
  rewritten('section 100', 'unknown-section', (bytes) => [...bytes, 100, 0]),
  rewritten('a second type section at the end', 'section-out-of-order', (bytes) => [...bytes, 1, 1, 0]),
  spoiled('a byte too many in the type section', 'section-size-mismatch', (draft) => {
    sectionOf(draft, SectionId.Type).items.u8(0);
  }),
  faultyBody('a byte after the end of a body', 'body-size-mismatch', [END, 0x01]),
  faultyBody('a body without its end', 'end-expected', [0x01]),
  faultyBody('an opcode that is none', 'illegal-opcode', [0x27, END]),
  faultyBody('a prefixed opcode that is none', 'illegal-opcode', [0xfc, 0x40, END]),
  faultyBody('a block type that is none', 'bad-block-type', [0x02, 0x45, END, END]),
  faultyBody('ref.null of no reference type', 'bad-reference-type', [0xd0, 0x7f, 0x1a, END]),
  faultyBody('a reserved byte with a continuation', 'zero-byte-expected', [0x3f, 0x80, 0x00, 0x1a, END], withMemory),
  faultyBody('a memarg with bit 7', 'bad-memarg-flags', [0x41, 0, 0x28, 0x80, 0x01, 0, 0x1a, END], withMemory),
  faultyBody('data.drop without a data count', 'data-count-required', [0xfc, 0x09, 0x00, END], (program) =>
    repair({ ...program, data: [], dataCount: false }),
  ),
  spoiled('2^32 locals', 'too-many-locals', (draft, program) => {
    addFunction(draft, program, [2, 1, 0x7f, 0xff, 0xff, 0xff, 0xff, 0x0f, 0x7e, END]);
  }),
  spoiled('a function without a body', 'code-count-mismatch', (draft) => {
    addItem(draft, SectionId.Type, [0x60, 0, 0]);
    addItem(draft, SectionId.Function, [0]);
  }),
  spoiled('a data count of one too many', 'data-count-mismatch', (draft, program) => {
    const section = sectionOf(draft, SectionId.DataCount);
    const index = draft.indexOf(section);
    const items = new ByteWriter();
    items.u32(program.data.length + 1);
    (draft as ModuleDraft[number][])[index] = { ...section, items };
  }),
  faultyItem('a type of form 0x61', 'bad-type-form', SectionId.Type, [0x61, 0, 0]),
  faultyItem('a parameter of no type', 'bad-value-type', SectionId.Type, [0x60, 1, 0x10, 0]),
  faultyItem('a table of i32', 'bad-reference-type', SectionId.Table, [0x7f, 0, 0]),
  faultyItem('a table with limits flag 9', 'bad-limits-flag', SectionId.Table, [0x70, 9, 0]),
  faultyItem('a global of mutability 2', 'bad-mutability', SectionId.Global, [0x7f, 2, 0x41, 0, END]),
  faultyItem('an import of kind 9', 'bad-import-kind', SectionId.Import, [...IMPORT_NAMES, 9, 0]),
  faultyItem('an export of kind 9', 'bad-export-kind', SectionId.Export, [1, 0x78, 9, 0]),
  faultyItem('an element kind of 5', 'bad-element-kind', SectionId.Element, [1, 5, 0]),
  faultyItem('an element segment with flag 8', 'bad-segment-flag', SectionId.Element, [8, 0]),
  {
    name: 'a data segment with flag 3',
    code: 'bad-segment-flag',
    apply: (program) => spoiledData(program, [3, 0]),
  },
];

/** The data count follows the added segment. */
function spoiledData(program: Program, segment: readonly number[]): FaultyModule {
  const draft = draftModule(program) as ModuleDraft[number][];
  addItem(draft, SectionId.Data, segment);
  const index = draft.findIndex(({ id }) => id === SectionId.DataCount);
  const count = draft[index];
  if (count.items.length > 0) {
    const items = new ByteWriter();
    items.u32(program.data.length + 1);
    draft[index] = { ...count, items };
  }
  const name = 'a data segment with flag 3';
  return { mutation: name, expected: 'bad-segment-flag', bytes: writeModule(draft), limits: undefined };
}

const INVALID: readonly Mutation[] = [
  faultyBody('i32.add of an i32 and an f32', 'type-mismatch', [0x41, 0, 0x43, 0, 0, 0, 0, 0x6a, 0x1a, END]),
  faultyBody('an operand too few', 'type-mismatch', [0x41, 0, 0x6a, 0x1a, END]),
  faultyBody('a value left at the end', 'type-mismatch', [0x41, 0, END]),
  faultyBody('a result too few in one arm', 'type-mismatch', [0x41, 0, 0x04, 0x7f, 0x41, 0, 0x05, END, 0x1a, END]),
  faultyBody('a branch without its value', 'type-mismatch', [0x02, 0x7f, 0x0c, 0, END, 0x1a, END]),
  faultyBody('labels of different arity in a br_table', 'type-mismatch', [
    0x02,
    0x7f,
    0x41,
    0,
    0x41,
    0,
    0x0e,
    1,
    0,
    1,
    END,
    0x1a,
    END,
  ]),
  faultyBody('a select of two references', 'type-mismatch', [0xd0, 0x70, 0xd0, 0x70, 0x41, 0, 0x1b, 0x1a, END]),
  faultyBody('a block of an unknown type', 'unknown-type', [0x02, ...FAR, END, END]),
  faultyBody('a call of an unknown function', 'unknown-function', [0x10, ...FAR, END]),
  faultyBody('the size of an unknown table', 'unknown-table', [0xfc, 0x10, ...FAR, 0x1a, END]),
  faultyBody('the size of no memory', 'unknown-memory', [0x3f, 0, 0x1a, END], withoutMemory),
  faultyBody('an unknown global', 'unknown-global', [0x23, ...FAR, 0x1a, END]),
  faultyBody('an unknown local', 'unknown-local', [0x20, 0, 0x1a, END]),
  faultyBody('an unknown label', 'unknown-label', [0x0c, 1, END]),
  faultyBody('elem.drop of an unknown segment', 'unknown-element-segment', [0xfc, 0x0d, ...FAR, END]),
  faultyBody('data.drop of an unknown segment', 'unknown-data-segment', [0xfc, 0x09, ...FAR, END], withDataCount),
  faultyBody('an alignment of 8 for 4 bytes', 'alignment-too-large', [0x41, 0, 0x28, 3, 0, 0x1a, END], withMemory),
  faultyBody('a select of two types', 'select-arity', [0x41, 0, 0x41, 0, 0x41, 0, 0x1c, 2, 0x7f, 0x7f, 0x1a, END]),
  spoiled('ref.func of what nothing declares', 'undeclared-function-reference', (draft, program) => {
    const self = functionCount(draft, program);
    addFunction(draft, program, [0, 0xd2, ...unsigned(self), 0x1a, END]);
  }),
  spoiled('global.set of an immutable global', 'immutable-global', (draft, program) => {
    const own = addItem(draft, SectionId.Global, [0x7f, 0, 0x41, 0, END]);
    addFunction(draft, program, [0, 0x41, 0, 0x24, ...unsigned(program.importedGlobals.length + own), END]);
  }),
  faultyItem('a global that counts bits', 'constant-expression-required', SectionId.Global, [
    0x7f,
    0,
    0x41,
    0,
    0x69,
    END,
  ]),
  faultyItem('a global of another type than its value', 'type-mismatch', SectionId.Global, [0x7f, 0, 0x42, 0, END]),
  spoiled('a global that names itself', 'unknown-global', (draft, program) => {
    const own = sectionOf(draft, SectionId.Global).count!;
    addItem(draft, SectionId.Global, [0x7f, 0, 0x23, ...unsigned(program.importedGlobals.length + own), END]);
  }),
  faultyMemory('a memory of 65,537 pages', 'memory-size', [0, 0x81, 0x80, 0x04]),
  faultyMemory('a memory of at most 65,537 pages', 'memory-size', [1, 0, 0x81, 0x80, 0x04]),
  faultyMemory('a memory of 2 to 1 pages', 'limits-order', [1, 2, 1]),
  faultyItem('a table of 5 to 2 elements', 'limits-order', SectionId.Table, [0x70, 1, 5, 2]),
  spoiled('two exports of one name', 'duplicate-export', (draft, program) => {
    const index = unsigned(addFunction(draft, program, [0, END]));
    addItem(draft, SectionId.Export, [1, 0x78, 0, ...index]);
    addItem(draft, SectionId.Export, [1, 0x78, 0, ...index]);
  }),
  faultyItem('an export of an unknown function', 'unknown-function', SectionId.Export, [1, 0x78, 0, ...FAR]),
  faultyItem('an export of an unknown table', 'unknown-table', SectionId.Export, [1, 0x78, 1, ...FAR]),
  faultyItem('an element segment of an unknown function', 'unknown-function', SectionId.Element, [1, 0, 1, ...FAR]),
  spoiled(
    'a start function with a parameter',
    'bad-start-function',
    (draft, program) => {
      const index = addFunction(draft, program, [0, END], [0x60, 1, 0x7f, 0]);
      sectionOf(draft, SectionId.Start).items.bytes(unsigned(index));
    },
    (program) => ({ ...program, start: undefined }),
  ),
];

const REFUSED: readonly Mutation[] = [
  faultyBody('an instruction of SIMD', 'proposal-simd', [0xfd, 0x0c, END]),
  faultyBody('an atomic fence', 'proposal-threads', [0xfe, 0x03, 0, END]),
  faultyBody('a throw', 'proposal-exception-handling', [0x08, 0, END]),
  faultyBody('a reference compared', 'proposal-gc', [0xd3, END]),
  faultyBody('a call of a reference', 'proposal-function-references', [0x14, 0, END]),
  faultyItem('a parameter of v128', 'proposal-simd', SectionId.Type, [0x60, 1, 0x7b, 0]),
  faultyItem('a struct type', 'proposal-gc', SectionId.Type, [0x5f, 0]),
  faultyItem('a parameter of a typed reference', 'proposal-function-references', SectionId.Type, [0x60, 1, 0x64, 0, 0]),
  faultyMemory('a shared memory', 'proposal-threads', [3, 0, 1]),
  faultyMemory('a 64-bit memory', 'proposal-memory64', [4, 0]),
  faultyMemory('a memory of pages of one byte', 'proposal-custom-page-sizes', [8, 0, 0]),
  spoiled(
    'a second memory',
    'proposal-multi-memory',
    (draft) => {
      addItem(draft, SectionId.Memory, [0, 0]);
    },
    withMemory,
  ),
  rewritten('a section of tags', 'proposal-exception-handling', (bytes) => [...bytes, 13, 1, 0]),
  rewritten('the version of a component', 'proposal-component-model', (bytes) => [
    ...bytes.subarray(0, 4),
    0x0d,
    0,
    1,
    0,
    ...bytes.subarray(8),
  ]),
];

/** What each limit counts in a module; the record of limits allows one less. */
const COUNTS: readonly { readonly limit: LimitName; readonly code: LoadFaultCode; count(module: Module): number }[] = [
  { limit: 'moduleBytes', code: 'limit-module-bytes', count: ({ bytes }) => bytes.length },
  { limit: 'types', code: 'limit-types', count: ({ types }) => types.length },
  { limit: 'imports', code: 'limit-imports', count: ({ imports }) => imports.length },
  { limit: 'functions', code: 'limit-functions', count: ({ functionTypes }) => functionTypes.length },
  { limit: 'tables', code: 'limit-tables', count: ({ tables }) => tables.length },
  { limit: 'globals', code: 'limit-globals', count: ({ globals }) => globals.length },
  { limit: 'exports', code: 'limit-exports', count: ({ exports }) => exports.length },
  { limit: 'elementSegments', code: 'limit-element-segments', count: ({ elements }) => elements.length },
  { limit: 'dataSegments', code: 'limit-data-segments', count: ({ data }) => data.length },
  {
    limit: 'bodyBytes',
    code: 'limit-body-bytes',
    count: ({ bodyStarts, bodyEnds }) => greatest(Array.from(bodyStarts, (start, own) => bodyEnds[own] - start)),
  },
  { limit: 'params', code: 'limit-params', count: ({ types }) => greatest(types.map(({ params }) => params.length)) },
  {
    limit: 'results',
    code: 'limit-results',
    count: ({ types }) => greatest(types.map(({ results }) => results.length)),
  },
  {
    limit: 'tableElements',
    code: 'limit-table-elements',
    count: ({ tables }) => tables.reduce((sum, { min }) => sum + min, 0),
  },
  { limit: 'pages', code: 'limit-pages', count: ({ memories }) => memories[0]?.min ?? 0 },
  { limit: 'locals', code: 'limit-locals', count: (module) => greatestLocals(module) },
];

function greatest(values: readonly number[]): number {
  return values.reduce((left, right) => Math.max(left, right), 0);
}

function greatestLocals(module: Module): number {
  const counts = Array.from(module.bodyStarts, (start, own) => {
    const declared = declaredLocals(module.bytes, start);
    return declared + typeOfFunction(module, module.importedFunctions + own).params.length;
  });
  return greatest(counts);
}

/** The generator's runs are short, so each count is one byte. */
function declaredLocals(bytes: Uint8Array, start: number): number {
  let sum = 0;
  for (let run = 0; run < bytes[start]; run++) sum += bytes[start + 1 + 2 * run];
  return sum;
}

/** Instructions whose own limit a record of zero or a few breaks. */
const NESTED = [0x02, 0x40, 0x02, 0x40, 0x02, 0x40, END, END, END, END];

const LIMITED: readonly Mutation[] = [
  ...COUNTS.map(
    ({ limit, code, count }): Mutation => ({
      name: `a limit on ${limit} of one less`,
      code,
      apply: (program) => {
        const bytes = writeModule(draftModule(program));
        const needed = count(decode(bytes, defineLimits('any')).module);
        if (needed === 0) return undefined;
        const limits = defineLimits('one-less', { [limit]: needed - 1 });
        return { mutation: `a limit on ${limit} of one less`, expected: code, bytes, limits };
      },
    }),
  ),
  limitedBody('a limit on nesting of one less', 'limit-nesting', NESTED, { nesting: 2 }),
  limitedBody('a limit on labels of one less', 'limit-br-table', [0x41, 0, 0x0e, 2, 0, 0, 0, END], { brTable: 1 }),
  limitedBody('no declared locals', 'limit-locals-sum', undefined, { localsSumBase: 0, localsSumPerByte: 0 }),
];

/** An otherwise empty program, because any other may exceed the limit earlier. */
function limitedBody(
  name: string,
  code: LoadFaultCode,
  instructions: readonly number[] | undefined,
  values: { readonly [N in LimitName]?: number },
): Mutation {
  return {
    name,
    code,
    apply: (program) => {
      const emptied = repair({
        ...program,
        functions: program.functions.map((definition) => ({ ...definition, locals: [], body: [], results: [] })),
        calls: [],
        start: undefined,
      });
      const draft = draftModule(emptied);
      addFunction(draft, emptied, instructions === undefined ? [1, 1, 0x7f, END] : [0, ...instructions]);
      return { mutation: name, expected: code, bytes: writeModule(draft), limits: defineLimits('one-less', values) };
    },
  };
}

/**
 * Every mutation; each code of `malformed`, `invalid` and `refused` is returned for at least one. They put items at
 * known places, so nothing may precede the program's own items.
 */
export const MUTATIONS: readonly Mutation[] = [...MALFORMED, ...INVALID, ...REFUSED, ...LIMITED].map(
  ({ apply, ...mutation }) => ({ ...mutation, apply: (program) => apply({ ...program, shift: NO_SHIFT }) }),
);
