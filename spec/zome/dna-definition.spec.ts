/** The DNA hash that zomes receive is that of their modules' generation, whether it is requested or detected. */
import { expect } from 'chai';
import { createEngine } from '../../src/index.js';
import { type DnaBundle, dnaHashIn, zomeDefinitionsOf } from '../../src/zome/bundle.js';
import { createZomeHost } from '../../src/zome/create-zome-host.js';
import { dnaDefinitionOf } from '../../src/zome/dna-definition.js';
import { hashFromCore, hashText } from '../../src/zome/holo-hash.js';
import { notebookDna } from './notebook.js';

const hashOf = (hash: Uint8Array | undefined) => (hash === undefined ? 'none' : hashText(hash));

for (const generation of ['0.6', '0.7'] as const) {
  it(`a DNA of Holochain ${generation} has the hash of its generation, which is detected in its modules`, async () => {
    // Like a bundle that does not name its release.
    const dna: DnaBundle = {
      ...(await notebookDna(generation)),
      hash: undefined,
      hashes: [
        { hash: hashFromCore('Dna', new Uint8Array(32).fill(6)), releases: ['0.6'] },
        { hash: hashFromCore('Dna', new Uint8Array(32).fill(7)), releases: ['0.7'] },
      ],
    };
    const engine = createEngine({ tier: 'interpreter' });
    const made = await createZomeHost({ engine, zomes: zomeDefinitionsOf(dna), dnaInfo: dnaDefinitionOf(dna) });
    if (!made.ok) throw new Error(made.fault.code);
    expect(made.host.generation).to.equal(generation);
    expect(hashOf(made.host.dnaInfo.hash)).to.equal(hashOf(dnaHashIn(dna, generation)));
    expect(made.host.dnaInfo.hash[3], 'the core').to.equal(Number(generation.slice(2)));
  });
}
