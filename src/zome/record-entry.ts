/** `RecordEntry::new`: what a record says of an entry that it has, has not, or may not show. Source: `record.rs`. */
import type { Action } from './action.js';
import { visibilityOf } from './chain-op.js';
import type { Entry } from './entry.js';
import type { RecordEntry } from './record.js';

export function recordEntryOf(action: Action, entry: Entry | undefined): RecordEntry {
  if (entry !== undefined) return { kind: 'Present', value: entry };
  const visibility = visibilityOf(action);
  if (visibility === undefined) return { kind: 'NA' };
  return { kind: visibility === 'Private' ? 'Hidden' : 'NotStored' };
}
