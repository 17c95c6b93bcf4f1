/**
 * Recorded validations as a trie: the nodes are host calls of the guest, the edges hashes of their results, the leaves
 * outcomes. A guest is deterministic, so its next host call depends only on the earlier results. The results that a
 * host would give now select one path from the root; if it ends in a leaf, no guest has to run.
 */
import { sameBytes } from '../base/same-bytes.js';
import type { Verdict } from '../boundary/validation.js';
import type { ByteOutcome } from '../engine/loaded-module.js';
import type { CallbackName } from '../zome/callbacks.js';
import type { Trace } from '../zome/trace-log.js';

/** A host call. */
export interface Question {
  readonly zome: string;
  readonly export: string;
  /** Name of the import; empty for the action that an op deletes, whose zome validates the op. */
  readonly name: string;
  readonly input: Uint8Array;
}

/** A recorded call of one zome. */
export interface MemoCall {
  readonly zome: string;
  readonly callback: CallbackName;
  readonly export: string;
  readonly outcome: ByteOutcome;
  /** `encodeReceipt` */
  readonly receipt: Uint8Array;
  readonly traces: readonly Trace[];
  readonly tracesDropped: number;
}

export interface Leaf {
  readonly kind: 'leaf';
  readonly verdict: Verdict;
  readonly calls: readonly MemoCall[];
  /** zomes that were to be called */
  readonly zomes: readonly string[];
}

export interface Ask {
  readonly kind: 'ask';
  readonly question: Question;
  /** By the hash of the result. */
  readonly children: Map<string, Node>;
}

export type Node = Leaf | Ask;

/** A host call, and the hash of its result. */
export interface Step {
  readonly question: Question;
  readonly answer: string;
}

/** The leaf to which the results lead, or undefined if they lead out of the trie. */
export function found(root: Node, answerOf: (question: Question) => string): Leaf | undefined {
  let node: Node | undefined = root;
  while (node?.kind === 'ask') node = node.children.get(answerOf(node.question));
  return node;
}

/**
 * The trie with another path, or undefined if that contradicts the trie: two runs with the same results made different
 * host calls, so a host function does not depend only on its input.
 */
export function withWay(root: Node | undefined, steps: readonly Step[], leaf: Leaf): Node | undefined {
  if (root === undefined) return way(steps, leaf);
  let node: Node = root;
  for (const [at, { question, answer }] of steps.entries()) {
    if (node.kind !== 'ask' || !isSame(node.question, question)) return undefined;
    const next = node.children.get(answer);
    if (next === undefined) {
      node.children.set(answer, way(steps.slice(at + 1), leaf));
      return root;
    }
    node = next;
  }
  // The path already exists: the same run again, with the same leaf.
  return node.kind === 'leaf' ? root : undefined;
}

function way(steps: readonly Step[], leaf: Leaf): Node {
  return steps.reduceRight<Node>((node, { question, answer }) => {
    return { kind: 'ask', question, children: new Map([[answer, node]]) };
  }, leaf);
}

function isSame(a: Question, b: Question): boolean {
  return a.name === b.name && a.zome === b.zome && a.export === b.export && sameBytes(a.input, b.input);
}

/** About how many bytes a trie takes in memory. */
export function bytesOf(node: Node): number {
  if (node.kind === 'ask') {
    let bytes = ASK_BYTES + node.question.input.length;
    for (const child of node.children.values()) bytes += EDGE_BYTES + bytesOf(child);
    return bytes;
  }
  return node.calls.reduce((sum, call) => sum + bytesOfCall(call), LEAF_BYTES);
}

const ASK_BYTES = 400;
const EDGE_BYTES = 160;
const LEAF_BYTES = 400;
const CALL_BYTES = 500;

function bytesOfCall({ receipt, outcome, traces }: MemoCall): number {
  const held = outcome.kind === 'returned' ? outcome.output.length : 0;
  return CALL_BYTES + receipt.length + held + traces.reduce((sum, { message }) => sum + 2 * message.length + 100, 0);
}
