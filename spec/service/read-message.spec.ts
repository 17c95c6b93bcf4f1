/** Base64 in a request compared with the host's own decoder, and exact keys. */
import { expect } from 'chai';
import * as fc from 'fast-check';
import { BatchLine } from '../../src/service/protocol/messages.js';
import { ProblemError } from '../../src/service/protocol/problems.js';
import { readMessage } from '../../src/service/read-message.js';

const STRICT = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** The bytes of a line's input, or the code of the problem. */
function read(json: string | Uint8Array): number[] | string {
  try {
    const line = readMessage(BatchLine, Buffer.from(json), 1_000);
    if ('input' in line) return [...line.input.bytes];
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

  it('is UTF-8 wherever it is read, and an input is not read here', () => {
    const bytes = (...parts: readonly (string | number)[]) =>
      Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.of(part))));
    const problem = (json: Uint8Array) => {
      try {
        readMessage(BatchLine, json, 1_000);
      } catch (error) {
        if (error instanceof ProblemError) return `${error.code}: ${error.problem.detail}`;
        throw error;
      }
      throw new Error('no problem');
    };
    for (const json of [
      bytes('{"inputBase64":"AA==","', 0xff, '":1}'),
      bytes('{"inputBase64":"AA==","id":"', 0xff, '"}'),
      bytes('{"inputBase64":"\\', 0xff, '"}'),
      bytes('"', 0xff, '"'),
    ])
      expect(problem(json)).to.equal('bad-request: this is not UTF-8');
    expect(read(bytes('{"input":"', 0xff, '"}'))).to.deep.equal([0x22, 0xff, 0x22]);
  });

  it('has bounded fields, and inputs of any length', () => {
    const id = (length: number) => `{"input":1,"id":"${'a'.repeat(length)}"}`;
    expect(read(`{"input":"${'a'.repeat(5_000)}"}`)).to.have.length(5_002);
    expect(read(line('A'.repeat(4_000)))).to.have.length(3_000);
    // Within the bound, the type says what is too long.
    expect(read(id(998))).to.equal('invalid-request');
    expect(read(id(999))).to.equal('too-large');
    expect(read(`[${'1,'.repeat(600)}1]`)).to.equal('too-large');
    expect(read('{"input":1,"id":"a","x":1}')).to.equal('invalid-request');
  });
});
