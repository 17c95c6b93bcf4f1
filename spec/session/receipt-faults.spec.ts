/**
 * Bytes that are not a session receipt, each with its code and the place of its field; receipts that do not form a
 * chain. SEMANTICS 10, 11.
 */
import { expect } from 'chai';
import { hash } from '../../src/base/hash.js';
import { i32 } from '../../src/index.js';
import {
  checkLinkedReceipts,
  checkSessionReceipts,
  decodeLinkedReceipt,
  decodeSessionReceipt,
  encodeLinkedReceipt,
  encodeSessionReceipt,
  type LinkedReceipt,
  type SessionReceipt,
} from '../../src/session/index.js';
import { loadText } from '../engine/load-text.js';
import { linked } from './linked/linked-modules.js';
import { opened } from './session-guest.js';

const TEXT = '(module (memory 1) (func (export "f") (param i32) (result i32) (local.get 0)))';

/** Sizes of the fields of either receipt, in order; a text is preceded by its length. */
const REST = [
  ...(['changes 32', 'input 32', 'limit 8', 'outcome 1', 'code text', 'output 32', 'used 8'] as const),
  ...([
    'instantiate 8',
    'guest 8',
    'host 8',
    'boundary 8',
    'digestFuel 8',
    'total 8',
    'pages 4',
    'hostCalls 32',
  ] as const),
  'mark 1',
];
const HEAD = ['format text', 'profile text', 'schedule 32', 'limits 32'];
const OF_SESSION = [...HEAD, 'hosts 32', 'module 32', 'number 8', 'previous 32', 'step 1', 'export text', ...REST];
const OF_LINKED = [...HEAD, 'links 32', 'number 8', 'previous 32', 'step 1', 'instance text', 'export text', ...REST];

/** Where a field begins. */
function offsetOf(layout: readonly string[], bytes: Uint8Array, field: string): number {
  let at = 0;
  for (const [name, size] of layout.map((row) => row.split(' '))) {
    if (name === field) return at;
    at += size === 'text' ? 4 + new DataView(bytes.buffer, bytes.byteOffset).getUint32(at, true) : Number(size);
  }
  throw new Error(`no field ${field}`);
}

const NONE = hash(new Uint8Array(0));
const OTHER = new Uint8Array(32).fill(7);

type Row<R> = readonly [what: string, of: 'opening' | 'call', change: Partial<R>, code: string, field: string];

/** Faults that both kinds of receipt reject; `undefined` for good bytes. */
const COMMON: readonly Row<SessionReceipt & LinkedReceipt>[] = [
  ['changes before an opening', 'opening', { changes: OTHER }, 'unexpected-field', 'changes'],
  ['digest fuel without a digest', 'call', { digestFuel: 5, total: 1000 }, 'unexpected-field', 'digestFuel'],
  ['a total below its parts', 'call', { total: 0 }, 'total-too-small', 'total'],
  ['a number for an opening', 'opening', { number: 1 }, 'unknown-step', 'step'],
  ['an opening that calls', 'opening', { export: 'f' }, 'unknown-step', 'step'],
  ['a call that is the first', 'call', { number: 0, changes: NONE }, 'unknown-step', 'step'],
];

describe('bytes that are not a receipt of a session', () => {
  let receipts: readonly SessionReceipt[];
  let linkedReceipts: readonly LinkedReceipt[];
  before(async () => {
    const session = opened(await loadText(TEXT, [], { tier: 'interpreter' }), { fuel: 100_000 });
    const call = (options = {}) => session.call('f', [i32(1)], options).receipt;
    receipts = [session.opening, call({ fuel: 9 }), call({ digest: true }), call()];
    const store = await linked([{ name: 'a', text: TEXT }], 'interpreter', { fuel: 100_000 });
    const first = store.link({ name: 'b', module: await loadText(TEXT, [], { tier: 'interpreter' }) });
    if (!first.ok) throw new Error('it is not linked');
    const opening = { ...first.receipt, number: 0, previous: NONE, total: first.receipt.fuel.used };
    linkedReceipts = [opening, store.call('a', 'f', [i32(1)], { fuel: 9 }).receipt];
  });

  const fault = (code: string, offset: number) => ({ ok: false, fault: { code, offset } });

  for (const [what, of, change, code, field] of COMMON) {
    it(what, () => {
      const receipt = { ...receipts[of === 'opening' ? 0 : 1]!, ...change };
      const bytes = encodeSessionReceipt(receipt);
      expect(decodeSessionReceipt(bytes)).to.deep.equal(fault(code, offsetOf(OF_SESSION, bytes, field)));
      // Linking a module later is a step like a call.
      if (change.number === 1) return;
      const other = encodeLinkedReceipt({ ...linkedReceipts[of === 'opening' ? 0 : 1]!, ...change });
      expect(decodeLinkedReceipt(other)).to.deep.equal(fault(code, offsetOf(OF_LINKED, other, field)));
    });
  }

  it('a session that is restored from a snapshot other than at its beginning', () => {
    const restored = { ...receipts[0]!, step: 'restored' } as const;
    expect(decodeSessionReceipt(encodeSessionReceipt(restored))).to.deep.equal({ ok: true, receipt: restored });
    const later = encodeSessionReceipt({ ...restored, number: 1 });
    expect(decodeSessionReceipt(later)).to.deep.equal(fault('unknown-step', offsetOf(OF_SESSION, later, 'step')));
    const first = { ...linkedReceipts[0]!, step: 'restored', instance: '' } as const;
    expect(decodeLinkedReceipt(encodeLinkedReceipt(first))).to.deep.equal({ ok: true, receipt: first });
    for (const change of [{ instance: 'a' }, { export: 'f' }, { number: 1 }]) {
      const bytes = encodeLinkedReceipt({ ...first, ...change });
      expect(decodeLinkedReceipt(bytes)).to.deep.equal(fault('unknown-step', offsetOf(OF_LINKED, bytes, 'step')));
    }
    const called = encodeLinkedReceipt({ ...linkedReceipts[0]!, export: 'f', number: 1 });
    expect(decodeLinkedReceipt(called)).to.deep.equal(fault('unknown-step', offsetOf(OF_LINKED, called, 'step')));
  });

  it('a byte without a meaning', () => {
    const cases = [
      [OF_SESSION, encodeSessionReceipt(receipts[0]!), decodeSessionReceipt],
      [OF_SESSION, encodeSessionReceipt(receipts[2]!), decodeSessionReceipt],
      [OF_LINKED, encodeLinkedReceipt(linkedReceipts[0]!), decodeLinkedReceipt],
      [OF_LINKED, encodeLinkedReceipt(linkedReceipts[1]!), decodeLinkedReceipt],
    ] as const;
    for (const [layout, bytes, decode] of cases) {
      const changed = (field: string, to: number) => decode(bytes.with(offsetOf(layout, bytes, field), to));
      const at = (field: string) => offsetOf(layout, bytes, field);
      expect(changed('step', 200)).to.deep.equal(fault('unknown-step', at('step')));
      expect(changed('mark', 2)).to.deep.equal(fault('unexpected-field', at('mark')));
      expect(changed('outcome', 5)).to.deep.equal(fault('unknown-outcome', at('outcome')));
      expect(decode(Uint8Array.of(...bytes, 0))).to.deep.equal(fault('trailing-bytes', bytes.length));
      expect(decode(bytes.subarray(0, at('mark')))).to.deep.equal(fault('truncated', at('mark')));
    }
  });

  it('a value that is not bytes is a mistake, not a fault', () => {
    expect(() => decodeSessionReceipt('none' as never)).to.throw(TypeError);
    expect(() => decodeLinkedReceipt('none' as never)).to.throw(TypeError);
  });

  it('a total is at least the sum of the receipts and digests, to the unit', () => {
    for (const receipt of receipts) {
      expect(decodeSessionReceipt(encodeSessionReceipt(receipt))).to.deep.equal({ ok: true, receipt });
    }
    const [, , digested] = receipts;
    const alone = digested!.fuel.used + digested!.digestFuel;
    const least = { ...digested!, total: alone };
    expect(decodeSessionReceipt(encodeSessionReceipt(least))).to.deep.equal({ ok: true, receipt: least });
    const bytes = encodeSessionReceipt({ ...digested!, total: alone - 1 });
    expect(decodeSessionReceipt(bytes)).to.deep.equal(fault('total-too-small', offsetOf(OF_SESSION, bytes, 'total')));
  });

  it('receipts that are each valid, but not a chain', () => {
    expect(checkSessionReceipts(receipts)).to.equal(undefined);
    expect(checkSessionReceipts([])).to.equal(undefined);
    const last = receipts[3]!;
    const { total } = receipts[2]!;
    const spent = (used: number, limit: number) => ({ fuel: { ...last.fuel, limit, used }, total: total + used });
    const left = 100_000 - total;
    for (const [change, code] of [
      [{}, undefined],
      [spent(left, left), undefined],
      [spent(left + 1, left), 'budget'],
      [spent(1, left + 1), 'budget'],
      [{ total: last.total + 1 }, 'total'],
      [{ digestFuel: 1 }, 'total'],
      [{ previous: OTHER }, 'previous'],
      [{ profile: 'assay-0' }, 'identity'],
      [{ schedule: OTHER }, 'identity'],
      [{ limits: OTHER }, 'identity'],
      [{ hosts: OTHER }, 'identity'],
      [{ module: OTHER }, 'identity'],
      [{ number: 4 }, 'number'],
    ] as const) {
      const given = [...receipts.slice(0, 3), { ...last, ...change }];
      const found = checkSessionReceipts(given);
      expect(found, JSON.stringify(change)).to.deep.equal(code === undefined ? undefined : { code, number: 3 });
    }
    const opening = { ...receipts[0]!, total: receipts[0]!.total + 1 };
    expect(checkSessionReceipts([opening])).to.deep.equal({ code: 'total', number: 0 });
  });

  it('linked receipts of another schedule', () => {
    const [first, second] = linkedReceipts;
    expect(checkLinkedReceipts([first!, { ...second!, schedule: OTHER, number: 1 }])).to.deep.equal({
      code: 'identity',
      number: 1,
    });
  });
});
