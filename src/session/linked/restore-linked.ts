/**
 * Continues a linked session from a snapshot, with a receipt: nothing is instantiated, and no guest runs.
 * docs/SEMANTICS.md, section 11.
 */
import { hash } from '../../base/hash.js';
import { UsageError } from '../../base/usage-error.js';
import type { Stop } from '../../machine/outcome.js';
import type { TierName } from '../../machine/program.js';
import { openingFacts, type SessionTerms, sessionTerms } from '../opening.js';
import { SessionChain, SessionLink } from '../session-chain.js';
import { SessionSteps } from '../session-steps.js';
import { restoringPrice } from '../state-price.js';
import { StepJournal } from '../step-journal.js';
import { fastestTier, inTierOrInterpreter } from '../tiers.js';
import { LINKED_CHANGES } from './linked-change.js';
import { type LinkedFacts, linkedForm } from './linked-form.js';
import { LinkedMachine } from './linked-machine.js';
import { LinkedModules } from './linked-modules.js';
import type { LinkedReceipt } from './linked-receipt.js';
import { LinkedSession } from './linked-session.js';
import type { LinkedSnapshot } from './linked-snapshot.js';
import type { OwnState } from './linked-state.js';
import { type LinkedStateFault, snapshotLinks } from './linked-state-fault.js';
import type { ModuleLink, ResolvedLink } from './module-link.js';
import type { LinkedSessionOptions } from './open-linked.js';

export type RestoredLinkedSession =
  | { readonly ok: true; readonly session: LinkedSession; readonly receipt: LinkedReceipt }
  /** The fuel does not cover the price: there is a receipt and no session. */
  | { readonly ok: false; readonly outcome: Stop; readonly receipt: LinkedReceipt; readonly fault?: never }
  /** The snapshot is of other modules, or linked differently, or its state is impossible for them. */
  | { readonly ok: false; readonly fault: LinkedStateFault };

const NO_BYTES = new Uint8Array(0);
const NO_BYTES_HASH = hash(NO_BYTES);

/**
 * Opens a linked session in the state of a snapshot, in the tier of its modules.
 * @param modules those of the snapshot, by its names and in its order (`LinkedSnapshot.modules`), with their host functions
 * @throws UsageError for modules that cannot be in one store, imports that do not fit, or invalid options
 * @throws HostFailure if the host is out of memory
 */
export function restoreLinkedSession(
  snapshot: LinkedSnapshot,
  modules: readonly ModuleLink[],
  options: LinkedSessionOptions = {},
): RestoredLinkedSession {
  const [first] = modules;
  if (first === undefined) throw new UsageError('bad-link', 'a linked session needs at least one module');
  const { parts } = first.module;
  return parts.guarded(() => {
    const terms = sessionTerms(options, parts.kept.hostAnswerBytes);
    const linked = snapshotLinks(snapshot, modules);
    return linked.ok ? restored(snapshot, linked.links, linked.owns, terms) : linked;
  });
}

function restored(
  snapshot: LinkedSnapshot,
  links: readonly ResolvedLink[],
  owns: readonly (OwnState | undefined)[],
  terms: SessionTerms,
): RestoredLinkedSession {
  const [first] = links;
  const { fuel } = terms;
  const modules = new LinkedModules();
  for (const [i, link] of links.entries()) {
    const number = modules.add(link);
    if (snapshot.links[i].isNamed) modules.named(number);
  }
  const price = owns.reduce((sum, own, i) => sum + (own === undefined ? 0 : priceOf(links[i], own)), 0);
  const isPaid = price <= fuel;
  const origin = (tier: TierName) => LinkedMachine.restored(tier, first, links, snapshot.state);
  const machine = isPaid
    ? inTierOrInterpreter(fastestTier(modules.programs), origin)
    : new LinkedMachine('interpreter', first);
  const { store } = machine;
  store.beginCall(fuel);
  store.gauge.charge('instantiate', price);
  const digest = () => (isPaid ? snapshot.stateDigest : NO_BYTES_HASH);
  const facts = modules.factsOf(openingFacts('restored', machine, fuel, digest), '');
  const crossing = { inputHash: () => NO_BYTES_HASH, outputBytes: () => NO_BYTES };
  const link = new SessionLink<LinkedReceipt, LinkedFacts>(facts, crossing, undefined);
  const { called } = first.parts;
  const { profile, hash: schedule } = called.metered.schedule;
  const form = linkedForm({ profile, schedule, limits: called.limits.hash });
  const chain = new SessionChain(form, store.hash, snapshot.hash);
  chain.add(link);
  const receipt = chain.receiptOf(link);
  if (facts.stop !== undefined) return { ok: false, outcome: facts.stop, receipt };
  const journal = new StepJournal(LINKED_CHANGES, origin, true);
  const steps = new SessionSteps(modules, terms, { machine, journal, chain, fuelUsed: price, number: 0 });
  return { ok: true, session: new LinkedSession(modules, steps), receipt };
}

/** The price of restoring the state of an instance: as in a session of one module, for what it defines. */
function priceOf({ parts }: ResolvedLink, { memory, tables }: OwnState): number {
  const lengths = tables.map(({ length }) => length / 2);
  return restoringPrice(parts.called.metered, memory, lengths);
}
