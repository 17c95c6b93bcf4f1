/** Modules of the service, in memory and in a folder: both have the same contents and count the same bytes. */
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { hash, toHex } from '../../src/base/hash.js';
import { ModuleMemory, type ModulePlace, openModuleFiles } from '../../src/service/module-place.js';
import { StoreError, systemCode } from '../../src/store/store-error.js';

const ONE = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0);
const TWO = Uint8Array.of(...ONE, 0, 2, 1, 97);
const nameOf = (bytes: Uint8Array) => toHex(hash(bytes));

describe('service: where modules are', () => {
  let folder: string;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'assay-modules-'));
  });

  after(() => rmSync(folder, { recursive: true, force: true }));

  it('counts each module once, however often and at the same time it is put', async () => {
    const places: readonly ModulePlace[] = [new ModuleMemory(), await openModuleFiles(folder)];
    for (const place of places) {
      expect([await place.bytes(), await place.get(nameOf(ONE))]).to.deep.equal([0, undefined]);
      expect(await Promise.all([ONE, TWO, ONE].map((bytes) => place.put(bytes)))).to.deep.equal(
        [ONE, TWO, ONE].map(nameOf),
      );
      await place.put(TWO);
      expect(await place.bytes()).to.equal(ONE.length + TWO.length);
      expect(Buffer.from((await place.get(nameOf(TWO)))!)).to.deep.equal(Buffer.from(TWO));
    }
  });

  it('finds the modules of a folder again, and counts nothing else in it', async () => {
    writeFileSync(join(folder, 'notes.txt'), 'not a module');
    const place = await openModuleFiles(folder);
    expect(await place.bytes()).to.equal(ONE.length + TWO.length);
    expect(Buffer.from((await place.get(nameOf(ONE)))!)).to.deep.equal(Buffer.from(ONE));
  });

  it('is a folder that can be read', async () => {
    const opened = (path: string) => openModuleFiles(path).catch((thrown: unknown) => thrown);
    expect(await opened(join(folder, 'notes.txt'))).to.be.instanceOf(StoreError);
    symlinkSync(join(folder, 'gone'), join(folder, 'broken.wasm'));
    const error = await opened(folder);
    expect(error).to.be.instanceOf(StoreError);
    const { code, message, cause } = error as StoreError;
    expect([code, message, systemCode(cause)]).to.deep.equal(['folder', `${folder} cannot be read`, 'ENOENT']);
  });
});
