/**
 * Our codecs and hashes compared with those of the real crates of every Holochain release (`vectors/zome/hashes`):
 * bytes serialized by the crates decode and encode to the same bytes, are the value that was requested, and have their
 * hash.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { toHex } from '../../src/base/hash.js';
import { bytes, type Codec, decodeValue, i64, str } from '../../src/boundary/codec.js';
import { decodeBytes, encodeBytes } from '../../src/boundary/codec-bytes.js';
import { externallyTagged } from '../../src/boundary/codec-enum.js';
import { list, optional, pair, struct } from '../../src/boundary/codec-struct.js';
import type { Generation } from '../../src/boundary/generation.js';
import { hashOf } from '../../src/boundary/hash-bytes.js';
import { messagePackFromJson } from '../../src/boundary/json-read.js';
import { decodeMessagePack } from '../../src/boundary/messagepack-decode.js';
import { type Action, action, actionHash } from '../../src/zome/action.js';
import { dnaHash, dnaHashContent, type HashedDna, type HolochainRelease } from '../../src/zome/dna-hash.js';
import { type Entry, entry, entryHash } from '../../src/zome/entry.js';
import { wasmHash } from '../../src/zome/holo-hash.js';
import { Duration } from '../../src/zome/info.js';
import { ZOME_JSON } from '../../src/zome/zome-json.js';

const FOLDER = new URL('../../../vectors/zome/hashes/', import.meta.url);

interface Vector {
  readonly section: string;
  readonly name: string;
  readonly bytes: string;
  readonly content: string | null;
  readonly hash: string;
}

interface Vectors {
  readonly crates: Readonly<Record<string, string>>;
  readonly vectors: readonly Vector[];
}

type Values = Readonly<Record<string, readonly { readonly name: string; readonly value: unknown }[]>>;

function document<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8')) as T;
}

const VALUES = document<Values>('values.json');
const VERSIONS = readdirSync(FOLDER).flatMap((name) =>
  /^0\.\d(?:-map)?\.json$/.test(name) ? [name.slice(0, -5)] : [],
);

const GENERATION_OF: Readonly<Record<string, Generation>> = {
  '0.1': '0.2',
  '0.1-map': '0.2-map',
  '0.2': '0.2',
  '0.3': '0.6',
  '0.4': '0.6',
  '0.5': '0.6',
  '0.6': '0.6',
  '0.7': '0.7',
};

/** The requested value, as MessagePack, read as the type. */
function askedFor<A>(codec: Codec<A>, { section, name }: Vector): A {
  const row = VALUES[section]!.find((one) => one.name === name)!;
  const read = messagePackFromJson(JSON.stringify(row.value), ZOME_JSON);
  if (!read.ok) throw new Error(`${name}: ${JSON.stringify(read.fault)}`);
  const decoded = decodeValue(codec, read.value);
  if (!decoded.ok) throw new Error(`${name}: ${decoded.error.reason} at ${decoded.error.path}`);
  return decoded.value;
}

function unhex(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex, 'hex'));
}

/** The bytes decode to the value, and the value encodes to the bytes. */
function checkCodec<A>(codec: Codec<A>, vector: Vector): A {
  const value = askedFor(codec, vector);
  const decoded = decodeBytes(codec, unhex(vector.bytes));
  if (!decoded.ok) throw new Error(`${vector.name}: ${decoded.error.reason} at ${decoded.error.path}`);
  expect(decoded.value, vector.name).to.deep.equal(value);
  expect(toHex(encodeBytes(codec, value)), vector.name).to.equal(vector.bytes);
  return value;
}

const Zome = struct('WasmZome', { wasm_hash: hashOf('WasmHash', 'Wasm'), dependencies: list(str) });
const Zomes = list(pair(str, Zome));
const TaggedZomes = list(pair(str, externallyTagged('ZomeDef', { Wasm: Zome })));

/** `DnaDef` in `values.json`. */
function dnaDef<Z>(integrity: Codec<Z>) {
  return struct('DnaDef', {
    name: str,
    modifiers: struct('DnaModifiers', {
      network_seed: str,
      properties: bytes,
      origin_time: optional(i64),
      quantum_time: optional(Duration),
    }),
    integrity_zomes: integrity,
  });
}

function hashedDna(vector: Vector): HashedDna {
  const def = vector.section.endsWith('of 0.7')
    ? askedFor(dnaDef(TaggedZomes), vector)
    : askedFor(dnaDef(Zomes), vector);
  const { name, modifiers, integrity_zomes } = def;
  const properties = decodeMessagePack(modifiers.properties);
  if (!properties.ok) throw new Error(vector.name);
  return {
    name,
    networkSeed: modifiers.network_seed,
    properties: properties.value,
    originTime: modifiers.origin_time,
    quantumTime: modifiers.quantum_time,
    integrityZomes: integrity_zomes.map(([zome, given]) => {
      const { wasm_hash: of, dependencies } = 'kind' in given ? given.value : given;
      return { name: zome, wasmHash: of, dependencies };
    }),
  };
}

const CHECKS: Readonly<Record<string, (vector: Vector, version: string) => void>> = {
  actions: (vector, version) => {
    const generation = GENERATION_OF[version]!;
    const value = checkCodec<Action>(action(generation), vector);
    expect(vector.content).to.equal(null);
    expect(toHex(actionHash(value, generation)), vector.name).to.equal(vector.hash);
  },
  entries: (vector, version) => {
    const generation = GENERATION_OF[version]!;
    const value = checkCodec<Entry>(entry(generation), vector);
    expect(vector.content).to.equal(null);
    expect(toHex(entryHash(value, generation)), vector.name).to.equal(vector.hash);
  },
  dnas: (vector, version) => {
    const release = version.slice(0, 3) as HolochainRelease;
    const dna = hashedDna(vector);
    expect(toHex(dnaHashContent(dna, release)), vector.name).to.equal(vector.content);
    expect(toHex(dnaHash(dna, release)), vector.name).to.equal(vector.hash);
  },
  wasms: (vector) => {
    expect(toHex(wasmHash(unhex(vector.bytes))), vector.name).to.equal(vector.hash);
  },
};

describe('hashes of the real crates', () => {
  it('exist for every release', () => {
    expect(VERSIONS.sort()).to.deep.equal(Object.keys(GENERATION_OF).sort());
  });

  for (const version of VERSIONS) {
    const { crates, vectors } = document<Vectors>(`${version}.json`);
    const kinds = [...new Set(vectors.map(({ section }) => section.split(' ')[0]!))];

    it(`Holochain ${version}: lists its crates, and has actions, entries, DNAs and modules of every kind`, () => {
      expect(crates['holochain_zome_types']).to.match(new RegExp(`^${version.slice(0, 3).replace('.', '\\.')}\\.`));
      expect(crates['serde']).to.match(/^1\.0\.\d+$/);
      expect([...kinds].sort()).to.deep.equal(Object.keys(CHECKS).sort());
      const ofKind = (kind: string) =>
        vectors.filter(({ section }) => section.startsWith(kind)).map(({ name }) => name);
      const actions = ['Dna', 'AgentValidationPkg', 'InitZomesComplete', 'Create', 'Update', 'Delete', 'CreateLink'];
      for (const type of [...actions, 'DeleteLink', 'OpenChain', 'CloseChain']) {
        expect(
          ofKind('actions').some((name) => name.split(' ')[0] === type),
          type,
        ).to.equal(true);
      }
      for (const type of ['App', 'Agent', 'CounterSign', 'CapClaim', 'CapGrant']) {
        expect(
          ofKind('entries').some((name) => name.split(/[ ,]/)[0] === type),
          type,
        ).to.equal(true);
      }
    });

    for (const kind of kinds) {
      const some = vectors.filter(({ section }) => section.startsWith(kind));
      it(`Holochain ${version}: ${some.length} ${kind}`, () => {
        for (const vector of some) CHECKS[kind]!(vector, version);
      });
    }
  }
});
