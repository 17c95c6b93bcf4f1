/** A snapshot is the whole state as bytes: any tier continues from it, and invalid bytes are rejected. SEMANTICS 10. */
import { expect } from 'chai';
import fc from 'fast-check';
import { hash, toHex } from '../../src/base/hash.js';
import { FUEL_1, type HostImport, i32, type LoadedModule } from '../../src/index.js';
import { dynamicCharge } from '../../src/metering/schedule.js';
import {
  decodeSnapshot,
  encodeSessionReceipt,
  openSession,
  type Session,
  type SessionOptions,
  type Snapshot,
} from '../../src/session/index.js';
import { loadText } from '../engine/load-text.js';
import { GUEST, nextRow, opened, TIERS } from './session-guest.js';

/** A session with state of every kind. */
function lived(session: Session): Session {
  session.call('add', [i32(5)]);
  session.call('grow', [i32(5)]);
  session.memory!.write(3 * 65_536 + 17, Uint8Array.of(1, 2, 3));
  session.call('place', [i32(2)]);
  session.call('growTable', [i32(2)]);
  session.call('hold');
  session.call('drop');
  session.call('trap', [i32(9)]);
  return session;
}

/** The results of calls of every kind from this state. */
function goesOn(session: Session): string[] {
  const calls: [string, ...number[]][] = [
    ['add', 1],
    ['apply', 5, 7],
    ['apply', 2, 7],
    ['text', 0],
    ['place', 0],
    ['grow', 2],
    ['ask', 4],
    ['sum', 3 * 65_536, 40],
  ];
  return calls.map(([name, ...args]) =>
    toHex(encodeSessionReceipt(session.call(name, args.map(i32), { digest: true }).receipt)),
  );
}

function taken(module: LoadedModule, from: Snapshot, options: SessionOptions = {}): Session {
  return opened(module, { ...options, from });
}

describe('snapshot', () => {
  const modules = new Map<string, LoadedModule>();
  let snapshot: Snapshot;
  before(async () => {
    for (const tier of TIERS) modules.set(tier, await loadText(GUEST, [nextRow()], { tier }));
    snapshot = lived(opened(modules.get('interpreter')!)).snapshot();
  });

  for (const from of TIERS) {
    it(`of the ${from} continues in every tier, from its bytes`, () => {
      const session = lived(opened(modules.get(from)!));
      const made = session.snapshot();
      expect(toHex(made.bytes)).to.equal(toHex(snapshot.bytes));
      expect(toHex(made.hash)).to.equal(toHex(hash(made.bytes)));
      expect(toHex(made.stateDigest)).to.equal(toHex(session.stateDigest()));
      const decoded = decodeSnapshot(made.bytes);
      if (!decoded.ok) throw new Error(decoded.fault.code);
      expect(toHex(decoded.snapshot.bytes)).to.equal(toHex(made.bytes));
      const stories = TIERS.map((tier) => {
        const again = taken(modules.get(tier)!, decoded.snapshot);
        expect(toHex(again.stateDigest())).to.equal(toHex(made.stateDigest));
        expect(toHex(again.snapshot().bytes)).to.equal(toHex(made.bytes));
        return [toHex(encodeSessionReceipt(again.opening)), ...goesOn(again)];
      });
      expect(stories[1]).to.deep.equal(stories[0]);
    });
  }

  it('omits pages of zeros', () => {
    expect(snapshot.pages).to.equal(6);
    expect(snapshot.bytes.length).to.be.within(2 * 65_536, 2 * 65_536 + 400);
  });

  it('is unchanged whatever the session does later', () => {
    const session = lived(opened(modules.get('instrumented')!));
    const made = session.snapshot();
    const bytes = toHex(made.bytes);
    session.call('spin', [i32(1000)]);
    made.bytes.fill(0);
    expect(toHex(made.bytes)).to.equal(bytes);
    const first = goesOn(taken(modules.get('instrumented')!, made));
    expect(goesOn(taken(modules.get('instrumented')!, made))).to.deep.equal(first);
  });

  it('costs what its page states, and nothing runs that is not paid', () => {
    const module = modules.get('interpreter')!;
    const pristine = opened(module).opening.fuel.used;
    const { memoryGrow, memoryCopy, tableGrow } = FUEL_1.rates;
    const copied = dynamicCharge(memoryCopy, 2 * 65_536);
    const price = pristine + dynamicCharge(memoryGrow, 5) + dynamicCharge(tableGrow, 2) + copied;
    const session = taken(module, snapshot, { fuel: price });
    expect(session.opening.fuel).to.deep.include({ used: price, limit: price });
    expect(toHex(session.opening.previous)).to.equal(toHex(snapshot.hash));
    const poor = openSession(module, { from: snapshot, fuel: price - 1 });
    if (poor.ok || poor.fault !== undefined) throw new Error('it opens');
    expect(poor.outcome).to.deep.equal({ kind: 'exhausted', resource: 'fuel' });
  });

  it('of another module, or with other constants, is refused', async () => {
    const other = await loadText('(module)');
    expect(openSession(other, { from: snapshot })).to.deep.equal({ ok: false, fault: { code: 'other-module' } });
    const constant = (bits: number): HostImport[] => [{ module: 'env', name: 'c', value: i32(bits) }];
    const given = await loadText(
      '(module (import "env" "c" (global i32)) (global (export "g") i32 (global.get 0)))',
      constant(1),
    );
    const made = opened(given).snapshot();
    expect(opened(given, { from: made }).global('g').get()).to.deep.equal(i32(1));
    const refused = openSession(given, { from: made, imports: constant(2) });
    expect(refused).to.deep.equal({ ok: false, fault: { code: 'other-constants' } });
  });

  it('with one byte changed, removed or added is a fault, or another state, in both tiers alike', () => {
    const { bytes } = snapshot;
    const codes = new Set<string>();
    const tried = (changed: Uint8Array) => {
      const decoded = decodeSnapshot(changed);
      if (!decoded.ok) {
        codes.add(decoded.fault.code);
        expect(decoded.fault.offset).to.be.within(0, changed.length);
        return;
      }
      expect(toHex(decoded.snapshot.bytes)).to.equal(toHex(changed));
      const results = TIERS.map((tier) => openSession(modules.get(tier)!, { from: decoded.snapshot }));
      const shown = results.map((each) => (each.ok ? toHex(each.session.stateDigest()) : each.fault?.code));
      expect(shown[0]).to.equal(shown[1]);
      if (results[0]!.ok) expect(shown[0]).to.equal(toHex(decoded.snapshot.stateDigest));
      else codes.add(shown[0]!);
    };
    const ends = [...Array(130).keys(), ...Array.from({ length: 120 }, (_, i) => bytes.length - 1 - i)];
    for (const at of ends) {
      const changed = bytes.slice();
      changed[at] = changed[at]! ^ (at % 3 === 0 ? 1 : 0x80);
      tried(changed);
    }
    fc.assert(
      fc.property(fc.nat(bytes.length), fc.nat(255), (at, to) => {
        if (to % 8 === 0) tried(bytes.subarray(0, at));
        else if (at < bytes.length) {
          const changed = bytes.slice();
          changed[at] = to;
          tried(changed);
        } else {
          const longer = new Uint8Array(bytes.length + 1);
          longer.set(bytes);
          tried(longer);
        }
      }),
      { numRuns: 30 },
    );
    expect([...codes]).to.include.members([
      'truncated',
      'unknown-format',
      'unknown-profile',
      'other-module',
      'other-constants',
      'segment-flag',
      'element',
      'global-value',
    ]);
  });
});
