/** The loop stays below the size that V8 optimises, with room for another operation. */
import { expect } from 'chai';
import { type BytecodeSize, bytecodeSize } from './bytecode.js';

/** V8 optimises no function of more than 60 KiB of bytecode (`--max-optimized-bytecode-size`): the loop would be 30 times as slow. */
const BYTES_MAX = 58_000;
const ROWS_NAMED = 12;

describe('bytecode of the loop', function () {
  this.timeout(120_000);

  let size: BytecodeSize;
  before(() => {
    size = bytecodeSize();
  });

  it(`is at most ${BYTES_MAX} bytes`, () => {
    const { bytes, rows } = size;
    const named = rows.slice(0, ROWS_NAMED).map(([row, size]) => `${row} ${size}`);
    expect(bytes, `the most expensive rows, in bytes: ${named.join(', ')}`).to.be.within(10_000, BYTES_MAX);
  });

  it('is itemised by row', () => {
    const { bytes, rows } = size;
    const sum = rows.reduce((all, [, size]) => all + size, 0);
    expect(sum).to.equal(bytes);
    expect(rows.length).to.be.greaterThan(150);
  });
});
