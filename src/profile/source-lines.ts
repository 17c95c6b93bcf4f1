/** Where in its sources the code of a module comes from: by DWARF, or by a source map. Reported by names, which decide nothing. */
import { AnyMap, originalPositionFor, type TraceMap } from '@jridgewell/trace-mapping';
import { ByteReader } from '../base/byte-reader.js';
import { FaultSignal } from '../base/fault.js';
import { customSections } from '../wasm/custom-sections.js';
import { type Module, SectionId } from '../wasm/module.js';
import { type DebugSections, type DwarfLines, readDwarfLines } from './dwarf-lines.js';

export interface SourcePlace {
  readonly file: string;
  /** From 1; 0 for code that has no line. */
  readonly line: number;
}

/** The place of an offset in the module. */
export type SourceLines = (offset: number) => SourcePlace | undefined;

/** What `sourceMappingURL` of a module names: a URL, which may be relative to it. */
export function sourceMapUrl(module: Module): string | undefined {
  const range = sectionsOf(module).get('sourceMappingURL');
  if (range === undefined) return undefined;
  try {
    return new ByteReader(module.bytes, range.start, range.end).name();
  } catch (error) {
    if (error instanceof FaultSignal) return undefined;
    throw error;
  }
}

function sectionsOf(module: Module): ReadonlyMap<string, { readonly start: number; readonly end: number }> {
  const sections = new Map<string, { readonly start: number; readonly end: number }>();
  for (const { name, bytes } of customSections(module)) if (!sections.has(name)) sections.set(name, bytes);
  return sections;
}

/**
 * The source lines of a module, from a source map if one is given, else from its DWARF.
 * @param sourceMap JSON of a source map whose columns are offsets in the module
 * @returns undefined if it has none that can be read
 */
export function sourceLinesOf(module: Module, sourceMap?: string): SourceLines | undefined {
  const map = sourceMap ?? inlineMap(sourceMapUrl(module));
  return map === undefined ? linesOfDwarf(module) : linesOfMap(map);
}

const INLINE = /^data:application\/json[^,]*?(;base64)?,(.*)$/s;

function inlineMap(url: string | undefined): string | undefined {
  const [, isBase64, text] = INLINE.exec(url ?? '') ?? [];
  if (text === undefined) return undefined;
  try {
    return isBase64 === undefined ? decodeURIComponent(text) : new TextDecoder().decode(bytesOfBase64(text));
  } catch {
    // A URL that is damaged is no map.
    return undefined;
  }
}

function bytesOfBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

function linesOfMap(text: string): SourceLines | undefined {
  let map: TraceMap;
  try {
    map = AnyMap(text);
  } catch {
    // Not a source map: the code has no lines then.
    return undefined;
  }
  return (offset) => {
    const { source, line } = originalPositionFor(map, { line: 1, column: offset });
    return source === null ? undefined : { file: source, line };
  };
}

function linesOfDwarf(module: Module): SourceLines | undefined {
  const sections = sectionsOf(module);
  const bytesOf = (name: string): Uint8Array | undefined => {
    const range = sections.get(name);
    return range && module.bytes.subarray(range.start, range.end);
  };
  const line = bytesOf('.debug_line');
  const { ids, starts } = module.sections;
  const code = ids.indexOf(SectionId.Code);
  if (line === undefined || code < 0) return undefined;
  const [str, lineStr] = [bytesOf('.debug_str'), bytesOf('.debug_line_str')];
  const given: DebugSections = {
    line,
    ...(str === undefined ? {} : { str }),
    ...(lineStr === undefined ? {} : { lineStr }),
  };
  const read = readDwarfLines(given);
  return read.ok ? linesAt(read.lines, starts[code]) : undefined;
}

/** @param codeStart offset in the module that address 0 is at */
function linesAt({ files, addresses, fileIndices, lines, sequences }: DwarfLines, codeStart: number): SourceLines {
  return (offset) => {
    const address = offset - codeStart;
    const at = lastAtMost(sequences.length, (i) => addresses[sequences[i].first], address);
    if (at < 0) return undefined;
    const { first, end } = sequences[at];
    const row = first + lastAtMost(end - first, (i) => addresses[first + i], address);
    const file = fileIndices[row];
    return file < 0 ? undefined : { file: files[file], line: lines[row] };
  };
}

/** The last of some ascending values that is at most this; -1 if none is. */
function lastAtMost(count: number, valueAt: (i: number) => number, most: number): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (valueAt(middle) <= most) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
