/** Exports read from the bytes later are the same as those found by decoding, one by one and all together. */
import { expect } from 'chai';
import fc from 'fast-check';
import { LIMITS_1 } from '../../src/base/limits.js';
import { decode, decodeKnown } from '../../src/decode/decode.js';
import { ExportsByName } from '../../src/engine/imports/exports-by-name.js';
import { encodeModule } from '../../src/wasm/encode-module.js';
import { findExport } from '../../src/wasm/export-section.js';
import { EXTERN_KINDS } from '../../src/wasm/module.js';
import { partsOf } from '../../src/wasm/module-parts.js';
import { bytesOfText } from '../engine/load-text.js';

const EMPTY = partsOf(decode(bytesOfText('(module)'), LIMITS_1).module);

/** Names with one to four bytes per character, long ones, empty ones, and names of object properties. */
const exportName = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 6 }),
  fc.string({ minLength: 120, maxLength: 140 }),
  fc.constantFrom('', 'toString', '__proto__', '\ufffd'),
);

/** Modules that decode; they need not be valid. */
const exportsOfModule = fc.uniqueArray(
  fc.record({ name: exportName, kind: fc.constantFrom(...EXTERN_KINDS), index: fc.nat(0xffff_ffff) }),
  { selector: ({ name }) => name, maxLength: 20 },
);

describe('exports by name', () => {
  it('are those that decoding finds', () => {
    fc.assert(
      fc.property(exportsOfModule, fc.array(exportName), (exports, others) => {
        const bytes = encodeModule({ ...EMPTY, exports });
        const { module, fault } = decode(bytes, LIMITS_1);
        expect(fault).to.equal(undefined);
        const known = decodeKnown(bytes, LIMITS_1);
        expect(known).to.deep.equal({ module, fault: undefined });
        const byName = new ExportsByName(known.module);
        for (const name of [...exports.map((item) => item.name), ...others, '\ud800']) {
          const expected = module.exports.find((item) => item.name === name);
          expect(findExport(module, name), name).to.deep.equal(expected);
          expect(byName.get(name), name).to.deep.equal(expected);
        }
      }),
    );
  });

  it('are empty without such a section', () => {
    const { module } = decodeKnown(bytesOfText('(module)'), LIMITS_1);
    expect(module.exports).to.deep.equal([]);
    expect(findExport(module, 'f')).to.equal(undefined);
  });
});
