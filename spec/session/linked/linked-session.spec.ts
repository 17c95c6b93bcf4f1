/** Modules in one store share memories, tables and globals; the receipts of both tiers record it. SEMANTICS 11. */
import { expect } from 'chai';
import { toHex } from '../../../src/base/hash.js';
import { type HostImport, i32, i64 } from '../../../src/index.js';
import {
  checkLinkedReceipts,
  decodeLinkedReceipt,
  encodeLinkedReceipt,
  type LinkedReceipt,
  type LinkedSession,
} from '../../../src/session/index.js';
import { type LinkText, linked, opening } from './linked-modules.js';

const TIERS = ['interpreter', 'instrumented'] as const;

/** The module that exports everything that is shared. */
const LIB: LinkText = {
  name: 'lib',
  text: `(module
    (memory (export "memory") 1 4)
    (table (export "table") 8 16 funcref)
    (global $count (export "count") (mut i32) (i32.const 1))
    (global (export "wide") (mut i64) (i64.const -1))
    (global (export "half") (mut f64) (f64.const 0.5))
    (global (export "seven") i32 (i32.const 7))
    (global (export "nan") f32 (f32.const nan:0x200001))
    (global (export "chosen") funcref (ref.func $double))
    (data (i32.const 8) "lib")
    (elem (i32.const 0) func $double)
    (type $unary (func (param i32) (result i32)))
    (func $double (export "double") (param i32) (result i32) (i32.mul (local.get 0) (i32.const 2)))
    (func (export "half-of") (param f64) (result f64) (f64.mul (local.get 0) (f64.const 0.5)))
    (func (export "next") (result i32) (global.set $count (i32.add (global.get $count) (i32.const 1))) (global.get $count))
    (func (export "peek") (param i32) (result i32) (i32.load (local.get 0)))
    (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
    (func (export "apply") (param i32 i32) (result i32) (call_indirect (type $unary) (local.get 0) (local.get 1)))
    (func (export "pages") (result i32) (memory.size)))`,
};

const APP: LinkText = {
  name: 'app',
  text: `(module
    (import "lib" "memory" (memory 1))
    (import "lib" "table" (table 4 funcref))
    (import "lib" "count" (global $count (mut i32)))
    (import "lib" "wide" (global $wide (mut i64)))
    (import "lib" "half" (global $half (mut f64)))
    (import "lib" "seven" (global $seven i32))
    (import "lib" "nan" (global $nan f32))
    (import "lib" "chosen" (global $chosen funcref))
    (import "lib" "double" (func $double (param i32) (result i32)))
    (import "lib" "half-of" (func $half-of (param f64) (result f64)))
    (import "lib" "grow" (func $grow (param i32) (result i32)))
    (import "lib" "apply" (func $apply (param i32 i32) (result i32)))
    (global $own (export "own") (mut i32) (i32.const 40))
    (global (export "sum") i32 (global.get $seven))
    (table $second 2 funcref)
    (elem (table 0) (i32.const 1) func $triple $double $wrong)
    (data (i32.const 100) "app")
    (type $unary (func (param i32) (result i32)))
    (func $triple (export "triple") (param i32) (result i32)
      (global.set $own (i32.add (global.get $own) (i32.const 1)))
      (i32.mul (local.get 0) (i32.const 3)))
    (func $wrong (export "wrong") (param i64) (result i64) (local.get 0))
    (func (export "twice") (param i32) (result i32) (call $double (call $double (local.get 0))))
    (func (export "store") (param i32 i32) (i32.store (local.get 0) (local.get 1)))
    (func (export "grown") (param i32) (result i32)
      (drop (call $grow (local.get 0)))
      (i32.store (i32.sub (i32.mul (memory.size) (i32.const 65536)) (i32.const 4)) (i32.const 77))
      (memory.size))
    (func (export "through") (param i32 i32) (result i32) (call $apply (local.get 0) (local.get 1)))
    (func (export "count-to") (param i32) (global.set $count (local.get 0)) (global.set $wide (i64.const 5)))
    (func (export "nan-bits") (result i32) (i32.reinterpret_f32 (global.get $nan)))
    (func (export "quarter") (param f64) (result f64) (global.set $half (local.get 0)) (call $half-of (call $half-of (local.get 0))))
    (func (export "take") (table.set $second (i32.const 1) (global.get $chosen)))
    (func (export "second") (param i32) (result i32) (call_indirect $second (type $unary) (local.get 0) (i32.const 1)))
    (func (export "trap") (param i32) (i32.store (i32.const 60) (local.get 0)) (global.set $count (local.get 0)) (unreachable))
    (func (export "spin") (param i32) (result i32) (local i32)
      (loop $more
        (local.set 1 (call $double (local.get 1)))
        (global.set $count (i32.add (global.get $count) (i32.const 1)))
        (local.set 0 (i32.sub (local.get 0) (i32.const 1)))
        (br_if $more (local.get 0)))
      (global.get $count))
    (func $deep (export "deep") (param i32) (result i32)
      (if (result i32) (i32.eqz (local.get 0)) (then (i32.const 0))
        (else (i32.add (call $double (i32.const 1)) (call $deep (i32.sub (local.get 0) (i32.const 1))))))))`,
};

/** The same steps in every tier: their results, the state, and the receipts. */
function story(session: LinkedSession) {
  const seen: unknown[] = [];
  const receipts: LinkedReceipt[] = [];
  const call = (instance: string, name: string, ...args: Parameters<typeof i32>[0][]) => {
    const result = session.call(instance, name, args.map(i32), { fuel: 100_000, digest: name === 'grown' });
    seen.push([name, result.outcome, result.fuel.used]);
    receipts.push(result.receipt);
  };
  const [lib, app] = [session.instance('lib'), session.instance('app')];
  call('app', 'twice', 21);
  call('app', 'store', 200, 1234);
  call('lib', 'peek', 200);
  call('app', 'grown', 1);
  call('lib', 'pages');
  call('lib', 'peek', 2 * 65_536 - 4);
  for (const element of [0, 1, 2, 3, 4, 100]) {
    call('lib', 'apply', 5, element);
    call('app', 'through', 5, element);
  }
  call('app', 'count-to', 50);
  call('lib', 'next');
  call('app', 'nan-bits');
  call('app', 'second', 4);
  call('app', 'take');
  call('app', 'second', 4);
  receipts.push(session.call('app', 'quarter', [{ type: 'f64', bits: 0x7ff0_0000_0000_0001n }]).receipt);
  lib.memory!.write(300, Uint8Array.of(1, 2, 3, 4));
  call('app', 'trap', 9);
  call('lib', 'peek', 60);
  lib.global('count').set(i32(1000));
  app.memory!.grow(1);
  lib.table('table').set(5, { instance: 'app', export: 'triple' });
  lib.table('table').grow(2, { instance: 'lib', export: 'double' });
  lib.table('table').set(0, null);
  for (const element of [0, 5, 8, 9, 10]) call('app', 'through', 7, element);
  call('lib', 'next');
  call('app', 'deep', 100);
  call('app', 'deep', 100_000);
  call('app', 'spin', 1_000_000);
  call('lib', 'pages');
  seen.push(
    toHex(session.stateDigest()),
    app.global('own').get(),
    lib.global('wide').get(),
    lib.table('table').get(5),
    lib.table('table').get(0),
  );
  return { seen, receipts };
}

for (const tier of TIERS) {
  describe(`linked session, ${tier}`, () => {
    it('shares memories, tables, globals and functions; its receipts form a chain and equal those of the other tier', async () => {
      const opened = await opening([LIB, APP], tier, { digestEvery: 10 });
      if (!opened.ok) throw new Error('it does not open');
      expect(opened.session.tier).to.equal(tier);
      const { seen, receipts } = story(opened.session);
      const reference = story(await linked([LIB, APP], 'interpreter', { digestEvery: 10 }));
      expect(seen).to.deep.equal(reference.seen);
      expect(receipts).to.deep.equal(reference.receipts);
      const all = [...opened.receipts, ...receipts];
      expect(checkLinkedReceipts(all)).to.equal(undefined);
      expect(opened.receipts.map(({ step, instance, number }) => [step, instance, number])).to.deep.equal([
        ['linked', 'lib', 0],
        ['linked', 'app', 1],
      ]);
      for (const receipt of all) {
        const bytes = encodeLinkedReceipt(receipt);
        expect(decodeLinkedReceipt(bytes)).to.deep.equal({ ok: true, receipt });
      }
      const codes = new Set(
        receipts.map(({ outcome }) => ('code' in outcome ? outcome.code : Object.values(outcome)[1])),
      );
      expect([...codes]).to.include.members([
        undefined,
        'indirect-call-type-mismatch',
        'undefined-element',
        'uninitialized-element',
        'unreachable',
        'stack',
        'fuel',
      ]);
    });

    it('returns the values that the modules compute', async () => {
      const session = await linked([LIB, APP], tier);
      const value = (instance: string, name: string, ...args: number[]) => {
        const { outcome } = session.call(instance, name, args.map(i32));
        return outcome.kind === 'returned'
          ? outcome.values.map((each) => ('bits' in each ? each.bits : null))
          : outcome;
      };
      expect(value('app', 'twice', 21)).to.deep.equal([84]);
      expect(value('app', 'grown', 1)).to.deep.equal([2]);
      expect(value('lib', 'peek', 2 * 65_536 - 4)).to.deep.equal([77]);
      expect(session.instance('lib').memory!.pages).to.equal(2);
      expect(value('lib', 'apply', 5, 1)).to.deep.equal([15]);
      expect(session.instance('app').global('own').get()).to.deep.equal(i32(41));
      expect(value('lib', 'apply', 5, 3)).to.deep.equal({ kind: 'trapped', code: 'indirect-call-type-mismatch' });
      expect(value('app', 'nan-bits')).to.deep.equal([0x7fa00001]);
      value('app', 'count-to', 50);
      expect(value('lib', 'next')).to.deep.equal([51]);
      expect(session.instance('lib').global('wide').get()).to.deep.equal(i64(5n));
      expect(session.instance('lib').table('table').get(1)).to.deep.equal({ instance: 'app', index: 4 });
      expect(session.instance('lib').table('table').get(2)).to.deep.equal({ instance: 'lib', index: 0 });
      expect(session.instance('lib').table('table').get(7)).to.equal(null);
      expect(session.instances).to.deep.equal(['lib', 'app']);
      const fork = session.fork();
      expect(toHex(fork.stateDigest())).to.equal(toHex(session.stateDigest()));
      fork.call('app', 'take');
      expect(fork.call('app', 'second', [i32(4)]).outcome).to.deep.equal({ kind: 'returned', values: [i32(8)] });
    });

    it('passes to a host function the instance that imports it, whichever calls it', async () => {
      const seen: string[] = [];
      const note: HostImport = {
        module: 'host',
        name: 'note',
        type: { params: ['i32'], results: ['i32'] },
        run: (call, [value]) => {
          const name = new TextDecoder().decode(call.memory!.read(0, 1));
          const [pages] = call.call('pages', [])!;
          seen.push(
            `${name} ${call.memory!.byteLength / 65_536} ${pages !== undefined && 'bits' in pages ? pages.bits : ''}`,
          );
          return [value!];
        },
      };
      const common = `(type $unary (func (param i32) (result i32)))
        (func (export "pages") (result i32) (memory.size))
        (func (export "apply") (param i32) (result i32) (call_indirect (type $unary) (i32.const 3) (local.get 0)))`;
      const a = `(module (import "host" "note" (func $note (param i32) (result i32)))
        (memory 1) (data (i32.const 0) "a") (table (export "table") 4 funcref) (elem (i32.const 0) func $note) ${common})`;
      const b = `(module (import "host" "note" (func $note (param i32) (result i32)))
        (import "a" "apply" (func $apply-a (param i32) (result i32))) (import "a" "table" (table 4 funcref))
        (memory 2) (data (i32.const 0) "b") (elem (i32.const 1) func $note)
        (start $go) (func $go (drop (call $apply-a (i32.const 1))) (drop (call $note (i32.const 1)))) ${common})`;
      const imports = [note];
      const session = await linked(
        [
          { name: 'a', text: a, imports },
          { name: 'b', text: b, imports },
        ],
        tier,
      );
      expect(seen).to.deep.equal(['b 2 2', 'b 2 2']);
      seen.length = 0;
      for (const each of [session, session.fork()]) {
        for (const instance of ['a', 'b']) for (const element of [0, 1]) each.call(instance, 'apply', [i32(element)]);
        expect(seen.splice(0)).to.deep.equal(['a 1 1', 'b 2 2', 'a 1 1', 'b 2 2']);
      }
    });
  });
}
