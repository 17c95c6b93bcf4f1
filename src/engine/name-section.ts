/**
 * The names that the custom section `name` gives, for people only: they decide nothing, so a section that is cut off or
 * wrong gives the names that could be read before the fault. Specification: appendix, name section.
 */
import { ByteReader } from '../base/byte-reader.js';
import { FaultSignal } from '../base/fault.js';
import { type Module, SectionId } from '../wasm/module.js';

export interface Names {
  readonly module: string | undefined;
  /** By function index. */
  readonly functions: ReadonlyMap<number, string>;
}

const MODULE_NAME = 0;
const FUNCTION_NAMES = 1;

interface NamesRead {
  module: string | undefined;
  readonly functions: Map<number, string>;
}

export function namesOf(module: Module): Names {
  const names: NamesRead = { module: undefined, functions: new Map() };
  const { ids, starts, ends } = module.sections;
  for (let i = 0; i < ids.length; i++) {
    if (ids[i] === SectionId.Custom) readSection(new ByteReader(module.bytes, starts[i], ends[i]), names);
  }
  return names;
}

function readSection(reader: ByteReader, names: NamesRead): void {
  try {
    if (reader.name() !== 'name') return;
    while (!reader.atEnd) {
      const id = reader.u8();
      const length = reader.u32();
      const start = reader.skip(length);
      readSubsection(id, new ByteReader(reader.bytes, start, start + length), names);
    }
  } catch (error) {
    if (!(error instanceof FaultSignal)) throw error;
  }
}

function readSubsection(id: number, reader: ByteReader, names: NamesRead): void {
  if (id === MODULE_NAME) names.module = reader.name();
  if (id !== FUNCTION_NAMES) return;
  for (let left = reader.u32(); left > 0; left--) {
    const index = reader.u32();
    names.functions.set(index, reader.name());
  }
}

/** The name of a function for a person: its name, its import's, its first export's, or `func[index]`. */
export function functionLabel(module: Module, names: Names, functionIndex: number): string {
  const named = names.functions.get(functionIndex);
  if (named !== undefined) return named;
  if (functionIndex < module.importedFunctions) {
    const item = module.imports.filter(({ description }) => description.kind === 'function')[functionIndex];
    if (item !== undefined) return `${item.module}.${item.name}`;
  }
  const exported = module.exports.find(({ kind, index }) => kind === 'function' && index === functionIndex);
  return exported?.name ?? `func[${functionIndex}]`;
}
