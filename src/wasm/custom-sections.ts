/** The custom sections of a module, located again in its bytes on demand. Specification: custom section. */
import { ByteReader } from '../base/byte-reader.js';
import { type ByteRange, type Module, SectionId } from './module.js';

export interface CustomSection {
  readonly name: string;
  /** The contents after the name. */
  readonly bytes: ByteRange;
  /** Id of the last non-custom section before it, 0 if there is none. */
  readonly after: number;
}

/** Every custom section of a decoded module, in order. */
export function* customSections(module: Module): Generator<CustomSection> {
  const { ids, starts, ends } = module.sections;
  let after = 0;
  for (let i = 0; i < ids.length; i++) {
    if (ids[i] !== SectionId.Custom) {
      after = ids[i];
      continue;
    }
    const reader = new ByteReader(module.bytes, starts[i], ends[i]);
    const name = reader.name();
    yield { name, bytes: { start: reader.pos, end: ends[i] }, after };
  }
}
