/** The tree of RFC 6962 against its definition, and proofs for every leaf of every size. */
import { expect } from 'chai';
import { hash, utf8 } from '../../src/base/hash.js';
import { inclusionProof, isIncluded, merkleRoot } from '../../src/billing/merkle.js';

/** MTH of RFC 6962, 2.1, literally. */
function definedRoot(leaves: readonly Uint8Array[]): Uint8Array {
  if (leaves.length === 0) return hash(new Uint8Array(0));
  if (leaves.length === 1) return hash(Uint8Array.of(0, ...leaves[0]!));
  let split = 1;
  while (2 * split < leaves.length) split *= 2;
  return hash(Uint8Array.of(1, ...definedRoot(leaves.slice(0, split)), ...definedRoot(leaves.slice(split))));
}

const leavesOf = (count: number) => Array.from({ length: count }, (_, i) => hash(utf8(`leaf ${i}`)));

describe('billing: Merkle tree', () => {
  it('has the root that RFC 6962 defines', () => {
    for (let count = 0; count <= 40; count += 1) {
      expect(merkleRoot(leavesOf(count)), String(count)).to.deep.equal(definedRoot(leavesOf(count)));
    }
  });

  it('proves every leaf at its index, and at no other', () => {
    for (let count = 1; count <= 24; count += 1) {
      const leaves = leavesOf(count);
      const root = merkleRoot(leaves);
      leaves.forEach((leaf, index) => {
        const proof = inclusionProof(leaves, index);
        for (let at = 0; at < count; at += 1) expect(isIncluded(leaf, at, count, proof, root)).to.equal(at === index);
        expect(isIncluded(leaves[(index + 1) % count]!, index, count, proof, root)).to.equal(count === 1);
        expect(isIncluded(leaf, index, count, [...proof, root], root)).to.equal(false);
        if (proof.length > 0) expect(isIncluded(leaf, index, count, proof.slice(1), root)).to.equal(false);
      });
      expect(isIncluded(root, 0, count, [], root)).to.equal(false);
    }
    expect(() => inclusionProof(leavesOf(3), 3)).to.throw(RangeError);
  });

  it('does not accept an inner node as a leaf', () => {
    const leaves = leavesOf(4);
    const pair = Uint8Array.of(...hash(Uint8Array.of(0, ...leaves[0]!)), ...hash(Uint8Array.of(0, ...leaves[1]!)));
    expect(merkleRoot([pair, leaves[2]!])).not.to.deep.equal(merkleRoot(leaves.slice(0, 3)));
  });
});
