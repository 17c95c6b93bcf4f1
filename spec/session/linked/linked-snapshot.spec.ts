/**
 * A snapshot of a linked session is its modules and its whole state as bytes: any tier can continue from it. SEMANTICS
 * 11.
 */
import { expect } from 'chai';
import fc from 'fast-check';
import { hash, toHex } from '../../../src/base/hash.js';
import { sameBytes } from '../../../src/base/same-bytes.js';
import { FUEL_1, type HostImport, i32 } from '../../../src/index.js';
import { dynamicCharge } from '../../../src/metering/schedule.js';
import {
  checkLinkedReceipts,
  decodeLinkedReceipt,
  decodeLinkedSnapshot,
  encodeLinkedReceipt,
  type LinkedReceipt,
  type LinkedSession,
  type LinkedSnapshot,
  type ModuleLink,
  openLinkedSession,
  restoreLinkedSession,
} from '../../../src/session/index.js';
import { encodeLinkedSnapshot } from '../../../src/session/linked/linked-snapshot-bytes.js';
import type { LinkedState } from '../../../src/session/linked/linked-state.js';
import { TIERS } from '../session-guest.js';
import { type LinkText, link } from './linked-modules.js';

const NEXT: HostImport = {
  module: 'env',
  name: 'next',
  type: { params: ['i32'], results: ['i32'] },
  run: (_, [value]) => [i32(((value as { bits: number }).bits + 3) | 0)],
};

/** State of every kind, in modules that share it. */
const LIB: LinkText = {
  name: 'lib',
  imports: [NEXT, { module: 'env', name: 'k', value: i32(9) }],
  text: `(module
    (import "env" "next" (func $next (param i32) (result i32))) (import "env" "k" (global $k i32))
    (memory (export "memory") 1 4) (table (export "table") 6 16 funcref)
    (global $count (export "count") (mut i32) (i32.const 1)) (global (export "wide") (mut i64) (i64.const -7))
    (global (export "chosen") funcref (ref.func $double)) (global (export "fixed") i32 (global.get $k))
    (global $held (export "held") (mut funcref) (ref.null func))
    (type $unary (func (param i32) (result i32)))
    (elem (i32.const 0) func $double $next) (data (i32.const 8) "lib") (data $text "passive")
    (func $double (export "double") (param i32) (result i32) (i32.mul (local.get 0) (i32.const 2)))
    (func (export "apply") (param i32 i32) (result i32) (call_indirect (type $unary) (local.get 0) (local.get 1)))
    (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
    (func (export "more") (result i32) (table.grow (ref.func $double) (i32.const 2)))
    (func (export "text") (param i32) (result i32) (memory.init $text (local.get 0) (i32.const 0) (i32.const 7)) (data.drop $text) (i32.const 0))
    (func (export "sum") (param i32 i32) (result i32) (local i32)
      (block $end (loop $more (br_if $end (i32.eqz (local.get 1)))
        (local.set 2 (i32.add (local.get 2) (i32.load8_u (local.get 0))))
        (local.set 0 (i32.add (local.get 0) (i32.const 1))) (local.set 1 (i32.sub (local.get 1) (i32.const 1))) (br $more)))
      (local.get 2)))`,
};
const FAILING: LinkText = {
  name: 'app',
  text: `(module (import "lib" "memory" (memory 1)) (import "lib" "table" (table 4 funcref))
    (func $f (param i32) (result i32) (i32.const 77)) (elem (i32.const 2) func $f)
    (data (i32.const 200) "stays") (data (i32.const 4000000) "fails"))`,
};
const APP: LinkText = {
  name: 'app',
  from: { base: 'lib' },
  text: `(module
    (import "base" "memory" (memory 1)) (import "base" "table" (table 4 funcref)) (import "base" "count" (global $count (mut i32)))
    (import "base" "chosen" (global $chosen funcref)) (import "base" "fixed" (global $fixed i32))
    (import "base" "held" (global $held (mut funcref)))
    (import "base" "double" (func $double (param i32) (result i32)))
    (import "base" "apply" (func $apply (param i32 i32) (result i32)))
    (global (export "own") (mut i64) (i64.const 5)) (global $same i32 (global.get $fixed)) (global $mine (mut funcref) (ref.func $triple))
    (global (export "copied") funcref (global.get $chosen)) (global (export "of") funcref (ref.func $double))
    (table $second 1 3 funcref) (elem (table 0) (i32.const 3) func $triple $double) (elem $later func $triple)
    (func $triple (export "triple") (param i32) (result i32) (i32.mul (local.get 0) (i32.const 3)))
    (func (export "hold") (param i32) (result i32) (global.set $held (ref.func $triple))
      (table.set $second (i32.const 0) (global.get $copied-to)) (local.get 0))
    (global $copied-to (mut funcref) (ref.func $double))
    (func (export "add") (param i32) (result i32) (global.set $count (i32.add (global.get $count) (local.get 0)))
      (i32.store (i32.const 400) (global.get $count)) (call $apply (global.get $count) (i32.const 3)))
    (func (export "late") (param i32) (result i32) (table.init $second $later (i32.const 0) (i32.const 0) (i32.const 1))
      (elem.drop $later) (global.get $same))
    (func (export "spin") (param i32) (result i32) (local i32)
      (loop $more
        (local.set 1 (call $double (i32.add (local.get 1) (i32.const 1))))
        (global.set $count (i32.add (global.get $count) (i32.const 1)))
        (br_if $more (i32.lt_u (global.get $count) (local.get 0))))
      (global.get $count))
    (func (export "trap") (param i32) (result i32) (global.set $count (local.get 0)) (unreachable)))`,
};
const TEXTS = [LIB, FAILING, APP, { ...APP, name: 'later' }, { ...APP, name: 'unpaid' }];

type Modules = readonly ModuleLink[];

/** A session with state of every kind, with an instance that failed and one that was not paid for. */
function lived(modules: Modules): LinkedSession {
  const [lib, failing, app, later, unpaid] = modules;
  const opening = openLinkedSession([lib!], { fuel: 50_000_000, digestEvery: 4 });
  if (!opening.ok) throw new Error('it does not open');
  const { session } = opening;
  expect(session.link(failing!, { fuel: 100_000 }).ok).to.equal(false);
  expect(session.link(app!, { fuel: 100_000 }).ok).to.equal(true);
  session.call('lib', 'grow', [i32(2)]);
  session.instance('lib').memory!.write(2 * 65_536 + 9, Uint8Array.of(1, 2, 3));
  session.call('app', 'hold', [i32(1)]);
  session.call('lib', 'more');
  session.instance('lib').table('table').set(5, { instance: 'app', export: 'triple' });
  session.call('lib', 'text', [i32(300)]);
  expect(session.link(unpaid!, { fuel: 1 }).ok).to.equal(false);
  expect(session.link(later!, { fuel: 100_000 }).ok).to.equal(true);
  session.call('app', 'trap', [i32(5)]);
  session.call('app', 'late', [i32(5)]);
  return session;
}

const inOrder = ([lib, failing, app, later, unpaid]: Modules): Modules => [lib!, failing!, app!, unpaid!, later!];

/** The result of each later call, which is the same in whatever tier the session continues. */
function goesOn(session: LinkedSession): { readonly seen: unknown[]; readonly receipts: LinkedReceipt[] } {
  const calls: readonly [string, string, ...number[]][] = [
    ['app', 'add', 4],
    ['lib', 'apply', 5, 1],
    ['lib', 'apply', 5, 2],
    ['lib', 'apply', 5, 5],
    ['lib', 'apply', 5, 7],
    ['lib', 'apply', 5, 12],
    ['lib', 'text', 0],
    ['app', 'late', 0],
    ['later', 'late', 0],
    ['later', 'add', 1],
    ['lib', 'sum', 2 * 65_536, 40],
    ['lib', 'grow', 1],
    ['lib', 'grow', 1],
    ['app', 'spin', 900],
  ];
  const receipts: LinkedReceipt[] = [];
  const seen = calls.map(([instance, name, ...args]) => {
    const { outcome, fuel, receipt } = session.call(instance, name, args.map(i32), { fuel: 100_000, digest: true });
    receipts.push(receipt);
    return [name, outcome, fuel.used, toHex(receipt.stateDigest!)];
  });
  return { seen, receipts };
}

describe('linked snapshot', () => {
  const modules = new Map<string, Modules>();
  let snapshot: LinkedSnapshot;
  before(async () => {
    for (const tier of TIERS) modules.set(tier, await Promise.all(TEXTS.map((text) => link(text, { tier }))));
    snapshot = lived(modules.get('interpreter')!).snapshot();
  });

  for (const from of TIERS) {
    it(`of the ${from} continues in every tier, from its bytes, as the session and its forks do`, () => {
      const session = lived(modules.get(from)!);
      expect(session.tier).to.equal(from);
      const made = session.snapshot();
      expect(toHex(made.bytes)).to.equal(toHex(snapshot.bytes));
      expect(toHex(made.hash)).to.equal(toHex(hash(made.bytes)));
      expect(toHex(made.stateDigest)).to.equal(toHex(session.stateDigest()));
      const decoded = decodeLinkedSnapshot(made.bytes);
      if (!decoded.ok) throw new Error(decoded.fault.code);
      expect(toHex(decoded.snapshot.bytes)).to.equal(toHex(made.bytes));
      const stories = TIERS.map((tier) => {
        const restored = restoreLinkedSession(decoded.snapshot, inOrder(modules.get(tier)!), { fuel: 50_000_000 });
        if (!restored.ok) throw new Error('it is refused');
        const again = restored.session;
        expect([again.tier, again.instances]).to.deep.equal([tier, ['lib', 'app', 'later']]);
        expect(toHex(again.snapshot().bytes)).to.equal(toHex(made.bytes));
        const { seen, receipts } = goesOn(again.fork());
        if (tier === from) expect(goesOn(again)).to.deep.equal({ seen, receipts });
        const all = [restored.receipt, ...receipts];
        expect(checkLinkedReceipts(all)).to.equal(undefined);
        for (const receipt of all) {
          expect(decodeLinkedReceipt(encodeLinkedReceipt(receipt))).to.deep.equal({ ok: true, receipt });
        }
        return { seen, receipts: all };
      });
      expect(stories[1]).to.deep.equal(stories[0]);
      expect(goesOn(session).seen).to.deep.equal(stories[0]!.seen);
    });
  }

  it('states its contents, and has a receipt that is bound to it', () => {
    expect(snapshot.modules.map(({ name, isNamed }) => [name, isNamed])).to.deep.equal([
      ['lib', true],
      ['app', false],
      ['app', true],
      ['unpaid', false],
      ['later', true],
    ]);
    expect(snapshot.pages).to.equal(3);
    expect(snapshot.bytes.length).to.be.within(2 * 65_536, 2 * 65_536 + 1500);
    const restored = restoreLinkedSession(snapshot, inOrder(modules.get('instrumented')!));
    if (!restored.ok) throw new Error('it is refused');
    const { receipt } = restored;
    expect([receipt.step, receipt.number, receipt.instance, receipt.pages]).to.deep.equal(['restored', 0, '', 3]);
    expect(toHex(receipt.previous)).to.equal(toHex(snapshot.hash));
    expect(toHex(receipt.stateDigest!)).to.equal(toHex(snapshot.stateDigest));
    expect(toHex(receipt.links)).to.equal(toHex(restored.session.call('app', 'add', [i32(1)]).receipt.links));
  });

  it('costs what its page states, and restores nothing that is not paid', () => {
    const given = inOrder(modules.get('interpreter')!);
    const { memoryGrow, memoryCopy, tableGrow } = FUEL_1.rates;
    const there = given.filter(({ name }) => name !== 'unpaid');
    const charges = there.map(({ module }) => module.metered.instantiationCharge);
    // Three instances without any copied page, and one with two copied pages.
    const copied = 3 * dynamicCharge(memoryCopy, 0) + dynamicCharge(memoryCopy, 2 * 65_536);
    const tables = dynamicCharge(tableGrow, 2) + 2 * dynamicCharge(tableGrow, 0);
    const price = charges.reduce((sum, each) => sum + each, dynamicCharge(memoryGrow, 2) + copied + tables);
    const restored = restoreLinkedSession(snapshot, given, { fuel: price });
    expect(restored.ok && restored.receipt.fuel).to.deep.include({ used: price, limit: price });
    const poor = restoreLinkedSession(snapshot, given, { fuel: price - 1 });
    if (poor.ok || poor.fault !== undefined) throw new Error('it is taken up');
    expect(poor.outcome).to.deep.equal({ kind: 'exhausted', resource: 'fuel' });
    expect([poor.receipt.pages, poor.receipt.fuel.used]).to.deep.equal([0, price - 1]);
  });

  it('is refused with other modules, or with other links', async () => {
    const given = [...inOrder(modules.get('interpreter')!)];
    const refused = (change: (links: ModuleLink[]) => void) => {
      const links = [...given];
      change(links);
      const restored = restoreLinkedSession(snapshot, links);
      return restored.ok || restored.fault === undefined ? 'it is taken up' : restored.fault;
    };
    const env = await link({ ...LIB, imports: [NEXT, { module: 'env', name: 'k', value: i32(8) }] }, {});
    expect(refused((links) => links.pop())).to.deep.equal({ code: 'module-count', instance: '' });
    expect(refused((links) => links.reverse())).to.deep.equal({ code: 'other-name', instance: 'later' });
    expect(refused((links) => links.splice(1, 1, links[2]!))).to.deep.equal({ code: 'other-module', instance: 'app' });
    expect(refused((links) => links.splice(0, 1, env))).to.deep.equal({ code: 'other-constants', instance: 'lib' });
    const unlinked = refused((links) => links.splice(2, 1, { ...links[2]!, from: {} }));
    expect(unlinked).to.include({ code: 'other-imports', instance: 'app' });
    const double: HostImport = { ...NEXT, module: 'base', name: 'double' };
    const hosted = refused((links) => links.splice(2, 1, { ...links[2]!, imports: [double] }));
    expect(hosted).to.deep.equal({ code: 'other-imports', instance: 'app' });
    expect(() => restoreLinkedSession(snapshot, [])).to.throw('at least one module');
  });

  it('with a state of other modules, or one that they cannot reach, is refused', () => {
    const given = inOrder(modules.get('interpreter')!);
    const { links, state } = snapshot;
    const refused = (changed: Partial<LinkedState>, names = links) => {
      const decoded = decodeLinkedSnapshot(encodeLinkedSnapshot({ modules: names, state: { ...state, ...changed } }));
      if (!decoded.ok) return decoded.fault.code;
      const restored = restoreLinkedSession(decoded.snapshot, given);
      return restored.ok ? 'it is taken up' : restored.fault?.code;
    };
    const [memory] = state.memories;
    const [first, ...tables] = state.tables;
    const global = (at: number, word: number) => ({ globals: state.globals.with(at, word) });
    expect(refused({})).to.equal('it is taken up');
    expect(refused({ globals: state.globals.subarray(2) })).to.equal('item-count');
    expect(refused({ memories: [] })).to.equal('item-count');
    expect(refused({ tables })).to.equal('item-count');
    expect(refused({ members: state.members.map((each) => ({ ...each, data: new Uint8Array(0) })) })).to.equal(
      'item-count',
    );
    expect(refused({ memories: [{ ...memory!, pages: 5 }] })).to.equal('page-count');
    expect(refused({ tables: [first!.subarray(0, 10), ...tables] })).to.equal('table-length');
    expect(refused({ tables: [new Uint32Array(34), ...tables] })).to.equal('table-length');
    // Globals of the first module: count, wide, chosen, fixed, held. A function of the last one, one that nothing refers to, none.
    expect(refused(global(1, 1))).to.equal('global-value');
    expect(refused(global(5, 2))).to.equal('global-value');
    expect(refused(global(6, 8))).to.equal('global-value');
    expect(refused(global(8, 5))).to.equal('it is taken up');
    expect(refused(global(9, 0))).to.equal('global-value');
    expect(refused(global(8, 4))).to.equal('global-value');
    expect(refused({ tables: [first!.with(1, 99), ...tables] })).to.equal('element');
    const kept = state.members.map((each, i) => (i === 0 ? { ...each, elements: new Uint8Array(1) } : each));
    expect(refused({ members: kept })).to.equal('segment');
    const twice = links.map((each, i) => (i === 3 ? { ...each, name: 'app' } : each));
    expect(refused({}, twice)).to.equal('duplicate-name');
  });

  it('is not taken during a call', async () => {
    let seen = '';
    const imports: HostImport[] = [
      {
        ...NEXT,
        run: () => {
          seen = tried(() => session.snapshot());
          return [i32(1)];
        },
      },
      { module: 'env', name: 'k', value: i32(9) },
    ];
    const opening = openLinkedSession([await link({ ...LIB, imports }, {})]);
    if (!opening.ok) throw new Error('it does not open');
    const { session } = opening;
    session.call('lib', 'apply', [i32(1), i32(1)]);
    expect(seen).to.equal('session-busy');
  });

  it('with one byte changed, removed or added is a fault, or another state, in both tiers alike', () => {
    const { bytes } = snapshot;
    const codes = new Set<string>();
    const tried = (changed: Uint8Array) => {
      const decoded = decodeLinkedSnapshot(changed);
      if (!decoded.ok) {
        codes.add(decoded.fault.code);
        expect(decoded.fault.offset).to.be.within(0, changed.length);
        return;
      }
      expect(sameBytes(decoded.snapshot.bytes, changed)).to.equal(true);
      const [shown, other] = TIERS.map((tier) => {
        const restored = restoreLinkedSession(decoded.snapshot, inOrder(modules.get(tier)!));
        return restored.ok ? toHex(restored.session.stateDigest()) : restored.fault?.code;
      });
      expect(shown).to.equal(other);
      if (shown!.length === 64) expect(shown).to.equal(toHex(decoded.snapshot.stateDigest));
      else codes.add(shown!);
    };
    // The modules are at the start, globals and tables at the end.
    const begins = Array.from({ length: 150 }, (_, i) => 5 * i);
    const ends = Array.from({ length: 60 }, (_, i) => bytes.length - 1 - 7 * i);
    for (const at of [...begins, ...ends]) tried(bytes.with(at, bytes[at]! ^ [1, 2, 0x80][at % 3]!));
    fc.assert(
      fc.property(fc.nat(bytes.length), fc.nat(255), (at, to) => {
        if (to % 8 === 0) tried(bytes.subarray(0, at));
        else tried(at < bytes.length ? bytes.with(at, to) : Uint8Array.of(...bytes.subarray(0, 900), 0));
      }),
      { numRuns: 20 },
    );
    expect([...codes]).to.include.members(CODES);
  });
});

const CODES = ['truncated', 'unknown-format', 'unknown-profile', 'segment-flag', 'instance-flag', 'other-imports'];
CODES.push('other-module', 'other-name', 'other-constants', 'global-value', 'element');

function tried(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    return (error as { code: string }).code;
  }
  return 'nothing was thrown';
}

for (const tier of TIERS) {
  describe(`slices of linked sessions, ${tier}`, () => {
    it('have no observable effect, at any size, and continue with more fuel', async () => {
      const modules = await Promise.all([LIB, APP].map((text) => link(text, { tier })));
      const opened = () => {
        const opening = openLinkedSession(modules, { fuel: 50_000_000 });
        if (!opening.ok) throw new Error('it does not open');
        return opening.session;
      };
      const shown = (session: LinkedSession, receipt: LinkedReceipt) => [
        toHex(encodeLinkedReceipt(receipt)),
        toHex(session.stateDigest()),
        session.fuelUsed,
      ];
      const calls = [
        ['app', 'spin', 700],
        ['app', 'add', 4],
        ['app', 'trap', 9],
        ['lib', 'grow', 2],
      ] as const;
      for (const [instance, name, arg] of calls) {
        const single = opened();
        const wanted = shown(single, single.call(instance, name, [i32(arg)], { fuel: 60_000, digest: true }).receipt);
        for (const slice of [1, 13, 1000, 59_999]) {
          const session = opened();
          const call = session.instance(instance).begin(name, [i32(arg)], { fuel: 60_000, digest: true });
          expect(tried(() => session.call('app', 'add', [i32(1)]))).to.equal('session-busy');
          let slices = 1;
          while (call.runFor(slice) === undefined) slices++;
          expect(shown(session, call.result!.receipt), `${name} ${slice}`).to.deep.equal(wanted);
          if (name === 'spin') expect(slices).to.be.at.least(Math.floor(call.fuelUsed / (slice + 40)));
        }
        const session = opened();
        const cut = session.begin(instance, name, [i32(arg)], { fuel: 3, digest: true });
        while (cut.runFor(1) === undefined);
        expect(shown(session, cut.result!.resume(59_997).receipt), name).to.deep.equal(wanted);
      }
    });
  });
}
