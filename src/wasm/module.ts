/**
 * A decoded module as plain readonly data. Function bodies and constant expressions stay bytes: they are ranges of the
 * module's own bytes, so every offset in it is the module's. Index spaces have the imported items first. Specification:
 * structure of modules.
 */
import type { FunctionType, GlobalType, ReferenceType, SizeLimits, TableType } from './types.js';

/** A range of the module's bytes, `end` exclusive. For an expression it includes the closing `end`. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** The kinds of imports and exports by their code. */
export const EXTERN_KINDS = ['function', 'table', 'memory', 'global'] as const;

export type ExternKind = (typeof EXTERN_KINDS)[number];

export type ImportDescription =
  | { readonly kind: 'function'; readonly typeIndex: number }
  | { readonly kind: 'table'; readonly type: TableType }
  | { readonly kind: 'memory'; readonly type: SizeLimits }
  | { readonly kind: 'global'; readonly type: GlobalType };

export interface Import {
  readonly module: string;
  readonly name: string;
  readonly description: ImportDescription;
  /** Offset of the import's first byte. */
  readonly offset: number;
}

export interface Export {
  readonly name: string;
  readonly kind: ExternKind;
  readonly index: number;
  readonly offset: number;
}

/** A module's own global: its type is in `globals`. */
export interface GlobalDefinition {
  readonly init: ByteRange;
}

export type SegmentMode = 'active' | 'passive' | 'declarative';

export interface ElementSegment {
  readonly mode: SegmentMode;
  readonly type: ReferenceType;
  /** For an active segment. */
  readonly tableIndex: number;
  readonly offsetExpression: ByteRange | undefined;
  /** Function indices, if the segment lists them ... */
  readonly functions: Uint32Array | undefined;
  /** ... or the start offsets of its constant expressions. */
  readonly expressions: Uint32Array | undefined;
  readonly length: number;
  readonly offset: number;
}

export interface DataSegment {
  readonly mode: 'active' | 'passive';
  readonly memoryIndex: number;
  readonly offsetExpression: ByteRange | undefined;
  /** The segment's bytes. */
  readonly bytes: ByteRange;
  readonly offset: number;
}

/**
 * Every section in the order of the bytes, as columns: a section can be as small as three bytes, so none is an object.
 */
export interface Sections {
  readonly ids: Uint8Array;
  /** Start and end offsets of the contents. */
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
}

/** Ids of the sections, in their required order where it differs from that of the numbers. */
export const enum SectionId {
  Custom = 0,
  Type = 1,
  Import = 2,
  Function = 3,
  Table = 4,
  Memory = 5,
  Global = 6,
  Export = 7,
  Start = 8,
  Element = 9,
  DataCount = 12,
  Code = 10,
  Data = 11,
}

export interface Module {
  readonly bytes: Uint8Array;
  readonly types: readonly FunctionType[];
  readonly imports: readonly Import[];
  /** Type index of every function, the imported ones first. */
  readonly functionTypes: Uint32Array;
  readonly importedFunctions: number;
  readonly tables: readonly TableType[];
  readonly importedTables: number;
  readonly memories: readonly SizeLimits[];
  readonly importedMemories: number;
  readonly globals: readonly GlobalType[];
  readonly importedGlobals: number;
  /** Initialisers of the module's own globals. */
  readonly globalDefinitions: readonly GlobalDefinition[];
  readonly exports: readonly Export[];
  readonly start: { readonly functionIndex: number; readonly offset: number } | undefined;
  readonly elements: readonly ElementSegment[];
  readonly dataCount: number | undefined;
  /** For each own function: offset of the body (at its local declarations) and offset after its last byte. */
  readonly bodyStarts: Uint32Array;
  readonly bodyEnds: Uint32Array;
  readonly data: readonly DataSegment[];
  readonly sections: Sections;
}

/** The type of a function by its index in the full index space. */
export function typeOfFunction(module: Module, functionIndex: number): FunctionType {
  return module.types[module.functionTypes[functionIndex]];
}
