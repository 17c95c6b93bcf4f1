/**
 * Disassembles a valid module to the text format, using the instruction table: every instruction is on its own line
 * with its byte offset, so that a fault, a trap or a first difference can be located. The text can be assembled again.
 * No recursion; linear in the bytes. Specification: text format.
 */
import { utf8 } from '../base/hash.js';
import { LIMITS_1 } from '../base/limits.js';
import { decode } from '../decode/decode.js';
import { EMPTY_BLOCK_TYPE, readBlockType } from '../decode/read-types.js';
import { InstructionReader } from '../wasm/instruction-reader.js';
import { type InstructionRow, ROW_BY_INDEX } from '../wasm/instructions.js';
import type { ByteRange, DataSegment, ElementSegment, Import, Module } from '../wasm/module.js';
import { Opcode } from '../wasm/opcode.js';
import { type FunctionType, type SizeLimits, valueTypeName } from '../wasm/types.js';
import { joinHalves } from '../wasm/value.js';
import { floatText } from './float-text.js';

export interface InstructionLine {
  /** Offset of the opcode in the module. */
  readonly offset: number;
  /** Number of enclosing blocks. */
  readonly depth: number;
  readonly row: InstructionRow;
  /** Name and immediates in the text format. */
  readonly text: string;
}

/** Table names that differ in the text format. */
const TEXT_NAMES: Readonly<Record<string, string>> = { select_t: 'select' };

/** The instructions of an own function by its index among these, including the final `end`. */
export function disassembleBody(module: Module, definedIndex: number): readonly InstructionLine[] {
  const reader = new InstructionReader(module.bytes, module.bodyStarts[definedIndex], module.bodyEnds[definedIndex]);
  for (let left = reader.u32(); left > 0; left--) {
    reader.u32();
    reader.u8();
  }
  return readLines(reader, module);
}

/** Declared locals of an own function, run by run. */
function localRuns(module: Module, definedIndex: number): string {
  const reader = new InstructionReader(module.bytes, module.bodyStarts[definedIndex], module.bodyEnds[definedIndex]);
  const names: string[] = [];
  for (let left = reader.u32(); left > 0; left--) {
    const count = reader.u32();
    const name = valueTypeName(reader.u8());
    for (let i = 0; i < count; i++) names.push(name);
  }
  return names.length === 0 ? '' : `(local ${names.join(' ')})`;
}

function readLines(reader: InstructionReader, module: Module): readonly InstructionLine[] {
  const lines: InstructionLine[] = [];
  let depth = 0;
  while (!reader.atEnd) {
    const offset = reader.pos;
    const index = reader.opcode();
    const row = ROW_BY_INDEX[index];
    if (row === undefined) throw new RangeError(`no instruction has the opcode at byte ${offset}`);
    if (row.opcode === Opcode.End) depth--;
    const at = row.opcode === Opcode.Else ? depth - 1 : depth;
    lines.push({ offset, depth: at, row, text: instructionText(row, reader, module) });
    if (row.immediates === 'block') depth++;
    else if (row.opcode === Opcode.End && depth < 0) break;
  }
  return lines;
}

function instructionText(row: InstructionRow, reader: InstructionReader, module: Module): string {
  const name = TEXT_NAMES[row.name] ?? row.name;
  const immediates = immediatesText(row, reader, module);
  return immediates === '' ? name : `${name} ${immediates}`;
}

function immediatesText(row: InstructionRow, reader: InstructionReader, module: Module): string {
  switch (row.immediates) {
    case 'none':
      return '';
    case 'block':
      return blockTypeText(readBlockType(reader));
    case 'label':
    case 'function':
    case 'local':
    case 'global':
    case 'table':
    case 'data':
    case 'element':
      return `${reader.u32()}`;
    case 'labels':
      return integers(reader, reader.u32() + 1).join(' ');
    case 'type table': {
      const typeIndex = reader.u32();
      return `${reader.u32()} (type ${typeIndex})`;
    }
    case 'types':
      return `(result ${integers(reader, reader.u32()).map(valueTypeName).join(' ')})`;
    case 'memarg':
      return memargText(row, reader.u32(), reader.u32());
    case 'memory':
      reader.u32();
      return '';
    case 'memory memory':
      integers(reader, 2);
      return '';
    case 'i32':
      return `${reader.s32()}`;
    case 'i64': {
      const low = reader.s64();
      return `${BigInt.asIntN(64, joinHalves(low, reader.high))}`;
    }
    case 'f32':
      return floatText(BigInt(reader.fixed32() >>> 0), 32);
    case 'f64': {
      const low = reader.fixed32();
      return floatText(joinHalves(low, reader.fixed32()), 64);
    }
    case 'heap type':
      return valueTypeName(reader.u8()).replace('ref', '');
    case 'data memory': {
      const segment = reader.u32();
      reader.u32();
      return `${segment}`;
    }
    case 'element table': {
      const segment = reader.u32();
      return `${reader.u32()} ${segment}`;
    }
    case 'table table':
      return integers(reader, 2).join(' ');
  }

  function blockTypeText(type: number): string {
    if (type === EMPTY_BLOCK_TYPE) return '';
    return type < 0 ? `(result ${valueTypeName(type + 0x80)})` : `(type ${type})${typeComment(module, type)}`;
  }
}

function typeComment(module: Module, typeIndex: number): string {
  return ` (; ${functionTypeBody(module.types[typeIndex])} ;)`;
}

function integers(reader: InstructionReader, count: number): number[] {
  return Array.from({ length: count }, () => reader.u32());
}

/** Alignment is omitted if it is the natural one. */
function memargText(row: InstructionRow, alignment: number, offset: number): string {
  const parts: string[] = [];
  if (offset !== 0) parts.push(`offset=${offset}`);
  if (2 ** alignment !== row.bytes) parts.push(`align=${2 ** alignment}`);
  return parts.join(' ');
}

const OFFSET_DIGITS = 6;

function printLines(lines: readonly InstructionLine[], indentation: string): string[] {
  return lines.map(({ offset, depth, text }) => {
    const place = offset.toString(16).padStart(OFFSET_DIGITS, '0');
    return `(;${place};) ${indentation}${'  '.repeat(Math.max(depth, 0))}${text}`;
  });
}

/** The whole module in the text format. Throws a RangeError for bytes that do not decode. */
export function disassembleModule(bytes: Uint8Array): string {
  const { module, fault } = decode(bytes, LIMITS_1);
  if (fault !== undefined) throw new RangeError(`not a module: ${fault.code} at byte ${fault.offset}`);
  const lines = ['(module'];
  module.types.forEach((type, index) => {
    lines.push(`  (type (;${index};) (func${spaced(functionTypeBody(type))}))`);
  });
  for (const item of module.imports) lines.push(`  ${importText(item)}`);
  module.tables.slice(module.importedTables).forEach((table, index) => {
    lines.push(`  (table (;${module.importedTables + index};) ${sizesText(table)} ${valueTypeName(table.type)})`);
  });
  for (const memory of module.memories.slice(module.importedMemories)) lines.push(`  (memory ${sizesText(memory)})`);
  module.globalDefinitions.forEach(({ init }, own) => {
    const index = module.importedGlobals + own;
    lines.push(`  (global (;${index};) ${globalTypeText(module, index)} ${expressionText(module, init)})`);
  });
  for (const { name, kind, index } of module.exports) {
    lines.push(`  (export ${quoted(name)} (${kind === 'function' ? 'func' : kind} ${index}))`);
  }
  if (module.start !== undefined) lines.push(`  (start ${module.start.functionIndex})`);
  module.elements.forEach((segment, index) => {
    lines.push(`  (elem (;${index};) ${elementText(module, segment)})`);
  });
  for (let own = 0; own < module.bodyStarts.length; own++) lines.push(...functionText(module, own));
  module.data.forEach((segment, index) => {
    lines.push(`  (data (;${index};) ${dataText(module, segment)})`);
  });
  lines.push(')');
  return lines.join('\n');
}

function functionText(module: Module, own: number): string[] {
  const index = module.importedFunctions + own;
  const typeIndex = module.functionTypes[index];
  const locals = localRuns(module, own);
  const body = disassembleBody(module, own);
  return [
    `  (func (;${index};) (type ${typeIndex})${typeComment(module, typeIndex)}${spaced(locals)}`,
    ...printLines(body.slice(0, -1), '    '),
    '  )',
  ];
}

function spaced(text: string): string {
  return text === '' ? '' : ` ${text}`;
}

function functionTypeBody({ params, results }: FunctionType): string {
  const list = (keyword: string, types: Uint8Array) =>
    types.length === 0 ? '' : `(${keyword} ${Array.from(types, valueTypeName).join(' ')})`;
  return [list('param', params), list('result', results)].filter((part) => part !== '').join(' ');
}

function importText({ module, name, description }: Import): string {
  const names = `${quoted(module)} ${quoted(name)}`;
  switch (description.kind) {
    case 'function':
      return `(import ${names} (func (type ${description.typeIndex})))`;
    case 'table':
      return `(import ${names} (table ${sizesText(description.type)} ${valueTypeName(description.type.type)}))`;
    case 'memory':
      return `(import ${names} (memory ${sizesText(description.type)}))`;
    case 'global': {
      const { type, mutable } = description.type;
      return `(import ${names} (global ${mutable ? `(mut ${valueTypeName(type)})` : valueTypeName(type)}))`;
    }
  }
}

function sizesText({ min, max }: SizeLimits): string {
  return max === undefined ? `${min}` : `${min} ${max}`;
}

function globalTypeText(module: Module, index: number): string {
  const { type, mutable } = module.globals[index];
  return mutable ? `(mut ${valueTypeName(type)})` : valueTypeName(type);
}

function expressionText(module: Module, { start, end }: ByteRange): string {
  const lines = readLines(new InstructionReader(module.bytes, start, end), module);
  return lines
    .slice(0, -1)
    .map(({ text }) => text)
    .join(' ');
}

function elementText(module: Module, segment: ElementSegment): string {
  const { mode, tableIndex, offsetExpression, functions, expressions, type, length } = segment;
  const parts: string[] = [];
  if (mode === 'declarative') parts.push('declare');
  if (offsetExpression !== undefined) {
    parts.push(`(table ${tableIndex}) (offset ${expressionText(module, offsetExpression)})`);
  }
  if (functions !== undefined) parts.push(`func ${functions.subarray(0, length).join(' ')}`);
  else {
    parts.push(valueTypeName(type));
    for (const start of expressions!) {
      parts.push(`(item ${expressionText(module, { start, end: module.bytes.length })})`);
    }
  }
  return parts.join(' ').trimEnd();
}

function dataText(module: Module, { offsetExpression, bytes }: DataSegment): string {
  const contents = quotedBytes(module.bytes.subarray(bytes.start, bytes.end));
  return offsetExpression === undefined ? contents : `(offset ${expressionText(module, offsetExpression)}) ${contents}`;
}

function quoted(name: string): string {
  return quotedBytes(utf8(name));
}

/** Bytes as a string of the text format: other than plain characters are written as `\hh`. */
function quotedBytes(bytes: Uint8Array): string {
  let result = '"';
  for (const byte of bytes) {
    const isPlain = byte >= 0x20 && byte < 0x7f && byte !== 0x22 && byte !== 0x5c;
    result += isPlain ? String.fromCharCode(byte) : `\\${byte.toString(16).padStart(2, '0')}`;
  }
  return `${result}"`;
}

/** Counts every instruction in the bodies of a module, by its name in the table. */
export function countByName(module: Module, counts: Map<string, number> = new Map()): Map<string, number> {
  for (let own = 0; own < module.bodyStarts.length; own++) {
    for (const { row } of disassembleBody(module, own)) counts.set(row.name, (counts.get(row.name) ?? 0) + 1);
  }
  return counts;
}
