/**
 * The sections of types, imports, functions, tables, memories, globals, exports and the start function. A declared
 * count is used for an allocation only after it was checked against its limit and the remaining bytes. Specification,
 * binary format: modules.
 */
import type { ByteReader } from '../base/byte-reader.js';
import { type LoadFaultCode, raise } from '../base/fault.js';
import type { Limits } from '../base/limits.js';
import { EXTERN_KINDS, type ExternKind, type ImportDescription } from '../wasm/module.js';
import { readConstantExpression, unreadExpression } from './constant-expression.js';
import type { ModuleBuilder } from './module-builder.js';
import { readFunctionType, readGlobalType, readMemoryType, readTableType } from './read-types.js';

/** The code of a tag, in addition to those of `EXTERN_KINDS`. */
const TAG_KIND = 4;

/** Reads the count of a vector, which may be at most `countMax`. */
export function readCount(reader: ByteReader, countMax: number, code: LoadFaultCode): number {
  const offset = reader.pos;
  const count = reader.u32();
  if (count > countMax) raise(code, offset, `${count}, the limit allows ${countMax}`);
  return count;
}

/**
 * The number of items of `count` that can exist in the remaining bytes, with at least one byte each: safe for an
 * allocation.
 */
export function countInBytes(reader: ByteReader, count: number): number {
  return Math.min(count, reader.end - reader.pos);
}

export function decodeTypes(reader: ByteReader, builder: ModuleBuilder, limits: Limits): void {
  const count = readCount(reader, limits.types, 'limit-types');
  for (let i = 0; i < count; i++) builder.types.push(readFunctionType(reader, limits));
}

export function decodeImports(reader: ByteReader, builder: ModuleBuilder, limits: Limits): void {
  const count = readCount(reader, limits.imports, 'limit-imports');
  for (let i = 0; i < count; i++) {
    const offset = reader.pos;
    const module = reader.name();
    const name = reader.name();
    const description = readImportDescription(reader, builder, limits);
    builder.imports.push({ module, name, description, offset });
  }
}

function readExternKind(reader: ByteReader, code: 'bad-import-kind' | 'bad-export-kind'): ExternKind {
  const offset = reader.pos;
  const byte = reader.u8();
  const kind = EXTERN_KINDS[byte];
  if (kind === undefined) raise(byte === TAG_KIND ? 'proposal-exception-handling' : code, offset);
  return kind;
}

/** Reads a description and adds the import to its index space. */
function readImportDescription(reader: ByteReader, builder: ModuleBuilder, limits: Limits): ImportDescription {
  const kind = readExternKind(reader, 'bad-import-kind');
  const offset = reader.pos;
  switch (kind) {
    case 'function': {
      if (builder.importedFunctionTypes.length >= limits.functions) raise('limit-functions', offset);
      const typeIndex = reader.u32();
      builder.importedFunctionTypes.push(typeIndex);
      return { kind, typeIndex };
    }
    case 'table': {
      if (builder.tables.length >= limits.tables) raise('limit-tables', offset);
      const type = readTableType(reader);
      builder.tables.push(type);
      builder.importedTables++;
      return { kind, type };
    }
    case 'memory': {
      if (builder.memories.length > 0) raise('proposal-multi-memory', offset);
      const type = readMemoryType(reader);
      builder.memories.push(type);
      builder.importedMemories++;
      return { kind, type };
    }
    case 'global': {
      if (builder.globals.length >= limits.globals) raise('limit-globals', offset);
      const type = readGlobalType(reader);
      builder.globals.push(type);
      builder.importedGlobals++;
      return { kind, type };
    }
  }
}

export function decodeFunctions(reader: ByteReader, builder: ModuleBuilder, limits: Limits): void {
  const count = readCount(reader, limits.functions - builder.importedFunctionTypes.length, 'limit-functions');
  const types = new Uint32Array(countInBytes(reader, count));
  let read = 0;
  try {
    for (; read < count; read++) types[read] = reader.u32();
  } finally {
    builder.ownFunctionTypes = types.subarray(0, read);
  }
}

export function decodeTables(reader: ByteReader, builder: ModuleBuilder, limits: Limits): void {
  const count = readCount(reader, limits.tables - builder.tables.length, 'limit-tables');
  for (let i = 0; i < count; i++) builder.tables.push(readTableType(reader));
}

export function decodeMemories(reader: ByteReader, builder: ModuleBuilder): void {
  const count = reader.u32();
  for (let i = 0; i < count; i++) {
    if (builder.memories.length > 0) raise('proposal-multi-memory', reader.pos);
    builder.memories.push(readMemoryType(reader));
  }
}

export function decodeGlobals(reader: ByteReader, builder: ModuleBuilder, limits: Limits): void {
  const count = readCount(reader, limits.globals - builder.globals.length, 'limit-globals');
  for (let i = 0; i < count; i++) {
    builder.globals.push(readGlobalType(reader));
    const definition = { init: unreadExpression(reader) };
    builder.globalDefinitions.push(definition);
    definition.init = readConstantExpression(reader);
  }
}

export function decodeExports(reader: ByteReader, builder: ModuleBuilder, limits: Limits): void {
  const count = readCount(reader, limits.exports, 'limit-exports');
  for (let i = 0; i < count; i++) {
    const offset = reader.pos;
    const name = reader.name();
    const kind = readExternKind(reader, 'bad-export-kind');
    builder.exports.push({ name, kind, index: reader.u32(), offset });
  }
}

export function decodeStart(reader: ByteReader, builder: ModuleBuilder): void {
  const offset = reader.pos;
  builder.start = { functionIndex: reader.u32(), offset };
}
