/** The memo: a hit equals a run, in any order of arrival, and tampered data is never a hit. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { toHex } from '../../src/base/hash.js';
import { bytes as anyBytes, nil } from '../../src/boundary/codec.js';
import { encodeBytes } from '../../src/boundary/codec-bytes.js';
import { encodeReceipt } from '../../src/engine/receipt/receipt-bytes.js';
import { DiskLines } from '../../src/memo/disk-lines.js';
import type { Memo, MemoValidation } from '../../src/memo/memo.js';
import { MemoryLines } from '../../src/memo/memory-lines.js';
import { memoInMemory, openMemo } from '../../src/memo/open-memo.js';
import type { Leaf } from '../../src/memo/trie.js';
import { macOf } from '../../src/store/sealed.js';
import { openSqliteDriver, plainRow } from '../../src/store/sqlite-driver.js';
import { StoreError } from '../../src/store/store-error.js';
import type { DependencySource } from '../../src/zome/dependency-source.js';
import { NO_DEPENDENCIES } from '../../src/zome/dependency-source.js';
import { defineHostFunction, ok } from '../../src/zome/host-function.js';
import type { Validation } from '../../src/zome/zome-host.js';
import { hostOf } from '../zome/host-of.js';
import { ALLOCATOR, askingGuest, dataText, OK_VALID, sliceText } from '../zome/probe-guest.js';
import { GrowingSource, type VillageOps, villageOps } from './village-ops.js';

const KEYS = { own: new Uint8Array(32).fill(1), other: new Uint8Array(32).fill(2) };

/** The fields that must be equal in a hit and in a run. */
function plainRun({ verdict, calls, zomes }: Validation) {
  const made = calls.map(({ zome, export: name, outcome, receipt, traces }) => ({
    zome,
    name,
    outcome,
    receipt: toHex(encodeReceipt(receipt)),
    traces,
  }));
  return { verdict, zomes, calls: made };
}

function plainMemo({ verdict, calls, zomes }: MemoValidation) {
  const made = calls.map(({ zome, export: name, outcome, receipt, traces }) => ({
    zome,
    name,
    outcome,
    receipt: toHex(receipt),
    traces,
  }));
  return { verdict, zomes, calls: made };
}

describe('memo', () => {
  let made: VillageOps;
  let all: DependencySource;
  let folder = '';

  before(async () => {
    made = await villageOps(60);
    all = new GrowingSource(made.records);
    folder = mkdtempSync(join(tmpdir(), 'assay-memo-'));
  });

  after(() => rmSync(folder, { recursive: true }));

  function validateAll(memo: Memo, dependencies: DependencySource): MemoValidation[] {
    return made.ops.map((op) => memo.validateOp(made.host, op, { dependencies }));
  }

  const kinds = {
    memory: async () => memoInMemory(),
    disk: async () => await openMemo(join(folder, 'one'), { key: KEYS.own }),
  } as const;

  for (const [kind, open] of Object.entries(kinds)) {
    it(`returns what a run returns, with and without dependencies, run or hit (${kind})`, async () => {
      const memo = await open();
      for (const dependencies of [NO_DEPENDENCIES, all]) {
        const wanted = made.ops.map((op) => plainRun(made.host.validateOp(op, { dependencies })));
        const first = validateAll(memo, dependencies);
        const second = validateAll(memo, dependencies);
        expect(first.map(plainMemo)).to.deep.equal(wanted);
        expect(second.map(plainMemo)).to.deep.equal(wanted);
        expect(second.every(({ isHit }) => isHit)).to.equal(true);
      }
      const { hits, misses, mismatches, lines, fuelSaved } = memo.counts;
      expect({ mismatches, lines }).to.deep.equal({ mismatches: 0, lines: made.ops.length });
      expect(hits + misses).to.equal(4 * made.ops.length);
      expect(fuelSaved > 0n).to.equal(true);
      memo.close();
    });
  }

  it('finds on disk what an earlier process wrote', async () => {
    const memo = await openMemo(join(folder, 'one'), { key: KEYS.own });
    expect(validateAll(memo, all).every(({ isHit }) => isHit)).to.equal(true);
    memo.close();
  });

  it('treats another fuel limit, another zome and another host as different validations', async () => {
    const memo = memoInMemory();
    const op = made.ops[0]!;
    memo.validateOp(made.host, op, { dependencies: all });
    expect(memo.validateOp(made.host, op, { dependencies: all }).isHit).to.equal(true);
    expect(memo.validateOp(made.host, op, { dependencies: all, fuel: 10 })).to.deep.include({ isHit: false });
    expect(memo.validateOp(made.host, op, { dependencies: all, zome: 'links' }).isHit).to.equal(false);
    const other = await villageOps(1);
    expect(memo.validateOp(other.host, op, { dependencies: all }).isHit).to.equal(true);
  });

  it('reaches, for any arrival order of dependencies, the verdicts of having all of them', () => {
    const wanted = made.ops.map((op) => made.host.validateOp(op, { dependencies: all }).verdict);
    const order = fc.shuffledSubarray([...made.records], { minLength: made.records.length });
    let woken = 0;
    fc.assert(
      fc.property(order, (records) => {
        const memo = memoInMemory();
        const source = new GrowingSource();
        const last = new Map(
          made.ops.map((op) => [toHex(op), memo.validateOp(made.host, op, { dependencies: source }).verdict]),
        );
        for (const record of records) {
          for (const hash of source.add(record)) {
            for (const { op } of memo.waitingFor(hash)) {
              last.set(toHex(op), memo.validateOp(made.host, op, { dependencies: source }).verdict);
              woken += 1;
            }
          }
        }
        expect([...last.values()]).to.deep.equal(wanted);
        expect(memo.counts.waiting).to.equal(wanted.filter(({ kind }) => kind === 'UnresolvedDependencies').length);
      }),
      { numRuns: 8 },
    );
    expect(woken).to.be.above(0);
  });

  it('calls a function of the user again, but none that depends only on the input', async () => {
    let price = 1;
    let asked = 0;
    const myPrice = defineHostFunction({
      name: '__my__price_1',
      input: nil,
      output: anyBytes,
      cost: { base: 10, perByte: 0 },
      run: () => {
        asked += 1;
        return ok(Uint8Array.of(price));
      },
    });
    const guest = { name: 'asking', text: askingGuest('__my__price_1', [encodeBytes(nil, null)]) };
    const host = await hostOf([guest], { hostFunctions: [myPrice] });
    const memo = memoInMemory();
    const op = made.ops[0]!;
    const seen = [1, 1, 2, 1, 2].map((now) => {
      price = now;
      const before = asked;
      const { isHit, calls } = memo.validateOp(host, op, { zome: 'asking' });
      return [isHit, toHex(calls[0]!.receipt), asked - before] as const;
    });
    expect(seen.map(([isHit]) => isHit)).to.deep.equal([false, true, false, true, true]);
    expect(seen.map(([, receipt]) => receipt === seen[0]![1])).to.deep.equal([true, true, false, true, false]);
    expect(seen.map(([, , calls]) => calls)).to.deep.equal([1, 1, 2, 1, 1]);
  });

  it('uses no line in which any byte of any field was changed', async () => {
    const path = join(folder, 'tampered');
    const op = made.ops[0]!;
    const memo = await openMemo(path, { key: KEYS.own });
    const wanted = plainMemo(memo.validateOp(made.host, op, { dependencies: all }));
    memo.close();
    const driver = await openSqliteDriver(join(path, 'memo.db'));
    const [row] = driver.all('select * from lines', []);
    const line = plainRow(row!) as {
      key: Uint8Array;
      writer: string;
      fuel: bigint;
      content: Uint8Array;
      seal: Uint8Array;
    };
    const own = { name: 'own', mac: macOf(KEYS.own) };
    const lines = new DiskLines(driver, { path, bytesMax: 1_000_000, own, others: [] });
    const write = (changed: Partial<typeof line>) => {
      const { key, writer, fuel, content, seal } = { ...line, ...changed };
      driver.all('insert or replace into lines (key, writer, fuel, content, seal) values (?, ?, ?, ?, ?)', [
        key,
        writer,
        fuel,
        content,
        seal,
      ]);
    };
    const name = toHex(line.key);
    // One transaction, because each separate write would wait for the disk.
    driver.exec('begin');
    write({});
    expect(lines.get(name)).to.have.property('writer', undefined);
    let tried = 0;
    for (const field of ['content', 'seal'] as const) {
      for (const at of line[field].keys()) {
        const bytes = line[field].slice();
        bytes[at]! ^= 1 << (at % 8);
        write({ [field]: bytes });
        expect(lines.get(name), `${field} ${at}`).to.equal(undefined);
        tried += 1;
      }
      write({ [field]: line[field].slice(1) });
      expect(lines.get(name)).to.equal(undefined);
    }
    for (const changed of [{ writer: 'owm' }, { writer: '' }, { fuel: line.fuel + 1n }]) {
      write(changed);
      expect(lines.get(name)).to.equal(undefined);
    }
    const moved = line.key.slice();
    moved[5]! ^= 1;
    write({ key: moved });
    expect(lines.get(toHex(moved))).to.equal(undefined);
    expect(lines.rejected).to.equal(tried + 2 + 3 + 1);
    driver.exec('rollback');
    write({ seal: line.seal.slice().fill(0) });
    lines.close();
    const again = await openMemo(path, { key: KEYS.own });
    const rerun = again.validateOp(made.host, op, { dependencies: all });
    expect(rerun.isHit).to.equal(false);
    expect(plainMemo(rerun)).to.deep.equal(wanted);
    again.close();
    const stranger = await openMemo(path, { key: KEYS.other, name: 'other' });
    expect(stranger.validateOp(made.host, op, { dependencies: all }).isHit).to.equal(false);
    stranger.close();
  });

  it('reruns the configured share of the lines of a writer, and drops all of them after one false line', async () => {
    const path = join(folder, 'shared');
    const liar = await openMemo(path, { key: KEYS.other, name: 'liar' });
    validateAll(liar, all);
    liar.close();
    const trusting = await openMemo(path, { key: KEYS.own, writers: [{ name: 'liar', key: KEYS.other, share: 0 }] });
    expect(validateAll(trusting, all).every(({ isHit }) => isHit)).to.equal(true);
    trusting.close();
    const checking = { key: KEYS.own, writers: [{ name: 'liar', key: KEYS.other, share: 1 }] } as const;
    const careful = await openMemo(path, checking);
    expect(validateAll(careful, all).some(({ isHit }) => isHit)).to.equal(false);
    expect(careful.counts).to.deep.include({ checked: made.ops.length, mismatches: 0, lines: made.ops.length });
    careful.close();

    const driver = await openSqliteDriver(join(path, 'memo.db'));
    const own = { name: 'liar', mac: macOf(KEYS.other) };
    const lines = new DiskLines(driver, { path, bytesMax: 1_000_000, own, others: [] });
    const keys = driver.all('select key from lines', []).map((row) => toHex(plainRow(row)['key'] as Uint8Array));
    // One line says Invalid for a Valid op.
    const key = keys.find((one) => leafOf(lines.get(one)!.root).verdict.kind === 'Valid')!;
    const line = lines.get(key)!;
    Object.assign(leafOf(line.root), { verdict: { kind: 'Invalid', reason: 'so it is said' } });
    lines.put(key, line);
    lines.close();
    const wary = await openMemo(path, checking);
    const wanted = made.ops.map((op) => plainRun(made.host.validateOp(op, { dependencies: all })));
    expect(validateAll(wary, all).map(plainMemo)).to.deep.equal(wanted);
    expect(wary.counts.mismatches).to.equal(1);
    // Lines that were checked after the lie are the memo's own by now.
    expect(validateAll(wary, all).filter(({ isHit }) => !isHit).length).to.be.below(made.ops.length);
    expect(validateAll(wary, all).every(({ isHit }) => isHit)).to.equal(true);
    wary.close();
  });

  it('adopts nothing that another writer wrote', async () => {
    const path = join(folder, 'extended');
    const liar = await openMemo(path, { key: KEYS.other, name: 'liar' });
    validateAll(liar, NO_DEPENDENCIES);
    liar.close();
    const trusting = await openMemo(path, { key: KEYS.own, writers: [{ name: 'liar', key: KEYS.other, share: 0 }] });
    validateAll(trusting, all);
    trusting.close();
    const careful = await openMemo(path, { key: KEYS.own, writers: [{ name: 'liar', key: KEYS.other, share: 1 }] });
    const again = validateAll(careful, NO_DEPENDENCIES);
    const hits = again.filter(({ isHit, calls }) => isHit && calls.length > 0);
    // A run without questions has one path, whoever wrote it first.
    expect(hits.some(({ verdict }) => verdict.kind === 'UnresolvedDependencies')).to.equal(false);
    careful.close();
  });

  it('recognises a hash in any encoding', async () => {
    const [{ signed_action }] = made.records;
    const { hash } = signed_action.hashed;
    for (const head of [
      [0xc4, 39],
      [0xc5, 0, 39],
      [0xc6, 0, 0, 0, 39],
    ]) {
      const text = askingGuest('__hc__must_get_action_1', [Uint8Array.from([...head, ...hash])]);
      const host = await hostOf([{ name: 'asking', text }]);
      const memo = memoInMemory();
      const seen = [NO_DEPENDENCIES, all, NO_DEPENDENCIES].map((dependencies) => {
        const options = { zome: 'asking', dependencies };
        return memo.validateOp(host, made.ops[0], options).verdict.kind;
      });
      expect(seen).to.deep.equal(['UnresolvedDependencies', 'Valid', 'UnresolvedDependencies']);
    }
  });

  it('never makes a validation fail, whatever it requests and whatever happens to its file', async () => {
    // Requests 9,000 actions, one after the other, by byte strings that are not action hashes.
    const text = `(module
      (import "env" "__hc__must_get_action_1" (func $import (param i32 i32) (result i64)))
      ${ALLOCATOR}
      (data (i32.const 1024) "${dataText(OK_VALID)}")
      (data (i32.const 1100) "${dataText(Uint8Array.from([0xc4, 39, ...new Uint8Array(39)]))}")
      (func (export "validate") (param i32 i32) (result i64) (local $i i32)
        (loop $again
          (i32.store (i32.const 1110) (local.get $i))
          (drop (call $import (i32.const 1100) (i32.const 41)))
          (global.set $heap (i32.const 65536))
          (local.set $i (i32.add (local.get $i) (i32.const 1)))
          (br_if $again (i32.lt_u (local.get $i) (i32.const 9000))))
        ${sliceText(1024, OK_VALID.length)}))`;
    const host = await hostOf([{ name: 'asking', text }]);
    const path = join(folder, 'failing');
    for (const memo of [memoInMemory(), await openMemo(path, { key: KEYS.own })]) {
      const { verdict } = memo.validateOp(host, made.ops[0], { zome: 'asking' });
      expect(verdict.kind).to.equal('Valid');
      memo.close();
    }
    const memo = await openMemo(path, { key: KEYS.own });
    const driver = await openSqliteDriver(join(path, 'memo.db'));
    driver.exec('drop table lines');
    driver.close();
    for (const _ of [1, 2]) {
      const [op] = made.ops;
      expect(plainMemo(memo.validateOp(made.host, op))).to.deep.equal(plainRun(made.host.validateOp(op)));
    }
    memo.close();
    expect(memo.counts.failures).to.be.above(0);
  });

  it('stays within its bytes, and keeps expensive lines longer than cheap ones', () => {
    const leaf = (fuel: number) => ({
      root: { kind: 'leaf', verdict: { kind: 'Valid' }, calls: [], zomes: [] } as Leaf,
      writer: undefined,
      fuel,
    });
    const lines = new MemoryLines(100_000);
    for (let i = 0; i < 1_000; i++) {
      lines.put(`cheap ${i}`, leaf(10));
      if (i % 10 === 0) lines.put(`expensive ${i}`, leaf(10_000_000));
      expect(lines.bytes).to.be.at.most(100_000);
      // Each is requested once.
      lines.get(`cheap ${i}`);
      lines.get(`expensive ${i}`);
    }
    const kept = (what: string) =>
      Array.from({ length: 1_000 }, (_, i) => lines.get(`${what} ${i}`)).filter(Boolean).length;
    expect(kept('expensive') / 100).to.be.above(kept('cheap') / 1_000);
    const { count } = lines;
    expect(count).to.be.above(100);
    lines.delete('cheap 999');
    expect(lines.count).to.equal(count - 1);
    const none = new MemoryLines(0);
    none.put('one', leaf(1));
    expect([none.count, none.bytes]).to.deep.equal([0, 0]);
  });

  it('refuses invalid bounds, shares and keys', async () => {
    expect(() => memoInMemory({ bytesMax: -1 })).to.throw(StoreError);
    for (const options of [
      { key: new Uint8Array(3) },
      { writers: [{ name: 'x', key: KEYS.own, share: 2 }] },
      { bytesMax: 0.5 },
    ]) {
      const error = await openMemo(join(folder, 'refused'), options).catch((reason: unknown) => reason);
      expect(error).to.be.instanceOf(StoreError);
    }
  });
});

function leafOf(root: import('../../src/memo/trie.js').Node): Leaf {
  return root.kind === 'leaf' ? root : leafOf([...root.children.values()][0]!);
}
