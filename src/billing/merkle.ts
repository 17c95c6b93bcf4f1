/**
 * The Merkle tree over the subjects of a statement's lines, as in RFC 6962 (2.1), with BLAKE2b-256 instead of SHA-256:
 * a leaf is the hash of 0x00 and the 32 bytes, a node the hash of 0x01 and its two children, so they cannot be
 * confused.
 */
import { HASH_BYTES, hash } from '../base/hash.js';
import { sameBytes } from '../base/same-bytes.js';

const EMPTY = new Uint8Array(0);

function leafHash(leaf: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(1 + leaf.length);
  bytes.set(leaf, 1);
  return hash(bytes);
}

function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(1 + 2 * HASH_BYTES);
  bytes[0] = 1;
  bytes.set(left, 1);
  bytes.set(right, 1 + HASH_BYTES);
  return hash(bytes);
}

/** The levels of the tree, leaves first. A node without a neighbour moves up unchanged, as in RFC 6962. */
function levelsOf(leaves: readonly Uint8Array[]): Uint8Array[][] {
  const levels = [leaves.map(leafHash)];
  for (let below = levels[0]; below.length > 1; below = levels.at(-1)!) {
    const level: Uint8Array[] = [];
    for (let at = 0; at < below.length; at += 2) {
      const right = below[at + 1];
      level.push(right === undefined ? below[at] : nodeHash(below[at], right));
    }
    levels.push(level);
  }
  return levels;
}

/** The root; without leaves the hash of no bytes. Keeps only the roots of the complete subtrees so far. */
export function merkleRoot(leaves: Iterable<Uint8Array>): Uint8Array {
  // The largest first: one for each 1 in the binary digits of the number of leaves.
  const roots: Uint8Array[] = [];
  let count = 0;
  for (const leaf of leaves) {
    let node = leafHash(leaf);
    for (let pairs = count; pairs % 2 === 1; pairs = (pairs - 1) / 2) node = nodeHash(roots.pop()!, node);
    roots.push(node);
    count += 1;
  }
  return roots.length === 0 ? hash(EMPTY) : roots.reduceRight((right, left) => nodeHash(left, right));
}

/** The hashes from a leaf to the root, lowest first (RFC 6962, 2.1.1). */
export function inclusionProof(leaves: readonly Uint8Array[], index: number): Uint8Array[] {
  if (!(Number.isInteger(index) && index >= 0 && index < leaves.length))
    throw new RangeError(`leaf ${index} does not exist`);
  const proof: Uint8Array[] = [];
  let at = index;
  for (const level of levelsOf(leaves)) {
    const sibling = level[at % 2 === 0 ? at + 1 : at - 1];
    if (sibling !== undefined && level.length > 1) proof.push(sibling);
    at >>>= 1;
  }
  return proof;
}

/** Whether a leaf is at an index of the tree of that size and root (RFC 9162, 2.1.3.2). */
export function isIncluded(
  leaf: Uint8Array,
  index: number,
  size: number,
  proof: readonly Uint8Array[],
  root: Uint8Array,
): boolean {
  if (!(Number.isInteger(index) && index >= 0 && index < size)) return false;
  let at = index;
  let last = size - 1;
  let node = leafHash(leaf);
  for (const sibling of proof) {
    if (last === 0 || sibling.length !== HASH_BYTES) return false;
    if (at % 2 === 1 || at === last) {
      node = nodeHash(sibling, node);
      while (at % 2 === 0 && at !== 0) {
        at >>>= 1;
        last >>>= 1;
      }
    } else node = nodeHash(node, sibling);
    at >>>= 1;
    last >>>= 1;
  }
  return last === 0 && sameBytes(node, root);
}
