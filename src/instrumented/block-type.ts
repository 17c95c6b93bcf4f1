/** The type of a block by its immediate. Specification, binary format: control instructions. */
import type { ByteReader } from '../base/byte-reader.js';
import type { FunctionType } from '../wasm/types.js';
import { EMPTY_BLOCK } from './code-writer.js';

export const NO_TYPES = new Uint8Array(0);
/** From nothing to nothing. */
export const NO_VALUES: FunctionType = { params: NO_TYPES, results: NO_TYPES };

/** By the byte that stands for no result or for one. */
const SHORT_TYPES: readonly FunctionType[] = (() => {
  const types: FunctionType[] = [];
  for (let code = 0x40; code < 0x80; code++) types[code] = { params: NO_TYPES, results: Uint8Array.of(code) };
  types[EMPTY_BLOCK] = NO_VALUES;
  return types;
})();

export function readBlockType(reader: ByteReader, types: readonly FunctionType[]): FunctionType {
  const first = reader.bytes[reader.pos];
  if ((first & 0xc0) !== 0x40) return types[reader.s33()];
  reader.pos++;
  return SHORT_TYPES[first];
}
