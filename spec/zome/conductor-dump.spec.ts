/** Dumps of conductors: read in every form and generation, refused with a location, and validated op by op. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { toHex } from '../../src/base/hash.js';
import { GENERATIONS, type Generation } from '../../src/boundary/generation.js';
import type { MessagePackValue } from '../../src/boundary/messagepack.js';
import { encodeMessagePack } from '../../src/boundary/messagepack-encode.js';
import { createEngine } from '../../src/engine/engine.js';
import { receiptHash } from '../../src/engine/receipt/receipt-json.js';
import type { Tier } from '../../src/engine/tier.js';
import {
  agentFromSeed,
  type ConductorDump,
  chainOpHash,
  chainOpName,
  chainOpsOf,
  createZomeHost,
  type DumpedOpValidation,
  type DumpFile,
  type Entry,
  hashText,
  readConductorDump,
  recordOf,
  validateDump,
  type ZomeHost,
} from '../../src/zome/index.js';
import {
  BROWSER_BYTES,
  dumpedOp,
  dumpedRecord,
  fullStateDump,
  LIBRARY,
  NODE_BYTES,
  NOTES,
  plainJson,
  SERDE_BYTES,
  stateDump,
  type Village,
  village,
} from './made-dump.js';

const ALL = Object.keys(GENERATIONS) as Generation[];
const LINKS = readFileSync('vectors/guests/links/links.wasm');
const alice = agentFromSeed(new Uint8Array(32).fill(1));

function json(text: string): DumpFile {
  return { name: 'dump.json', bytes: new TextEncoder().encode(text), format: 'json' };
}

function packed(value: MessagePackValue): DumpFile {
  return { name: 'dump.msgpack', bytes: encodeMessagePack(value as never), format: 'messagepack' };
}

function dumpOf(files: readonly DumpFile[], generation: Generation): ConductorDump {
  const read = readConductorDump(files, generation);
  if (!read.ok) throw new Error(`${read.fault.code} at ${read.fault.path}: ${read.fault.reason}`);
  return read.dump;
}

function hashesOf(dump: ConductorDump): string[] {
  return [...dump.ops()].map(({ hash }) => toHex(hash)).sort();
}

function expectedHashes({ ops }: Village, generation: Generation): string[] {
  return ops.map((op) => toHex(chainOpHash(op, generation))).sort();
}

async function hostOver(wasm: Uint8Array, tier: Tier, generation: Generation = '0.6'): Promise<ZomeHost> {
  const made = await createZomeHost({ engine: createEngine({ tier }), zomes: [{ name: 'zome', wasm }], generation });
  if (made.ok) return made.host;
  throw new Error(made.fault.code);
}

function counts(validations: readonly DumpedOpValidation[]): Readonly<Record<string, number>> {
  const sums: Record<string, number> = {};
  for (const { verdict } of validations) sums[verdict.kind] = (sums[verdict.kind] ?? 0) + 1;
  return sums;
}

describe('zome/conductor-dump', () => {
  for (const generation of ALL) {
    describe(`generation ${generation}`, () => {
      const made = village(60, generation, NOTES);
      const ops = made.ops.map((op) => dumpedOp(op, generation));
      const third = Math.floor(ops.length / 3);
      const dump = fullStateDump({
        validation_limbo: ops.slice(0, third),
        integration_limbo: ops.slice(third, 2 * third),
        integrated: ops.slice(2 * third),
      });
      const hashes = expectedHashes(made, generation);

      it('reads JSON of every writer and MessagePack, with the same ops', () => {
        const forms = [
          packed(dump),
          json(plainJson(dump, SERDE_BYTES)),
          json(plainJson(dump, BROWSER_BYTES)),
          json(plainJson(dump, NODE_BYTES)),
          json(`\ufeff${JSON.stringify(JSON.parse(plainJson(dump)), undefined, 2)}\n`),
          packed(
            new Map<string, MessagePackValue>([
              ['type', 'full_state_dumped'],
              ['value', dump],
            ]),
          ),
        ];
        for (const file of forms) expect(hashesOf(dumpOf([file], generation))).to.deep.equal(hashes);
      });

      it('reports in which list an op was, and returns them ordered by the time of their action', () => {
        const lists = new Set<string>();
        let before = -1n;
        for (const { list, chainOp } of dumpOf([packed(dump)], generation).ops()) {
          lists.add(list);
          const { content } = chainOp.action.hashed;
          const { timestamp } = 'header' in content ? content.header : content;
          expect(timestamp >= before).to.equal(true);
          before = timestamp;
        }
        expect([...lists].sort()).to.deep.equal(['integrated', 'integration_limbo', 'validation_limbo']);
      });

      it('derives the ops of a source chain where the dump only counts them', () => {
        const records = made.records.map((record) => dumpedRecord(record, generation));
        expect(hashesOf(dumpOf([json(plainJson(stateDump(records)))], generation))).to.deep.equal(hashes);
      });

      it('accepts several files as one dump, and an op in two of them as one', () => {
        const pages = [fullStateDump({ integrated: ops.slice(0, 40) }), fullStateDump({ integrated: ops.slice(30) })];
        const read = dumpOf(pages.map(packed), generation);
        expect(hashesOf(read)).to.deep.equal(hashes);
        expect(read.duplicates).to.equal(10);
      });

      it('finds actions, entries and records by their hash', () => {
        const read = dumpOf([json(plainJson(dump))], generation);
        for (const record of made.records) {
          expect(read.record(record.signed_action.hashed.hash)).to.deep.equal(record);
        }
        expect(read.chainOf(alice.key).size).to.be.greaterThan(3);
      });

      it('refuses an op of another generation with its location', () => {
        const other = generation === '0.7' ? '0.6' : '0.7';
        const read = readConductorDump([json(plainJson(dump))], other);
        expect(read).to.deep.include({ ok: false });
        const { fault } = read as Extract<typeof read, { ok: false }>;
        expect(fault).to.include({ code: 'not-an-op', file: 'dump.json' });
        expect(fault.path).to.match(/^\$\.integration_dump\.validation_limbo\[0\]/);
        const name = chainOpName(made.ops[0]!.type, generation);
        expect(fault.reason).to.include(`generation ${other} has no ChainOp "${name}"; generation`);
      });
    });
  }

  for (const name of readdirSync('vectors/zome/dumps').filter((file) => file.endsWith('.json'))) {
    it(`reads what the crates of Holochain ${name.slice(0, -5)} write, and finds every op and action by its hash`, () => {
      const vector = JSON.parse(readFileSync(join('vectors/zome/dumps', name), 'utf8')) as {
        readonly generation: Generation;
        readonly json: string;
        readonly messagepack: string;
        readonly hashes: readonly string[];
        readonly actions: readonly string[];
      };
      const bytes = Uint8Array.from(Buffer.from(vector.messagepack, 'hex'));
      for (const file of [json(vector.json), { name, bytes, format: 'messagepack' } as const]) {
        const ops = [...dumpOf([file], vector.generation).ops()];
        expect(ops.map(({ hash }) => hashText(hash)).sort()).to.deep.equal([...vector.hashes].sort());
        const actions = new Set(ops.map(({ chainOp }) => hashText(chainOp.action.hashed.hash)));
        expect([...actions].sort()).to.deep.equal([...vector.actions].sort());
      }
    });
  }

  it('reads the ops of Holochain 0.1, whose entry is an option', () => {
    const [op] = chainOpsOf(recordOf({ author: alice, generation: '0.2', entry: NOTES.first('a') }));
    const dumped = dumpedOp(op!, '0.2') as ReadonlyMap<string, readonly MessagePackValue[]>;
    const [signature, action, present] = dumped.get('StoreRecord')!;
    const entry = (present as ReadonlyMap<string, MessagePackValue>).get('Present')!;
    const old = new Map([['StoreRecord', [signature!, action!, entry]]]);
    const [read] = dumpOf([packed(fullStateDump({ integrated: [old] }))], '0.2').ops();
    expect(read!.chainOp).to.deep.equal(op);
  });

  it('counts warrants and does not read them', () => {
    const warrant = new Map<string, MessagePackValue>([['WarrantOp', new Map([['proof', 'what it may be']])]]);
    const read = dumpOf([packed(fullStateDump({ integrated: [warrant, warrant] }))], '0.6');
    expect({ size: read.size, warrants: read.warrants }).to.deep.equal({ size: 0, warrants: 2 });
  });

  it('keeps the roles of countersigning agents as a list of integers', () => {
    const hash = recordOf({ author: alice, entry: NOTES.first('a') }).signed_action.hashed.hash;
    const session = {
      preflight_request: {
        app_entry_hash: hashEntry,
        signing_agents: [[alice.key, [0, 1, 255]]],
        optional_signing_agents: [],
        minimum_optional_signing_agents: 0,
        enzymatic: false,
        session_times: { start: 1n, end: 2n },
        action_base: { kind: 'Create', value: { entry_type: { kind: 'AgentPubKey' } } },
        preflight_bytes: Uint8Array.of(1, 2),
      },
      responses: [[{ agent_index: 0, chain_top: hash, action_seq: 3 }, new Uint8Array(64).fill(1)]],
      optional_responses: [],
    };
    const entry = { entry_type: 'CounterSign', entry: [session, Uint8Array.of(0xc0)] } as unknown as Entry;
    const ops = chainOpsOf(recordOf({ author: alice, entry }));
    const dump = fullStateDump({ integrated: ops.map((op) => dumpedOp(op, '0.6')) });
    for (const form of [SERDE_BYTES, BROWSER_BYTES, NODE_BYTES]) {
      const read = [...dumpOf([json(plainJson(dump, form))], '0.6').ops()];
      expect(read.map(({ chainOp }) => chainOp)).to.deep.equal(ops);
    }
  });

  const hashEntry = (() => {
    const { content } = recordOf({ author: alice, entry: NOTES.first('a') }).signed_action.hashed;
    return (content as unknown as { entry_hash: Uint8Array }).entry_hash;
  })();

  it('reports what is wrong with a dump, and where', () => {
    const { ops, records } = village(30, '0.6', NOTES);
    const dumped = ops.map((op) => dumpedOp(op, '0.6'));
    const good = plainJson(fullStateDump({ integrated: dumped }));
    const fields = dumpedRecord(records[3]!, '0.6') as Map<string, MessagePackValue>;
    const wrong = new Map(fields).set('action_address', records[4]!.signed_action.hashed.hash);
    const misfit = new Map([['ChainOp', new Map([['CreateLink', records[0] as never]])]]);
    const cases: readonly [DumpFile, string, string, RegExp][] = [
      [json(''), 'malformed', '$', /the document ends early/],
      [json(good.slice(0, -1)), 'malformed', '$', /the document ends in a map or a list/],
      [json(`${good}{}`), 'malformed', '$', /unexpected data after/],
      [json('[]'), 'not-a-dump', '$', /expected peer_dump/],
      [json('7'), 'not-a-dump', '$', /expected peer_dump/],
      [json('{"peer_dump":{}}'), 'not-a-dump', '$', /expected peer_dump/],
      [json('{"source_chain_dump":{"records":{}}}'), 'not-a-dump', '$.source_chain_dump.records', /expected a list/],
      [
        json('{"integration_dump":{"integrated":[7]}}'),
        'not-an-op',
        '$.integration_dump.integrated[0]',
        /expected DhtOp/,
      ],
      [
        json('{"integration_dump":{"integrated":[{"ChainOp":[]}]}}'),
        'not-an-op',
        '$.integration_dump.integrated[0].ChainOp',
        /expected ChainOp/,
      ],
      [
        json('{"integration_dump":{"integrated":[{"a":1,}]}}'),
        'not-an-op',
        '$.integration_dump.integrated[0]',
        /line 1/,
      ],
      [
        json(good.replace('"timestamp":1700000000000000', '"timestamp":"then"')),
        'not-an-op',
        '$.integration_dump.integrated[0].ChainOp.StoreRecord[1].timestamp',
        /expected i64|got str/,
      ],
      [
        packed(stateDump([wrong])),
        'not-an-op',
        '$[0].source_chain_dump.records[0].action_address',
        /is listed under the hash/,
      ],
      [
        packed(fullStateDump({ integrated: [misfit] })),
        'not-an-op',
        '$.integration_dump.integrated[0].ChainOp',
        /generation 0.6 has no ChainOp "CreateLink"; generation 0.7 has one/,
      ],
      [
        { name: 'd', format: 'messagepack', bytes: Uint8Array.of(0xdf, 0xff, 0xff, 0xff, 0xff) },
        'malformed',
        '$',
        /ends early/,
      ],
      [{ name: 'd', format: 'messagepack', bytes: Uint8Array.of(0xc1) }, 'malformed', '$', /no value begins with/],
      [{ name: 'd', format: 'messagepack', bytes: new Uint8Array(0) }, 'malformed', '$', /ends early/],
    ];
    for (const [file, code, path, reason] of cases) {
      const read = readConductorDump([file], '0.6');
      expect(read.ok, String(reason)).to.equal(false);
      const { fault } = read as Extract<typeof read, { ok: false }>;
      expect(fault.code, fault.reason).to.equal(code);
      expect(fault.path).to.equal(path);
      expect(fault.reason).to.match(reason);
    }
  });

  it('enforces its bounds', () => {
    const file = packed(fullStateDump({ integrated: village(30, '0.6', NOTES).ops.map((op) => dumpedOp(op, '0.6')) }));
    expect(readConductorDump([file], '0.6', { bytes: 100, ops: 100 })).to.have.nested.property(
      'fault.code',
      'too-many-bytes',
    );
    expect(readConductorDump([file], '0.6', { bytes: 1e6, ops: 9 })).to.have.nested.property(
      'fault.code',
      'too-many-ops',
    );
  });

  it('reads or refuses any bytes, and never throws', () => {
    const { ops } = village(20, '0.6', NOTES);
    const dump = fullStateDump({ integrated: ops.map((op) => dumpedOp(op, '0.6')) });
    const files = [json(plainJson(dump)), packed(dump)];
    fc.assert(
      fc.property(
        fc.constantFrom(...files),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.uint8Array({ maxLength: 8 }),
        fc.nat(8),
        (file, share, put, cut) => {
          const at = Math.floor(share * file.bytes.length);
          const bytes = Uint8Array.from([...file.bytes.subarray(0, at), ...put, ...file.bytes.subarray(at + cut)]);
          const read = readConductorDump([{ ...file, bytes }], '0.6');
          if (read.ok) for (const { chainOp } of read.dump.ops()) expect(chainOp.type).to.be.a('string');
          else expect(read.fault.path).to.match(/^\$/);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('validates a thousand ops with dependencies from the dump; the tiers return equal receipts', async () => {
    const { ops } = village(1000, '0.6', LIBRARY);
    const dump = dumpOf(
      [json(plainJson(fullStateDump({ integrated: ops.slice(0, 1000).map((op) => dumpedOp(op, '0.6')) })))],
      '0.6',
    );
    expect(dump.size).to.equal(1000);
    const lines: string[][] = [];
    for (const tier of ['interpreter', 'instrumented'] as const) {
      const validations = [...validateDump(await hostOver(LINKS, tier), dump)];
      expect(counts(validations)).to.have.all.keys('Valid', 'Invalid');
      lines.push(
        validations.map(({ name, hash, verdict, calls }) =>
          [name, toHex(hash), verdict.kind, ...calls.map(({ receipt }) => toHex(receiptHash(receipt)))].join(' '),
        ),
      );
    }
    expect(lines[0]).to.deep.equal(lines[1]);
  }).timeout(60_000);

  it('has rejected records for later ops, and unresolved dependencies that the dump lacks', async () => {
    const author = recordOf({ author: alice, entry: LIBRARY.first('') });
    const hash = author.signed_action.hashed.hash;
    const book = recordOf({
      author: alice,
      after: author,
      entry: LIBRARY.second(hash, 1),
      entryType: { entryIndex: 1 },
    });
    const list = (records: readonly (typeof book)[]) =>
      dumpOf(
        [packed(fullStateDump({ integrated: records.flatMap(chainOpsOf).map((op) => dumpedOp(op, '0.6')) }))],
        '0.6',
      );
    const host = await hostOver(LINKS, 'interpreter');
    const both = [...validateDump(host, list([book, author]))].filter(({ name }) => name === 'StoreEntry');
    expect(both.map(({ verdict }) => verdict)).to.deep.include.members([
      { kind: 'Invalid', reason: 'Found a record, but it is invalid' },
    ]);
    const alone = [...validateDump(host, list([book]))].find(({ name }) => name === 'StoreEntry')!;
    expect(alone.verdict).to.deep.equal({
      kind: 'UnresolvedDependencies',
      dependencies: { kind: 'Hashes', hashes: [hash] },
    });
  });

  it('waits for what an op itself lacks, without a call', async () => {
    const first = recordOf({ author: alice, entry: LIBRARY.first('a') });
    const link = recordOf({ author: alice, after: first, action: 'CreateLink', base: hashEntry, target: hashEntry });
    const unlink = recordOf({ author: alice, after: link, action: 'DeleteLink', link });
    const ops = chainOpsOf(unlink).map((op) => dumpedOp(op, '0.6'));
    const host = await hostOver(LINKS, 'interpreter');
    const validations = [...validateDump(host, dumpOf([packed(fullStateDump({ integrated: ops }))], '0.6'))];
    const removal = validations.find(({ name }) => name === 'RegisterRemoveLink')!;
    const hashes = [link.signed_action.hashed.hash];
    expect(removal).to.deep.include({
      calls: [],
      fuelUsed: 0,
      verdict: { kind: 'UnresolvedDependencies', dependencies: { kind: 'Hashes', hashes } },
    });
  });

  it('does not mistake the entry beside an action for its entry', () => {
    const one = recordOf({ author: alice, entry: LIBRARY.first('a') });
    const [store] = chainOpsOf({ ...one, entry: { kind: 'Present', value: LIBRARY.first('b') } });
    const dump = dumpOf([packed(fullStateDump({ integrated: [dumpedOp(store!, '0.6')] }))], '0.6');
    expect(dump.record(one.signed_action.hashed.hash)!.entry).to.deep.equal({ kind: 'NotStored' });
  });

  it('reports Invalid what is refused before a zome runs', async () => {
    const author = recordOf({ author: alice, entry: LIBRARY.first('a') });
    const ops = chainOpsOf(author).map((op) => dumpedOp(op, '0.6'));
    const dump = dumpOf([packed(fullStateDump({ integrated: ops }))], '0.6');
    const refuse = ({ kind }: { readonly kind: string }) => (kind === 'StoreRecord' ? 'not signed' : undefined);
    const validations = [...validateDump(await hostOver(LINKS, 'interpreter'), dump, { refuse })];
    const refused = validations.filter(({ calls }) => calls.length === 0);
    expect(refused.map(({ name, verdict }) => [name, verdict])).to.deep.equal([
      ['StoreRecord', { kind: 'Invalid', reason: 'not signed' }],
    ]);
  });

  it('is of the generation of its zomes', async () => {
    const host = await hostOver(LINKS, 'interpreter');
    const dump = dumpOf([packed(fullStateDump({}))], '0.7');
    expect(() => [...validateDump(host, dump)]).to.throw(RangeError, 'the dump is of generation 0.7');
  });

  const { ASSAY_ZOMES = '../shared/zomes' } = process.env;
  for (const generation of ['0.6', '0.7'] as const) {
    const path = join(resolve(ASSAY_ZOMES), `notes-${generation}`, 'notes.wasm');
    if (!existsSync(path)) {
      it(`is not run on a zome of Holochain ${generation}: there is none in ASSAY_ZOMES`, () => {
        expect(existsSync(path)).to.equal(false);
      });
      continue;
    }
    it(`judges every kind of op correctly with a zome of Holochain ${generation}`, async () => {
      const { ops } = village(70, generation, NOTES);
      const dump = dumpOf(
        [json(plainJson(fullStateDump({ integrated: ops.map((op) => dumpedOp(op, generation)) })))],
        generation,
      );
      const validations = [...validateDump(await hostOver(readFileSync(path), 'interpreter', generation), dump)];
      expect(counts(validations)).to.have.all.keys('Valid', 'Invalid');
      const reasons = new Set(validations.map(({ verdict }) => (verdict.kind === 'Invalid' ? verdict.reason : '')));
      expect([...reasons]).to.include.members(['', 'nothing may be deleted']);
    }).timeout(60_000);
  }
});
