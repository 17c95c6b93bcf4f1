/** The vectors of sessions: each receipt and snapshot byte for byte, in both tiers. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { TIERS } from './session-guest.js';
import { type FaultVector, FOLDER, faultOf, ranSession, type SessionVector } from './session-vectors.js';

function rows<T>(name: string): readonly T[] {
  return JSON.parse(readFileSync(join(FOLDER, name), 'utf8')) as readonly T[];
}

describe('vectors of sessions', () => {
  for (const tier of TIERS) {
    for (const vector of rows<SessionVector>('sessions.json')) {
      it(`${tier}: ${vector.name}`, async () => expect(await ranSession(vector, tier)).to.deep.equal(vector));
    }
  }

  it('invalid receipt and snapshot bytes have their fault', () => {
    const faults = rows<FaultVector>('faults.json');
    for (const vector of faults) expect(faultOf(vector), vector.bytes).to.deep.equal(vector.fault);
    const codes = new Set(faults.map(({ of, fault }) => `${of} ${fault.code}`));
    expect(codes.size).to.be.at.least(15);
  });
});
