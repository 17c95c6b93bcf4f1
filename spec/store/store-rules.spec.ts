/**
 * Rules of the store in docs/STORE.md, each broken once or met at its edge: the contents of a file byte by byte, what a
 * sweep removes and keeps, bounds at their last valid value, and every cause of a StoreError.
 */

import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { blake2b } from '@noble/hashes/blake2.js';
import { expect } from 'chai';
import { hash, toHex, utf8 } from '../../src/base/hash.js';
import type { RewrittenKey, ValidKey } from '../../src/engine/load/artefact-cache.js';
import { codeFingerprint } from '../../src/store/code-fingerprint.js';
import { openDiskCache } from '../../src/store/disk-cache.js';
import { openModuleFolder, StoreError } from '../../src/store/index.js';
import { macKeyOf } from '../../src/store/mac-key.js';
import { macOf, seal, sealedBytes, unseal } from '../../src/store/sealed.js';
import { systemCode } from '../../src/store/store-error.js';
import { createFile, isTemporary, replaceFile } from '../../src/store/temporary-file.js';
import { withoutWebAssembly } from '../without-webassembly.js';
import { nextDescriptor } from './next-descriptor.js';

const REWRITTEN: RewrittenKey = {
  kind: 'rewritten',
  form: 'host-bounds',
  module: hash(utf8('m')),
  schedule: hash(utf8('s')),
  limits: hash(utf8('l')),
};
const VALID: ValidKey = { kind: 'valid', module: REWRITTEN.module, limits: REWRITTEN.limits };
const MAC_KEY = Uint8Array.from({ length: 32 }, (_, i) => i);
const HOUR_MS = 3_600_000;

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'assay-store-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Code, message and whether the cause is kept, of a rejection that must be a StoreError. */
async function rejection(action: Promise<unknown>): Promise<readonly [code: string, message: string, cause: boolean]> {
  const error: unknown = await action.then(
    () => 'no error',
    (reason: unknown) => reason,
  );
  if (!(error instanceof StoreError)) throw new Error(`not a StoreError: ${String(error)}`);
  expect(error.name).to.equal('StoreError');
  return [error.code, error.message.replaceAll(folder, 'FOLDER'), error.cause instanceof Error];
}

/** The format of docs/STORE.md and sealed.ts, with the hash of another library. */
function sealedByHand(key: Uint8Array, name: Uint8Array, content: Uint8Array): Uint8Array {
  const counts = new DataView(new ArrayBuffer(8));
  counts.setUint32(0, name.length, true);
  counts.setUint32(4, content.length, true);
  const head = [...utf8('assay-sealed-1'), 0, 0, ...new Uint8Array(counts.buffer), ...name, ...content];
  return Uint8Array.from([...head, ...blake2b(Uint8Array.from(head), { key, dkLen: 32 })]);
}

function sealed(): string[] {
  return readdirSync(folder).filter((name) => name.endsWith('.sealed'));
}

describe('a sealed file', () => {
  const name = utf8('the name');
  const content = utf8('c'.repeat(300));
  const mac = macOf(MAC_KEY);

  it('has the documented bytes', () => {
    expect(seal(mac, name, content)).to.deep.equal(sealedByHand(MAC_KEY, name, content));
    expect(sealedBytes(name.length, content.length)).to.equal(16 + 8 + name.length + 300 + 32);
  });

  it('opens within a larger buffer, and when empty', () => {
    const around = new Uint8Array(700);
    around.set(seal(mac, name, content), 13);
    const view = around.subarray(13, 13 + sealedBytes(name.length, content.length));
    expect(unseal(mac, name, view)).to.deep.equal(content);
    expect(unseal(mac, name, seal(mac, name, new Uint8Array(0)))).to.deep.equal(new Uint8Array(0));
    expect(unseal(mac, new Uint8Array(0), seal(mac, new Uint8Array(0), content))).to.deep.equal(content);
  });

  // Each has an authentic MAC, so only the fact in its name is wrong.
  const resealed = (change: (bytes: Uint8Array) => Uint8Array): Uint8Array => {
    const bytes = change(seal(mac, name, content));
    bytes.set(mac(bytes.subarray(0, bytes.length - 32)), bytes.length - 32);
    return bytes;
  };
  const spoilt: Readonly<Record<string, Uint8Array>> = {
    'another format': resealed((bytes) => bytes.fill(0x32, 13, 14)),
    'another length of the name': resealed((bytes) => bytes.fill(name.length + 1, 16, 17)),
    'another length of the content': resealed((bytes) => bytes.fill(1, 22, 23)),
    'a name of the same length': resealed((bytes) => bytes.fill(0x54, 24, 25)),
    'another last byte of the name': resealed((bytes) => bytes.fill(0x54, 31, 32)),
    'extra bytes after the content': resealed((bytes) => Uint8Array.from([...bytes, 0])),
    'a longer name': seal(mac, utf8('the name!'), content),
    'too short for a name': seal(mac, new Uint8Array(0), new Uint8Array(0)),
    'another key': seal(macOf(new Uint8Array(32)), name, content),
  };
  for (const [what, bytes] of Object.entries(spoilt)) {
    it(`does not open: ${what}`, () => expect(unseal(mac, name, bytes)).to.equal(undefined));
  }

  it('has the same MAC on a host without WebAssembly', () => {
    withoutWebAssembly(() => {
      expect(macOf(MAC_KEY)(content)).to.deep.equal(blake2b(content, { key: MAC_KEY, dkLen: 32 }));
    });
    expect(mac(content)).to.deep.equal(blake2b(content, { key: MAC_KEY, dkLen: 32 }));
  });
});

describe('a disk cache', () => {
  it('names a file by kind, form, schedule, module, limits and version, under its key', async () => {
    const cache = await openDiskCache(folder, { key: MAC_KEY, version: 'v1' });
    await cache.put(REWRITTEN, utf8('content'));
    await cache.put(VALID, utf8('valid'));
    const { module, schedule, limits } = REWRITTEN;
    const names = [
      `rewritten\nhost-bounds\n${toHex(schedule)}\n${toHex(module)}\n${toHex(limits)}\n${toHex(utf8('v1'))}\n`,
      `valid\n${toHex(module)}\n${toHex(limits)}\n${toHex(utf8('v1'))}\n`,
    ].map(utf8);
    const files = names.map((name) => `${toHex(blake2b(name, { key: MAC_KEY, dkLen: 32 }))}.sealed`);
    expect(sealed().sort()).to.deep.equal([...files].sort());
    const first = sealedByHand(MAC_KEY, names[0]!, utf8('content'));
    expect(readFileSync(join(folder, files[0]!))).to.deep.equal(Buffer.from(first));
    expect(existsSync(join(folder, 'key')), 'a key of its own').to.equal(false);
  });

  it('returns nothing for a key that differs in one part', async () => {
    const cache = await openDiskCache(folder);
    await cache.put(REWRITTEN, utf8('a'));
    const other = hash(utf8('other'));
    const keys = [
      { ...REWRITTEN, form: 'guarded' as 'host-bounds' },
      { ...REWRITTEN, module: other },
      { ...REWRITTEN, schedule: other },
      { ...REWRITTEN, limits: other },
      VALID,
    ];
    for (const key of keys) expect(await cache.get(key)).to.equal(undefined);
    expect(await cache.get(REWRITTEN)).to.deep.equal(utf8('a'));
  });

  it('keeps no view of the given key', async () => {
    const key = Uint8Array.from(MAC_KEY);
    const cache = await openDiskCache(folder, { key });
    await cache.put(REWRITTEN, utf8('a'));
    key.fill(0);
    const again = await openDiskCache(folder, { key: MAC_KEY });
    expect(await again.get(REWRITTEN)).to.deep.equal(utf8('a'));
    await cache.put(VALID, utf8('b'));
    expect(await again.get(VALID)).to.deep.equal(utf8('b'));
  });

  it('accepts a key of 32 to 64 bytes and a bound of 0', async () => {
    for (const length of [32, 64]) {
      const cache = await openDiskCache(folder, { key: new Uint8Array(length) });
      await cache.put(REWRITTEN, utf8('a'));
      expect(await cache.get(REWRITTEN), `${length}`).to.deep.equal(utf8('a'));
    }
    const none = await openDiskCache(join(folder, 'none'), { bytesMax: 0 });
    await none.put(REWRITTEN, new Uint8Array(0));
    expect(await none.get(REWRITTEN)).to.equal(undefined);
  });

  it('creates a folder that is closed to others', async () => {
    const below = join(folder, 'a', 'b');
    await openDiskCache(below);
    expect(statSync(below).mode & 0o777).to.equal(0o700);
  });

  it('keeps what fits in three quarters of its bound, and no byte more', async () => {
    const seal3 = 3 * (16 + 8 + 32);
    const nameBytes = 9 + 1 + 11 + 1 + 3 * 65 + 2 + 1;
    const content = new Uint8Array(seal3);
    const bytes = sealedBytes(nameBytes, content.length);
    const cache = await openDiskCache(folder, { bytesMax: (bytes / 3) * 4, version: 'v' });
    expect((bytes / 3) * 4, 'a bound that three quarters divide').to.satisfy(Number.isInteger);
    await cache.put(REWRITTEN, content);
    expect(await cache.get(REWRITTEN)).to.deep.equal(content);
    expect(statSync(join(folder, sealed()[0]!)).size).to.equal(bytes);
    await cache.put(VALID, new Uint8Array(bytes));
    expect(sealed()).to.have.length(1);
    expect(cache.counts.failures).to.equal(0);
  });

  it('sweeps the least recently used down to three quarters, and touches nothing else', async () => {
    const files = {
      'd.sealed': 40,
      'a.sealed': 30,
      'c.sealed': 20,
      'b.sealed': 10,
      'e.sealed': 15,
      'notes.txt': 1,
      sealed: 1,
      'x.sealed.old': 1,
    };
    for (const [name, age] of Object.entries(files)) {
      writeFileSync(join(folder, name), new Uint8Array(250));
      utimesSync(join(folder, name), new Date(Date.now() - age * 1000), new Date(Date.now() - age * 1000));
    }
    const others = ['notes.txt', 'sealed', 'x.sealed.old'];
    const left = async (bytesMax: number) => {
      await openDiskCache(folder, { bytesMax, key: MAC_KEY });
      return sealed().sort();
    };
    expect(await left(1250), 'exactly at the bound').to.have.length(5);
    expect(await left(1000), 'down to exactly three quarters').to.deep.equal(['b.sealed', 'c.sealed', 'e.sealed']);
    expect(await left(749), 'down to less').to.deep.equal(['b.sealed', 'e.sealed']);
    expect(readdirSync(folder)).to.include.members(others);
  });

  it('counts existing files when it is opened, and those it writes', async () => {
    const old = join(folder, 'old.sealed');
    writeFileSync(old, new Uint8Array(600));
    utimesSync(old, 1, 1);
    const cache = await openDiskCache(folder, { bytesMax: 1200 });
    await cache.put(VALID, new Uint8Array(100));
    expect(existsSync(old), 'below the bound').to.equal(true);
    await cache.put(REWRITTEN, new Uint8Array(100));
    expect(existsSync(old), 'above it').to.equal(false);
    expect(await cache.get(REWRITTEN)).to.have.length(100);
  });

  it('waits an hour before it deletes incomplete files', async () => {
    const ages = { 'new-hour': HOUR_MS + 60_000, 'new-minutes': HOUR_MS - 60_000 };
    for (const [name, age] of Object.entries(ages)) {
      writeFileSync(join(folder, name), 'x');
      utimesSync(join(folder, name), new Date(Date.now() - age), new Date(Date.now() - age));
    }
    await openDiskCache(folder);
    expect(readdirSync(folder).sort()).to.deep.equal(['key', 'new-minutes']);
  });

  it('deletes and counts files that are not authentic, even when larger than the bound', async () => {
    const cache = await openDiskCache(folder, { bytesMax: 2000, key: MAC_KEY });
    await cache.put(REWRITTEN, utf8('a'));
    const path = join(folder, sealed()[0]!);
    const good = readFileSync(path);
    writeFileSync(path, new Uint8Array(2001));
    expect(await cache.get(REWRITTEN)).to.equal(undefined);
    expect(existsSync(path)).to.equal(false);
    expect(cache.counts).to.deep.equal({ hits: 0, misses: 1, rejected: 1, failures: 0, lastFailure: undefined });
    // Even an authentic file is not read beyond a smaller bound.
    const content = new Uint8Array(900);
    await cache.put(REWRITTEN, content);
    const small = await openDiskCache(join(folder, 'small'), { bytesMax: 500, key: MAC_KEY });
    writeFileSync(join(folder, 'small', sealed()[0]!), readFileSync(path));
    expect(await small.get(REWRITTEN)).to.equal(undefined);
    writeFileSync(path, good);
    expect(await cache.get(REWRITTEN)).to.deep.equal(utf8('a'));
  });

  it('reads a file as large as its bound, and closes every file', async () => {
    const large = await openDiskCache(folder, { key: MAC_KEY, version: 'v' });
    await large.put(REWRITTEN, utf8('a'));
    const bytesMax = statSync(join(folder, sealed()[0]!)).size;
    const cache = await openDiskCache(folder, { bytesMax, key: MAC_KEY, version: 'v' });
    expect(await cache.get(REWRITTEN)).to.deep.equal(utf8('a'));
    const before = nextDescriptor();
    for (let i = 0; i < 25; i++) await cache.get(REWRITTEN);
    expect(nextDescriptor() - before, 'an artefact').to.be.below(20);
    for (let i = 0; i < 25; i++) await macKeyOf(folder);
    expect(nextDescriptor() - before, 'the key').to.be.below(20);
  });

  it('has the version of the code unless one is given', async () => {
    const cache = await openDiskCache(folder, { key: MAC_KEY });
    await cache.put(VALID, utf8('a'));
    const version = toHex(await codeFingerprint());
    const name = utf8(`valid\n${toHex(VALID.module)}\n${toHex(VALID.limits)}\n${version}\n`);
    expect(sealed()).to.deep.equal([`${toHex(blake2b(name, { key: MAC_KEY, dkLen: 32 }))}.sealed`]);
  });

  it('keeps nothing that is larger than what a sweep leaves', async () => {
    const large = await openDiskCache(folder, { key: MAC_KEY, version: 'v' });
    await large.put(REWRITTEN, utf8('a'));
    const bytes = statSync(join(folder, sealed()[0]!)).size;
    rmSync(folder, { recursive: true });
    for (const [bytesMax, isKept] of [
      [Math.ceil(bytes / 0.75), true],
      [Math.ceil(bytes / 0.75) - 1, false],
    ] as const) {
      const cache = await openDiskCache(folder, { bytesMax, key: MAC_KEY, version: 'v' });
      await cache.put(REWRITTEN, utf8('a'));
      expect(sealed().length > 0, String(bytesMax)).to.equal(isKept);
      rmSync(folder, { recursive: true });
    }
  });

  it('does not sweep below its bound', async () => {
    const cache = await openDiskCache(folder);
    const abandoned = join(folder, 'new-abandoned');
    writeFileSync(abandoned, 'x');
    utimesSync(abandoned, 1, 1);
    await cache.put(VALID, utf8('a'));
    expect(existsSync(abandoned)).to.equal(true);
    await cache.sweep();
    expect(existsSync(abandoned)).to.equal(false);
  });

  it('distinguishes a missing file from one that is not a regular file', async () => {
    const cache = await openDiskCache(folder);
    await cache.put(VALID, utf8('a'));
    const path = join(folder, sealed()[0]!);
    rmSync(path);
    expect(await cache.get(VALID)).to.equal(undefined);
    expect(cache.counts.failures).to.equal(0);
    symlinkSync(path, path);
    expect(await cache.get(VALID)).to.equal(undefined);
    expect(cache.counts).to.deep.include({ misses: 2, rejected: 1, failures: 0 });
    expect(sealed()).to.deep.equal([]);
  });

  it('marks a file as used on each use', async () => {
    const cache = await openDiskCache(folder);
    await cache.put(REWRITTEN, utf8('a'));
    const path = join(folder, sealed()[0]!);
    utimesSync(path, 1, 1);
    await cache.get(REWRITTEN);
    expect(Math.abs(statSync(path).mtimeMs - Date.now())).to.be.below(60_000);
  });

  it('counts a failed system call, with its code, as a miss', async () => {
    const cache = await openDiskCache(folder);
    await cache.put(REWRITTEN, utf8('a'));
    const path = join(folder, sealed()[0]!);
    rmSync(path);
    mkdirSync(path);
    expect(await cache.get(REWRITTEN)).to.equal(undefined);
    await cache.put(REWRITTEN, utf8('a'));
    expect(cache.counts).to.deep.include({ hits: 0, misses: 1, failures: 2 });
    expect(cache.counts.lastFailure)
      .to.be.a('string')
      .and.match(/^E[A-Z]+$/);
    expect(readdirSync(folder).some(isTemporary), 'a file that could not be moved is deleted').to.equal(false);
  });

  it('rethrows errors that are not failures of the system', async () => {
    const cache = await openDiskCache(folder);
    const failure = cache.get({ ...REWRITTEN, module: 7 as unknown as Uint8Array }).catch((error: unknown) => error);
    expect(await failure).to.be.instanceOf(TypeError);
    expect(cache.counts.failures).to.equal(0);
  });
});

describe('the key of a folder', () => {
  it('is created once and read again', async () => {
    const made = await macKeyOf(folder);
    expect(made).to.have.length(32);
    expect(await macKeyOf(folder)).to.deep.equal(made);
    expect(readFileSync(join(folder, 'key'))).to.deep.equal(Buffer.from(made));
    expect(toHex(made)).not.to.equal('00'.repeat(32));
    const other = mkdtempSync(join(folder, 'other-'));
    expect(await macKeyOf(other)).not.to.deep.equal(made);
    expect(readdirSync(folder).some(isTemporary)).to.equal(false);
  });

  it('reports why it cannot be created or read', async () => {
    const message = 'a key cannot be created in FOLDER/none';
    expect(await rejection(macKeyOf(join(folder, 'none')))).to.deep.equal(['folder', message, true]);
    writeFileSync(join(folder, 'file'), '');
    const unread = 'FOLDER/file/key cannot be read';
    expect(await rejection(macKeyOf(join(folder, 'file')))).to.deep.equal(['key-file', unread, true]);
  });

  it('is created by one of those that open the folder at once, and is not created again', async () => {
    const keys = await Promise.all(Array.from({ length: 8 }, () => macKeyOf(folder)));
    expect(new Set(keys.map(toHex)).size).to.equal(1);
    utimesSync(folder, 1, 1);
    await macKeyOf(folder);
    expect(statSync(folder).mtimeMs).to.equal(1000);
  });

  for (const mode of [0o640, 0o620, 0o610, 0o604, 0o602, 0o601]) {
    it(`is refused with mode ${mode.toString(8)}`, async () => {
      await macKeyOf(folder);
      chmodSync(join(folder, 'key'), mode);
      const message = 'FOLDER/key must belong to this user and be closed to others (mode 600)';
      expect(await rejection(macKeyOf(folder))).to.deep.equal(['key-file', message, false]);
    });
  }

  it('is refused when it belongs to another user, which is not checked on Windows', async () => {
    await macKeyOf(folder);
    const { getuid } = process;
    const platform = Object.getOwnPropertyDescriptor(process, 'platform')!;
    process.getuid = () => getuid!() + 1;
    try {
      expect((await rejection(macKeyOf(folder)))[0]).to.equal('key-file');
      Object.defineProperty(process, 'platform', { ...platform, value: 'win32' });
      chmodSync(join(folder, 'key'), 0o644);
      expect(await macKeyOf(folder)).to.have.length(32);
    } finally {
      process.getuid = getuid!;
      Object.defineProperty(process, 'platform', platform);
    }
  });

  it('is refused with 33 bytes, and where it cannot be read or created', async () => {
    writeFileSync(join(folder, 'key'), new Uint8Array(33), { mode: 0o600 });
    expect(await rejection(macKeyOf(folder))).to.deep.equal(['key-file', 'FOLDER/key has 33 bytes, not 32', false]);
    rmSync(join(folder, 'key'));
    symlinkSync('key', join(folder, 'key'));
    expect(await rejection(macKeyOf(folder))).to.deep.equal(['key-file', 'FOLDER/key must be a regular file', false]);
    const gone = join(folder, 'gone');
    expect(await rejection(macKeyOf(gone))).to.deep.equal(['folder', 'a key cannot be created in FOLDER/gone', true]);
  });
});

describe('the messages of a store', () => {
  const refused = [
    [{ bytesMax: -1 }, 'bound', 'bytesMax must be a number of bytes: an integer from 0, not -1'],
    [{ bytesMax: 1.5 }, 'bound', 'bytesMax must be a number of bytes: an integer from 0, not 1.5'],
    [{ bytesMax: Number.NaN }, 'bound', 'bytesMax must be a number of bytes: an integer from 0, not NaN'],
    [{ bytesMax: 2 ** 53 }, 'bound', 'bytesMax must be a number of bytes: an integer from 0, not 9007199254740992'],
    [{ key: new Uint8Array(31) }, 'key', 'the key must have 32 to 64 bytes, not 31'],
    [{ key: new Uint8Array(65) }, 'key', 'the key must have 32 to 64 bytes, not 65'],
  ] as const;
  for (const [options, code, message] of refused) {
    it(message, async () => {
      expect(await rejection(openDiskCache(join(folder, 'never'), options))).to.deep.equal([code, message, false]);
      expect(existsSync(join(folder, 'never'))).to.equal(false);
    });
  }

  it('name a folder that cannot be created, and keep the cause', async () => {
    writeFileSync(join(folder, 'file'), '');
    const expected = ['folder', 'FOLDER/file/x cannot be created', true];
    expect(await rejection(openDiskCache(join(folder, 'file', 'x')))).to.deep.equal(expected);
    expect(await rejection(openModuleFolder(join(folder, 'file', 'x')))).to.deep.equal(expected);
  });

  it('distinguish a failed system call from any other error', () => {
    const withCode = (code: unknown) => Object.assign(new Error('x'), { code });
    expect(systemCode(withCode('ENOENT'))).to.equal('ENOENT');
    for (const other of [withCode(7), new Error('x'), { code: 'ENOENT' }, 'ENOENT', undefined, null]) {
      expect(systemCode(other)).to.equal(undefined);
    }
  });
});

describe('a folder of modules, at its edges', () => {
  it('deletes a file that does not match its hash, and reports when it cannot be written', async () => {
    const modules = await openModuleFolder(folder);
    const identity = await modules.put(Uint8Array.of(1));
    const path = join(folder, `${identity}.wasm`);
    writeFileSync(path, 'other');
    expect(await modules.get(identity)).to.equal(undefined);
    expect(existsSync(path)).to.equal(false);
    mkdirSync(path);
    // A folder with this name is not a module, and is left unchanged.
    expect(await modules.get(identity)).to.equal(undefined);
    const written = ['folder', 'a module cannot be written to FOLDER', true];
    expect(await rejection(modules.put(Uint8Array.of(1)))).to.deep.equal(written);
    expect(statSync(path).isDirectory()).to.equal(true);
    rmSync(folder, { recursive: true });
    expect(await rejection(modules.put(Uint8Array.of(1)))).to.deep.equal(written);
  });

  it('stores the bytes as they were when it was called', async () => {
    const modules = await openModuleFolder(folder);
    const bytes = Uint8Array.of(1, 2, 3);
    const kept = modules.put(bytes);
    bytes.fill(9);
    expect(await modules.get(await kept)).to.deep.equal(Uint8Array.of(1, 2, 3));
  });

  it('does not rewrite what exists', async () => {
    const modules = await openModuleFolder(folder);
    const path = join(folder, `${await modules.put(Uint8Array.of(1))}.wasm`);
    utimesSync(path, 1, 1);
    await modules.put(Uint8Array.of(1));
    expect(statSync(path).mtimeMs).to.equal(1000);
  });

  it('accepts only an identity of 64 lower-case digits', async () => {
    const modules = await openModuleFolder(folder);
    const digits = 'a'.repeat(64);
    const message = 'an identity must be 64 lower-case hexadecimal digits';
    for (const wrong of [digits.slice(1), `${digits}a`, `${digits}\n`, ` ${digits}`, 'g'.repeat(64), 'A'.repeat(64)]) {
      expect(await rejection(modules.get(wrong)), wrong).to.deep.equal(['identity', message, false]);
    }
    expect(await modules.get(digits)).to.equal(undefined);
  });
});

describe('a file written atomically', () => {
  it('replaces an existing one, for its owner only, and leaves nothing behind', async () => {
    for (const text of ['one', 'two']) {
      await replaceFile(folder, 'file', utf8(text));
      expect(readFileSync(join(folder, 'file'), 'utf8')).to.equal(text);
    }
    expect(statSync(join(folder, 'file')).mode & 0o777).to.equal(0o600);
    expect(readdirSync(folder)).to.deep.equal(['file']);
  });

  it('is created once', async () => {
    await createFile(folder, 'file', utf8('one'));
    const error = await createFile(folder, 'file', utf8('two')).catch(systemCode);
    expect(error).to.equal('EEXIST');
    expect(readFileSync(join(folder, 'file'), 'utf8')).to.equal('one');
    expect(readdirSync(folder)).to.deep.equal(['file']);
  });

  it('distinguishes its temporary names from others', () => {
    expect(['new-', 'new-x', 'renew-x', 'new', 'key'].map(isTemporary)).to.deep.equal([
      true,
      true,
      false,
      false,
      false,
    ]);
  });
});

it('the version of the code is the hash of its files, by name, in the order of the storeys', async () => {
  const root = fileURLToPath(new URL('../../src/', import.meta.url));
  const chunks: Uint8Array[] = [];
  for (const storey of ['base', 'wasm', 'decode', 'validate', 'metering', 'instrumented']) {
    const names = readdirSync(join(root, storey)).filter((name) => name.endsWith('.js'));
    for (const name of names.sort()) {
      const bytes = readFileSync(join(root, storey, name));
      chunks.push(utf8(`${storey}/${name} ${bytes.length}\n`), bytes);
    }
  }
  expect(await codeFingerprint()).to.deep.equal(blake2b(Buffer.concat(chunks), { dkLen: 32 }));
});
