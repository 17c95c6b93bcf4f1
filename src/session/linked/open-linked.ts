/** Opens a linked session: modules are instantiated in one store, each with a receipt. docs/SEMANTICS.md, section 11. */
import { hash } from '../../base/hash.js';
import { UsageError } from '../../base/usage-error.js';
import type { Stop } from '../../machine/outcome.js';
import type { TierName } from '../../machine/program.js';
import { sessionTerms } from '../opening.js';
import { SessionChain } from '../session-chain.js';
import { SessionSteps } from '../session-steps.js';
import { StepJournal } from '../step-journal.js';
import { fastestTier } from '../tiers.js';
import { LINKED_CHANGES } from './linked-change.js';
import { linkedForm } from './linked-form.js';
import { LinkedMachine } from './linked-machine.js';
import { LinkedModules } from './linked-modules.js';
import type { LinkedReceipt } from './linked-receipt.js';
import { LinkedSession } from './linked-session.js';
import { checkLink, type LinkFault, type ModuleLink, resolvedLink } from './module-link.js';

export interface LinkedSessionOptions {
  /** Fuel of the whole session: all modules, calls and digests. Default 2^53 - 1. */
  readonly fuel?: number;
  /** Handed to every host function as `HostCall.context`. A call can give its own. */
  readonly context?: unknown;
  /** Every n-th receipt has the state digest, which costs fuel. Default 0: only those of calls that request it. */
  readonly digestEvery?: number;
}

/** The receipts of the modules that were instantiated, in order. */
export type OpenedLinkedSession =
  | { readonly ok: true; readonly session: LinkedSession; readonly receipts: readonly LinkedReceipt[] }
  /** An instantiation trapped, was exhausted, or was ended by a host function: the last receipt is its receipt. */
  | {
      readonly ok: false;
      readonly instance: string;
      readonly outcome: Stop;
      readonly receipts: readonly LinkedReceipt[];
      readonly fault?: never;
    }
  /** An import is not satisfied, or has another type. */
  | { readonly ok: false; readonly fault: LinkFault; readonly receipts: readonly LinkedReceipt[] };

const NO_EXPORTERS = { numberOf: () => undefined, exported: () => undefined };

/**
 * Opens a session of several modules in one store: exports of earlier modules (functions, memories, tables and globals)
 * satisfy imports of later ones.
 * @param modules at least one, in the order in which they are instantiated
 * @throws UsageError for a duplicate name, modules of engines with different limits or prices, or invalid options
 * @throws HostFailure if a host function threw, or the host is out of memory or of stack
 */
export function openLinkedSession(
  modules: readonly ModuleLink[],
  options: LinkedSessionOptions = {},
): OpenedLinkedSession {
  const [first] = modules;
  if (first === undefined) throw new UsageError('bad-link', 'a linked session needs at least one module');
  const begun = first.module.parts.guarded(() => beginning(first, options));
  if ('fault' in begun) return { ok: false, fault: begun.fault, receipts: [] };
  const { session } = begun;
  const receipts: LinkedReceipt[] = [];
  for (const module of modules) {
    const linked = session.link(module);
    if ('receipt' in linked) receipts.push(linked.receipt);
    if (linked.ok) continue;
    session.close();
    if (linked.fault !== undefined) return { ok: false, fault: linked.fault, receipts };
    return { ok: false, instance: module.name, outcome: linked.outcome, receipts };
  }
  return { ok: true, session, receipts };
}

/** A session without an instance yet. */
function beginning(
  first: ModuleLink,
  options: LinkedSessionOptions,
): { session: LinkedSession } | { fault: LinkFault } {
  const terms = sessionTerms(options, first.module.parts.kept.hostAnswerBytes);
  checkLink(first, [], new Map());
  const resolved = resolvedLink(first, NO_EXPORTERS);
  if (!resolved.ok) return { fault: resolved.fault };
  const { link } = resolved;
  const { called, programs } = link.parts;
  const machine = new LinkedMachine(fastestTier([programs]), link);
  const { profile, hash: schedule } = called.metered.schedule;
  const form = linkedForm({ profile, schedule, limits: called.limits.hash });
  // The first module is linked like any other: a session begins with none.
  const origin = (tier: TierName) => new LinkedMachine(tier, link);
  const modules = new LinkedModules();
  const steps = new SessionSteps(modules, terms, {
    machine,
    journal: new StepJournal(LINKED_CHANGES, origin, true),
    chain: new SessionChain(form, machine.store.hash, hash(new Uint8Array(0))),
    fuelUsed: 0,
    number: -1,
  });
  return { session: new LinkedSession(modules, steps) };
}
