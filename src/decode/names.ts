/**
 * The name section: names of the module, its functions and locals, for people. Read on demand, and tolerant: unreadable
 * parts are left out, so a bad name section never affects anything. Specification, appendix: custom sections.
 */
import { ByteReader } from '../base/byte-reader.js';
import { FaultSignal } from '../base/fault.js';
import { customSections } from '../wasm/custom-sections.js';
import type { ByteRange, Module } from '../wasm/module.js';

export interface Names {
  readonly module: string | undefined;
  /** Names by function index. */
  readonly functions: ReadonlyMap<number, string>;
  /** Names by function index and local index. */
  readonly locals: ReadonlyMap<number, ReadonlyMap<number, string>>;
}

const enum Subsection {
  Module = 0,
  Functions = 1,
  Locals = 2,
}

class NamesBuilder implements Names {
  module: string | undefined = undefined;
  readonly functions = new Map<number, string>();
  readonly locals = new Map<number, Map<number, string>>();
}

/** The names in the first name section, as far as it can be read. */
export function decodeNames(module: Module): Names {
  const names = new NamesBuilder();
  for (const { name, bytes } of customSections(module)) {
    if (name !== 'name') continue;
    tolerant(() => readSubsections(module.bytes, bytes, names));
    break;
  }
  return names;
}

/** Stops at a fault and keeps what was read before it. */
function tolerant(read: () => void): void {
  try {
    read();
  } catch (error) {
    if (!(error instanceof FaultSignal)) throw error;
  }
}

function readSubsections(bytes: Uint8Array, range: ByteRange, names: NamesBuilder): void {
  const reader = new ByteReader(bytes, range.start, range.end);
  while (!reader.atEnd) {
    const id = reader.u8();
    const size = reader.u32();
    const start = reader.skip(size);
    const contents = new ByteReader(bytes, start, start + size);
    tolerant(() => readSubsection(id, contents, names));
  }
}

function readSubsection(id: number, reader: ByteReader, names: NamesBuilder): void {
  if (id === Subsection.Module) names.module = reader.name();
  else if (id === Subsection.Functions) readNameMap(reader, names.functions);
  else if (id === Subsection.Locals) {
    for (let count = reader.u32(); count > 0; count--) {
      const locals = new Map<number, string>();
      names.locals.set(reader.u32(), locals);
      readNameMap(reader, locals);
    }
  }
}

function readNameMap(reader: ByteReader, names: Map<number, string>): void {
  for (let count = reader.u32(); count > 0; count--) names.set(reader.u32(), reader.name());
}
