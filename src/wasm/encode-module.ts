/**
 * Writes a module from its parts, with every integer in its shortest form and no empty sections. Decoding the result
 * returns the same parts. Specification, binary format: modules.
 */
import { ByteWriter } from '../base/byte-writer.js';
import { type ExternKind, type ImportDescription, SectionId } from './module.js';
import type { CustomParts, DataParts, ElementParts, ModuleParts } from './module-parts.js';
import { type FunctionType, type GlobalType, type SizeLimits, type TableType, ValueType } from './types.js';

const PREAMBLE = Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0);

const EXTERN_CODES: Readonly<Record<ExternKind, number>> = { function: 0, table: 1, memory: 2, global: 3 };

export function encodeModule(parts: ModuleParts): Uint8Array {
  const writer = new ByteWriter();
  writer.bytes(PREAMBLE);
  writeCustoms(writer, parts.customs, SectionId.Custom);
  const section = (id: SectionId, isThere: boolean, write: (contents: ByteWriter) => void) => {
    if (isThere) writer.section(id, write);
    writeCustoms(writer, parts.customs, id);
  };
  const list = <T>(id: SectionId, items: ArrayLike<T>, write: (contents: ByteWriter, item: T) => void) => {
    section(id, items.length > 0, (contents) => {
      contents.u32(items.length);
      for (let i = 0; i < items.length; i++) write(contents, items[i]);
    });
  };
  list(SectionId.Type, parts.types, writeFunctionType);
  list(SectionId.Import, parts.imports, (contents, { module, name, description }) => {
    contents.name(module);
    contents.name(name);
    writeImportDescription(contents, description);
  });
  list<number>(SectionId.Function, parts.functions, (contents, typeIndex) => contents.u32(typeIndex));
  list(SectionId.Table, parts.tables, writeTableType);
  list(SectionId.Memory, parts.memories, writeSizeLimits);
  list(SectionId.Global, parts.globals, (contents, { type, init }) => {
    writeGlobalType(contents, type);
    contents.bytes(init);
  });
  list(SectionId.Export, parts.exports, (contents, { name, kind, index }) => {
    contents.name(name);
    contents.u8(EXTERN_CODES[kind]);
    contents.u32(index);
  });
  const { start, dataCount } = parts;
  section(SectionId.Start, start !== undefined, (contents) => contents.u32(start ?? 0));
  list(SectionId.Element, parts.elements, writeElementSegment);
  section(SectionId.DataCount, dataCount !== undefined, (contents) => contents.u32(dataCount ?? 0));
  list(SectionId.Code, parts.bodies, (contents, body) => {
    contents.u32(body.length);
    contents.bytes(body);
  });
  list(SectionId.Data, parts.data, writeDataSegment);
  return writer.finish();
}

function writeCustoms(writer: ByteWriter, customs: readonly CustomParts[], after: SectionId): void {
  for (const custom of customs) {
    if (custom.after !== after) continue;
    writer.section(SectionId.Custom, (contents) => {
      contents.name(custom.name);
      contents.bytes(custom.bytes);
    });
  }
}

function writeTypes(writer: ByteWriter, types: Uint8Array): void {
  writer.u32(types.length);
  writer.bytes(types);
}

export function writeFunctionType(writer: ByteWriter, { params, results }: FunctionType): void {
  writer.u8(0x60);
  writeTypes(writer, params);
  writeTypes(writer, results);
}

function writeSizeLimits(writer: ByteWriter, { min, max }: SizeLimits): void {
  writer.u8(max === undefined ? 0 : 1);
  writer.u32(min);
  if (max !== undefined) writer.u32(max);
}

function writeTableType(writer: ByteWriter, table: TableType): void {
  writer.u8(table.type);
  writeSizeLimits(writer, table);
}

function writeGlobalType(writer: ByteWriter, { type, mutable }: GlobalType): void {
  writer.u8(type);
  writer.u8(mutable ? 1 : 0);
}

function writeImportDescription(writer: ByteWriter, description: ImportDescription): void {
  writer.u8(EXTERN_CODES[description.kind]);
  switch (description.kind) {
    case 'function':
      writer.u32(description.typeIndex);
      break;
    case 'table':
      writeTableType(writer, description.type);
      break;
    case 'memory':
      writeSizeLimits(writer, description.type);
      break;
    case 'global':
      writeGlobalType(writer, description.type);
      break;
  }
}

function writeElementSegment(writer: ByteWriter, segment: ElementParts): void {
  const { mode, type, tableIndex, offsetExpression, functions, expressions } = segment;
  const isImplicit = mode === 'active' && tableIndex === 0 && type === ValueType.FuncRef;
  const modeFlag = mode === 'passive' ? 1 : mode === 'declarative' ? 3 : isImplicit ? 0 : 2;
  writer.u32(modeFlag | (expressions === undefined ? 0 : 4));
  if (modeFlag === 2) writer.u32(tableIndex);
  if (offsetExpression !== undefined) writer.bytes(offsetExpression);
  if (!isImplicit) writer.u8(expressions === undefined ? 0 : type);
  if (expressions !== undefined) {
    writer.u32(expressions.length);
    for (const expression of expressions) writer.bytes(expression);
  } else if (functions !== undefined) {
    writer.u32(functions.length);
    for (const index of functions) writer.u32(index);
  }
}

function writeDataSegment(writer: ByteWriter, { mode, memoryIndex, offsetExpression, bytes }: DataParts): void {
  writer.u32(mode === 'passive' ? 1 : memoryIndex === 0 ? 0 : 2);
  if (mode === 'active' && memoryIndex !== 0) writer.u32(memoryIndex);
  if (offsetExpression !== undefined) writer.bytes(offsetExpression);
  writer.u32(bytes.length);
  writer.bytes(bytes);
}
