/** Punycode in symbols, beside the decoder of Node. */

import { domainToASCII } from 'node:url';
import { expect } from 'chai';
import fc from 'fast-check';
import { punycodeText } from '../../../src/engine/describe/punycode.js';

/** As a domain has it: `-` before the numbers; symbols of Rust have `_`. */
function encoded(text: string): string | undefined {
  const ascii = domainToASCII(text);
  return ascii.startsWith('xn--') ? ascii.slice(4).replace(/-(?=[^-]*$)/, '_') : undefined;
}

describe('punycode', () => {
  it('is what a domain name says', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...'abcxyz019öüéñαβγ中文字日本'), minLength: 1, maxLength: 20 }),
        (text) => {
          const found = encoded(text);
          fc.pre(found !== undefined);
          expect(punycodeText(found!)).to.equal(text);
        },
      ),
    );
  });

  it('has no text where it ends within a number, has another digit, or a letter that there is not', () => {
    for (const bad of ['gdel_5q', 'gdel_5QA', 'a_99999999', 'a_9999999999999999999999', '_A', 'x_zzzz'])
      expect(punycodeText(bad), bad).to.equal(undefined);
  });
});
