/**
 * The exports of a module whose export section is known to be well-formed, read again from its bytes: all of them, or
 * the one with a name. Some modules have 75,000, with seven megabytes of names, and a call needs one. Specification:
 * export section.
 */
import { ByteReader } from '../base/byte-reader.js';
import { utf8 } from '../base/hash.js';
import { EXTERN_KINDS, type Export, type Module, SectionId } from './module.js';

type Located = Pick<Module, 'bytes' | 'sections'>;

/** Every export, in order. */
export function readExports(module: Located): Export[] {
  const reader = exportReader(module);
  const exports: Export[] = [];
  for (let left = reader?.u32() ?? 0; left > 0; left--) exports.push(readExport(reader!));
  return exports;
}

/** The number of exports, without reading them. */
export function countExports(module: Located): number {
  return exportReader(module)?.u32() ?? 0;
}

/** The export with a name, in time linear in the section. */
export function findExport(module: Located, name: string): Export | undefined {
  const reader = exportReader(module);
  const wanted = utf8(name);
  for (let left = reader?.u32() ?? 0; left > 0; left--) {
    const found = readIfNamed(reader!, wanted);
    // A text with lone surrogates encodes to the bytes of another text.
    if (found !== undefined) return found.name === name ? found : undefined;
  }
  return undefined;
}

/** A reader at the count of the exports; undefined if there is no such section. */
function exportReader({ bytes, sections }: Located): ByteReader | undefined {
  const index = sections.ids.indexOf(SectionId.Export);
  return index < 0 ? undefined : new ByteReader(bytes, sections.starts[index], sections.ends[index]);
}

function readExport(reader: ByteReader): Export {
  const offset = reader.pos;
  return { name: reader.name(), kind: EXTERN_KINDS[reader.u8()], index: reader.u32(), offset };
}

function readIfNamed(reader: ByteReader, wanted: Uint8Array): Export | undefined {
  const offset = reader.pos;
  const length = reader.u32();
  const start = reader.skip(length);
  if (length === wanted.length && wanted.every((byte, i) => byte === reader.bytes[start + i])) {
    reader.pos = offset;
    return readExport(reader);
  }
  reader.u8();
  reader.u32();
  return undefined;
}
