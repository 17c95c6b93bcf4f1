/** Every hostile case, by name. */
import { HOSTILE_BYTES } from './hostile-bytes.js';
import type { HostileCase } from './hostile-case.js';
import { HOSTILE_FILES } from './hostile-files.js';
import { HOSTILE_GUESTS } from './hostile-guests.js';

export const HOSTILE_CASES: readonly HostileCase[] = [...HOSTILE_GUESTS, ...HOSTILE_BYTES, ...HOSTILE_FILES];

export function caseOf(name: string): HostileCase {
  const found = HOSTILE_CASES.find((one) => one.name === name);
  if (found === undefined) throw new Error(`there is no hostile case '${name}'`);
  return found;
}
