/**
 * What the host does to an instance of a linked session between two calls: the changes of a session, with the instance, and references
 * that may be to any instance. docs/SEMANTICS.md, section 11.
 */
import type { TextBytes } from '../../base/text-bytes.js';
import { applyChange, changeBytes, type GlobalChange, type MemoryChange, writeChange } from '../change.js';
import type { ChangeForm } from '../step-journal.js';
import type { LinkedMachine, Reference } from './linked-machine.js';

/** `plain` is one that holds no reference. */
export type LinkedChange = { readonly instance: number } & (
  | { readonly kind: 'plain'; readonly change: MemoryChange | GlobalChange }
  | { readonly kind: 'setElement'; readonly table: number; readonly at: number; readonly to: Reference | undefined }
  | { readonly kind: 'growTable'; readonly table: number; readonly delta: number; readonly to: Reference | undefined }
);

/** As changes of a session are numbered. */
const SET_ELEMENT = 3;
const GROW_TABLE = 4;

function writeLinkedChange(bytes: TextBytes, change: LinkedChange): void {
  bytes.u32(change.instance);
  if (change.kind === 'plain') {
    writeChange(bytes, change.change);
    return;
  }
  bytes.byte(change.kind === 'setElement' ? SET_ELEMENT : GROW_TABLE);
  bytes.u32(change.table);
  bytes.u32(change.kind === 'setElement' ? change.at : change.delta);
  bytes.u32(change.to === undefined ? 0 : change.to.instance + 1);
  bytes.u32(change.to === undefined ? 0 : change.to.index);
}

/** Does it. The caller has checked that it can be done. */
function applyLinkedChange(machine: LinkedMachine, change: LinkedChange): void {
  const instance = machine.instance(change.instance);
  switch (change.kind) {
    case 'plain':
      applyChange(instance, change.change);
      break;
    case 'setElement':
      instance.setTableHandle(change.table, change.at, machine.handleOf(change.to));
      break;
    case 'growTable': {
      const length = instance.tableLength(change.table);
      instance.growTable(change.table, change.delta, 0);
      if (change.to === undefined) break;
      const handle = machine.handleOf(change.to);
      for (let at = length; at < length + change.delta; at++) instance.setTableHandle(change.table, at, handle);
    }
  }
}

/** @internal */
export const LINKED_CHANGES: ChangeForm<LinkedMachine, LinkedChange> = {
  apply: applyLinkedChange,
  write: writeLinkedChange,
  size: (change) => (change.kind === 'plain' ? changeBytes(change.change) : 64),
};
