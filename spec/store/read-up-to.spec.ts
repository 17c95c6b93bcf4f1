import { closeSync, mkdtempSync, openSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { readFileUpTo, readUpTo } from '../../src/store/read-up-to.js';
import { nextDescriptor } from './next-descriptor.js';

const MEBIBYTE = 1 << 20;

describe('store/read-up-to', () => {
  let folder: string;
  let path: string;
  const bytes = Uint8Array.from({ length: 2 * MEBIBYTE + 5 }, (_, i) => (i * 31) ^ (i >> 8));

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'assay-read-'));
    path = join(folder, 'file');
    writeFileSync(path, bytes);
  });
  after(() => rmSync(folder, { recursive: true }));

  for (const count of [0, 1, MEBIBYTE - 1, MEBIBYTE, MEBIBYTE + 1, bytes.length - 1, bytes.length, bytes.length + 1]) {
    it(`returns ${count} bytes of ${bytes.length}, or all`, () => {
      const file = openSync(path, 'r');
      try {
        expect(Buffer.compare(readUpTo(file, count), bytes.subarray(0, count))).to.equal(0);
      } finally {
        closeSync(file);
      }
    });
  }

  it('returns one byte more than the bound of a longer file, so that it can be refused', () => {
    expect(readFileUpTo(path, 99)).to.deep.equal(bytes.slice(0, 100));
    expect(readFileUpTo(path, bytes.length)).to.have.lengthOf(bytes.length);
  });

  it('reads no more than that from an endless file', () => {
    const sparse = join(folder, 'sparse');
    writeFileSync(sparse, '');
    truncateSync(sparse, 2 ** 40);
    expect(readFileUpTo(sparse, 3 * MEBIBYTE)).to.have.lengthOf(3 * MEBIBYTE + 1);
  });

  it('throws the error of the system, and only reads', () => {
    expect(() => readFileUpTo(join(folder, 'none'), 1)).to.throw('ENOENT');
    expect(() => readFileUpTo(folder, 1)).to.throw('EISDIR');
    expect(readFileUpTo(path, bytes.length)).to.have.lengthOf(bytes.length);
  });

  it('closes the file, whether or not it can be read', () => {
    const before = nextDescriptor();
    for (let i = 0; i < 25; i++) readFileUpTo(path, 9);
    expect(nextDescriptor() - before, 'read').to.be.below(20);
    for (let i = 0; i < 25; i++) expect(() => readFileUpTo(folder, 1)).to.throw('EISDIR');
    expect(nextDescriptor() - before, 'not read').to.be.below(20);
  });
});
