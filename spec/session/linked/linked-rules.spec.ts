/** What cannot be linked, what ends a step or a session, and how a linked session continues: SEMANTICS 11. */
import { blake2b } from '@noble/hashes/blake2.js';
import { expect } from 'chai';
import { toHex } from '../../../src/base/hash.js';
import {
  createEngine,
  defineLimits,
  defineSchedule,
  FUEL_1_PRICES,
  HostFailure,
  type HostImport,
  i32,
  i64,
  UsageError,
} from '../../../src/index.js';
import {
  checkLinkedReceipts,
  encodeLinkedReceipt,
  type LinkedReceipt,
  type LinkedSession,
  linkedReceiptHash,
  openLinkedSession,
} from '../../../src/session/index.js';
import { bytesOfText } from '../../engine/load-text.js';
import { type LinkText, link, linked, loadedBytes, opening } from './linked-modules.js';

const TIERS = ['interpreter', 'instrumented'] as const;

const BASE: LinkText = {
  name: 'base',
  text: `(module
    (memory (export "memory") 1 4) (table (export "table") 4 8 funcref)
    (global (export "fixed") i32 (i32.const 3)) (global $n (export "n") (mut i32) (i32.const 0))
    (type $value (func (result i32)))
    (func (export "f") (param i32) (result i32) (local.get 0))
    (func (export "peek") (param i32) (result i32) (i32.load8_u (local.get 0)))
    (func (export "at") (param i32) (result i32) (call_indirect (type $value) (local.get 0)))
    (func (export "add") (param i32) (result i32)
      (global.set $n (i32.add (global.get $n) (local.get 0))) (global.get $n)))`,
};

const using = (fields: string, name = 'user', rest: Partial<LinkText> = {}): LinkText => ({
  name,
  text: `(module ${fields})`,
  ...rest,
});

const hashOf = (lines: readonly string[]) =>
  toHex(blake2b(Buffer.from(lines.join('').replaceAll(' ', ''), 'hex'), { dkLen: 32 }));

const hashes = (receipts: readonly LinkedReceipt[]) => receipts.map((receipt) => toHex(linkedReceiptHash(receipt)));

function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof UsageError) return error.code;
    throw error;
  }
  return 'nothing was thrown';
}

describe('a module that cannot be linked', () => {
  const FAULTS: readonly (readonly [fields: string, code: string])[] = [
    ['(import "none" "f" (func))', 'unknown-import'],
    ['(import "base" "none" (func))', 'unknown-import'],
    ['(import "base" "f" (func (param i64) (result i32)))', 'incompatible-import'],
    ['(import "base" "f" (memory 1))', 'incompatible-import'],
    ['(import "base" "memory" (memory 2))', 'incompatible-import'],
    ['(import "base" "memory" (memory 1 3))', 'incompatible-import'],
    ['(import "base" "table" (table 5 funcref))', 'incompatible-import'],
    ['(import "base" "table" (table 1 7 funcref))', 'incompatible-import'],
    ['(import "base" "table" (table 1 externref))', 'incompatible-import'],
    ['(import "base" "fixed" (global (mut i32)))', 'incompatible-import'],
    ['(import "base" "fixed" (global i64))', 'incompatible-import'],
    ['(import "base" "n" (global i32))', 'incompatible-import'],
  ];
  for (const [fields, code] of FAULTS) {
    it(`${code}: ${fields}`, async () => {
      const session = await linked([BASE], 'interpreter');
      const before = toHex(session.stateDigest());
      const result = session.link(await link(using(fields), { tier: 'interpreter' }));
      expect(result.ok).to.equal(false);
      const fault = 'fault' in result ? result.fault : undefined;
      expect(fault).to.include({ kind: 'unlinkable', code, instance: 'user' });
      expect([session.number, toHex(session.stateDigest()), session.instances]).to.deep.equal([0, before, ['base']]);
      const opened = await opening([BASE, using(fields)], 'interpreter');
      expect(opened.ok).to.equal(false);
      expect('fault' in opened && opened.fault).to.deep.equal(fault);
      expect(opened.receipts).to.have.length(1);
    });
  }

  it('matches limits with current sizes', async () => {
    const session = await linked([BASE], 'interpreter');
    const wants = await link(
      using('(import "base" "memory" (memory 2 4)) (import "base" "table" (table 6 8 funcref))'),
      {
        tier: 'interpreter',
      },
    );
    expect(session.link(wants).ok).to.equal(false);
    session.instance('base').memory!.grow(1);
    session.instance('base').table('table').grow(2);
    expect(session.link(wants).ok).to.equal(true);
  });

  it('is a mistake of the caller for reasons other than its imports', async () => {
    const session = await linked([BASE], 'interpreter');
    const base = await link(BASE, { tier: 'interpreter' });
    expect(codeOf(() => session.link(base))).to.equal('bad-link');
    expect(codeOf(() => session.link({ ...base, name: 'lone \ud800' }))).to.equal('bad-link');
    expect(codeOf(() => session.link({ ...base, name: 5 as unknown as string }))).to.equal('bad-link');
    const limits = defineLimits('other', { pages: 5 });
    expect(codeOf(() => openLinkedSession([]))).to.equal('bad-link');
    const narrow = await loadedBytes(bytesOfText('(module)'), { limits });
    expect(codeOf(() => session.link({ name: 'narrow', module: narrow }))).to.equal('bad-link');
    const schedule = defineSchedule('other', { ...FUEL_1_PRICES });
    const expensive = await loadedBytes(bytesOfText('(module)'), { schedule });
    expect(codeOf(() => session.link({ name: 'expensive', module: expensive }))).to.equal('bad-link');
    expect(codeOf(() => session.call('none', 'f'))).to.equal('unknown-instance');
    expect(codeOf(() => session.instance('none'))).to.equal('unknown-instance');
    expect(codeOf(() => session.call('base', 'none'))).to.equal('unknown-export');
    expect(codeOf(() => session.call('base', 'memory'))).to.equal('not-a-function');
    expect(codeOf(() => session.instance('base').global('f'))).to.equal('unknown-export');
    expect(codeOf(() => session.instance('base').table('f'))).to.equal('unknown-export');
    expect(codeOf(() => session.instance('base').table('table').get(4))).to.equal('out-of-bounds');
    expect(codeOf(() => session.instance('base').global('fixed').set(i32(1)))).to.equal('immutable-global');
    const table = session.instance('base').table('table');
    expect(codeOf(() => table.set(0, { instance: 'base', export: 'none' }))).to.equal('unknown-export');
    expect(codeOf(() => table.set(0, { instance: 'none', export: 'f' }))).to.equal('unknown-instance');
    expect(codeOf(() => openLinkedSession([base], { fuel: -1 }))).to.equal('fuel-limit');
    expect(codeOf(() => openLinkedSession([base], { digestEvery: 0.5 }))).to.equal('bad-bound');
    expect([session.number, session.fuelUsed]).to.deep.equal([0, session.fuelUsed]);
    session.close();
    expect(codeOf(() => session.call('base', 'f', [i32(1)]))).to.equal('session-over');
    expect(codeOf(() => session.link({ ...base, name: 'more' }))).to.equal('session-over');
  });
});

for (const tier of TIERS) {
  describe(`a linked session, ${tier}`, () => {
    it('imports under other names, and from the host before an instance', async () => {
      const imports: HostImport[] = [
        { module: 'env', name: 'n', type: { params: [], results: ['i32'] }, run: () => [i32(70)] },
        { module: 'env', name: 'fixed', value: i32(500) },
      ];
      const user = using(
        `(import "env" "n" (func $n (result i32))) (import "env" "fixed" (global $fixed i32))
         (import "env" "add" (func $add (param i32) (result i32)))
         (func (export "all") (result i32) (call $add (i32.add (call $n) (global.get $fixed))))`,
        'user',
        { imports, from: { env: 'base' } },
      );
      const session = await linked([BASE, user], tier);
      expect(session.call('user', 'all').outcome).to.deep.equal({ kind: 'returned', values: [i32(570)] });
      expect(session.instance('base').global('n').get()).to.deep.equal(i32(570));
      const constant = await linked(
        [BASE, { ...user, imports: [imports[0]!, { ...imports[1]!, value: i32(501) } as HostImport] }],
        tier,
      );
      const direct = await linked([BASE, { ...user, imports: [imports[0]!] }], tier);
      const links = [session, constant, direct].map((each) => toHex(each.call('base', 'add', [i32(0)]).receipt.links));
      expect(new Set(links).size).to.equal(3);
    });

    it('keeps what a module wrote whose instantiation trapped, and continues', async () => {
      const session = await linked([BASE], tier);
      const failing = using(
        `(import "base" "memory" (memory 1)) (import "base" "table" (table 4 funcref))
         (global $own (mut i32) (i32.const 40))
         (elem (i32.const 2) func $f) (data (i32.const 10) "x") (data (i32.const 65536) "y") (data (i32.const 11) "z")
         (func $f (result i32) (global.set $own (i32.add (global.get $own) (i32.const 1))) (global.get $own))`,
      );
      const result = session.link(await link(failing, { tier }));
      expect(result).to.deep.include({ ok: false, outcome: { kind: 'trapped', code: 'out-of-bounds-memory-access' } });
      expect(session.instances).to.deep.equal(['base']);
      const value = (name: string, arg: number) => session.call('base', name, [i32(arg)]).outcome;
      expect(value('peek', 10)).to.deep.equal({ kind: 'returned', values: [i32(120)] });
      expect(value('peek', 11)).to.deep.equal({ kind: 'returned', values: [i32(0)] });
      expect(value('at', 2)).to.deep.equal({ kind: 'returned', values: [i32(41)] });
      const fork = session.fork();
      expect(toHex(fork.stateDigest())).to.equal(toHex(session.stateDigest()));
      expect(value('at', 2)).to.deep.equal({ kind: 'returned', values: [i32(42)] });
      expect(fork.call('base', 'at', [i32(2)]).outcome).to.deep.equal({ kind: 'returned', values: [i32(42)] });
      // Its name is free.
      expect(session.link(await link(using('(func (export "g"))'), { tier })).ok).to.equal(true);
      expect(session.instances).to.deep.equal(['base', 'user']);
    });

    it('does not open if a module does not complete', async () => {
      const opened = await opening(
        [BASE, using('(start $s) (func $s (unreachable))', 'bad'), using('', 'never')],
        tier,
      );
      expect(opened).to.deep.include({ ok: false, instance: 'bad', outcome: { kind: 'trapped', code: 'unreachable' } });
      expect(opened.receipts.map(({ instance, outcome }) => [instance, outcome.kind])).to.deep.equal([
        ['base', 'returned'],
        ['bad', 'trapped'],
      ]);
      const fuel = opened.receipts[0]!.fuel.used + 1;
      const unpaid = await opening([BASE, using('(memory 3)', 'bad')], tier, { fuel });
      expect(unpaid).to.deep.include({ ok: false, instance: 'bad', outcome: { kind: 'exhausted', resource: 'fuel' } });
      expect(unpaid.receipts[1]!.pages).to.equal(1);
      expect(checkLinkedReceipts(unpaid.receipts)).to.equal(undefined);
    });

    it('continues without a module that it could not pay for', async () => {
      const session = await linked([BASE], tier);
      const more = await link(using('(memory 3) (global (mut i32) (i32.const 5))'), { tier });
      expect(session.link(more, { fuel: 3 })).to.deep.include({
        ok: false,
        outcome: { kind: 'exhausted', resource: 'fuel' },
      });
      const fork = session.fork();
      expect(session.link(more).ok).to.equal(true);
      expect(fork.link(more).ok).to.equal(true);
      const [a, b] = [session, fork].map((each) => each.call('base', 'add', [i32(1)], { digest: true }).receipt);
      expect(a).to.deep.equal(b);
      expect(a!.pages).to.equal(4);
    });

    it('hashes changes and states as documented', async () => {
      const texts = [
        using('(table (export "t") 1 4 funcref) (func (export "f")) (func (export "g"))', 'a'),
        using(
          '(import "a" "t" (table 1 funcref)) (global (export "n") (mut i64) (i64.const -1)) (func (export "h"))',
          'b',
        ),
      ];
      const session = await linked(texts, tier);
      const { fuelUsed } = session;
      session.link(await link(using('(data "x")', 'c'), { tier }), { fuel: 1 });
      expect(session.fuelUsed).to.equal(fuelUsed + 1);
      const table = session.instance('a').table('t');
      table.grow(2, { instance: 'b', export: 'h' });
      table.set(1, { instance: 'a', export: 'g' });
      session.instance('b').global('n').set(i64(5n));
      const { receipt } = session.call('a', 'f', [], { digest: true });
      // Table grown by two elements that are function 0 of instance 1; element 1 set to function 1 of instance 0; the
      // global 'n' of instance 1.
      const changes = [
        '00000000 04 00000000 02000000 02000000 00000000',
        '00000000 03 00000000 01000000 01000000 01000000',
        '01000000 02 010000006e 7e 0500000000000000',
      ];
      expect(toHex(receipt.changes)).to.equal(hashOf(changes));
      const state = [
        '00000000',
        '01000000 0500000000000000',
        '01000000 03000000 0000000000000000 0100000001000000 0200000000000000',
        '03000000 01000000 00000000 00000000 01000000 00000000 00000000 00000000 00000000 00000000',
      ];
      expect(toHex(receipt.stateDigest!)).to.equal(hashOf(state));
      expect(toHex(session.fork().stateDigest())).to.equal(hashOf(state));
    });

    it('resumes a call that crossed instances, at each unit of its fuel', async () => {
      const deep = using(
        `(import "base" "add" (func $add (param i32) (result i32))) (import "base" "memory" (memory 1))
         (func (export "go") (param i32) (result i32) (i32.store8 (i32.const 5) (local.get 0))
           (i32.add (call $add (local.get 0)) (call $add (i32.const 1))))`,
      );
      const base = await linked([BASE, deep], tier);
      const whole = base.fork();
      const single = whole.call('user', 'go', [i32(7)], { fuel: 1000 }).receipt;
      for (let first = 0; first < single.fuel.used; first++) {
        const session = base.fork();
        const cut = session.call('user', 'go', [i32(7)], { fuel: first });
        expect(cut.outcome).to.deep.equal({ kind: 'exhausted', resource: 'fuel' });
        expect(cut.resume(1000 - first).receipt).to.deep.equal(single);
        expect(toHex(session.stateDigest())).to.equal(toHex(whole.stateDigest()));
        expect(codeOf(() => cut.resume(1))).to.equal('not-resumable');
      }
    });

    it('ends if the host fails, and is busy while a call runs', async () => {
      const seen: string[] = [];
      let session: LinkedSession | undefined;
      const imports: HostImport[] = [
        {
          module: 'host',
          name: 'f',
          type: { params: ['i32'], results: [] },
          run: (_, [value]) => {
            if (value !== undefined && 'bits' in value && value.bits === 1) throw new Error('by intent');
            seen.push(codeOf(() => session!.call('base', 'add', [i32(1)])));
            seen.push(codeOf(() => session!.instance('base').memory!.write(0, Uint8Array.of(1))));
            return [];
          },
        },
      ];
      const user = using(
        '(import "host" "f" (func $f (param i32))) (func (export "go") (param i32) (call $f (local.get 0)))',
        'user',
        {
          imports,
        },
      );
      session = await linked([BASE, user], tier);
      expect(session.call('user', 'go', [i32(0)]).outcome.kind).to.equal('returned');
      expect(seen).to.deep.equal(['session-busy', 'session-busy']);
      expect(() => session!.call('user', 'go', [i32(1)])).to.throw(HostFailure);
      expect(codeOf(() => session!.call('base', 'add', [i32(1)]))).to.equal('session-over');
    });

    it('notifies the host of low fuel, without observable effect', async () => {
      const session = await linked([BASE], tier);
      const plain = session.fork();
      const left: number[] = [];
      const onFuelBelow = { share: 0.9, notify: (units: number) => left.push(units) };
      const notified = session.call('base', 'add', [i32(3)], { fuel: 40, onFuelBelow });
      expect(left).to.deep.equal([36]);
      expect(notified.receipt).to.deep.equal(plain.call('base', 'add', [i32(3)], { fuel: 40 }).receipt);
    });

    it('is the same after thousands of calls', async () => {
      const session = await linked([BASE], tier);
      session.batch(() => {
        for (let i = 0; i < 1100; i++) session.call('base', 'add', [i32(1)]);
      });
      const cut = session.call('base', 'add', [i32(1)], { fuel: 2 });
      expect(cut.resume(1000).outcome).to.deep.equal({ kind: 'returned', values: [i32(1101)] });
    });

    it('has receipts with bytes of their own, and a chain in which each change is detected', async () => {
      const resultsOf = async (isSpoilt: boolean) => {
        const opened = await opening([BASE], tier, { digestEvery: 1 });
        if (!opened.ok) throw new Error('it does not open');
        const { session } = opened;
        const encode = (receipt: LinkedReceipt) => {
          const hash = toHex(linkedReceiptHash(receipt));
          if (isSpoilt) for (const value of Object.values(receipt)) if (value instanceof Uint8Array) value.fill(0);
          return hash;
        };
        return [
          encode(opened.receipts[0]!),
          ...[1, 2].map((n) => encode(session.call('base', 'add', [i32(n)]).receipt)),
        ];
      };
      expect(await resultsOf(true)).to.deep.equal(await resultsOf(false));
      const opened = await opening([BASE], tier);
      if (!opened.ok) throw new Error('it does not open');
      const more = opened.session.link(await link(using(''), { tier }));
      const receipts = [...opened.receipts, (more as { receipt: LinkedReceipt }).receipt];
      receipts.push(opened.session.call('base', 'add', [i32(1)]).receipt);
      expect(checkLinkedReceipts(receipts)).to.equal(undefined);
      const wrong = (at: number, change: Partial<LinkedReceipt>) =>
        checkLinkedReceipts(receipts.map((receipt, i) => (i === at ? { ...receipt, ...change } : receipt)));
      expect(wrong(2, { links: new Uint8Array(32) })).to.deep.equal({ code: 'identity', number: 2 });
      expect(wrong(1, { links: receipts[0]!.links })).to.deep.equal({ code: 'identity', number: 1 });
      expect(wrong(1, { limits: new Uint8Array(32) })).to.deep.equal({ code: 'identity', number: 1 });
      expect(wrong(1, { instance: 'other' })).to.deep.equal({ code: 'previous', number: 2 });
      expect(wrong(1, { number: 2 })).to.deep.equal({ code: 'number', number: 1 });
      expect(wrong(2, { total: 5 })).to.deep.equal({ code: 'total', number: 2 });
    });
  });
}

describe('a linked session, where the host cannot finish a call', () => {
  const limits = defineLimits('spec-deep', { stackWords: 1_048_576 });
  const DEEP = using(
    `(import "base" "add" (func $add (param i32) (result i32)))
     (func $deep (export "deep") (param i32) (result i32)
       (if (result i32) (i32.eqz (local.get 0)) (then (call $add (i32.const 1)))
         (else (i32.add (i32.const 1) (call $deep (i32.sub (local.get 0) (i32.const 1)))))))`,
  );

  it('continues in the interpreter, with the same receipts', async () => {
    const resultsOf = async (tier: (typeof TIERS)[number]) => {
      const links = await Promise.all([BASE, DEEP].map((text) => link(text, { tier, limits })));
      const opened = openLinkedSession(links);
      if (!opened.ok) throw new Error('it does not open');
      const { session } = opened;
      const receipts = [3, 60_000, 4].map((n) => {
        session.instance('base').memory!.set('u32', n, n);
        return session.call('user', 'deep', [i32(n)]).receipt;
      });
      return {
        hashes: hashes([...opened.receipts, ...receipts]),
        reruns: session.reruns,
        state: session.stateDigest(),
      };
    };
    const reference = await resultsOf('interpreter');
    const instrumented = await resultsOf('instrumented');
    expect(instrumented.hashes).to.deep.equal(reference.hashes);
    expect(instrumented.state).to.deep.equal(reference.state);
    expect(instrumented.reruns).to.equal(1);
  });

  it('moves to the instrumented tier once all modules are available', async () => {
    const resultsOf = async (tier: 'auto' | 'interpreter') => {
      const engine = createEngine({ tier });
      const links = await Promise.all(
        [BASE, using('(import "base" "n" (global (mut i32))) (func (export "g"))')].map(async ({ name, text }) => {
          const loaded = await engine.load(bytesOfText(text));
          if (!loaded.ok) throw new Error(loaded.fault.code);
          return { name, module: loaded.module };
        }),
      );
      const opened = openLinkedSession(links, { digestEvery: 1 });
      if (!opened.ok) throw new Error('it does not open');
      const { session } = opened;
      const receipts = [session.call('base', 'add', [i32(5)]).receipt];
      const tiers = [session.tier];
      for (const { module } of links) await module.settled();
      receipts.push(session.call('base', 'add', [i32(6)]).receipt);
      tiers.push(session.tier);
      return { receipts: receipts.map((receipt) => toHex(encodeLinkedReceipt(receipt))), tiers };
    };
    const auto = await resultsOf('auto');
    const reference = await resultsOf('interpreter');
    expect(auto.receipts).to.deep.equal(reference.receipts);
    expect(auto.tiers).to.deep.equal(['interpreter', 'instrumented']);
  });
});
