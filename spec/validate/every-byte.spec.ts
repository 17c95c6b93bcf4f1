/**
 * The results of loading each module of `every-byte.ts` match the recorded ones, and the host makes the same decision.
 */
import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { everyByteLines, RECORDED } from './every-byte.js';

/** Modules that 2.0 forbids and that later versions, and so the host, accept. */
const HOST_MAY_ACCEPT = [
  'bad-block-type',
  'zero-byte-expected',
  'too-many-locals',
  'bad-memarg-flags',
  'unknown-memory',
];

describe('a module with each byte changed, and each instruction with each operand', () => {
  it('has the recorded fault (node dist/spec/validate/every-byte.js records), and the host decides alike', () => {
    const wrong: string[] = [];
    const lines = everyByteLines(({ bytes, verdict }) => {
      const isValid = verdict === 'valid';
      const code = verdict.split(' ')[1] ?? '';
      if (verdict.startsWith('refused') || HOST_MAY_ACCEPT.includes(code)) return;
      if (WebAssembly.validate(bytes as Uint8Array<ArrayBuffer>) !== isValid) {
        wrong.push(`${verdict}: ${Buffer.from(bytes).toString('hex')}`);
      }
    });
    const recorded = readFileSync(RECORDED, 'utf8').trimEnd().split('\n');
    for (const [at, line] of lines.entries()) expect(line).to.equal(recorded[at]);
    expect(lines).to.have.length(recorded.length).and.length.above(900);
    expect(wrong).to.deep.equal([]);
  });
});
