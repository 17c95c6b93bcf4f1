/** The vectors of host functions on bytes: written by hand, run in both tiers, including each breach of a host call. */
import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { hash, toHex } from '../../src/base/hash.js';
import { HOST_BYTES, runHostBytes } from '../../src/cli/vectors/host-bytes-vectors.js';
import type { Tier } from '../../src/engine/tier.js';
import { TIERS } from '../tiers.js';
import { type HostBytesVector, makeHostBytesVectors, WRITTEN } from './host-bytes-vectors.js';

const VECTORS = JSON.parse(readFileSync(`vectors/${HOST_BYTES}`, 'utf8')) as readonly HostBytesVector[];

describe('vectors of host functions on bytes', () => {
  it('match those written by hand', async () => {
    expect(JSON.parse(JSON.stringify(await makeHostBytesVectors()))).to.deep.equal(VECTORS);
  });

  for (const tier of TIERS.keys()) {
    it(`are met by the tier ${tier}`, async () => {
      const { passed, failures } = await runHostBytes('vectors', tier as Tier);
      expect(failures).to.deep.equal([]);
      expect(passed).to.equal(WRITTEN.length);
    });
  }

  it('have the log that docs/ABI.md, section 9, describes', () => {
    const logOf = (name: string) =>
      VECTORS.find((vector) => vector.name === name)!.log.map(([, , input, output]) => [input, output]);
    const digest = (hex: string) => toHex(hash(Buffer.from(hex, 'hex')));
    const [nothing, abc] = [digest(''), digest('616263')];
    // The arguments 1024 and 3.
    const args = digest('7f00040000' + '7f03000000');
    expect(logOf('an answer')).to.deep.equal([[abc, digest('7879')]]);
    expect(logOf('the base is not paid')).to.deep.equal([]);
    for (const name of ['no allocate', 'the input is not paid', 'deallocate traps']) {
      expect(logOf(name), name).to.deep.equal([[args, nothing]]);
    }
    for (const name of [
      'a short circuit',
      'the function charges more than there is',
      'the answer is not paid, and allocate is not called',
      'allocate traps',
      'a buffer at 2 GiB',
    ]) {
      expect(logOf(name), name).to.deep.equal([[abc, nothing]]);
    }
  });

  it('include every breach of a host call', () => {
    const breaches =
      'allocate-missing allocate-type deallocate-missing deallocate-type host-input-pointer host-input-length host-input-out-of-bounds input-pointer input-out-of-bounds';
    const met = VECTORS.flatMap(({ ends }) => (ends.startsWith('breached ') ? [ends.slice(9)] : []));
    expect([...new Set(met)].sort()).to.deep.equal(breaches.split(' ').sort());
  });
});
