/**
 * The byte vectors of vectors/wire: every shape that crosses the boundary, in every generation that has it. The bytes were
 * written from HOLOCHAIN.md and the Rust sources by an encoder that shares nothing with ours.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import fc from 'fast-check';
import type * as t from 'io-ts';
import { toHex } from '../../src/base/hash.js';
import { bool, type Codec, decodeValue, nil } from '../../src/boundary/codec.js';
import { decodeBytes, encodeBytes, insideBytes } from '../../src/boundary/codec-bytes.js';
import { GENERATIONS, type Generation } from '../../src/boundary/generation.js';
import { messagePackFromJson } from '../../src/boundary/json-read.js';
import { jsonFromMessagePack } from '../../src/boundary/json-write.js';
import type { MessagePackValue } from '../../src/boundary/messagepack.js';
import { decodeMessagePack } from '../../src/boundary/messagepack-decode.js';
import { encodeMessagePack } from '../../src/boundary/messagepack-encode.js';
import { validationResult } from '../../src/boundary/validation-result.js';
import { externResult, HostError, resultOf, wasmError } from '../../src/boundary/wasm-error.js';
import { action, signedHashed } from '../../src/zome/action.js';
import {
  entryDefsResult,
  GenesisSelfCheckDataV1,
  GenesisSelfCheckDataV2,
  initResult,
} from '../../src/zome/callback-data.js';
import { entry } from '../../src/zome/entry.js';
import {
  agentActivity,
  entryHashed,
  mustGetAgentActivityInput,
  traceMessage,
  VerifySignature,
} from '../../src/zome/host-data.js';
import { DnaInfoV1, DnaInfoV2, zomeInfo } from '../../src/zome/info.js';
import { op } from '../../src/zome/op.js';
import { record } from '../../src/zome/record.js';
import { varied } from './varied-value.js';

const WIRE = new URL('../../../vectors/wire/', import.meta.url);

interface Vector {
  readonly name: string;
  readonly codec: string;
  readonly generation: Generation;
  readonly bytes: string;
  readonly wire: unknown;
}

const CODECS: Readonly<Record<string, (generation: Generation) => t.Any>> = {
  Action: action,
  AgentActivity: agentActivity,
  DnaInfoV1: () => DnaInfoV1,
  DnaInfoV2: () => DnaInfoV2,
  Entry: entry,
  EntryDefsResult: entryDefsResult,
  EntryHashed: entryHashed,
  ExternNil: () => insideBytes(nil),
  ExternResult: externResult,
  GenesisSelfCheckDataV1: () => GenesisSelfCheckDataV1,
  GenesisSelfCheckDataV2: () => GenesisSelfCheckDataV2,
  HostBool: () => resultOf(bool, HostError),
  HostError: () => HostError,
  HostNil: () => resultOf(nil, HostError),
  InitResult: initResult,
  MustGetAgentActivityInput: mustGetAgentActivityInput,
  Nil: () => nil,
  Op: op,
  Record: record,
  ShortCircuit: (generation) => insideBytes(validationResult(generation)),
  SignedAction: (generation) => signedHashed(action(generation)),
  TraceMessage: traceMessage,
  ValidateCallbackResult: validationResult,
  VerifySignature: () => VerifySignature,
  WasmError: wasmError,
  ZomeInfo: zomeInfo,
};

function codecOf({ codec, generation }: Vector): Codec<unknown> {
  return CODECS[codec]!(generation) as unknown as Codec<unknown>;
}

function bytesOf({ bytes }: Vector): Uint8Array {
  return Uint8Array.from(Buffer.from(bytes, 'hex'));
}

const FILES = readdirSync(WIRE).filter((name) => name.endsWith('.json'));
const VECTORS = FILES.map((file): [string, readonly Vector[]] => [
  file,
  JSON.parse(readFileSync(new URL(file, WIRE), 'utf8')) as readonly Vector[],
]);

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

    it(`${file}: the bytes are canonical and are what the JSON beside them says`, () => {
      for (const vector of vectors) {
        const read = messagePackFromJson(JSON.stringify(vector.wire));
        expect(read.ok && toHex(encodeMessagePack(read.value)), vector.name).to.equal(vector.bytes);
        const decoded = decodeMessagePack(bytesOf(vector), { canonical: true });
        expect(decoded.ok && JSON.parse(jsonFromMessagePack(decoded.value)), vector.name).to.deep.equal(vector.wire);
      }
    });
  }

  it('have every codec, and every generation of those that differ', () => {
    const seen = new Set(VECTORS.flatMap(([, vectors]) => vectors.map(({ codec }) => codec)));
    expect([...seen].sort()).to.deep.equal(Object.keys(CODECS).sort());
    const shapes = Object.values(GENERATIONS).map(({ shape }) => shape);
    for (const codec of ['Action', 'Entry', 'Op', 'Record', 'ValidateCallbackResult', 'WasmError', 'ZomeInfo']) {
      // Only what holds an entry has another form in 0.2-map.
      const expected = ['Entry', 'Op', 'Record'].includes(codec) ? Object.keys(GENERATIONS) : [...new Set(shapes)];
      const generations = VECTORS.flatMap(([, vectors]) => vectors.filter((vector) => vector.codec === codec)).map(
        ({ generation }) => generation,
      );
      expect([...new Set(generations)].sort(), codec).to.deep.equal(expected);
    }
  });

  it('decode(encode(x)) = x whatever hashes, numbers and bytes stand in the shapes', () => {
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

  it('without one of its keys a struct is refused at that key, but for an Option and the fields of some versions', () => {
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
