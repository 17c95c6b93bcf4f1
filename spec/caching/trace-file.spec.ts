// Traces in files: reading returns what was written, and an invalid file is refused with the place of the fault.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { plotOf } from '../../bench/caching/plot.js';
import { syntheticTrace } from '../../bench/caching/synthetic-trace.js';
import { loadPrice } from '../../bench/caching/trace.js';
import { oracleGeneral, readTrace, TraceFault } from '../../bench/caching/trace-file.js';

const ALL = Number.MAX_SAFE_INTEGER;

describe('files of traces', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'assay-trace-'));
  });
  after(() => rmSync(folder, { recursive: true }));

  function file(name: string, content: string | Uint8Array): string {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  }

  it('oracleGeneral is read as it was written', () => {
    const trace = syntheticTrace('once:requests=3000', 4);
    const path = file('trace.oracleGeneral', oracleGeneral(trace));
    const { ids, sizes, prices } = readTrace(path, ALL);
    expect({ ids, sizes, prices }).to.deep.equal({ ids: trace.ids, sizes: trace.sizes, prices: trace.prices });
    expect(readTrace(path, 10).ids).to.deep.equal(trace.ids.slice(0, 10));
  });

  it('oracleGeneral has the time of the next request, and all requests within a day', () => {
    const trace = syntheticTrace('loop:objects=3,requests=7,sizes=fixed', 1);
    const bytes = Buffer.from(oracleGeneral(trace));
    const next = Array.from({ length: 7 }, (_, i) => Number(bytes.readBigInt64LE(24 * i + 16)));
    expect(next).to.deep.equal([3, 4, 5, 6, -1, -1, -1]);
    expect(bytes.readUInt32LE(24 * 6)).to.be.below(86_400);
  });

  it('csv is read with and without a header, also with ids that are not numbers', () => {
    const plain = readTrace(
      file(
        'plain.csv',
        '# time, object, size, next_access_vtime\n0, 18446744073709551615, 7, 3\n\n1, 5, 0, 2\n2,5,9,1\n',
      ),
      ALL,
    );
    expect([...plain.ids]).to.deep.equal([2n ** 64n - 1n, 5n]);
    expect([...plain.sizes]).to.deep.equal([7, 9]);
    expect([...plain.prices]).to.deep.equal([loadPrice(7), loadPrice(9)]);
    const named = readTrace(
      file('named.csv', 'price,size,object\n2.5,10,index.html\n1,20,b\n2.5,10,index.html\n'),
      ALL,
    );
    expect([...named.ids]).to.deep.equal([1n, 2n, 1n]);
    expect([...named.prices]).to.deep.equal([2.5, 1, 2.5]);
  });

  it('other files are refused', () => {
    const faults = [
      ['cut.bin', new Uint8Array(47), '47 bytes are no records of 24 bytes'],
      ['empty.bin', new Uint8Array(0), '0 bytes are no records'],
      ['empty.csv', '', 'has no requests'],
      ['header.csv', 'a,b,c\n1,2,3\n', 'the header names no object and size'],
      ['row.csv', '0,1,2\n1,2,three\n', "line 2: expected time, object, size, got '1,2,three'"],
      ['large.csv', '0,1,4294967296\n', 'line 1: expected'],
      ['price.csv', 'time,object,size,price\n0,1,2,high\n', 'line 2: the price is no number'],
    ] as const;
    for (const [name, content, message] of faults) {
      expect(() => readTrace(file(name, content), ALL), name).to.throw(TraceFault, message);
    }
  });
});

describe('a plot', () => {
  it('has an escaped line within the picture for each policy in each panel', () => {
    const lines = ['a<b', 'c'].map((name, i) => ({ name, points: [[0.01, 1] as const, [0.4, i / 2] as const] }));
    const svg = plotOf('a & b', [
      { title: 'one', lines },
      { title: 'two', lines },
    ]);
    expect(svg).to.include('a&#60;b').and.include('a &#38; b');
    // Two lines in each of two panels, and two in the legend.
    expect(svg.match(/stroke-width="1.8"/g)).to.have.length(6);
    expect(svg).not.to.match(/NaN|Infinity|undefined/);
    // No misses is the bottom of a panel, all misses its top.
    expect(svg).to.include('d="M46 58L346 318"');
  });
});
