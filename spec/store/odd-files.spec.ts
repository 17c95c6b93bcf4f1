/** Unexpected objects in place of a store's files: none of them blocks or ends the store or leads out of the folder. */
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { hash, utf8 } from '../../src/base/hash.js';
import type { ArtefactKey } from '../../src/engine/load/artefact-cache.js';
import { openDiskCache } from '../../src/store/disk-cache.js';
import { openModuleFolder } from '../../src/store/module-folder.js';
import { StoreError } from '../../src/store/store-error.js';

const GIBIBYTE = 1024 ** 3;

/** Each creates something at a free path. */
const ODD: Readonly<Record<string, (path: string) => void>> = {
  'a FIFO': (path) => execFileSync('mkfifo', [path]),
  'a link to /dev/zero': (path) => symlinkSync('/dev/zero', path),
  'a link to a file': (path) => {
    writeFileSync(`${path}.target`, new Uint8Array(32), { mode: 0o600 });
    symlinkSync(`${path}.target`, path);
  },
  'a link to itself': (path) => symlinkSync(path, path),
  'a link to nothing': (path) => symlinkSync(`${path}.nothing`, path),
  'a folder': (path) => mkdirSync(path),
  'a folder with a file': (path) => {
    mkdirSync(path);
    writeFileSync(join(path, 'a'), 'a');
  },
  'a huge sparse file': (path) => {
    writeFileSync(path, '', { mode: 0o600 });
    truncateSync(path, 4096 * GIBIBYTE);
  },
};

const KEY: ArtefactKey = { kind: 'valid', module: hash(utf8('m')), limits: hash(utf8('l')) };
const OTHER: ArtefactKey = { kind: 'valid', module: hash(utf8('n')), limits: hash(utf8('l')) };
const CONTENT = utf8('what was made of a module');

describe('in place of a file of a store', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'assay-odd-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  const onlyArtefact = () => join(folder, readdirSync(folder).find((name) => name.endsWith('.sealed'))!);

  for (const [what, make] of Object.entries(ODD)) {
    const isFolder = what.startsWith('a folder');

    it(`an artefact that is ${what} is a miss`, async () => {
      const cache = await openDiskCache(folder);
      await cache.put(KEY, CONTENT);
      const path = onlyArtefact();
      renameSync(path, join(folder, 'before'));
      make(path);
      expect(await cache.get(KEY)).to.equal(undefined);
      if (isFolder) {
        expect(lstatSync(path).isDirectory(), 'left as it is').to.equal(true);
        return;
      }
      expect(() => lstatSync(path), 'deleted').to.throw('ENOENT');
      await cache.put(KEY, CONTENT);
      expect(await cache.get(KEY)).to.deep.equal(CONTENT);
    });

    it(`an artefact that is ${what} prevents no opening, sweeping or use`, async () => {
      const cache = await openDiskCache(folder, { bytesMax: 10_000 });
      await cache.put(KEY, CONTENT);
      make(join(folder, `${'0'.repeat(64)}.sealed`));
      make(join(folder, 'new-0123'));
      const reopened = await openDiskCache(folder, { bytesMax: 10_000 });
      expect(await reopened.get(KEY), 'is not swept away for it').to.deep.equal(CONTENT);
      await reopened.put(OTHER, new Uint8Array(7_000));
      for (let i = 0; i < 3; i++)
        await reopened.put({ ...OTHER, limits: hash(Uint8Array.of(i)) }, new Uint8Array(7_000));
      expect(readdirSync(folder).filter((name) => name.endsWith('.sealed')).length).to.be.at.most(isFolder ? 3 : 2);
    });

    it(`a key that is ${what} is refused`, async () => {
      make(join(folder, 'key'));
      const error: unknown = await openDiskCache(folder).catch((reason: unknown) => reason);
      expect(error, String(error)).to.be.instanceOf(StoreError);
      expect((error as StoreError).code).to.equal('key-file');
    });

    it(`a module that is ${what} is missing`, async () => {
      const modules = await openModuleFolder(folder);
      const identity = await modules.put(CONTENT);
      const path = join(folder, `${identity}.wasm`);
      rmSync(path);
      make(path);
      expect(await modules.get(identity)).to.equal(undefined);
      if (isFolder) {
        expect(existsSync(path)).to.equal(true);
        return;
      }
      expect(await modules.put(CONTENT)).to.equal(identity);
      expect(await modules.get(identity)).to.deep.equal(CONTENT);
    });
  }

  it('a module is no longer than the folder accepts', async () => {
    const modules = await openModuleFolder(folder, { bytesMax: 10 });
    const identity = await (await openModuleFolder(folder)).put(CONTENT);
    expect(await modules.get(identity)).to.equal(undefined);
    const error: unknown = await modules.put(CONTENT).catch((reason: unknown) => reason);
    expect((error as StoreError).code).to.equal('bound');
  });
});
