/**
 * Every vector of a module that does not load: kind, code and offset of its fault; the host does not load it either.
 */
import { expect } from 'chai';
import { decode } from '../../src/decode/decode.js';
import { validate } from '../../src/validate/validate.js';
import { bytesOf, limitsOf, readLoadVectors } from './load-vectors.js';

/** Encodings that 2.0 forbids and that the host accepts under later versions. */
const HOST_IS_LENIENT: ReadonlySet<string> = new Set(['a negative block type of two bytes']);

describe('vectors of load faults', () => {
  for (const vector of readLoadVectors()) {
    it(`${vector.code}: ${vector.name}`, () => {
      const bytes = bytesOf(vector);
      const limits = limitsOf(vector);
      const loaded = validate(decode(bytes, limits), limits);
      const fault = loaded.ok ? undefined : loaded.fault;
      expect({ kind: fault?.kind, code: fault?.code, offset: fault?.offset }).to.deep.equal({
        kind: vector.kind,
        code: vector.code,
        offset: vector.offset,
      });
      if (vector.kind !== 'refused' && !HOST_IS_LENIENT.has(vector.name))
        expect(WebAssembly.validate(bytes as Uint8Array<ArrayBuffer>)).to.equal(false);
    });
  }
});
