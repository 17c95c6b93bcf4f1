// The guest kit through the zome `probe`, which reports what it has read: every kind of op, action, entry and result,
// in both directions, against a description of the same value made here.
import { decode, encode } from '@msgpack/msgpack';
import { expect } from 'chai';
import fc from 'fast-check';
import {
  ANN,
  appEntry,
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
import { type HostFunctions, type Outcome, ZomeDriver, zomeBytes } from './zome-driver.js';

const module = new WebAssembly.Module(zomeBytes('probe'));

// ---- the same values, described here ----

const hex = (bytes: Bytes): string => Buffer.from(bytes).toString('hex');
const hashText = (bytes: Bytes): string => `u${Buffer.from(bytes).toString('base64url')}`;
const NO_HASH = hashText(new Uint8Array(39));

type Value = Record<string, unknown>;
const ENTRY_KINDS = ['', 'App', 'Agent', 'CapClaim', 'CapGrant', 'CounterSign'];
const PRESENCES = ['Present', 'Hidden', 'NA', 'NotStored'];
const NO_ENTRY = 'entry 0 ';

function typeText(type: unknown): string {
  if (typeof type === 'string') return `type ${ENTRY_KINDS.indexOf(type.replace('PubKey', ''))} 0,0 Public`;
  const { entry_index, zome_index, visibility } = (type as { App: Value })['App'];
  return `type 1 ${entry_index},${zome_index} ${visibility}`;
}

// One field of an action, as the probe writes it.
function fieldText(name: string, value: unknown): string {
  if (name === 'entry_type') return typeText(value);
  if (name === 'prev_target' || name === 'new_target')
    return value === null ? NO_HASH : hashText(Object.values(value as Value)[0] as Bytes);
  if (name === 'membrane_proof') return value === null ? 'none' : hex(value as Bytes);
  if (name === 'tag') return hex(value as Bytes);
  return value instanceof Uint8Array ? hashText(value) : String(value);
}

function actionText(type: string, fields: Fields): string {
  const { author, timestamp, action_seq, prev_action, ...rest } = fields as Value;
  const start = [type, hashText(author as Bytes), timestamp, action_seq ?? 0];
  const names = Object.keys(rest).filter((name) => name !== 'weight' && name !== 'type');
  const ends = names.map((name) => fieldText(name, rest[name]));
  return [...start, prev_action === undefined ? NO_HASH : hashText(prev_action as Bytes), ...ends].join(' ');
}

const signedText = (type: string, fields: Fields): string =>
  `${actionText(type, fields)} hash ${hashText(hash('action', 0xcc))} signature ${hex(SIGNATURE)}`;

function entryText(entry: Fields | null): string {
  if (entry === null) return NO_ENTRY;
  const { entry_type, entry: value } = entry as { entry_type: string; entry: unknown };
  const bytes = value instanceof Uint8Array && entry_type !== 'CapClaim' ? value : encode(value);
  return `entry ${ENTRY_KINDS.indexOf(entry_type)} ${hex(bytes)}`;
}

const opText = (kind: number, type: string, fields: Fields, entry: Fields | null = null, presence = 'NA'): string =>
  `op ${kind} ${signedText(type, fields)} ${entryText(entry)} presence ${PRESENCES.indexOf(presence)}`;

// ---- the values ----

const entryHash = hash('entry', 0xee);
const app = appEntry(Uint8Array.of(0xc0));
const entries: readonly Fields[] = [
  app,
  appEntry(new Uint8Array(300).fill(7)),
  { entry_type: 'Agent', entry: BOB },
  { entry_type: 'CapClaim', entry: { tag: 'x', grantor: ANN, secret: SIGNATURE } },
  { entry_type: 'CapGrant', entry: { tag: 'x', access: 'Unrestricted', functions: { Listed: [['zome', 'fn']] } } },
  { entry_type: 'CounterSign', entry: [{ preflight_request: {} }, Uint8Array.of(1)] },
];
const link = createLink(2, entryHash, hash('external', 3), Uint8Array.of(1, 2, 255));
const actions: readonly (readonly [string, Fields])[] = [
  ['Dna', { author: ANN, timestamp: -5, hash: hash('dna', 1) }],
  ['AgentValidationPkg', { ...head(), membrane_proof: null }],
  ['AgentValidationPkg', { ...head(), membrane_proof: Uint8Array.of(9) }],
  ['InitZomesComplete', head(BOB)],
  ['OpenChain', { ...head(), prev_target: { Dna: hash('dna', 2) }, close_hash: hash('action', 3) }],
  ['CloseChain', { ...head(), new_target: { Agent: BOB } }],
  ['CloseChain', { ...head(), new_target: null }],
  ['Create', create(255, BOB, 255)],
  ['Create', { ...create(0), entry_type: 'AgentPubKey' }],
  ['Create', { ...create(0), entry_type: 'CapClaim' }],
  ['Create', { ...create(0), entry_type: 'CapGrant' }],
  ['Create', { ...create(0), entry_type: { App: { entry_index: 1, zome_index: 2, visibility: 'Private' } } }],
  ['Update', update(1, hash('action', 4))],
  ['Delete', deletion(hash('action', 5))],
  ['CreateLink', link],
  ['DeleteLink', deleteLink(entryHash)],
];

function said(op: unknown): Outcome {
  return new ZomeDriver(module).call('validate', op);
}

const describes = (text: string): Outcome => ({ Ok: { Invalid: text } });

describe('guest kit', () => {
  describe('reads', () => {
    for (const [type, fields] of actions) {
      it(`an action ${type}`, () => {
        const activity = { RegisterAgentActivity: { action: signed({ type, ...fields }), cached_entry: null } };
        expect(said(activity)).to.deep.equal(describes(opText(5, type, fields)));
        const stored = { signed_action: signed({ type, ...fields }), entry: 'NotStored' };
        expect(said({ StoreRecord: { record: stored } })).to.deep.equal(
          describes(opText(1, type, fields, null, 'NotStored')),
        );
      });
    }

    it('migrations of Holochain 0.3, which are between DNAs', () => {
      const dna = hash('dna', 2);
      const open = opText(5, 'OpenChain', { ...head(), prev_target: { Dna: dna }, close_hash: new Uint8Array(39) });
      const close = opText(5, 'CloseChain', { ...head(), new_target: { Dna: dna } });
      for (const [action, text] of [
        [{ type: 'OpenChain', ...head(), prev_dna_hash: dna }, open],
        [{ type: 'CloseChain', ...head(), new_dna_hash: dna }, close],
      ] as const) {
        expect(said({ RegisterAgentActivity: { action: signed(action), cached_entry: null } })).to.deep.equal(
          describes(text),
        );
      }
    });

    for (const entry of entries) {
      it(`an entry ${entry['entry_type']} of ${encode(entry).length} bytes`, () => {
        const present = { signed_action: signed({ type: 'Create', ...create(0) }), entry: { Present: entry } };
        expect(said({ StoreRecord: { record: present } })).to.deep.equal(
          describes(opText(1, 'Create', create(0), entry, 'Present')),
        );
      });
    }

    const original = hash('action', 6);
    const ops: readonly (readonly [string, Fields, string])[] = [
      ['StoreEntry of a Create', storeEntry(create(1), Uint8Array.of(0xc0)), opText(2, 'Create', create(1), app)],
      [
        'StoreEntry of an Update',
        storeEntry(update(1, original), Uint8Array.of(0xc0), 'Update'),
        opText(2, 'Update', update(1, original), app),
      ],
      [
        'RegisterUpdate',
        { RegisterUpdate: { update: signed(update(1, original)), new_entry: app } },
        opText(3, 'Update', update(1, original), app),
      ],
      [
        'RegisterUpdate without an entry',
        { RegisterUpdate: { new_entry: null, update: signed(update(1, original)) } },
        opText(3, 'Update', update(1, original)),
      ],
      [
        'RegisterDelete',
        { RegisterDelete: { delete: signed(deletion(original)) } },
        opText(4, 'Delete', deletion(original)),
      ],
      [
        'RegisterAgentActivity with an entry',
        { RegisterAgentActivity: { action: signed({ ...create(1), type: 'Create' }), cached_entry: app } },
        opText(5, 'Create', create(1), app),
      ],
      ['RegisterCreateLink', { RegisterCreateLink: { create_link: signed(link) } }, opText(6, 'CreateLink', link)],
      [
        'RegisterDeleteLink',
        { RegisterDeleteLink: { delete_link: signed(deleteLink(entryHash)), create_link: link } },
        `${opText(7, 'DeleteLink', deleteLink(entryHash))} deletes ${actionText('CreateLink', link)}`,
      ],
    ];
    for (const [name, op, text] of ops) {
      it(`an op ${name}`, () => {
        expect(said(op)).to.deep.equal(describes(text));
      });
    }

    it('structs with their keys in any order and with unknown keys', () => {
      const pairs = Object.entries({ type: 'CreateLink', ...link, extra: [1, { deep: null }] });
      fc.assert(
        fc.property(fc.shuffledSubarray(pairs, { minLength: pairs.length }), (shuffled) => {
          const action = signed(Object.fromEntries(shuffled));
          expect(said({ RegisterAgentActivity: { cached_entry: null, action } })).to.deep.equal(
            describes(opText(5, 'CreateLink', link)),
          );
        }),
        { numRuns: 100 },
      );
    });

    it('no op with a field that is missing or of another kind', () => {
      for (const [type, fields] of actions) {
        for (const name of Object.keys(fields)) {
          if (name === 'weight') continue;
          const { [name]: _, ...rest } = fields;
          const isOptional = ['membrane_proof', 'new_target', 'prev_target', 'close_hash'].includes(name);
          const damaged = [...(isOptional ? [] : [rest]), { ...rest, [name]: 1.5 }];
          for (const action of damaged) {
            const op = { RegisterAgentActivity: { action: signed({ type, ...action }), cached_entry: null } };
            expect(said(op), `${type}.${name}`).to.deep.equal({
              Err: { file: 'kit', line: 0, error: { Deserialize: encode(op) } },
            });
          }
        }
      }
    });

    it('the membrane proof and the agent key', () => {
      const zome = new ZomeDriver(module);
      const join = (membrane_proof: Bytes | null): Outcome =>
        zome.call('genesis_self_check_2', { membrane_proof, agent_key: BOB });
      expect(join(null)).to.deep.equal(describes(`${hashText(BOB)} none`));
      expect(join(Uint8Array.of(0xc0))).to.deep.equal(describes(`${hashText(BOB)} c0`));
    });
  });

  it('writes entry definitions', () => {
    const defs = [
      { id: { App: 'open' }, visibility: 'Public', required_validations: 5, cache_at_agent_activity: false },
      { id: { App: 'closed' }, visibility: 'Private', required_validations: 300, cache_at_agent_activity: true },
    ];
    expect(new ZomeDriver(module).call('entry_defs', null)).to.deep.equal({ Ok: { Defs: defs } });
    expect(new ZomeDriver(module).call('entry_defs', 1)).to.have.property('Err');
  });

  describe('requests', () => {
    const wanted = hash('action', 8);
    const chainFilter = (limit: unknown, include = false): Fields => ({
      chain_top: wanted,
      limit_conditions: limit,
      include_cached_entries: include,
    });
    const filters = [
      chainFilter('ToGenesis'),
      chainFilter({ Take: 7 }),
      chainFilter({ UntilTimestamp: -5 }),
      chainFilter({ UntilHash: [wanted] }, true),
    ];
    const types = (entry: number[], own: number[]): [number, number[]][] => [
      [3, entry],
      [0, own],
    ];
    const entryDefs = [{ id: { App: 'open' } }];
    const createAction = { type: 'Create', ...create(1) };

    type Row = readonly [name: string, question: Fields, host: string, input: unknown, answer: unknown, text: string];
    const rows: readonly Row[] = [
      [
        'an entry',
        { ask: 'entry', hash: entryHash },
        'must_get_entry',
        entryHash,
        { content: app, hash: entryHash },
        entryText(app),
      ],
      [
        'an action',
        { ask: 'action', hash: wanted },
        'must_get_action',
        wanted,
        signed(createAction),
        signedText('Create', create(1)),
      ],
      [
        'the action wanted',
        { ask: 'create', hash: wanted },
        'must_get_action',
        wanted,
        signed(createAction),
        hashText(entryHash),
      ],
      [
        'another action than wanted',
        { ask: 'create', hash: wanted },
        'must_get_action',
        wanted,
        signed({ type: 'CreateLink', ...link }),
        'expected Create, got CreateLink',
      ],
      [
        'a record',
        { ask: 'record', hash: wanted },
        'must_get_valid_record',
        wanted,
        record(create(1), Uint8Array.of(0xc0)),
        `${signedText('Create', create(1))} ${entryText(app)} presence 0`,
      ],
      ...filters.map(
        (chain_filter, number): Row => [
          `activity, limit ${number}`,
          { ask: 'activity', hash: wanted, agent: BOB, number },
          'must_get_agent_activity',
          { author: BOB, chain_filter },
          [
            { action: signed(createAction), cached_entry: app },
            { action: signed({ type: 'CreateLink', ...link }), cached_entry: null },
          ],
          `2; ${opText(5, 'Create', create(1), app)}; ${opText(5, 'CreateLink', link)}`,
        ],
      ),
      ...[true, false].map(
        (isRight): Row => [
          `a signature, ${isRight}`,
          { ask: 'signature', agent: BOB, bytes: SIGNATURE },
          'verify_signature',
          { key: BOB, signature: SIGNATURE, data: new TextEncoder().encode('grüß') },
          isRight,
          isRight ? 'right' : 'wrong',
        ],
      ),
      [
        'the DNA',
        { ask: 'dna' },
        'dna_info',
        null,
        {
          name: 'dna',
          hash: hash('dna', 1),
          modifiers: { network_seed: 'seed', origin_time: 5, properties: Uint8Array.of(0x80) },
          zome_names: ['a', 'b'],
        },
        `dna ${hashText(hash('dna', 1))} seed 80 a,b`,
      ],
      [
        'the zome',
        { ask: 'zome' },
        'zome_info',
        null,
        {
          name: 'probe',
          id: 3,
          properties: Uint8Array.of(0xc0),
          entry_defs: entryDefs,
          extern_fns: ['memory', 'validate'],
          zome_types: { entries: types([0, 1], [0]), links: types([], [0, 1, 2]) },
        },
        `probe 3 c0 ${hex(encode(entryDefs))} memory,validate entries 3:2 entries 0:1 links 3:0 links 0:3`,
      ],
      ['for a trace', { ask: 'grüß' }, 'trace', { msg: 'grüß', level: 'WARN' }, null, 'traced'],
    ];
    for (const [name, question, host, input, answer, text] of rows) {
      it(name, () => {
        let asked: unknown;
        const functions: HostFunctions = {
          [host]: (value) => {
            asked = value;
            return answer;
          },
        };
        const zome = new ZomeDriver(module, functions);
        expect(zome.call('describe_answer', question)).to.deep.equal(describes(text));
        expect(asked).to.deep.equal(input);
        expect(zome.called).to.deep.equal([host]);
      });

      it(`${name}: passes on errors of the host, and results that it cannot read`, () => {
        const denied = new ZomeDriver(module).call('describe_answer', question);
        const error = { Host: `Host function ${host} cannot be called` };
        expect(denied).to.deep.equal({ Err: { file: 'host.rs', line: 7, error } });
        if (host === 'trace') return;
        const strange = new ZomeDriver(module, { [host]: () => 'strange' }).call('describe_answer', question);
        expect(strange).to.deep.equal({
          Err: { file: 'kit', line: 0, error: { Deserialize: encode({ Ok: 'strange' }) } },
        });
      });
    }

    it('hashes and activity as unresolved dependencies', () => {
      const zome = new ZomeDriver(module);
      expect(zome.call('describe_answer', { ask: 'unresolved', hash: wanted })).to.deep.equal({
        Ok: { UnresolvedDependencies: { Hashes: [wanted, wanted] } },
      });
      for (const [number, filter] of filters.entries()) {
        const question = { ask: 'unresolved activity', hash: wanted, agent: BOB, number };
        expect(zome.call('describe_answer', question)).to.deep.equal({
          Ok: { UnresolvedDependencies: { AgentActivity: [BOB, filter] } },
        });
      }
    });
  });

  describe('content', () => {
    const good = {
      ask: 'content',
      number: -7,
      float: -0.5,
      flag: true,
      nothing: null,
      bytes: new Uint8Array(4),
      texts: ['é'],
    };
    const described = (content: Fields): Outcome => new ZomeDriver(module).call('describe_answer', content);

    it('is read by name', () => {
      expect(described(good)).to.deep.equal(describes('-7 bfe0000000000000 true 00000000 é'));
      const { nothing: _, ...without } = good;
      expect(described({ ...without, texts: [] })).to.deep.equal(describes('-7 bfe0000000000000 true 00000000'));
    });

    const refusals: readonly (readonly [Fields, string])[] = [
      [{ number: 1e6 + 1 }, 'number: expected -1000000 to 1000000'],
      [{ number: '7' }, 'number: expected int, got str'],
      [{ float: 1 }, 'float: expected float, got int'],
      [{ flag: null }, 'flag: expected bool, got nil'],
      [{ nothing: false }, 'nothing: is something'],
      [{ bytes: new Uint8Array(5) }, 'bytes: expected 4 bytes, got 5'],
      [{ texts: {} }, 'texts: expected array, got map'],
      [{ texts: ['a', 'b', 'c', 'd'] }, 'texts: expected at most 3 texts, got 4'],
      [{ texts: ['a', 'abcdef'] }, 'texts: text 1: expected 1 to 5 characters, got 6'],
      [{ texts: ['a', 1] }, 'texts: text 1: expected str, got int'],
      [{ more: 1 }, 'more: unknown field'],
    ];
    for (const [change, reason] of refusals) {
      it(`is refused: ${reason}, although the zome returns Valid`, () => {
        expect(described({ ...good, ...change })).to.deep.equal(describes(reason));
      });
    }

    it('is refused: an integer above the signed range', () => {
      const content = encode({ ...good, number: 2n ** 63n }, { useBigInt64: true });
      expect(new ZomeDriver(module).callBytes('describe_answer', encode(content))).to.deep.equal(
        describes('number: expected -1000000 to 1000000'),
      );
    });

    it('is refused: a field is missing', () => {
      const { flag: _, ...without } = good;
      expect(described(without)).to.deep.equal(describes('flag: missing'));
    });
  });

  it('writes every number in its shortest form', () => {
    const outcome = new ZomeDriver(module).call('describe_answer', { ask: 'numbers' }) as { Ok: { Invalid: string } };
    const unsigned = [0, 127, 128, 255, 256, 65_536, 2 ** 32 - 1, 2 ** 32, 2n ** 64n - 1n];
    const negative = [-1, -32, -33, -129, -32_769, -(2 ** 31) - 1, -(2n ** 63n)];
    const values = [null, true, false, -0.5, ...unsigned, ...negative, 'é'];
    const bytes = Buffer.from(outcome.Ok.Invalid, 'hex');
    const read = (decode(bytes, { useBigInt64: true }) as unknown[]).map((value) => String(value));
    expect(read).to.deep.equal(values.map((value) => String(value)));
    expect(bytes.length).to.equal(3 + 3 + 9 + (1 + 1 + 2 + 2 + 3 + 5 + 5 + 9 + 9) + (1 + 1 + 2 + 3 + 5 + 9 + 9) + 3);
  });
});
