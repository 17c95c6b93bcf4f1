/** Which modules are recognised as having a large stack in front of their data. */
import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { notedBelow } from '../../src/instrumented/noted-memory.js';
import { FUEL_1 } from '../../src/metering/schedule.js';
import { loadModule } from './run-export.js';
import { wat } from './wat.js';

const PAGE = 65_536;

function below(...fields: readonly string[]): number {
  return notedBelow(loadModule(wat(`(module ${fields.join(' ')})`), FUEL_1).module);
}

describe('memory in which stores are noted', () => {
  const memory = '(memory 17)';
  const stack = `(global (mut i32) (i32.const ${16 * PAGE}))`;
  const data = `(data (i32.const ${16 * PAGE}) "data")`;

  it('is the stack below the data, less what is always zeroed', () => {
    expect(below(memory, stack, data)).to.equal(15 * PAGE);
    expect(below(memory, stack, '(data (i32.const 100) "low")', data)).to.equal(15 * PAGE);
    expect(below(memory, `(global (mut i32) (i32.const ${8 * PAGE}))`, data)).to.equal(7 * PAGE);
  });

  it('is empty if data or an array may be below the stack', () => {
    expect(below(memory, stack)).to.equal(0);
    expect(below(memory, stack, '(data (i32.const 1024) "data")')).to.equal(0);
    expect(below(memory, stack, '(data "passive")')).to.equal(0);
    const sieve = new Uint8Array(readFileSync('vectors/guests/raw/sieve.wasm'));
    expect(notedBelow(loadModule(sieve, FUEL_1).module)).to.equal(0);
  });

  it('is empty without such a stack', () => {
    expect(below(memory, data)).to.equal(0);
    expect(below(stack)).to.equal(0);
    expect(below(memory, `(global i32 (i32.const ${16 * PAGE}))`, data)).to.equal(0);
    expect(below(memory, `(global (mut i64) (i64.const ${16 * PAGE}))`, data)).to.equal(0);
    expect(below(memory, `(global (mut i32) (i32.const ${7 * PAGE}))`, data)).to.equal(0);
    expect(below(memory, `(global (mut i32) (i32.const ${18 * PAGE}))`, `(data (i32.const ${17 * PAGE}) "")`)).to.equal(
      0,
    );
    expect(below(`(import "e" "m" ${memory})`, stack, data)).to.equal(0);
  });
});
