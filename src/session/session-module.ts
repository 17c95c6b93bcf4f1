/** A module as a session has it: its programs, and its imports linked once for all calls. */
import type { Linkage } from '../engine/imports/linkage.js';
import type { ModuleParts } from '../engine/loaded-module.js';
import type { SessionIdentity } from './session-chain.js';

/** @internal */
export interface SessionModule extends Omit<ModuleParts, 'linkage'> {
  readonly linkage: Linkage;
}

/** @internal What all receipts of a session have in common. */
export function identityOf({ called, linkage }: SessionModule): SessionIdentity {
  const { profile, hash } = called.metered.schedule;
  return { profile, schedule: hash, limits: called.limits.hash, hosts: linkage.hosts, module: called.hash };
}
