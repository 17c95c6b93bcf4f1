/**
 * Decodes bytes to a module. Decoding stops at its first fault and returns what was decoded so far, because validation
 * may find a fault at a smaller offset. Linear in the bytes, no recursion; bodies stay bytes. Specification, binary
 * format: modules (WebAssembly 2.0 without SIMD).
 */
import { ByteReader } from '../base/byte-reader.js';
import { FaultSignal, type LoadFault, raise } from '../base/fault.js';
import type { Limits } from '../base/limits.js';
import { type Module, SectionId } from '../wasm/module.js';
import { SECTION_ORDER } from '../wasm/section-order.js';
import { decodeCode } from './decode-code.js';
import {
  decodeExports,
  decodeFunctions,
  decodeGlobals,
  decodeImports,
  decodeMemories,
  decodeStart,
  decodeTables,
  decodeTypes,
} from './decode-definitions.js';
import { decodeData, decodeDataCount, decodeElements } from './decode-segments.js';
import { ModuleBuilder } from './module-builder.js';

export interface Decoded {
  /** The module, or its part before the fault. */
  readonly module: Module;
  readonly fault: LoadFault | undefined;
}

const MAGIC = [0x00, 0x61, 0x73, 0x6d];
const VERSION = [0x01, 0x00, 0x00, 0x00];
/** Version 13 of layer 1: a component. */
const COMPONENT_VERSION = [0x0d, 0x00, 0x01, 0x00];

/** The position of each section in a module, by id: starts at 1, because 0 is before all of them. */
const POSITIONS: readonly number[] = SECTION_ORDER.reduce<number[]>((positions, id, at) => {
  positions[id] = at + 1;
  return positions;
}, []);

/** The tag section, of the exception-handling proposal. */
const TAG_SECTION_ID = 13;

export function decode(bytes: Uint8Array, limits: Limits): Decoded {
  return decodeWith(new ModuleBuilder(bytes), limits);
}

/**
 * The same for bytes that are known to be valid: exports are not checked for reasons to refuse the module, and are read
 * only when all of them are needed.
 */
export function decodeKnown(bytes: Uint8Array, limits: Limits): Decoded {
  return decodeWith(new ModuleBuilder(bytes, true), limits);
}

function decodeWith(builder: ModuleBuilder, limits: Limits): Decoded {
  const { bytes } = builder;
  try {
    decodeModule(new ByteReader(bytes), builder, limits);
    return { module: builder.build(), fault: undefined };
  } catch (error) {
    if (!(error instanceof FaultSignal)) throw error;
    return { module: builder.build(), fault: error.fault };
  }
}

function decodeModule(reader: ByteReader, builder: ModuleBuilder, limits: Limits): void {
  const size = reader.bytes.length;
  readMagic(reader);
  if (size > limits.moduleBytes) raise('limit-module-bytes', 0, `${size} bytes, the limit is ${limits.moduleBytes}`);
  readVersion(reader);
  let position = 0;
  while (!reader.atEnd) {
    const id = readSectionId(reader, position);
    if (id !== SectionId.Custom) position = POSITIONS[id];
    decodeSection(id, reader, builder, limits);
  }
  const bodies = builder.bodies;
  const functions = builder.ownFunctionTypes.length;
  if (bodies !== functions) raise('code-count-mismatch', size, `${functions} functions, no code section`);
  if (builder.dataCount !== undefined && builder.dataCount !== builder.data.length)
    raise('data-count-mismatch', size, `${builder.dataCount} declared, no data section`);
}

function readMagic(reader: ByteReader): void {
  for (const expected of MAGIC) {
    if (reader.u8() !== expected) raise('bad-magic', 0);
  }
}

function readVersion(reader: ByteReader): void {
  const offset = reader.pos;
  const start = reader.skip(VERSION.length);
  const version = reader.bytes.subarray(start, start + VERSION.length);
  if (VERSION.every((byte, i) => version[i] === byte)) return;
  const isComponent = COMPONENT_VERSION.every((byte, i) => version[i] === byte);
  raise(isComponent ? 'proposal-component-model' : 'bad-version', offset);
}

function readSectionId(reader: ByteReader, position: number): number {
  const offset = reader.pos;
  const id = reader.u8();
  if (id === TAG_SECTION_ID) raise('proposal-exception-handling', offset);
  if (id > SectionId.DataCount) raise('unknown-section', offset, `id ${id}`);
  if (id !== SectionId.Custom && POSITIONS[id] <= position) raise('section-out-of-order', offset, `id ${id}`);
  return id;
}

/** Decodes one section. A section truncated by the end of the bytes is decoded up to there before that is reported. */
function decodeSection(id: number, reader: ByteReader, builder: ModuleBuilder, limits: Limits): void {
  const moduleEnd = reader.bytes.length;
  const size = reader.u32();
  const start = reader.pos;
  const end = Math.min(start + size, moduleEnd);
  reader.end = end;
  builder.addSection(id, start, end);
  decodeContents(id, reader, builder, limits);
  if (size > moduleEnd - start) raise('unexpected-end', moduleEnd);
  if (reader.pos !== end) raise('section-size-mismatch', reader.pos, `${end - reader.pos} bytes are left`);
  reader.end = moduleEnd;
}

function decodeContents(id: SectionId, reader: ByteReader, builder: ModuleBuilder, limits: Limits): void {
  switch (id) {
    case SectionId.Custom:
      reader.name();
      reader.pos = reader.end;
      break;
    case SectionId.Type:
      decodeTypes(reader, builder, limits);
      break;
    case SectionId.Import:
      decodeImports(reader, builder, limits);
      break;
    case SectionId.Function:
      decodeFunctions(reader, builder, limits);
      break;
    case SectionId.Table:
      decodeTables(reader, builder, limits);
      break;
    case SectionId.Memory:
      decodeMemories(reader, builder);
      break;
    case SectionId.Global:
      decodeGlobals(reader, builder, limits);
      break;
    case SectionId.Export:
      if (builder.readsExportsLater) reader.pos = reader.end;
      else decodeExports(reader, builder, limits);
      break;
    case SectionId.Start:
      decodeStart(reader, builder);
      break;
    case SectionId.Element:
      decodeElements(reader, builder, limits);
      break;
    case SectionId.DataCount:
      decodeDataCount(reader, builder, limits);
      break;
    case SectionId.Code:
      decodeCode(reader, builder, limits);
      break;
    case SectionId.Data:
      decodeData(reader, builder, limits);
      break;
  }
}
