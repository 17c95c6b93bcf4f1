/** Modules by identity: what is returned has the requested hash. */

import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { createEngine } from '../../src/index.js';
import { openModuleFolder, StoreError } from '../../src/store/index.js';

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'assay-modules-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

async function codeOf(action: Promise<unknown>): Promise<string | undefined> {
  const reason: unknown = await action.catch((error: unknown) => error);
  return reason instanceof StoreError ? reason.code : undefined;
}

describe('a folder of modules', () => {
  it('returns bytes by the identity that the engine assigns', async () => {
    const modules = await openModuleFolder(join(folder, 'deep', 'er'));
    const bytes = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
    const identity = await modules.put(bytes);
    const loaded = await createEngine().load(bytes);
    expect(loaded.ok && loaded.module.hash).to.equal(identity);
    expect(await modules.get(identity)).to.deep.equal(bytes);
    expect(await modules.put(bytes)).to.equal(identity);
    expect(readdirSync(modules.folder)).to.deep.equal([`${identity}.wasm`]);
    expect(await modules.get('0'.repeat(64))).to.equal(undefined);
  });

  it('returns nothing for a file that does not match its name, and accepts it again', async () => {
    const modules = await openModuleFolder(folder);
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), fc.uint8Array({ maxLength: 300 }), async (bytes, other) => {
        const identity = await modules.put(bytes);
        writeFileSync(join(folder, `${identity}.wasm`), other);
        const same = Buffer.from(bytes).equals(Buffer.from(other));
        expect(await modules.get(identity)).to.deep.equal(same ? bytes : undefined);
        await modules.put(bytes);
        expect(await modules.get(identity)).to.deep.equal(bytes);
      }),
      { numRuns: 30 },
    );
  });

  it('reads no other file of the host', async () => {
    const modules = await openModuleFolder(folder);
    for (const name of ['', '../key', `../${'0'.repeat(61)}`, 'A'.repeat(64), `${'0'.repeat(64)}\n`]) {
      expect(await codeOf(modules.get(name))).to.equal('identity');
    }
  });

  it('reports when the folder cannot be used', async () => {
    writeFileSync(join(folder, 'file'), '');
    expect(await codeOf(openModuleFolder(join(folder, 'file')))).to.equal('folder');
    const modules = await openModuleFolder(join(folder, 'gone'));
    rmSync(join(folder, 'gone'), { recursive: true });
    expect(await codeOf(modules.put(Uint8Array.of(1)))).to.equal('folder');
  });
});

describe('a folder of modules with a lower bound', () => {
  it('deletes no module that is longer than the bound of a reader', async () => {
    const bytes = new Uint8Array(1000).fill(7);
    const identity = await (await openModuleFolder(folder)).put(bytes);
    const narrow = await openModuleFolder(folder, { bytesMax: 100 });
    expect(await narrow.get(identity)).to.equal(undefined);
    expect(await (await openModuleFolder(folder)).get(identity)).to.deep.equal(bytes);
  });
});
