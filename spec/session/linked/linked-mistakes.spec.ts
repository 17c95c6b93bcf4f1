/** Error messages for misuse of a linked session, and the values that it and its instances return: SEMANTICS 11. */
import { expect } from 'chai';
import { defineLimits, externPayload, type HostImport, i32, i64 } from '../../../src/index.js';
import {
  type LinkedSession,
  type ModuleLink,
  openLinkedSession,
  openSession,
  restoreLinkedSession,
} from '../../../src/session/index.js';
import { guestText } from '../../boundary/wasm-guest.js';
import { bytesOfText } from '../../engine/load-text.js';
import { mistakeOf } from '../mistakes.js';
import { TIERS } from '../session-guest.js';
import { type LinkText, link, linked, loadedBytes } from './linked-modules.js';

const IMPORTS: readonly HostImport[] = [{ module: 'env', name: 'k', value: i32(9) }];

const BASE: LinkText = {
  name: 'base',
  imports: IMPORTS,
  text: `(module (import "env" "k" (global i32))
    (memory (export "memory") 1 4) (table (export "table") 4 8 funcref) (table (export "others") 1 externref)
    (global (export "fixed") i32 (i32.const 3)) (global (export "n") (mut i32) (i32.const 0))
    (func $double (export "double") (param i32) (result i32) (i32.mul (local.get 0) (i32.const 2)))
    (elem (i32.const 1) func $double))`,
};
const USER: LinkText = {
  name: 'user',
  text: `(module (import "base" "double" (func $f (param i32) (result i32))) (func (export "f") (param i32) (result i32)
    (call $f (local.get 0))) (func (export "none")))`,
};

type Mistake = readonly [work: (session: LinkedSession, base: ModuleLink) => unknown, code: string, message: string];

const table = (session: LinkedSession) => session.instance('base').table('table');

const MISTAKES: readonly Mistake[] = [
  [(_, base) => openLinkedSession([base, base]), 'bad-link', "an instance 'base' already exists"],
  [() => openLinkedSession([]), 'bad-link', 'a linked session needs at least one module'],
  [(s) => restoreLinkedSession(s.snapshot(), []), 'bad-link', 'a linked session needs at least one module'],
  [
    (s, base) => s.link({ ...base, name: 'lone \ud800' }),
    'bad-link',
    'the name of an instance must be a text of whole characters',
  ],
  [
    (s, base) => s.link({ ...base, name: 5 as never }),
    'bad-link',
    'the name of an instance must be a text of whole characters',
  ],
  [(s) => s.call('none', 'f'), 'unknown-instance', "the session has no instance 'none'; it has base, user"],
  [(s) => s.instance('none'), 'unknown-instance', "the session has no instance 'none'; it has base, user"],
  [
    (s) => s.instance('base').global('double'),
    'unknown-export',
    "the instance 'base' does not export a global 'double'",
  ],
  [(s) => s.instance('user').table('f'), 'unknown-export', "the instance 'user' does not export a table 'f'"],
  [(s) => s.instance('base').global('fixed').set(i32(1)), 'immutable-global', "the global 'fixed' cannot change"],
  [
    (s) => s.instance('base').global('n').set(i64(1n)),
    'argument-type',
    "argument 1 of the global 'n' must be i32, not i64",
  ],
  [(s) => table(s).get(4), 'out-of-bounds', 'element 4 is not within a table of 4'],
  [(s) => table(s).get(-1), 'out-of-bounds', 'element -1 is not within a table of 4'],
  [(s) => table(s).set(0.5, null), 'out-of-bounds', 'element 0.5 is not within a table of 4'],
  [
    (s) => table(s).set(0, { instance: 'base', export: 'n' }),
    'unknown-export',
    "the instance 'base' does not export a function 'n'",
  ],
  [
    (s) => table(s).grow(1, { instance: 'base', export: 'none' }),
    'unknown-export',
    "the instance 'base' does not export a function 'none'",
  ],
  [
    (s) => s.instance('base').table('others').set(0, { instance: 'base', export: 'double' }),
    'unknown-export',
    'the table does not hold functions',
  ],
  [
    (s) => s.instance('base').memory!.read(65_536, 1),
    'out-of-bounds',
    '1 bytes at 65536 are not within a memory of 65536 bytes',
  ],
];

describe('mistakes of a caller of linked sessions', () => {
  const modules = new Map<string, readonly ModuleLink[]>();
  before(async () => {
    for (const tier of TIERS) modules.set(tier, await Promise.all([BASE, USER].map((text) => link(text, { tier }))));
  });

  for (const [work, code, message] of MISTAKES) {
    it(message, () => {
      for (const tier of TIERS) {
        const links = modules.get(tier)!;
        const opened = openLinkedSession(links);
        if (!opened.ok) throw new Error('it does not open');
        const { session } = opened;
        expect(
          mistakeOf(() => work(session, links[0]!)),
          tier,
        ).to.deep.equal([code, message]);
        expect([session.number, session.instances]).to.deep.equal([1, ['base', 'user']]);
      }
    });
  }

  it('modules of other engines, and one too many', async () => {
    const session = await linked([BASE], 'interpreter');
    const limits = defineLimits('other', { pages: 5 });
    const module = await loadedBytes(bytesOfText('(module)'), { limits });
    expect(mistakeOf(() => session.link({ name: 'narrow', module }))).to.deep.equal([
      'bad-link',
      "the module of 'narrow' was loaded with other limits or another schedule than the first one",
    ]);
    const empty = await loadedBytes(bytesOfText('(module)'), { tier: 'interpreter' });
    session.batch(() => {
      for (let i = 1; i < 256; i++) session.link({ name: `${i}`, module: empty });
    });
    expect(mistakeOf(() => session.link({ name: 'more', module: empty }))).to.deep.equal([
      'bad-link',
      'a store has at most 256 instances, those that failed included',
    ]);
  });

  it('unsatisfied imports are a fault, without a receipt if the module is the first', async () => {
    const { module } = await link(USER, { tier: 'interpreter' });
    const opened = openLinkedSession([{ name: 'user', module }]);
    expect(opened).to.deep.include({ ok: false, receipts: [] });
    expect('fault' in opened && opened.fault?.code).to.equal('unknown-import');
  });
});

for (const tier of TIERS) {
  describe(`what a linked session returns, ${tier}`, () => {
    const returned = (value: number) => ({ kind: 'returned', values: [i32(value)] });

    it('through its instances as through itself', async () => {
      const session = await linked([BASE, USER], tier, { fuel: 1_000_000 });
      expect(session.fuelLeft).to.equal(1_000_000 - session.fuelUsed);
      const user = session.instance('user');
      expect(user.call('f', [i32(4)]).outcome).to.deep.equal(returned(8));
      expect(session.call('user', 'f', [i32(5)]).outcome).to.deep.equal(returned(10));
      expect(user.begin('f', [i32(6)]).runFor(1000)!.outcome).to.deep.equal(returned(12));
      expect(session.begin('user', 'f', [i32(7)]).runFor(1000)!.outcome).to.deep.equal(returned(14));
    });

    it('of calls without arguments', async () => {
      const session = await linked([BASE, USER], tier);
      const user = session.instance('user');
      const none = { kind: 'returned', values: [] };
      expect(user.call('none').outcome).to.deep.equal(none);
      expect(session.call('user', 'none').outcome).to.deep.equal(none);
      expect(user.begin('none').runFor(1000)!.outcome).to.deep.equal(none);
      expect(session.begin('user', 'none').runFor(1000)!.outcome).to.deep.equal(none);
    });

    it('of byte calls', async () => {
      // The result of `validate`: valid.
      const output = Uint8Array.from(Buffer.from('81a24f6bc406a556616c6964', 'hex'));
      const payload = externPayload(Uint8Array.of(0xc0));
      const echo = await link({ name: 'echo', text: guestText({ output }) }, { tier });
      const single = echo.module.callBytes('validate', payload);
      expect(single.outcome).to.deep.equal({ kind: 'returned', output });
      const opened = openLinkedSession([echo]);
      if (!opened.ok) throw new Error('it does not open');
      const alone = openSession(echo.module);
      if (!alone.ok) throw new Error('it does not open');
      expect(alone.session.callBytes('validate', payload).outcome).to.deep.equal(single.outcome);
      for (const { outcome, receipt } of [
        opened.session.callBytes('echo', 'validate', payload),
        opened.session.instance('echo').callBytes('validate', payload),
      ]) {
        expect(outcome).to.deep.equal(single.outcome);
        expect(receipt).to.deep.include({ step: 'calledBytes', instance: 'echo', export: 'validate' });
        expect([receipt.input, receipt.output]).to.deep.equal([single.receipt.input, single.receipt.output]);
      }
    });

    it('of tables, which grow by null or a function', async () => {
      const session = await linked([BASE, USER], tier);
      const elements = table(session);
      expect([elements.grow(-1), elements.grow(0.5), elements.grow(5)]).to.deep.equal([-1, -1, -1]);
      expect([elements.get(0), elements.get(1)]).to.deep.equal([null, { instance: 'base', index: 0 }]);
      expect([elements.grow(1), elements.grow(2, { instance: 'user', export: 'none' })]).to.deep.equal([4, 5]);
      const none = { instance: 'user', index: 2 };
      expect([3, 4, 5, 6].map((at) => elements.get(at))).to.deep.equal([null, null, none, none]);
      elements.set(5, null);
      expect([elements.get(5), elements.get(6), elements.length]).to.deep.equal([null, none, 7]);
    });

    it('of a function of a module without tables that is put into the table of another one', async () => {
      const base = `(module (table (export "table") 4 funcref) (type $t (func (param f32) (result f32)))
        (func (export "at") (param f32 i32) (result f32) (call_indirect (type $t) (local.get 0) (local.get 1))))`;
      const user = `(module (import "base" "at" (func $at (param f32 i32) (result f32)))
        (func (export "half") (param f32) (result f32) (f32.mul (local.get 0) (f32.const 0.5))) (export "again" (func $at)))`;
      const texts = [
        { name: 'user', text: user, from: { base: 'first' } },
        { name: 'base', text: base },
      ];
      const session = await linked([{ name: 'first', text: base }, ...texts], tier);
      const elements = table(session);
      elements.set(1, { instance: 'user', export: 'half' });
      elements.set(2, { instance: 'user', export: 'again' });
      expect([1, 2].map((at) => elements.get(at))).to.deep.equal([
        { instance: 'user', index: 1 },
        { instance: 'first', index: 0 },
      ]);
      const three = { type: 'f32', bits: 0x4040_0000 } as const;
      const { outcome } = session.fork().call('base', 'at', [three, i32(1)]);
      expect(outcome).to.deep.equal({ kind: 'returned', values: [{ type: 'f32', bits: 0x3fc0_0000 }] });
    });

    it('of its modules, also after the returned bytes are overwritten', async () => {
      const snapshot = (await linked([BASE, USER], tier)).snapshot();
      for (const { module } of snapshot.modules) module.fill(0);
      expect(snapshot.modules[1]!.module.some((byte) => byte !== 0)).to.equal(true);
    });
  });
}
