/** Bytes grow as they are written, at whatever write that is. */
import { expect } from 'chai';
import { TextBytes } from '../../src/base/text-bytes.js';

const WRITES: readonly (readonly [name: string, write: (bytes: TextBytes) => void, wrote: readonly number[]])[] = [
  ['byte', (bytes) => bytes.byte(7), [7]],
  ['u32', (bytes) => bytes.u32(0x01020304), [4, 3, 2, 1]],
  ['u53', (bytes) => bytes.u53(2 ** 40 + 1), [1, 0, 0, 0, 0, 1, 0, 0]],
  ['ASCII', (bytes) => bytes.text('ab'), [2, 0, 0, 0, 97, 98]],
  ['text', (bytes) => bytes.text('é'), [2, 0, 0, 0, 0xc3, 0xa9]],
  ['raw', (bytes) => bytes.raw(Uint8Array.of(1, 2)), [1, 2]],
];

describe('canonical bytes', () => {
  for (const [name, write, wrote] of WRITES) {
    it(`keep their contents when they grow: ${name}`, () => {
      for (let before = 0; before <= 16; before++) {
        const bytes = new TextBytes(8);
        bytes.raw(new Uint8Array(before).fill(9));
        write(bytes);
        expect([...bytes.take()], `behind ${before}`).to.deep.equal([...new Array(before).fill(9), ...wrote]);
      }
    });
  }
});
