/** Base64 in a request compared with the host's own decoder, and exact keys. */
import { expect } from 'chai';
import * as fc from 'fast-check';
import { BatchLine } from '../../src/service/protocol/messages.js';
import { ProblemError } from '../../src/service/protocol/problems.js';
import { readMessage } from '../../src/service/read-message.js';

const STRICT = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** The bytes of a line's input, or the code of the problem. */
function read(json: string): number[] | string {
  try {
    const line = readMessage(BatchLine, Buffer.from(json), 1_000);
    return 'inputBase64' in line ? [...line.inputBase64] : 'another';
  } catch (error) {
    if (error instanceof ProblemError) return error.code;
    throw error;
  }
}

const line = (text: string) => JSON.stringify({ inputBase64: text });

describe('service: a message', () => {
  it('has the bytes of its base64', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 20 }), (bytes) => {
        const text = Buffer.from(bytes).toString('base64');
        expect(read(line(text))).to.deep.equal([...bytes]);
        expect(read(line(text).replaceAll('/', '\\/'))).to.deep.equal([...bytes]);
      }),
    );
  });

  it('accepts base64 with padding and no other form', () => {
    const character = fc.constantFrom(...'AZaz09+/=-_ \n"é\u{1f600}');
    fc.assert(
      fc.property(fc.string({ unit: character, maxLength: 9 }), (text) => {
        const wanted = STRICT.test(text) ? [...Buffer.from(text, 'base64')] : 'invalid-request';
        expect(read(line(text)), text).to.deep.equal(wanted);
      }),
      { numRuns: 500 },
    );
    for (const text of ['A===', '====', '=', 'AA=A', 'AAAAA==='])
      expect(read(line(text)), text).to.equal('invalid-request');
  });

  it('has each key once, and no similar keys', () => {
    expect(read('{ "inputBase64" : "AA==" , "id":"1" }')).to.deep.equal([0]);
    expect(read('{"inputBase64":"AA==","inputBase64":"AA=="}')).to.equal('bad-request');
    expect(read('{"inputBase65":"AA=="}')).to.equal('invalid-request');
    expect(read('{"inputBase64":"AA==","__proto__":{}}')).to.equal('invalid-request');
    expect(read('{"inputBase64":"AA==",}')).to.equal('bad-request');
    expect(read('{"inputBase64":"AA=="')).to.equal('bad-request');
    expect(read('{"inputBase64":12}')).to.equal('invalid-request');
  });
});
