/**
 * Fuel is monotone: a run with a limit of at least what it uses is the same run; one with less is exhausted, with
 * used = limit. docs/SEMANTICS.md, section 3.
 */
import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import fc from 'fast-check';
import { toHex } from '../../src/base/hash.js';
import { TIERS } from '../tiers.js';
import { metered, run } from './run-program.js';

const folder = new URL('../../../vectors/guests/', import.meta.url);

interface Guest {
  readonly name: string;
  readonly file: string;
  readonly export: string;
  readonly args: readonly string[];
}

const guests = JSON.parse(readFileSync(new URL('raw/guests.json', folder), 'utf8')) as readonly Guest[];
const ENOUGH = 10 ** 9;

for (const [tier, program] of TIERS) {
  describe(`fuel is monotone, ${tier}`, () => {
    for (const guest of guests) {
      it(guest.name, () => {
        const module = metered(new Uint8Array(readFileSync(new URL(`raw/${guest.file}`, folder))));
        const at = (limit: number) => {
          const { outcome, used, parts, pages, instance } = run(program, module, guest.export, guest.args, limit);
          return { outcome, used, parts, pages, state: instance && toHex(instance.stateDigest()) };
        };
        const full = at(ENOUGH);
        expect(full.outcome.kind).to.equal('returned');
        expect(at(full.used)).to.deep.equal(full);
        expect(at(full.used + 1)).to.deep.equal(full);
        fc.assert(
          fc.property(fc.oneof(fc.constant(full.used - 1), fc.nat(full.used - 1)), (limit) => {
            const { outcome, used, parts } = at(limit);
            expect({ outcome, used }).to.deep.equal({ outcome: { kind: 'exhausted', resource: 'fuel' }, used: limit });
            expect(parts.instantiate + parts.guest + parts.host).to.equal(limit);
          }),
          { numRuns: 4 },
        );
      });
    }
  });
}
