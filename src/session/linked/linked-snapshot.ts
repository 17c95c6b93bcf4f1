/**
 * A snapshot of a linked session: its modules, what satisfies their imports, and the state of the store between two
 * steps, as canonical bytes. It can be restored in any tier and runtime. docs/SEMANTICS.md, section 11.
 */
import { hash } from '../../base/hash.js';
import { withBuiltins } from '../../builtins/builtins.js';
import { KeptBytes } from '../kept-bytes.js';
import type { SnapshotFault } from '../snapshot-fields.js';
import type { LinkedModules } from './linked-modules.js';
import { decodeLinkedSnapshotBytes, encodeLinkedSnapshot, type SnapshotModule } from './linked-snapshot-bytes.js';
import { copyOfLinkedState, type LinkedState, linkedStateDigest } from './linked-state.js';
import { sourceNumbers } from './module-link.js';

export class LinkedSnapshot extends KeptBytes {
  /** @internal */
  readonly links: readonly SnapshotModule[];
  /** @internal */
  readonly state: LinkedState;

  /** @internal Made by `LinkedSession.snapshot` and `decodeLinkedSnapshot`. Nothing else writes to the state. */
  constructor(links: readonly SnapshotModule[], state: LinkedState) {
    super();
    this.links = links;
    this.state = state;
  }

  /**
   * The modules in the order of their instances. They must be passed by these names to continue from the snapshot.
   * `module` is the hash, 32 bytes; an instance that is not `isNamed` did not complete its instantiation.
   */
  get modules(): { name: string; module: Uint8Array; isNamed: boolean }[] {
    return this.links.map(({ name, module, isNamed }) => ({ name, module: module.slice(), isNamed }));
  }

  /** Pages of all memories. */
  get pages(): number {
    return this.state.memories.reduce((sum, { pages }) => sum + pages, 0);
  }

  /** @internal */
  protected encoded(): Uint8Array {
    return encodeLinkedSnapshot({ modules: this.links, state: this.state });
  }

  /** @internal */
  protected digested(): Uint8Array {
    return linkedStateDigest(this.state, hash);
  }
}

/** @internal @param state is copied */
export function linkedSnapshot(modules: LinkedModules, state: LinkedState): LinkedSnapshot {
  const links = modules.links.map((link, number) => ({
    name: link.name,
    module: link.parts.called.hash.slice(),
    isNamed: modules.numbers.get(link.name) === number,
    constants: hash(link.constants),
    sources: Uint32Array.from(sourceNumbers(link)),
  }));
  return new LinkedSnapshot(links, copyOfLinkedState(state));
}

export type DecodedLinkedSnapshot =
  | { readonly ok: true; readonly snapshot: LinkedSnapshot }
  | { readonly ok: false; readonly fault: SnapshotFault };

/**
 * Reads canonical bytes; never throws because of their content, and takes time and memory linear in them. Whether the
 * state fits the modules is checked when a session continues from it.
 */
export function decodeLinkedSnapshot(bytes: Uint8Array): DecodedLinkedSnapshot {
  return withBuiltins(() => {
    const decoded = decodeLinkedSnapshotBytes(new Uint8Array(bytes));
    if (!decoded.ok) return decoded;
    const { modules, state } = decoded.content;
    return { ok: true, snapshot: new LinkedSnapshot(modules, copyOfLinkedState(state)) };
  });
}
