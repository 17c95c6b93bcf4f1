/** Punycode in symbols, compared with Node's decoder. */

import { domainToASCII } from 'node:url';
import { expect } from 'chai';
import fc from 'fast-check';
import { punycodeText } from '../../../src/engine/describe/punycode.js';

/** The form used in domains, with `-` before the numbers; Rust symbols use `_`. */
function encoded(text: string): string | undefined {
  const ascii = domainToASCII(text);
  return ascii.startsWith('xn--') ? ascii.slice(4).replace(/-(?=[^-]*$)/, '_') : undefined;
}

describe('punycode', () => {
  it('decodes domain names', () => {
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

  it('has no text if it ends within a number, has an invalid digit, or an invalid code point', () => {
    for (const bad of ['gdel_5q', 'gdel_5QA', 'a_99999999', 'a_9999999999999999999999', '_A', 'x_zzzz'])
      expect(punycodeText(bad), bad).to.equal(undefined);
  });

  it('has code points up to the last valid one, without surrogates', () => {
    for (const [encoded, text] of [
      ['_a', '\u0080'],
      ['_hb9b', '\ud7ff'],
      ['_0y0c', '\ue000'],
      ['_dn32g', '\u{10ffff}'],
      ['_a08093t', '\u0080\u{10ffff}'],
      ['_cn32gca', '\u{10fffe}\u{10ffff}'],
      ['zyx_ca23035d', 'z\u{1f600}y\u0080x'],
      ['a_', 'a'],
      ['_', ''],
      ['', ''],
    ] as const) {
      expect(punycodeText(encoded), encoded).to.equal(text);
    }
    for (const bad of ['_ib9b', '_zy0c', '_en32g']) expect(punycodeText(bad), bad).to.equal(undefined);
  });
});
