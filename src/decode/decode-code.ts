/**
 * The code section: the ranges of the bodies, which stay bytes. A truncated body is kept up to the truncation.
 * Specification, binary format: code section.
 */
import type { ByteReader } from '../base/byte-reader.js';
import { raise } from '../base/fault.js';
import type { Limits } from '../base/limits.js';
import { countInBytes } from './decode-definitions.js';
import type { ModuleBuilder } from './module-builder.js';

export function decodeCode(reader: ByteReader, builder: ModuleBuilder, limits: Limits): void {
  const countOffset = reader.pos;
  const count = reader.u32();
  const functions = builder.ownFunctionTypes.length;
  if (count !== functions) raise('code-count-mismatch', countOffset, `${functions} functions, ${count} bodies`);
  builder.bodyStarts = new Uint32Array(countInBytes(reader, count));
  builder.bodyEnds = new Uint32Array(builder.bodyStarts.length);
  for (let i = 0; i < count; i++) {
    const sizeOffset = reader.pos;
    const size = reader.u32();
    if (size > limits.bodyBytes) raise('limit-body-bytes', sizeOffset, `${size}, the limit is ${limits.bodyBytes}`);
    builder.bodyStarts[i] = reader.pos;
    builder.bodyEnds[i] = Math.min(reader.pos + size, reader.end);
    builder.bodies++;
    reader.skip(size);
  }
}
