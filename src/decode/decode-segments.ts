/**
 * The sections of element segments, data segments and the data count. A segment is added to the module at its first
 * byte and filled as it is read: if it is truncated, one of its first items may still have an earlier fault.
 * Specification, binary format: element section, data section, data count section.
 */
import type { ByteReader } from '../base/byte-reader.js';
import { raise } from '../base/fault.js';
import type { Limits } from '../base/limits.js';
import type { DataSegment, ElementSegment } from '../wasm/module.js';
import { type ReferenceType, ValueType } from '../wasm/types.js';
import { readConstantExpression, unreadExpression } from './constant-expression.js';
import { countInBytes, readCount } from './decode-definitions.js';
import type { ModuleBuilder } from './module-builder.js';
import { readReferenceType } from './read-types.js';

type Draft<T> = { -readonly [K in keyof T]: T[K] };

/** Flag bits of an element segment. */
const enum ElementFlag {
  /** Passive or declarative; active without this bit. */
  NotActive = 1,
  /** Declarative, if not active; with a table index, if active. */
  DeclarativeOrTableIndex = 2,
  /** Constant expressions instead of function indices. */
  Expressions = 4,
  All = 7,
}

const enum DataFlag {
  Active = 0,
  Passive = 1,
  ActiveWithMemoryIndex = 2,
}

const NO_BYTES = { start: 0, end: 0 };

export function decodeElements(reader: ByteReader, builder: ModuleBuilder, limits: Limits): void {
  const count = readCount(reader, limits.elementSegments, 'limit-element-segments');
  for (let i = 0; i < count; i++) {
    const segment: Draft<ElementSegment> = {
      mode: 'passive',
      type: ValueType.FuncRef,
      tableIndex: 0,
      offsetExpression: undefined,
      functions: undefined,
      expressions: undefined,
      length: 0,
      offset: reader.pos,
    };
    builder.elements.push(segment);
    readElementSegment(reader, segment);
  }
}

function readElementSegment(reader: ByteReader, segment: Draft<ElementSegment>): void {
  const flag = reader.u32();
  if (flag > ElementFlag.All) raise('bad-segment-flag', segment.offset, `${flag}`);
  if (flag & ElementFlag.NotActive) {
    segment.mode = flag & ElementFlag.DeclarativeOrTableIndex ? 'declarative' : 'passive';
  } else {
    segment.mode = 'active';
    if (flag & ElementFlag.DeclarativeOrTableIndex) segment.tableIndex = reader.u32();
    segment.offsetExpression = unreadExpression(reader);
    segment.offsetExpression = readConstantExpression(reader);
  }
  if (flag & (ElementFlag.NotActive | ElementFlag.DeclarativeOrTableIndex))
    segment.type = readElementType(reader, flag);
  readElementItems(reader, segment, (flag & ElementFlag.Expressions) !== 0);
}

/** Function indices follow an element kind; expressions follow a reference type. */
function readElementType(reader: ByteReader, flag: number): ReferenceType {
  if (flag & ElementFlag.Expressions) return readReferenceType(reader);
  const offset = reader.pos;
  const kind = reader.u8();
  if (kind !== 0) raise('bad-element-kind', offset, `${kind}`);
  return ValueType.FuncRef;
}

function readElementItems(reader: ByteReader, segment: Draft<ElementSegment>, areExpressions: boolean): void {
  const count = reader.u32();
  const items = new Uint32Array(countInBytes(reader, count));
  if (areExpressions) {
    segment.expressions = items;
    while (segment.length < count) {
      if (reader.atEnd) raise('unexpected-end', reader.pos);
      items[segment.length++] = reader.pos;
      readConstantExpression(reader);
    }
  } else {
    segment.functions = items;
    while (segment.length < count) {
      items[segment.length] = reader.u32();
      segment.length++;
    }
  }
}

export function decodeDataCount(reader: ByteReader, builder: ModuleBuilder, limits: Limits): void {
  builder.dataCount = readCount(reader, limits.dataSegments, 'limit-data-segments');
}

export function decodeData(reader: ByteReader, builder: ModuleBuilder, limits: Limits): void {
  const offset = reader.pos;
  const count = readCount(reader, limits.dataSegments, 'limit-data-segments');
  if (builder.dataCount !== undefined && builder.dataCount !== count)
    raise('data-count-mismatch', offset, `${builder.dataCount} declared, ${count} here`);
  for (let i = 0; i < count; i++) {
    const segment: Draft<DataSegment> = {
      mode: 'passive',
      memoryIndex: 0,
      offsetExpression: undefined,
      bytes: NO_BYTES,
      offset: reader.pos,
    };
    builder.data.push(segment);
    readDataSegment(reader, segment);
  }
}

function readDataSegment(reader: ByteReader, segment: Draft<DataSegment>): void {
  const flag = reader.u32();
  if (flag > DataFlag.ActiveWithMemoryIndex) raise('bad-segment-flag', segment.offset, `${flag}`);
  if (flag !== DataFlag.Passive) {
    segment.mode = 'active';
    if (flag === DataFlag.ActiveWithMemoryIndex) segment.memoryIndex = reader.u32();
    segment.offsetExpression = unreadExpression(reader);
    segment.offsetExpression = readConstantExpression(reader);
  }
  const length = reader.u32();
  const start = reader.skip(length);
  segment.bytes = { start, end: start + length };
}
