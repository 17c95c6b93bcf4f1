/** The table of faults and the order in which they win. */
import { expect } from 'chai';
import fc from 'fast-check';
import {
  describeFault,
  FAULTS,
  type FaultCode,
  firstFault,
  type LoadFault,
  type LoadFaultCode,
  loadFault,
} from '../../src/base/fault.js';
import { readLoadVectors } from '../decode/load-vectors.js';

const KINDS = ['malformed', 'refused', 'invalid', 'unlinkable'];
const codes = Object.keys(FAULTS) as FaultCode[];
const loadCodes = codes.filter((code): code is LoadFaultCode => KINDS.includes(FAULTS[code].kind));

const anyFault = fc.tuple(fc.constantFrom(...loadCodes), fc.nat(3)).map(([code, offset]) => loadFault(code, offset));

describe('faults', () => {
  it('every code of decoding and validation has a vector', () => {
    const shown = new Set(readLoadVectors().map(({ code }) => code));
    // What a host gives is known only when a module is linked: those codes have their vectors there.
    const missing = loadCodes.filter((code) => FAULTS[code].kind !== 'unlinkable' && !shown.has(code));
    expect(missing).to.deep.equal([]);
  });

  it('are ordered by offset, then malformed, refused, invalid', () => {
    const rank = ({ offset, kind }: LoadFault) => offset * KINDS.length + KINDS.indexOf(kind);
    fc.assert(
      fc.property(anyFault, anyFault, (a, b) => {
        const winner = firstFault(a, b);
        expect(winner).to.equal(rank(a) <= rank(b) ? a : b);
        expect(firstFault(undefined, a)).to.equal(a);
        expect(firstFault(a, undefined)).to.equal(a);
      }),
    );
    expect(firstFault(undefined, undefined)).to.equal(undefined);
  });

  it('are printed in one line with offset and detail', () => {
    expect(describeFault(loadFault('unknown-local', 17, '3'))).to.equal(
      'the local index is out of range (3), at byte 17',
    );
    expect(describeFault(loadFault('bad-magic', 0))).to.match(/, at byte 0$/);
  });
});
