/**
 * The byte vectors of vectors/wire: every shape that crosses the boundary, in every generation that has it. The bytes were
 * written from HOLOCHAIN.md and the Rust sources by an encoder that shares nothing with ours.
 */
import { expect } from 'chai';
import fc from 'fast-check';
import { toHex } from '../../src/base/hash.js';
import { decodeValue } from '../../src/boundary/codec.js';
import { decodeBytes, encodeBytes } from '../../src/boundary/codec-bytes.js';
import { GENERATIONS } from '../../src/boundary/generation.js';
import { messagePackFromJson } from '../../src/boundary/json-read.js';
import { jsonFromMessagePack } from '../../src/boundary/json-write.js';
import type { MessagePackValue } from '../../src/boundary/messagepack.js';
import { decodeMessagePack } from '../../src/boundary/messagepack-decode.js';
import { encodeMessagePack } from '../../src/boundary/messagepack-encode.js';
import { varied } from './varied-value.js';
import { bytesOf, CODECS, codecOf, VECTORS } from './wire-vectors.js';

describe('wire vectors', () => {
  for (const [file, vectors] of VECTORS) {
    it(`${file}: decodes and encodes ${vectors.length} shapes`, () => {
      for (const vector of vectors) {
        const label = `${vector.codec} ${vector.generation}: ${vector.name}`;
        const decoded = decodeBytes(codecOf(vector), bytesOf(vector));
        if (!decoded.ok) expect.fail(`${label}: ${decoded.error.path} ${decoded.error.reason}`);
        expect(codecOf(vector).is(decoded.value), label).to.equal(true);
        expect(toHex(encodeBytes(codecOf(vector), decoded.value)), label).to.equal(vector.bytes);
      }
    });

    it(`${file}: the bytes are canonical and equal the JSON beside them`, () => {
      for (const vector of vectors) {
        const read = messagePackFromJson(JSON.stringify(vector.wire));
        expect(read.ok && toHex(encodeMessagePack(read.value)), vector.name).to.equal(vector.bytes);
        const decoded = decodeMessagePack(bytesOf(vector), { canonical: true });
        expect(decoded.ok && JSON.parse(jsonFromMessagePack(decoded.value)), vector.name).to.deep.equal(vector.wire);
      }
    });
  }

  it('include every codec, and every generation of those that differ', () => {
    const seen = new Set(VECTORS.flatMap(([, vectors]) => vectors.map(({ codec }) => codec)));
    expect([...seen].sort()).to.deep.equal(Object.keys(CODECS).sort());
    const shapes = Object.values(GENERATIONS).map(({ shape }) => shape);
    for (const codec of ['Action', 'Entry', 'Op', 'Record', 'ValidateCallbackResult', 'WasmError', 'ZomeInfo']) {
      // In 0.2-map only types that contain an entry have another form.
      const expected = ['Entry', 'Op', 'Record'].includes(codec) ? Object.keys(GENERATIONS) : [...new Set(shapes)];
      const generations = VECTORS.flatMap(([, vectors]) => vectors.filter((vector) => vector.codec === codec)).map(
        ({ generation }) => generation,
      );
      expect([...new Set(generations)].sort(), codec).to.deep.equal(expected);
    }
  });

  it('round-trip for any hashes, numbers and bytes in the shapes', () => {
    const all = VECTORS.flatMap(([, vectors]) => vectors).filter(({ codec }) => !/Extern|ShortCircuit/.test(codec));
    fc.assert(
      fc.property(fc.constantFrom(...all), fc.infiniteStream(fc.integer({ min: 0, max: 255 })), (vector, numbers) => {
        const decoded = decodeMessagePack(bytesOf(vector));
        const wire = decoded.ok ? varied(decoded.value, () => numbers.next().value as number) : null;
        const value = decodeValue(codecOf(vector), wire);
        if (!value.ok) expect.fail(`${vector.name}: ${value.error.path} ${value.error.reason}`);
        const encoded = codecOf(vector).encode(value.value);
        expect(encoded).to.deep.equal(wire);
        expect(decodeValue(codecOf(vector), encoded)).to.deep.equal(value);
      }),
      { numRuns: 300 },
    );
  });

  it('a struct without one of its keys is refused at that key, except for an Option and the fields of some versions', () => {
    for (const vector of VECTORS.flatMap(([, vectors]) => vectors)) {
      const decoded = decodeMessagePack(bytesOf(vector));
      if (!decoded.ok || !(decoded.value instanceof Map) || decoded.value.size < 2) continue;
      const entries = [...(decoded.value as ReadonlyMap<string, MessagePackValue>)];
      for (const [key] of entries) {
        const less = decodeValue(codecOf(vector), new Map(entries.filter(([other]) => other !== key)));
        const label = `${vector.codec} ${vector.generation} ${vector.name} without ${key}`;
        if (less.ok) expect(key, label).to.match(OPTIONAL);
        else expect(less.error.path, label).to.equal(`$.${key === 'module_path' ? 'file' : key}`);
      }
    }
  });
});

/** Keys that may be missing: Options, fields of some versions only, and one of two names. */
const OPTIONAL = /^(membrane_proof|prev_dna_hash|prev_target|close_hash|new_dna_hash|new_target|file|module_path)$/;
