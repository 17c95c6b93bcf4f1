// The zome `links`, made with the guest kit, on the host's own WebAssembly: every rule of the zome, and that a fault in
// the host's results or in an op never becomes a verdict.
import { encode } from '@msgpack/msgpack';
import { expect } from 'chai';
import fc from 'fast-check';
import { createEngine, describeFault, receiptHash, type Verdict } from '../../src/index.js';
import { importsOf } from './assay-host.js';
import {
  ANN,
  BOB,
  type Bytes,
  create,
  createLink,
  deleteLink,
  deletion,
  type Fields,
  hash,
  head,
  record,
  SIGNATURE,
  signed,
  storeEntry,
  update,
} from './chain.js';
import {
  HostError,
  type HostFunctions,
  type Outcome,
  RawAnswer,
  ShortCircuit,
  ZomeDriver,
  zomeBytes,
} from './zome-driver.js';

const wasm = zomeBytes('links');
const module = new WebAssembly.Module(wasm);

const [AUTHOR, BOOK] = [0, 1];
const [WRITTEN, SHELVED] = [0, 1];
const annAsAuthor = hash('action', 0x10);
const bobAsAuthor = hash('action', 0x11);
const annsBook = hash('action', 0x20);
const foreign = hash('action', 0x30);
const missing = hash('action', 0x40);
const rejected = hash('action', 0x50);
const hidden = hash('action', 0x60);

const text = (words: string): Bytes => new TextEncoder().encode(words);
const key = (bytes: Bytes): string => Buffer.from(bytes).toString('hex');
const content = (value: unknown): Bytes => encode(value);
const book = (fields: Fields = {}): Bytes =>
  content({ title: 'On Chains', author: annAsAuthor, year: 2020, ...fields });

const hiddenRecord = { signed_action: signed({ type: 'Create', ...create(BOOK) }), entry: 'Hidden' };
const records = new Map<string, Fields>([
  [key(annAsAuthor), record(create(AUTHOR), content({ name: 'Ann' }))],
  [key(bobAsAuthor), record(create(AUTHOR, BOB), content({ name: 'Bob' }))],
  [key(annsBook), record(create(BOOK), book())],
  [key(foreign), record(create(AUTHOR, ANN, 9), content({ name: 'Ann' }))],
  [key(hidden), hiddenRecord],
]);

function unresolved(wanted: Bytes): Fields {
  return { UnresolvedDependencies: { Hashes: [wanted] } };
}

const host: HostFunctions = {
  must_get_valid_record: (input) => {
    const wanted = input as Bytes;
    if (key(wanted) === key(rejected)) throw new ShortCircuit({ Invalid: 'Found a record, but it is invalid' });
    const found = records.get(key(wanted));
    if (found === undefined) throw new ShortCircuit(unresolved(wanted));
    return found;
  },
};

function judge(op: unknown, functions: HostFunctions = host): Outcome {
  return new ZomeDriver(module, functions).call('validate', op);
}

const VALID: Outcome = { Ok: 'Valid' };
const invalid = (reason: string): Outcome => ({ Ok: { Invalid: reason } });
const linkOp = (link: Fields): Fields => ({ RegisterCreateLink: { create_link: signed(link) } });
const written = (base: Bytes, target: Bytes, tag = text('author')): Fields =>
  linkOp(createLink(WRITTEN, base, target, tag));
const annsShelf = Uint8Array.from(ANN, (byte, i) => (i === 1 ? 0x21 : byte)); // the key as the hash of its entry
const shelved = (target: Bytes, tag: Bytes, author = ANN): Fields =>
  linkOp(createLink(SHELVED, annsShelf, target, tag, author));
const deletedLink = (author: Bytes): Fields => ({
  RegisterDeleteLink: {
    delete_link: signed(deleteLink(annAsAuthor, author)),
    create_link: createLink(WRITTEN, annAsAuthor, annsBook, text('author')),
  },
});

const rows: readonly (readonly [string, Fields, Outcome])[] = [
  ['an author', storeEntry(create(AUTHOR), content({ name: 'Ann' })), VALID],
  ['an author updated', storeEntry(update(AUTHOR, annAsAuthor), content({ name: 'Anna' }), 'Update'), VALID],
  [
    'an author without a name',
    storeEntry(create(AUTHOR), content({ name: '' })),
    invalid('name: expected 1 to 80 characters, got 0'),
  ],
  ['an author with a number', storeEntry(create(AUTHOR), content({ name: 7 })), invalid('name: expected str, got int')],
  ['an author without fields', storeEntry(create(AUTHOR), content({})), invalid('name: missing')],
  [
    'an author with an extra field',
    storeEntry(create(AUTHOR), content({ name: 'A', x: 1 })),
    invalid('x: unknown field'),
  ],
  ['an author that is not MessagePack', storeEntry(create(AUTHOR), text('\u00c1')), invalid('malformed MessagePack')],
  ['an entry of a third type', storeEntry(create(2), content({})), invalid('an unknown type of entry')],
  ['a book', storeEntry(create(BOOK), book()), VALID],
  [
    'a book of a year too late',
    storeEntry(create(BOOK), book({ year: 2201 })),
    invalid('year: expected -3000 to 2200'),
  ],
  ['a book of a year before', storeEntry(create(BOOK), book({ year: -400 })), VALID],
  ['a book by a key', storeEntry(create(BOOK), book({ author: ANN })), invalid("author: not an action's hash")],
  [
    'a book by a book',
    storeEntry(create(BOOK), book({ author: annsBook })),
    invalid('author: not the record of an author'),
  ],
  [
    "a book by another zome's author",
    storeEntry(create(BOOK), book({ author: foreign })),
    invalid('author: not the record of an author'),
  ],
  [
    'a book by an author that is missing yet',
    storeEntry(create(BOOK), book({ author: missing })),
    { Ok: unresolved(missing) },
  ],
  [
    'a book by a rejected author',
    storeEntry(create(BOOK), book({ author: rejected })),
    invalid('Found a record, but it is invalid'),
  ],
  ['an update by its author', { RegisterUpdate: { update: signed(update(BOOK, annsBook)), new_entry: null } }, VALID],
  [
    'an update by another',
    { RegisterUpdate: { update: signed(update(BOOK, annsBook, BOB)), new_entry: null } },
    invalid('only its author may change an entry'),
  ],
  [
    'an update to another type',
    { RegisterUpdate: { update: signed(update(AUTHOR, annsBook)), new_entry: null } },
    invalid('an update keeps the type of the entry'),
  ],
  [
    'a deletion',
    { RegisterDelete: { delete: signed(deletion(annsBook)) } },
    invalid('authors and books are never deleted'),
  ],
  ['a link to a book', written(annAsAuthor, annsBook), VALID],
  [
    'a link with no tag',
    written(annAsAuthor, annsBook, text('')),
    invalid('tag: expected 1 to 32 characters of UTF-8'),
  ],
  [
    'a link with a tag of 33',
    written(annAsAuthor, annsBook, text('é'.repeat(33))),
    invalid('tag: expected 1 to 32 characters of UTF-8'),
  ],
  ['a link with a tag of 32', written(annAsAuthor, annsBook, text('é'.repeat(32))), VALID],
  [
    'a link with a tag that is not UTF-8',
    written(annAsAuthor, annsBook, Uint8Array.of(0xff)),
    invalid('tag: expected 1 to 32 characters of UTF-8'),
  ],
  ['a link from an entry', written(hash('entry', 1), annsBook), invalid("base: not an action's hash")],
  ['a link to something external', written(annAsAuthor, hash('external', 1)), invalid("target: not an action's hash")],
  ['a link from a book', written(annsBook, annsBook), invalid('base: not the record of an author')],
  ['a link to an author', written(annAsAuthor, annAsAuthor), invalid('target: not the record of a book')],
  ["a link to another's book", written(bobAsAuthor, annsBook), invalid('target: a book by somebody else')],
  ['a link from an author that is missing yet', written(missing, annsBook), { Ok: unresolved(missing) }],
  ['a link to a book that is hidden', written(annAsAuthor, hidden), invalid('the record has no app entry')],
  ['a rating of 5', shelved(annsBook, Uint8Array.of(5)), VALID],
  ['a rating of 6', shelved(annsBook, Uint8Array.of(6)), invalid('tag: expected one byte from 1 to 5')],
  ['a rating of two bytes', shelved(annsBook, Uint8Array.of(1, 1)), invalid('tag: expected one byte from 1 to 5')],
  [
    "a rating on another's shelf",
    shelved(annsBook, Uint8Array.of(1), BOB),
    invalid('base: not the key of whoever made the link'),
  ],
  ['a rating of an author', shelved(annAsAuthor, Uint8Array.of(1)), invalid('target: not the record of a book')],
  [
    'a link of a third type',
    linkOp(createLink(2, annAsAuthor, annsBook, text('x'))),
    invalid('an unknown type of link'),
  ],
  ["a link's deletion", deletedLink(ANN), VALID],
  ["a link's deletion by another", deletedLink(BOB), invalid('only its author may delete a link')],
  ['a record', { StoreRecord: { record: record(create(AUTHOR), content({ name: 'Ann' })) } }, VALID],
  [
    'an activity',
    { RegisterAgentActivity: { action: signed({ type: 'InitZomesComplete', ...head() }), cached_entry: null } },
    VALID,
  ],
];

// The result of a call in Assay, in the shape of the wire format.
function outcomeOf(verdict: Verdict): Outcome {
  if (verdict.kind === 'Valid') return VALID;
  if (verdict.kind === 'Invalid') return invalid(verdict.reason);
  if (verdict.kind === 'UnresolvedDependencies' && verdict.dependencies.kind === 'Hashes') {
    return { Ok: { UnresolvedDependencies: { Hashes: verdict.dependencies.hashes } } };
  }
  throw new Error(`unexpected ${JSON.stringify(verdict)}`);
}

describe('links zome', () => {
  for (const [name, op, outcome] of rows) {
    it(`judges ${name}`, () => {
      expect(judge(op)).to.deep.equal(outcome);
    });
  }

  describe('on Assay', () => {
    const imports = importsOf(
      WebAssembly.Module.imports(module).map(({ name }) => name),
      host,
    );

    it('returns the same verdicts, with the same receipts from both tiers', async () => {
      const [reference, instrumented] = await Promise.all(
        (['interpreter', 'instrumented'] as const).map(async (tier) => {
          const loaded = await createEngine({ tier }).load(wasm, { imports });
          if (!loaded.ok) throw new Error(describeFault(loaded.fault));
          return loaded.module;
        }),
      );
      for (const [name, op, outcome] of rows) {
        const result = reference!.validate(encode(op));
        expect(outcomeOf(result.verdict), name).to.deep.equal(outcome);
        expect(receiptHash(instrumented!.validate(encode(op)).receipt), name).to.deep.equal(
          receiptHash(result.receipt),
        );
      }
    });
  });

  it('describes its entries and links', () => {
    const zome = new ZomeDriver(module);
    const def = (name: string): Fields => ({
      id: { App: name },
      visibility: 'Public',
      required_validations: 5,
      cache_at_agent_activity: false,
    });
    expect(zome.call('entry_defs', null)).to.deep.equal({ Ok: { Defs: [def('author'), def('book')] } });
    expect([zome.number('__num_entry_types'), zome.number('__num_link_types')]).to.deep.equal([2, 2]);
  });

  it('requests records only when everything else is correct', () => {
    const zome = new ZomeDriver(module, host);
    zome.call('validate', written(annAsAuthor, annsBook, text('')));
    expect(zome.called).to.deep.equal([]);
    zome.call('validate', written(annAsAuthor, annsBook));
    expect(zome.called).to.deep.equal(['must_get_valid_record', 'must_get_valid_record']);
  });

  describe('joining', () => {
    const agent = hash('agent', 0x77);
    const dna = (properties: unknown): HostFunctions => ({
      dna_info: () => ({
        name: 'library',
        hash: hash('dna', 0xdd),
        modifiers: { network_seed: '', properties: content(properties) },
        zome_names: ['library'],
      }),
      verify_signature: (input) => {
        const { key: signer, signature, data } = input as Record<string, Bytes>;
        return key(signer!) === key(ANN) && key(signature!) === key(SIGNATURE) && key(data!) === key(agent);
      },
    });
    const join = (functions: HostFunctions, proof: Bytes | null): Outcome =>
      new ZomeDriver(module, functions).call('genesis_self_check_2', { membrane_proof: proof, agent_key: agent });
    const progenitor = dna({ progenitor: ANN });

    const joins: readonly (readonly [string, HostFunctions, Bytes | null, Outcome])[] = [
      ['anyone where no progenitor is named', dna(null), null, VALID],
      ['an agent signed by the progenitor', progenitor, content(SIGNATURE), VALID],
      ['no agent without a proof', progenitor, null, invalid('a membrane proof is needed')],
      ['no agent with a malformed proof', progenitor, Uint8Array.of(0xc4), invalid('the membrane proof is malformed')],
      [
        'no agent with a short proof',
        progenitor,
        content(Uint8Array.of(1)),
        invalid('the membrane proof is not a signature'),
      ],
      [
        'no agent signed by another key',
        progenitor,
        content(new Uint8Array(64)),
        invalid("the membrane proof is not the progenitor's signature of the agent's key"),
      ],
      [
        'no agent if the properties are invalid',
        dna({ progenitor: 7 }),
        null,
        invalid('progenitor: expected bin, got int'),
      ],
    ];
    for (const [name, functions, proof, outcome] of joins) {
      it(`admits ${name}`, () => {
        expect(join(functions, proof)).to.deep.equal(outcome);
      });
    }

    it('passes on the error of a host that denies dna_info', () => {
      const error = { Host: 'Host function dna_info cannot be called' };
      expect(join({}, null)).to.deep.equal({ Err: { file: 'host.rs', line: 7, error } });
    });
  });

  describe('faults', () => {
    const op = written(annAsAuthor, annsBook);

    it('passes on an error of the host unchanged, and makes no more requests', () => {
      const failing: HostFunctions = {
        must_get_valid_record: () => {
          throw new HostError('no workspace');
        },
      };
      expect(judge(op, failing)).to.deep.equal({ Err: { file: 'host.rs', line: 7, error: { Host: 'no workspace' } } });
    });

    const answers: readonly (readonly [string, Bytes])[] = [
      ['nothing', new Uint8Array(0)],
      ['half a value', Uint8Array.of(0x81)],
      ['no Result', encode('Ok')],
      ['a Result of a third kind', encode({ Maybe: null })],
      ['a record without entry', encode({ Ok: { signed_action: signed({ type: 'Create', ...create(AUTHOR) }) } })],
      ['a record of an unexpected action', encode({ Ok: record(create(AUTHOR), book(), 'Burn') })],
    ];
    for (const [name, bytes] of answers) {
      it(`gives no verdict when the host returns ${name}`, () => {
        const answering: HostFunctions = {
          must_get_valid_record: () => {
            throw new RawAnswer(bytes);
          },
        };
        expect(judge(op, answering)).to.deep.equal({ Err: { file: 'kit', line: 0, error: { Deserialize: bytes } } });
      });
    }

    it('returns a result for any damaged op, never traps, and returns what it cannot read', () => {
      const bytes = encode(storeEntry(create(BOOK), book()));
      const damage = fc.record({ at: fc.nat(bytes.length - 1), byte: fc.nat(255), cut: fc.boolean() });
      fc.assert(
        fc.property(damage, ({ at, byte, cut }) => {
          const damaged = Uint8Array.from(bytes);
          damaged[at] = byte;
          const given = cut ? damaged.subarray(0, at + 1) : damaged;
          const outcome = new ZomeDriver(module, host).callBytes('validate', encode(given));
          if ('Ok' in outcome) return;
          expect(outcome.Err.error).to.deep.equal({ Deserialize: given });
        }),
        { numRuns: 1000 },
      );
    });

    it('returns bytes that are not an op', () => {
      for (const strange of [
        null,
        'StoreRecord',
        {},
        { StoreRecord: {} },
        { StoreNothing: null },
        { RegisterDelete: 1 },
      ]) {
        const error = { Deserialize: encode(strange) };
        expect(judge(strange)).to.deep.equal({ Err: { file: 'kit', line: 0, error } });
      }
    });

    it('keeps no state between calls', () => {
      const zome = new ZomeDriver(module, host);
      let bytesAfterFirst = 0;
      for (let round = 0; round < 30; round++) {
        for (const [name, given, outcome] of rows) {
          if ('UnresolvedDependencies' in Object(Object(outcome).Ok) || name.includes('refused')) continue; // ends the instance
          expect(zome.call('validate', given), name).to.deep.equal(outcome);
        }
        if (round === 0) bytesAfterFirst = zome.memoryBytes;
      }
      expect(zome.memoryBytes).to.equal(bytesAfterFirst);
    });
  });
});
