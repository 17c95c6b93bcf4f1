/**
 * A module split into parts that do not refer to its bytes by offset, so that some can be replaced before the module is
 * written again (`encodeModule`). Contains only the module's own items; imported ones are in the imports.
 */
import { customSections } from './custom-sections.js';
import { InstructionReader } from './instruction-reader.js';
import type { ByteRange, Export, Import, Module, SegmentMode } from './module.js';
import { Opcode } from './opcode.js';
import { skipImmediates } from './skip-immediates.js';
import type { FunctionType, GlobalType, ReferenceType, SizeLimits, TableType } from './types.js';

/** A constant expression or body, with its closing `end`. */
export type Expression = Uint8Array;

export interface ElementParts {
  readonly mode: SegmentMode;
  readonly type: ReferenceType;
  readonly tableIndex: number;
  readonly offsetExpression: Expression | undefined;
  readonly functions: Uint32Array | undefined;
  readonly expressions: readonly Expression[] | undefined;
}

export interface DataParts {
  readonly mode: 'active' | 'passive';
  readonly memoryIndex: number;
  readonly offsetExpression: Expression | undefined;
  readonly bytes: Uint8Array;
}

export interface CustomParts {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** Id of the section before it. */
  readonly after: number;
}

export interface ModuleParts {
  readonly types: readonly FunctionType[];
  readonly imports: readonly Pick<Import, 'module' | 'name' | 'description'>[];
  /** Type indices of the module's own functions. */
  readonly functions: Uint32Array;
  readonly tables: readonly TableType[];
  readonly memories: readonly SizeLimits[];
  readonly globals: readonly { readonly type: GlobalType; readonly init: Expression }[];
  readonly exports: readonly Pick<Export, 'name' | 'kind' | 'index'>[];
  /** Function index. */
  readonly start: number | undefined;
  readonly elements: readonly ElementParts[];
  readonly dataCount: number | undefined;
  /** Bodies with their local declarations. */
  readonly bodies: readonly Uint8Array[];
  readonly data: readonly DataParts[];
  readonly customs: readonly CustomParts[];
}

/** The parts of a decoded module, as views of its bytes. */
export function partsOf(module: Module): ModuleParts {
  const slice = ({ start, end }: ByteRange) => module.bytes.subarray(start, end);
  const expression = (range: ByteRange | undefined) => (range === undefined ? undefined : slice(range));
  const expressionAt = (start: number) => slice({ start, end: expressionEnd(module.bytes, start) });
  return {
    types: module.types,
    imports: module.imports.map(({ module: from, name, description }) => ({ module: from, name, description })),
    functions: module.functionTypes.subarray(module.importedFunctions),
    tables: module.tables.slice(module.importedTables),
    memories: module.memories.slice(module.importedMemories),
    globals: module.globalDefinitions.map(({ init }, i) => ({
      type: module.globals[module.importedGlobals + i],
      init: slice(init),
    })),
    exports: module.exports.map(({ name, kind, index }) => ({ name, kind, index })),
    start: module.start?.functionIndex,
    elements: module.elements.map(({ mode, type, tableIndex, offsetExpression, functions, expressions }) => ({
      mode,
      type,
      tableIndex,
      offsetExpression: expression(offsetExpression),
      functions,
      expressions: expressions === undefined ? undefined : Array.from(expressions, expressionAt),
    })),
    dataCount: module.dataCount,
    bodies: Array.from(module.bodyStarts, (start, i) => slice({ start, end: module.bodyEnds[i] })),
    data: module.data.map(({ mode, memoryIndex, offsetExpression, bytes }) => ({
      mode,
      memoryIndex,
      offsetExpression: expression(offsetExpression),
      bytes: slice(bytes),
    })),
    customs: Array.from(customSections(module), ({ name, bytes, after }) => ({ name, bytes: slice(bytes), after })),
  };
}

/** The offset after the `end` of a constant expression. */
function expressionEnd(bytes: Uint8Array, start: number): number {
  const reader = new InstructionReader(bytes, start);
  for (;;) {
    const opcode = reader.opcode();
    if (opcode === Opcode.End) return reader.pos;
    skipImmediates(reader, opcode);
  }
}
