/**
 * A store when the system fails or returns less than requested: each cause that cannot be produced in a folder, by
 * functions that replace the system's.
 */
import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmdirSync,
  rmSync,
  statSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import fs from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { blake2b } from '@noble/hashes/blake2.js';
import { expect } from 'chai';
import { hash, utf8 } from '../../src/base/hash.js';
import type { ValidKey } from '../../src/engine/load/artefact-cache.js';
import { codeFingerprint } from '../../src/store/code-fingerprint.js';
import { openDiskCache } from '../../src/store/disk-cache.js';
import { openModuleFolder, openSnapshotFolder, StoreError } from '../../src/store/index.js';
import { macKeyOf } from '../../src/store/mac-key.js';
import { openRegular, readRegular, readWhole } from '../../src/store/regular-file.js';
import { macOf } from '../../src/store/sealed.js';
import { replaceFile } from '../../src/store/temporary-file.js';
import { nextDescriptor } from './next-descriptor.js';
import { failing, withSystem } from './with-system.js';

const MAC_KEY = Uint8Array.from({ length: 32 }, (_, i) => i);
const VALID: ValidKey = { kind: 'valid', module: hash(utf8('m')), limits: hash(utf8('l')) };
const CONTENT = utf8('content');

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'assay-system-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Code and message of a StoreError, and the code of its cause. */
async function rejection(action: Promise<unknown>): Promise<readonly unknown[]> {
  const error: unknown = await action.then(
    () => 'no error',
    (reason: unknown) => reason,
  );
  if (!(error instanceof StoreError)) throw new Error(`not a StoreError: ${String(error)}`);
  const { code, message, cause } = error;
  return [code, message.replaceAll(folder, 'FOLDER'), (cause as { readonly code?: string } | undefined)?.code];
}

describe('an opened file', () => {
  for (const code of ['ELOOP', 'EMLINK', 'ENXIO', 'ENODEV', 'EISDIR']) {
    it(`is undefined for ${code}`, () =>
      withSystem({ open: failing(code) }, async () => expect(await openRegular('x')).to.equal(undefined)));
  }

  it('throws other errors of the system, and those without a code', async () => {
    for (const open of [failing('EACCES'), () => Promise.reject(new Error('no code'))]) {
      const error: unknown = await withSystem({ open }, () => openRegular('x').catch((reason: unknown) => reason));
      expect(error).to.be.instanceOf(Error);
    }
  });

  it('is closed when its status cannot be read, which is thrown', async () => {
    const done: string[] = [];
    const file = { stat: failing('EIO'), close: async () => done.push('closed') };
    const error: unknown = await withSystem({ open: async () => file as never }, () =>
      openRegular('x').catch((reason: unknown) => reason),
    );
    expect(error).to.have.property('code', 'EIO');
    expect(done).to.deep.equal(['closed']);
  });

  it('is closed when it is not a regular file, is too long, is read, or cannot be read', async () => {
    const path = join(folder, 'file');
    writeFileSync(path, CONTENT);
    const before = nextDescriptor();
    for (let i = 0; i < 25; i++) {
      expect(await openRegular(folder)).to.equal(undefined);
      expect(await readRegular(path, CONTENT.length - 1)).to.equal(undefined);
      expect(await readRegular(path, CONTENT.length)).to.deep.equal(CONTENT);
    }
    expect(nextDescriptor() - before).to.be.below(20);
    const closed: string[] = [];
    const broken = {
      stat: async () => ({ isFile: () => true, size: 1 }),
      read: failing('EIO'),
      close: async () => closed.push('closed'),
    };
    const failure = withSystem({ open: async () => broken as never }, () => readRegular(path, 1));
    expect(await failure.catch((reason: unknown) => reason)).to.have.property('code', 'EIO');
    expect(closed).to.deep.equal(['closed']);
  });

  /** A file that returns this many bytes at a time, and has fewer than its size says. */
  const inPieces = (content: Uint8Array, piece: number): FileHandle => {
    let reads = 0;
    const read = async (bytes: Uint8Array, offset: number, length: number, position: number) => {
      if (++reads > 20) throw new Error('it never stops reading');
      expect(offset + length, 'a missing file').to.equal(bytes.length);
      const some = content.subarray(position, position + Math.min(piece, length));
      bytes.set(some, offset);
      return { bytesRead: some.length, buffer: bytes };
    };
    return { read } as unknown as FileHandle;
  };

  it('is read completely in as many pieces as the system returns, and ends where it was truncated', async () => {
    const content = Uint8Array.of(1, 2, 3, 4, 5, 6, 7);
    for (const piece of [1, 3, 7]) expect(await readWhole(inPieces(content, piece), 7)).to.deep.equal(content);
    expect(await readWhole(inPieces(content, 3), 9)).to.deep.equal(Uint8Array.of(...content, 0, 0));
  });
});

describe('a written file', () => {
  it('has a new and unused name of 24 digits, and is for its owner', async () => {
    const written: unknown[] = [];
    const writeFile = async (path: unknown, _: unknown, options: unknown) => {
      written.push(String(path).slice(folder.length + 1), options);
      throw new Error('enough');
    };
    for (let i = 0; i < 2; i++) {
      await withSystem({ writeFile }, () => replaceFile(folder, 'x', CONTENT).catch(() => undefined));
    }
    const [name, options, second] = written;
    expect(name).to.match(/^new-[0-9a-f]{24}$/);
    expect(second).not.to.equal(name);
    expect(options).to.deep.equal({ flag: 'wx', mode: 0o600 });
  });
});

describe('a disk cache on a system that fails', () => {
  it('reports that a folder cannot be read, and why', async () => {
    const opened = () => openDiskCache(folder, { key: MAC_KEY, version: 'v' });
    const expected = ['folder', 'FOLDER cannot be read', 'EACCES'];
    expect(await withSystem({ readdir: failing('EACCES') }, () => rejection(opened()))).to.deep.equal(expected);
    const cache = await opened();
    // After that it is an ordinary failure.
    await withSystem({ writeFile: failing('ENOSPC') }, () => cache.put(VALID, CONTENT));
    expect(cache.counts).to.deep.include({ failures: 1, lastFailure: 'ENOSPC' });
  });

  it('continues a sweep when files vanish, and when one cannot be inspected or deleted', async () => {
    const cache = await openDiskCache(folder, { key: MAC_KEY, version: 'v' });
    for (const name of ['new-a', 'new-b', 'new-c', 'd.sealed', 'e.sealed']) {
      writeFileSync(join(folder, name), 'x');
      utimesSync(join(folder, name), 1, 1);
    }
    const { lstat, unlink } = fs;
    await withSystem(
      {
        lstat: (async (path: string) => {
          if (path.endsWith('new-a') || path.endsWith('d.sealed')) unlinkSync(path);
          if (path.endsWith('e.sealed')) return failing('EIO')();
          return lstat(path);
        }) as never,
        unlink: async (path) => (String(path).endsWith('new-b') ? failing('EBUSY')() : unlink(path)),
      },
      () => cache.sweep(),
    );
    expect(readdirSync(folder).sort()).to.deep.equal(['e.sealed', 'new-b']);
    expect(cache.counts.failures, 'a vanished file is undefined').to.equal(2);
  });

  it('does not sweep at its bound, and deletes incomplete files older than an hour', async () => {
    const first = await openDiskCache(folder, { key: MAC_KEY, version: 'v' });
    await first.put(VALID, CONTENT);
    const bytes = statSync(join(folder, readdirSync(folder)[0]!)).size;
    const second: ValidKey = { ...VALID, module: hash(utf8('n')) };
    const third: ValidKey = { ...VALID, module: hash(utf8('o')) };
    const hourAgo = 2_000_000_000_000;
    const { now } = Date;
    Date.now = () => hourAgo + 3_600_000;
    try {
      const cache = await openDiskCache(folder, { key: MAC_KEY, version: 'v', bytesMax: 2 * bytes });
      for (const [name, age] of Object.entries({ 'new-hour': 0, 'new-older': 1000 })) {
        writeFileSync(join(folder, name), 'x');
        utimesSync(join(folder, name), (hourAgo - age) / 1000, (hourAgo - age) / 1000);
      }
      await cache.put(second, CONTENT);
      expect(readdirSync(folder)).to.include.members(['new-hour', 'new-older']);
      await cache.put(third, CONTENT);
      expect(readdirSync(folder)).to.include('new-hour').and.not.include('new-older');
    } finally {
      Date.now = now;
    }
  });

  it('is not opened when its folder is deleted in the meantime', async () => {
    const place = join(folder, 'made');
    const opened = rejection(openDiskCache(place, { key: MAC_KEY }));
    while (!existsSync(place)) await setImmediate();
    rmdirSync(place);
    expect(await opened).to.deep.equal(['folder', 'FOLDER/made cannot be read', 'ENOENT']);
  });
});

describe('a key on a system that fails', () => {
  it('is refused where its owner is unknown', async () => {
    await macKeyOf(folder);
    const { getuid } = process;
    Object.assign(process, { getuid: undefined });
    try {
      const message = 'FOLDER/key must belong to this user and be closed to others (mode 600)';
      expect(await rejection(macKeyOf(folder))).to.deep.equal(['key-file', message, undefined]);
    } finally {
      Object.assign(process, { getuid });
    }
  });

  it('reports why its file cannot be opened', async () => {
    await macKeyOf(folder);
    const failure = withSystem({ open: failing('EACCES') }, () => rejection(macKeyOf(folder)));
    expect(await failure).to.deep.equal(['key-file', 'FOLDER/key cannot be read', 'EACCES']);
  });
});

describe('a MAC on a host without memory', () => {
  const own = Object.getOwnPropertyDescriptor(globalThis, 'WebAssembly')!;
  const withModules = <T>(error: Error, work: () => T): T => {
    const Module = class {
      constructor() {
        throw error;
      }
    };
    Object.defineProperty(globalThis, 'WebAssembly', { ...own, value: { Module } });
    try {
      return work();
    } finally {
      Object.defineProperty(globalThis, 'WebAssembly', own);
    }
  };

  it('is the same, computed in JavaScript', () => {
    const mac = withModules(new RangeError('no addresses'), () => macOf(MAC_KEY));
    expect(mac(CONTENT)).to.deep.equal(blake2b(CONTENT, { key: MAC_KEY, dkLen: 32 }));
  });

  it('does not hide other errors', () => {
    expect(() => withModules(new TypeError('a bug'), () => macOf(MAC_KEY))).to.throw(TypeError, 'a bug');
  });
});

for (const [name, openFolder] of Object.entries({ modules: openModuleFolder, snapshots: openSnapshotFolder })) {
  describe(`a folder of ${name} on a system that fails`, () => {
    it('accepts files as long as its bound, which is an integer from 0', async () => {
      for (const length of [0, 3]) {
        const opened = await openFolder(folder, { bytesMax: length });
        const bytes = new Uint8Array(length);
        expect(await opened.get(await opened.put(bytes))).to.deep.equal(bytes);
        expect((await rejection(opened.put(new Uint8Array(length + 1))))[0]).to.equal('bound');
      }
      for (const bytesMax of [-1, 0.5, Number.NaN, 2 ** 53]) {
        const message = `bytesMax must be a number of bytes: an integer from 0, not ${bytesMax}`;
        expect(await rejection(openFolder(folder, { bytesMax }))).to.deep.equal(['bound', message, undefined]);
      }
    });

    it('ignores what cannot be deleted because it is a folder, and reports other unreadable files', async () => {
      const opened = await openFolder(folder);
      const identity = await opened.put(CONTENT);
      const file = join(folder, readdirSync(folder)[0]!);
      writeFileSync(file, 'other');
      for (const code of ['EISDIR', 'EPERM', 'ENOENT']) {
        await withSystem({ unlink: failing(code) }, async () => {
          expect(await opened.get(identity), code).to.equal(undefined);
        });
      }
      const expected = ['folder', `FOLDER/${identity}.${file.split('.').at(-1)!} cannot be read`, 'EACCES'];
      for (const system of [{ unlink: failing('EACCES') }, { open: failing('EACCES') }]) {
        expect(await withSystem(system, () => rejection(opened.get(identity)))).to.deep.equal(expected);
      }
    });

    it('reports why it cannot be created', async () => {
      const place = join(folder, 'file');
      closeSync(openSync(place, 'w'));
      expect(await rejection(openFolder(place))).to.deep.equal(['folder', 'FOLDER/file cannot be created', 'EEXIST']);
    });
  });
}

describe('the version of the code', () => {
  const root = fileURLToPath(new URL('../../src/', import.meta.url));

  it('is the hash of all code that the entry points share, in the built package', async () => {
    const folders: Readonly<Record<string, readonly string[]>> = {
      [root]: ['engine', 'storeys', 'store'],
      [join(root, 'storeys')]: ['b.js', 'c.txt', 'a.js', 'd.js.map'],
    };
    const files: Readonly<Record<string, Uint8Array>> = {
      [join(root, 'storeys', 'a.js')]: utf8('one'),
      [join(root, 'storeys', 'b.js')]: utf8('second'),
    };
    const digest = await withSystem(
      {
        readdir: (async (path: string) => folders[path]) as never,
        readFile: (async (path: string) => files[path]) as never,
      },
      codeFingerprint,
    );
    const text = 'storeys/a.js 3\nonestoreys/b.js 6\nsecond';
    expect(digest).to.deep.equal(blake2b(utf8(text), { dkLen: 32 }));
  });

  it('is unavailable where the files are missing', async () => {
    const failure = withSystem({ readFile: failing('ENOENT') }, () => rejection(codeFingerprint()));
    const message = `the package's files under ${root} cannot be read; pass a version`;
    expect(await failure).to.deep.equal(['fingerprint', message, 'ENOENT']);
  });
});
