/** Snapshots by hash: a returned snapshot opens a session in the same state, and a damaged one is not returned. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { toHex } from '../../src/base/hash.js';
import { i32 } from '../../src/index.js';
import { decodeSnapshot, openSession } from '../../src/session/index.js';
import { openSnapshotFolder, StoreError } from '../../src/store/index.js';
import { loadText } from '../engine/load-text.js';

const COUNTER = `(module (memory 2) (global $count (mut i32) (i32.const 0))
  (func (export "add") (param i32) (result i32)
    (global.set $count (i32.add (global.get $count) (local.get 0)))
    (i32.store (i32.const 70000) (global.get $count)) (global.get $count)))`;

describe('a folder of snapshots', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'assay-snapshots-'));
  });

  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  for (const tier of ['interpreter', 'instrumented'] as const) {
    it(`keeps what a session continues from: ${tier}`, async () => {
      const module = await loadText(COUNTER, [], { tier });
      const opened = openSession(module);
      if (!opened.ok) throw new Error('no session');
      opened.session.call('add', [i32(40)]);
      const snapshot = opened.session.snapshot();
      const snapshots = await openSnapshotFolder(folder);
      const name = await snapshots.put(snapshot.bytes);
      expect(name).to.equal(toHex(snapshot.hash));
      expect(readdirSync(folder)).to.deep.equal([`${name}.snapshot`]);

      const decoded = decodeSnapshot((await (await openSnapshotFolder(folder)).get(name))!);
      if (!decoded.ok) throw new Error(decoded.fault.code);
      const again = openSession(module, { from: decoded.snapshot });
      if (!again.ok) throw new Error('no session');
      expect(again.session.call('add', [i32(2)]).outcome).to.deep.equal({ kind: 'returned', values: [i32(42)] });
    });
  }

  it('returns nothing for a file that was changed', async () => {
    const snapshots = await openSnapshotFolder(folder);
    const name = await snapshots.put(Uint8Array.of(1, 2, 3));
    const file = join(folder, `${name}.snapshot`);
    const bytes = readFileSync(file);
    bytes[1]! ^= 1;
    writeFileSync(file, bytes);
    expect(await snapshots.get(name)).to.equal(undefined);
    expect(readdirSync(folder)).to.deep.equal([]);
  });

  it('accepts nothing longer than its bound, and reports what its contents belong to', async () => {
    const snapshots = await openSnapshotFolder(folder, { bytesMax: 2 });
    const error: unknown = await snapshots.put(Uint8Array.of(1, 2, 3)).catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(StoreError);
    expect((error as StoreError).message).to.equal('a snapshot of 3 bytes is longer than the 2 of bytesMax');
    expect((await openSnapshotFolder(join(folder, 'usual'))).bytesMax).to.equal(2 ** 27);
  });
});
