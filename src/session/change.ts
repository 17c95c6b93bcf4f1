/**
 * The host's changes of an instance between two calls. Later calls see them, so receipts cover them. Each change has
 * canonical bytes, which are hashed one after the other into the next receipt, and can be repeated in another instance.
 * docs/SEMANTICS.md, section 10.
 */
import type { TextBytes } from '../base/text-bytes.js';
import type { GuestInstance } from '../machine/instance.js';
import type { Bits } from '../machine/outcome.js';
import { valueBytes } from '../machine/value-bytes.js';
import type { SessionMachine } from './session-machine.js';
import type { ChangeForm } from './step-journal.js';

export type Change =
  | { readonly kind: 'write'; readonly offset: number; readonly bytes: Uint8Array }
  | { readonly kind: 'growMemory'; readonly delta: number }
  | { readonly kind: 'setGlobal'; readonly name: string; readonly type: number; readonly bits: Bits }
  | { readonly kind: 'setElement'; readonly table: number; readonly at: number; readonly element: number }
  | { readonly kind: 'growTable'; readonly table: number; readonly delta: number; readonly element: number };

export type MemoryChange = Extract<Change, { kind: 'write' | 'growMemory' }>;
export type GlobalChange = Extract<Change, { kind: 'setGlobal' }>;

/** By their numbers in the bytes. */
const KINDS: readonly Change['kind'][] = ['write', 'growMemory', 'setGlobal', 'setElement', 'growTable'];

export function writeChange(bytes: TextBytes, change: Change): void {
  bytes.byte(KINDS.indexOf(change.kind));
  switch (change.kind) {
    case 'write':
      bytes.u32(change.offset);
      bytes.u32(change.bytes.length);
      bytes.raw(change.bytes);
      break;
    case 'growMemory':
      bytes.u32(change.delta);
      break;
    case 'setGlobal':
      bytes.text(change.name);
      bytes.raw(valueBytes(Uint8Array.of(change.type), [change.bits]));
      break;
    case 'setElement':
      for (const word of [change.table, change.at, change.element]) bytes.u32(word);
      break;
    case 'growTable':
      for (const word of [change.table, change.delta, change.element]) bytes.u32(word);
  }
}

/** Applies the change. The caller has checked that it is possible. */
export function applyChange(instance: GuestInstance, change: Change): void {
  switch (change.kind) {
    case 'write':
      instance.memory!.write(change.offset, change.bytes);
      break;
    case 'growMemory':
      instance.memory!.grow(change.delta);
      break;
    case 'setGlobal': {
      const item = instance.exported(change.name);
      if (item?.kind === 'global') item.global.bits = change.bits;
      break;
    }
    case 'setElement':
      instance.setTableElement(change.table, change.at, change.element);
      break;
    case 'growTable':
      instance.growTable(change.table, change.delta, change.element);
  }
}

/** About how many bytes of the host's memory it takes. */
export function changeBytes(change: Change): number {
  return 64 + (change.kind === 'write' ? change.bytes.length : 0);
}

/** @internal The changes of a session of one module. */
export const SESSION_CHANGES: ChangeForm<SessionMachine, Change> = {
  apply: (machine, change) => applyChange(machine.instance(), change),
  write: writeChange,
  size: changeBytes,
};
