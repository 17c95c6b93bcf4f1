/** Building ops: every kind and generation, their hashes, signatures and places; the ops that a record produces. */
import { createPublicKey, verify } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decode } from '@msgpack/msgpack';
import { expect } from 'chai';
import fc from 'fast-check';
import { toHex } from '../../src/base/hash.js';
import { UsageError } from '../../src/base/usage-error.js';
import { encodeBytes } from '../../src/boundary/codec-bytes.js';
import { GENERATIONS, type Generation } from '../../src/boundary/generation.js';
import { encodeMessagePack } from '../../src/boundary/messagepack-encode.js';
import {
  type Action,
  type ActionSpec,
  type Agent,
  action,
  actionHash,
  agentFromSeed,
  coreOf,
  type Entry,
  entryHash,
  FIRST_TIMESTAMP,
  genesisOf,
  type HashType,
  hashFromCore,
  hashOfContent,
  hashText,
  isLocated,
  type OpKind,
  op,
  opOf,
  opsOf,
  type Record,
  recordOf,
  recordsSource,
  retyped,
} from '../../src/zome/index.js';

const ALL = Object.keys(GENERATIONS) as Generation[];
const alice = agentFromSeed(new Uint8Array(32).fill(1));
const bob = agentFromSeed(new Uint8Array(32).fill(2));
const BASE = hashOfContent('Entry', Uint8Array.of(1));
const DNA = hashFromCore('Dna', new Uint8Array(32).fill(5));

const entry: Entry = { entry_type: 'App', entry: encodeMessagePack(new Map([['title', 'hello']])) };
const SPI = '302a300506032b6570032100';

/** Checked with Node's own ed25519. */
function isSigned(key: Uint8Array, data: Uint8Array, signature: Uint8Array): boolean {
  const der = Buffer.concat([Buffer.from(SPI, 'hex'), coreOf(key)]);
  return verify(null, data, createPublicKey({ key: der, format: 'der', type: 'spki' }), signature);
}

interface Made {
  readonly create: Record;
  readonly update: Record;
  readonly remove: Record;
  readonly link: Record;
  readonly unlink: Record;
}

function chain(generation: Generation): Made {
  const create = recordOf({ author: alice, generation, entry });
  const update = recordOf({ author: alice, generation, action: 'Update', entry, updates: create, after: create });
  const remove = recordOf({ author: alice, generation, action: 'Delete', deletes: create, after: update });
  const link = recordOf({
    author: alice,
    generation,
    action: 'CreateLink',
    base: BASE,
    target: bob.key,
    after: remove,
  });
  const unlink = recordOf({ author: alice, generation, action: 'DeleteLink', link, after: link });
  return { create, update, remove, link, unlink };
}

/** Every type of action. */
function specs({ create, link }: Made, generation: Generation): readonly ActionSpec[] {
  const to = { kind: 'Dna', value: DNA } as const;
  const grant: Entry = {
    entry_type: 'CapGrant',
    entry: {
      tag: 'all',
      access: generation === '0.2' ? { kind: 'Unrestricted' } : { type: 'unrestricted' },
      functions: generation === '0.2' ? { kind: 'All' } : { type: 'all' },
    },
  };
  return [
    { entry },
    { entry: grant },
    { entry: { entry_type: 'Agent', entry: alice.key } },
    { action: 'Update', entry, updates: create },
    { action: 'Delete', deletes: create },
    { action: 'CreateLink', base: BASE, target: BASE, zomeIndex: 3, linkType: 2, tag: Uint8Array.of(1, 2) },
    { action: 'DeleteLink', link },
    { action: 'Dna', dnaHash: DNA },
    { action: 'AgentValidationPkg', membraneProof: Uint8Array.of(0xc0) },
    { action: 'InitZomesComplete' },
    { action: 'OpenChain', from: to, closeHash: create.signed_action.hashed.hash },
    { action: 'CloseChain', to },
  ];
}

function contentOf(record: Record): Action {
  return record.signed_action.hashed.content;
}

const FLAT_KINDS: readonly [string, (made: Made) => ActionSpec][] = [
  ['StoreRecord', () => ({ entry })],
  ['StoreEntry', () => ({ entry })],
  ['RegisterUpdate', ({ create }) => ({ action: 'Update', entry, updates: create })],
  ['RegisterDelete', ({ create }) => ({ action: 'Delete', deletes: create })],
  ['RegisterAgentActivity', () => ({ entry })],
  ['RegisterCreateLink', () => ({ action: 'CreateLink', base: BASE, target: BASE })],
  ['RegisterDeleteLink', ({ link }) => ({ action: 'DeleteLink', link })],
];
const KINDS_07 = ['CreateRecord', 'CreateEntry', 'Update', 'Delete', 'AgentActivity', 'CreateLink', 'DeleteLink'];

/** What `action_to_op_types` of the real host lists. */
const DERIVED: { readonly [of: string]: readonly [flat: readonly string[], headered: readonly string[]] } = {
  create: [
    ['StoreRecord', 'RegisterAgentActivity', 'StoreEntry'],
    ['CreateRecord', 'AgentActivity', 'CreateEntry'],
  ],
  update: [
    ['StoreRecord', 'RegisterAgentActivity', 'StoreEntry', 'RegisterUpdatedContent', 'RegisterUpdatedRecord'],
    ['CreateRecord', 'AgentActivity', 'CreateEntry', 'UpdateEntry', 'UpdateRecord'],
  ],
  remove: [
    ['StoreRecord', 'RegisterAgentActivity', 'RegisterDeletedBy', 'RegisterDeletedEntryAction'],
    ['CreateRecord', 'AgentActivity', 'DeleteRecord', 'DeleteEntry'],
  ],
  link: [
    ['StoreRecord', 'RegisterAgentActivity', 'RegisterAddLink'],
    ['CreateRecord', 'AgentActivity', 'CreateLink'],
  ],
  unlink: [
    ['StoreRecord', 'RegisterAgentActivity', 'RegisterRemoveLink'],
    ['CreateRecord', 'AgentActivity', 'DeleteLink'],
  ],
};

describe('zome/op-of', () => {
  for (const generation of ALL) {
    describe(`generation ${generation}`, () => {
      const made = chain(generation);

      it('makes an op of every kind, as its codec defines it', () => {
        for (const [at, [flat, spec]] of FLAT_KINDS.entries()) {
          const kind = (generation === '0.7' ? KINDS_07[at] : flat) as OpKind;
          const built = opOf({ author: alice, generation, kind, after: made.unlink, ...spec(made) } as never);
          expect(built).to.have.property('kind', kind);
          expect(op(generation).is(built), kind).to.equal(true);
        }
      });

      it('makes actions of every type with their hash, signed over their MessagePack', () => {
        for (const spec of specs(made, generation)) {
          const { signed_action } = recordOf({ author: alice, generation, ...spec });
          const { content, hash } = signed_action.hashed;
          const data = encodeBytes(action(generation), content);
          expect(toHex(hash)).to.equal(toHex(actionHash(content, generation)));
          expect(isSigned(alice.key, data, signed_action.signature), String(spec.action)).to.equal(true);
          expect(isSigned(bob.key, data, signed_action.signature)).to.equal(false);
        }
      });

      it('derives the ops that a conductor would, each with its hash and basis', () => {
        const dependencies = recordsSource(Object.values(made), { generation });
        for (const [of, [flat, headered]] of Object.entries(DERIVED)) {
          const record = made[of as keyof Made];
          const ops = opsOf(record, { generation, dependencies });
          expect(ops.map(({ name }) => name)).to.deep.equal(generation === '0.7' ? headered : flat);
          for (const { hash, op: one } of ops) {
            expect(op(generation).is(one)).to.equal(true);
            expect(isLocated(hash)).to.equal(true);
          }
          expect(new Set(ops.map(({ hash }) => toHex(hash))).size).to.equal(ops.length);
          expect(ops[0]!.basis).to.deep.equal(record.signed_action.hashed.hash);
          expect(ops[1]!.basis).to.deep.equal(alice.key);
        }
      });

      it('hides a private entry from all but its author', () => {
        const spec = { author: alice, generation, entry, entryType: { visibility: 'Private' } } as const;
        const ops = opsOf(recordOf(spec), { generation });
        expect(ops).to.have.length(2);
        expect(ops[0]!.op.value).to.have.nested.property('record.entry.kind', 'Hidden');
        const own = opOf({ ...spec, kind: (generation === '0.7' ? 'CreateEntry' : 'StoreEntry') as never });
        expect((own as { value: unknown }).value).to.have.deep.property('entry', entry);
      });
    });
  }

  for (const name of readdirSync('vectors/zome/dumps').filter((file) => file.endsWith('.json'))) {
    it(`makes the same actions as the crates of Holochain ${name.slice(0, -5)}`, () => {
      const { generation, actions } = JSON.parse(readFileSync(join('vectors/zome/dumps', name), 'utf8')) as {
        readonly generation: Generation;
        readonly actions: readonly string[];
      };
      const core = (of: HashType, byte: number) => hashFromCore(of, new Uint8Array(32).fill(byte));
      const author: Agent = { key: core('Agent', 7), sign: () => new Uint8Array(64) };
      const app = (...bytes: number[]): Entry => ({ entry_type: 'App', entry: Uint8Array.from(bytes) });
      const entryType = { zomeIndex: 2, entryIndex: 1 };
      const made: Record[] = [];
      const add = (spec: ActionSpec): Record => {
        const after = made.at(-1);
        const timestamp = FIRST_TIMESTAMP + BigInt(made.length);
        made.push(recordOf({ author, generation, timestamp, ...(after === undefined ? {} : { after }), ...spec }));
        return made.at(-1)!;
      };
      const post = app(0x81, 0xa1, 0x61, 0x01);
      add({ action: 'Dna', dnaHash: core('Dna', 3) });
      add({ action: 'AgentValidationPkg', membraneProof: Uint8Array.of(0xc0) });
      const create = add({ entry: post, entryType });
      add({ entry: app(0xa0), entryType: { ...entryType, visibility: 'Private' } });
      add({ action: 'Update', updates: create, entry: app(), entryType });
      add({ action: 'Delete', deletes: create });
      const ends = { base: entryHash(post, generation), target: core('External', 9) };
      const link = add({ action: 'CreateLink', ...ends, zomeIndex: 1, linkType: 2 });
      add({ action: 'DeleteLink', link });
      const close = add({ action: 'CloseChain', to: { kind: 'Dna', value: core('Dna', 4) } });
      const closeHash = close.signed_action.hashed.hash;
      add({ action: 'OpenChain', from: { kind: 'Agent', value: author.key }, closeHash });
      add({ entry: { entry_type: 'Agent', entry: author.key } });
      add({ action: 'InitZomesComplete' });
      expect(made.map(({ signed_action }) => hashText(signed_action.hashed.hash))).to.deep.equal(actions);
    });
  }

  it('places the first record after the genesis, and every other after the previous one', () => {
    const [dna, joined, agent] = genesisOf({ author: alice, dnaHash: DNA });
    expect(contentOf(dna)).to.deep.include({ type: 'Dna', hash: DNA, timestamp: FIRST_TIMESTAMP });
    expect(contentOf(joined)).to.deep.include({ action_seq: 1, prev_action: dna.signed_action.hashed.hash });
    expect(contentOf(agent)).to.deep.include({ action_seq: 2, entry_hash: retyped(alice.key, 'Entry') });
    const first = recordOf({ author: alice, entry });
    expect(contentOf(first)).to.include({ action_seq: 3 });
    const second = recordOf({ author: alice, entry, after: first });
    expect(contentOf(second)).to.deep.include({
      action_seq: 4,
      prev_action: first.signed_action.hashed.hash,
      timestamp: FIRST_TIMESTAMP + 4_000_000n,
    });
  });

  it('hashes the name and the action of an op, as the real host does', () => {
    const { link } = chain('0.6');
    const add = opsOf(link).find(({ name }) => name === 'RegisterAddLink')!;
    const { type: _, ...bare } = contentOf(link) as unknown as { readonly [key: string]: unknown };
    const bytes = encodeMessagePack(new Map([['RegisterAddLink', new Map(Object.entries(bare).map(plain))]]) as never);
    expect(Object.keys((decode(bytes) as { RegisterAddLink: object }).RegisterAddLink)[0]).to.equal('author');
    expect(toHex(add.hash)).to.equal(toHex(hashOfContent('DhtOp', bytes)));
  });

  it('uses the hash of the agent entry for a link to an agent', () => {
    expect(contentOf(chain('0.6').link))
      .to.have.property('target_address')
      .deep.equal(retyped(bob.key, 'Entry'));
  });

  it('signs with the new key where a chain is closed for it', () => {
    const to = { kind: 'Agent', value: bob.key } as const;
    const { signed_action } = recordOf({ author: alice, action: 'CloseChain', to, signer: bob });
    const data = encodeBytes(action('0.6'), signed_action.hashed.content);
    expect(isSigned(bob.key, data, signed_action.signature)).to.equal(true);
    expect(() => recordOf({ author: alice, action: 'CloseChain', to })).to.throw(UsageError, 'must be signed by');
  });

  it('makes the same record for the same spec, and another for any other entry', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 32, maxLength: 32 }),
        fc.uint8Array(),
        fc.uint8Array(),
        fc.constantFrom(...ALL),
        (seed, one, other, generation) => {
          const author = agentFromSeed(seed);
          const of = (content: Uint8Array) =>
            recordOf({
              author,
              generation,
              after: { hash: actionOf, seq: 7, timestamp: 1n },
              entry: { entry_type: 'App', entry: content },
            });
          expect(of(one)).to.deep.equal(of(one.slice()));
          const same = toHex(one) === toHex(other);
          expect(toHex(of(one).signed_action.hashed.hash) === toHex(of(other).signed_action.hashed.hash)).to.equal(
            same,
          );
        },
      ),
      { numRuns: 25 },
    );
  });

  const actionOf = hashOfContent('Action', Uint8Array.of(3));

  it('makes an op of the whole record if no kind is given', () => {
    expect(opOf({ author: alice, entry }).kind).to.equal('StoreRecord');
    expect(opOf({ author: alice, generation: '0.2', entry }).kind).to.equal('StoreRecord');
    expect(opOf({ author: alice, generation: '0.7', entry }).kind).to.equal('CreateRecord');
  });

  it('reports what cannot be made, and why', () => {
    const post = recordOf({ author: alice, entry });
    const cases: readonly [() => unknown, string][] = [
      [() => agentFromSeed(new Uint8Array(31)), 'the seed of an agent must be 32 bytes, not 31 bytes'],
      [() => agentFromSeed('secret' as never), 'the seed of an agent must be 32 bytes, not string'],
      [
        () => opOf({ author: alice, entry, kind: 'RegisterDelete' }),
        'a Create action does not produce an op RegisterDelete in generation 0.6; its ops are StoreRecord, RegisterAgentActivity, StoreEntry',
      ],
      [
        () => opOf({ author: alice, generation: '0.7', entry, kind: 'StoreEntry' as never }),
        'its ops are CreateRecord, AgentActivity, CreateEntry',
      ],
      [() => recordOf({ author: alice, entry: { entry_type: 'App' } as never }), 'not an entry of generation 0.6'],
      [
        () => recordOf({ author: alice, action: 'CreateLink', base: DNA, target: BASE }),
        'not a valid CreateLink action of generation 0.6: expected AnyLinkableHash, got the hash of Dna at $.base_address',
      ],
      [
        () => recordOf({ author: alice, action: 'CreateLink', base: BASE, target: BASE, linkType: 256 }),
        'at $.link_type',
      ],
      [
        () => recordOf({ author: alice, action: 'CreateLink', base: undefined as never, target: BASE }),
        'at $.base_address',
      ],
      [
        () => recordOf({ author: alice, action: 'Delete', deletes: chain('0.6').link }),
        'what a Delete deletes is a Create or an Update, not a CreateLink',
      ],
      [
        () => recordOf({ author: alice, action: 'DeleteLink', link: post }),
        'what a DeleteLink deletes is a CreateLink, not a Create',
      ],
      [() => recordOf({ author: alice, action: 'Crate' as never, entry }), "unknown action 'Crate'"],
      [() => recordOf({ author: alice, entry, timestamp: 2n ** 63n }), 'at $.timestamp'],
      [
        () =>
          opOf({
            author: alice,
            generation: '0.2',
            kind: 'RegisterDelete',
            action: 'Delete',
            deletes: { action: actionOf, entry: BASE },
          }),
        'pass the record, not its hashes',
      ],
      [
        () =>
          opOf({
            author: alice,
            kind: 'RegisterDeleteLink',
            action: 'DeleteLink',
            link: { action: actionOf, base: BASE },
          }),
        'pass the record, not its hashes',
      ],
      [
        () => recordOf({ author: alice, generation: '0.2', action: 'CloseChain', to: null }),
        'in generation 0.2 a chain',
      ],
      [() => opsOf(chain('0.6').unlink), 'pass the record, not its hashes'],
    ];
    for (const [make, text] of cases)
      expect(make, text).to.throw(UsageError, text).with.property('code', 'not-buildable');
  });

  it('lists the ops of each generation and action by type', () => {
    const stored = opOf({ author: alice, entry, kind: 'StoreEntry' });
    expect(stored.value.action.hashed.content.value.entry_hash).to.deep.equal(entryHash(entry, '0.6'));
    const seven = opOf({ author: alice, generation: '0.7', entry, kind: 'CreateEntry' });
    expect(seven.value.action.hashed.content.header.action_seq).to.equal(3);
    // @ts-expect-error: generation 0.7 has no such kind
    expect(() => opOf({ author: alice, generation: '0.7', entry, kind: 'StoreEntry' })).to.throw(UsageError);
    // @ts-expect-error: a Delete says what it deletes
    expect(() => opOf({ author: alice, action: 'Delete' })).to.throw(UsageError, 'is missing');
  });
});

/** A field as plain MessagePack, by hand. */
function plain([key, value]: [string, unknown]): [string, unknown] {
  const isWeight = key === 'weight';
  if (isWeight) return [key, new Map(Object.entries(value as object))];
  return [key, typeof value === 'bigint' ? Number(value) : value];
}
