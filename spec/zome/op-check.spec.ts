/**
 * An op whose hashes or signature do not match its content is detected: every kind in every generation, each fault with
 * its place.
 */
import { ed25519 } from '@noble/curves/ed25519.js';
import { expect } from 'chai';
import { encodeBytes } from '../../src/boundary/codec-bytes.js';
import { GENERATIONS, type Generation } from '../../src/boundary/generation.js';
import { type Action, action } from '../../src/zome/action.js';
import { hashFromCore, hashOfContent } from '../../src/zome/holo-hash.js';
import type { Op } from '../../src/zome/op.js';
import { op as opCodec } from '../../src/zome/op.js';
import { type OpFaultCode, opFaults, signedBytes, signerOf } from '../../src/zome/op-check.js';
import { samples, signed } from './sample-ops.js';

const ALL = Object.keys(GENERATIONS) as readonly Generation[];
const SECRET = new Uint8Array(32).fill(42);
const OTHER_HASHES = {
  entry: hashOfContent('Entry', Uint8Array.of(77)),
  action: hashOfContent('Action', Uint8Array.of(77)),
} as const;

type Tree = { [key: string]: Tree };

/** A copy of an op with `value` at `path` (`$.A.b.c`). */
function changed(op: Op, path: string, value: unknown): Op {
  const copy = structuredClone(op) as unknown as Tree;
  const [, kind, ...keys] = path.split('.');
  expect(kind).to.equal(op.kind);
  let at = copy['value']!;
  const last = keys.pop()!;
  for (const key of keys)
    at = (at[key]!['kind'] !== undefined && at[key]!['value'] !== undefined ? at[key]!['value'] : at[key])!;
  expect(at, path).to.have.property(last);
  at[last] = value as Tree;
  return copy as unknown as Op;
}

function faultsOf(op: Op, generation: Generation, check: 'hashes' | 'all' = 'all') {
  return opFaults(op, generation, check).map(({ code, path }) => [code, path]);
}

/** The place of an op's signed action, by its kind. */
const SIGNED: Readonly<Record<string, string>> = {
  StoreRecord: 'record.signed_action',
  CreateRecord: 'record.signed_action',
  StoreEntry: 'action',
  CreateEntry: 'action',
  RegisterUpdate: 'update',
  Update: 'update',
  RegisterDelete: 'delete',
  Delete: 'delete',
  RegisterAgentActivity: 'action',
  AgentActivity: 'action',
  RegisterCreateLink: 'create_link',
  CreateLink: 'create_link',
  RegisterDeleteLink: 'delete_link',
  DeleteLink: 'delete_link',
};

for (const generation of ALL) {
  describe(`checks of an op of generation ${generation}`, () => {
    const { ops } = samples({ generation, secret: SECRET });
    const byName = new Map(ops.map(({ name, op }) => [name, op]));

    it('every kind passes as it is made', () => {
      expect(ops).to.have.length(7);
      for (const { name, op } of ops) {
        expect(opCodec(generation).is(op), name).to.equal(true);
        expect(faultsOf(op, generation), name).to.deep.equal([]);
      }
    });

    it('another hash of the action, another signature', () => {
      for (const { name, op } of ops) {
        const path = `$.${name}.${SIGNED[name]}`;
        const other = changed(op, `${path}.hashed.hash`, OTHER_HASHES.action);
        expect(faultsOf(other, generation), name).to.deep.equal([['action-hash', `${path}.hashed.hash`]]);
        const unsigned = changed(op, `${path}.signature`, new Uint8Array(64).fill(0x51));
        expect(faultsOf(unsigned, generation), name).to.deep.equal([['signature', `${path}.signature`]]);
        expect(faultsOf(unsigned, generation, 'hashes'), name).to.deep.equal([]);
      }
    });

    it('a changed action matches neither its hash nor its signature', () => {
      for (const { name, op } of ops) {
        const path = `$.${name}.${SIGNED[name]}`;
        const time = `${path}.hashed.content.${generation === '0.7' ? 'header.' : ''}timestamp`;
        const expected: readonly (readonly [OpFaultCode, string])[] = [
          ['action-hash', `${path}.hashed.hash`],
          ['signature', `${path}.signature`],
        ];
        expect(faultsOf(changed(op, time, 5n), generation), name).to.deep.equal(expected);
      }
    });

    it('another entry', () => {
      const places =
        generation === '0.7'
          ? ['CreateRecord.record.entry', 'CreateEntry.entry', 'Update.new_entry', 'AgentActivity.cached_entry']
          : [
              'StoreRecord.record.entry',
              'StoreEntry.entry',
              'RegisterUpdate.new_entry',
              'RegisterAgentActivity.cached_entry',
            ];
      const other = { entry_type: 'App', entry: Uint8Array.of(1) };
      for (const place of places) {
        const [name] = place.split('.');
        const value = place.includes('record') ? { kind: 'Present', value: other } : other;
        const faults = faultsOf(changed(byName.get(name!)!, `$.${place}`, value), generation);
        expect(faults).to.deep.equal([['entry-hash', `$.${place}`]]);
      }
    });

    it('a link other than the deleted one', () => {
      const name = generation === '0.7' ? 'DeleteLink' : 'RegisterDeleteLink';
      const at = `$.${name}.create_link`;
      const field = generation === '0.7' ? `${at}.data` : at;
      const op = byName.get(name)!;
      expect(faultsOf(changed(op, `${field}.link_type`, 9), generation)).to.deep.equal([['address', at]]);
      expect(faultsOf(changed(op, `${field}.base_address`, OTHER_HASHES.entry), generation)).to.deep.equal([
        ['address', at],
        ['address', `${at}.base_address`],
      ]);
    });

    if (generation.startsWith('0.2')) {
      it('an original other than the one that is updated or deleted', () => {
        for (const name of ['RegisterUpdate', 'RegisterDelete']) {
          const op = byName.get(name)!;
          const entry = { entry_type: 'App', entry: Uint8Array.of(1) };
          expect(faultsOf(changed(op, `$.${name}.original_entry`, entry), generation)).to.deep.equal([
            ['address', `$.${name}.original_entry`],
          ]);
          expect(
            faultsOf(changed(op, `$.${name}.original_action.entry_hash`, OTHER_HASHES.entry), generation),
          ).to.deep.equal([
            ['address', `$.${name}.original_action`],
            ['address', `$.${name}.original_action.entry_hash`],
          ]);
          expect(faultsOf(changed(op, `$.${name}.original_entry`, null), generation)).to.deep.equal([]);
        }
      });
    }

    it('an entry beside an action without one', () => {
      const name = generation === '0.7' ? 'AgentActivity' : 'RegisterAgentActivity';
      const records = samples({ generation, secret: SECRET }).records;
      const remove = records[2]!.signed_action;
      const entry = { entry_type: 'App', entry: Uint8Array.of(1) };
      const op = { kind: name, value: { action: remove, cached_entry: entry } } as unknown as Op;
      expect(faultsOf(op, generation)).to.deep.equal([['entry-hash', `$.${name}.cached_entry`]]);
    });
  });
}

describe('checks of an op', () => {
  it('an op of 0.7 with an action of another type', () => {
    const { ops, create, records } = samples({ generation: '0.7', secret: SECRET });
    const remove = records[2]!.signed_action;
    const rows: readonly (readonly [string, object, string])[] = [
      ['CreateEntry', { action: remove, entry: { entry_type: 'App', entry: Uint8Array.of(1) } }, 'action'],
      ['Update', { update: create, new_entry: null }, 'update'],
      ['Delete', { delete: create }, 'delete'],
      ['CreateLink', { create_link: create }, 'create_link'],
      ['DeleteLink', { delete_link: create, create_link: create.hashed.content }, 'delete_link'],
    ];
    for (const [kind, value, place] of rows) {
      const [first] = faultsOf({ kind, value } as unknown as Op, '0.7');
      expect(first, kind).to.deep.equal(['action-type', `$.${kind}.${place}`]);
    }
    const link = ops[6]!.op.value as object;
    const odd = { kind: 'DeleteLink', value: { ...link, create_link: create.hashed.content } } as unknown as Op;
    expect(faultsOf(odd, '0.7')).to.deep.equal([
      ['address', '$.DeleteLink.create_link'],
      ['address', '$.DeleteLink.create_link.base_address'],
    ]);
  });

  it('an action that closes a chain for another agent is signed by that agent', () => {
    const other = new Uint8Array(32).fill(43);
    const next = hashFromCore('Agent', ed25519.getPublicKey(other));
    const author = hashFromCore('Agent', ed25519.getPublicKey(SECRET));
    const head = { author, timestamp: 1n, action_seq: 4, prev_action: OTHER_HASHES.action };
    const target = { kind: 'Agent', value: next };
    const forms: readonly (readonly [Generation, object, string])[] = [
      ['0.6', { type: 'CloseChain', ...head, new_target: target }, 'RegisterAgentActivity'],
      ['0.7', { header: head, data: { type: 'CloseChain', new_target: target } }, 'AgentActivity'],
    ];
    for (const [generation, content, kind] of forms) {
      const close = content as unknown as Action;
      expect(signerOf(close)).to.deep.equal(next);
      expect(signedBytes(close, generation)).to.deep.equal(encodeBytes(action(generation), close));
      const of = (secret: Uint8Array) =>
        ({ kind, value: { action: signed(close, generation, secret), cached_entry: null } }) as unknown as Op;
      expect(faultsOf(of(other), generation)).to.deep.equal([]);
      expect(faultsOf(of(SECRET), generation)).to.deep.equal([['signature', `$.${kind}.action.signature`]]);
    }
  });

  it('report what was found and what was expected', () => {
    const { ops } = samples();
    const [fault] = opFaults(
      changed(ops[1]!.op, '$.StoreEntry.action.hashed.hash', OTHER_HASHES.action),
      '0.6',
      'hashes',
    );
    expect(fault!.detail).to.match(/^the action has the hash uhCkk[\w-]{48}, not uhCkk[\w-]{48}$/);
  });
});
