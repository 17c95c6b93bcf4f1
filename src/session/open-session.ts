/**
 * Opens a session: instantiates a module or restores a snapshot of it, with a receipt. docs/SEMANTICS.md, section 10.
 */
import { hash as hashInJavaScript } from '../base/hash.js';
import { own } from '../base/own.js';
import type { HostImport } from '../engine/imports/host-import.js';
import { HostTranscript } from '../engine/imports/host-transcript.js';
import type { LoadedModule } from '../engine/loaded-module.js';
import type { Stop } from '../machine/outcome.js';
import type { TierName } from '../machine/program.js';
import { stateDigest } from '../machine/state-digest.js';
import { SESSION_CHANGES } from './change.js';
import { openingFacts, type SessionTerms, sessionTerms } from './opening.js';
import { kindOf, Session } from './session.js';
import { SessionChain, type SessionFacts, SessionLink, sessionForm } from './session-chain.js';
import { SessionMachine } from './session-machine.js';
import { identityOf, type SessionModule } from './session-module.js';
import type { SessionReceipt, SessionStep } from './session-receipt.js';
import { SessionSteps } from './session-steps.js';
import type { Snapshot } from './snapshot.js';
import { type StateFaultCode, stateFault } from './state-fault.js';
import { restoringPrice } from './state-price.js';
import { StepJournal } from './step-journal.js';
import type { Origin, RunTerms } from './step-machine.js';
import { fastestTier, inTierOrInterpreter, programIn } from './tiers.js';

export interface SessionOptions {
  /** Fuel of the whole session: the opening, all calls and digests. Default 2^53 - 1. */
  readonly fuel?: number;
  /** The module's imports, for all calls of the session. Default: the imports that it was loaded with. */
  readonly imports?: readonly HostImport[];
  /** Handed to every host function as `HostCall.context`. A call can give its own. */
  readonly context?: unknown;
  /** The receipt of every n-th call has the state digest, which costs fuel. Default 0: only calls that request it. */
  readonly digestEvery?: number;
  /** The state to continue with, instead of an instantiation. */
  readonly from?: Snapshot;
}

export type OpenedSession =
  | { readonly ok: true; readonly session: Session }
  /** The instantiation trapped, was exhausted, or was ended by a host function: there is a receipt but no session. */
  | { readonly ok: false; readonly outcome: Stop; readonly receipt: SessionReceipt; readonly fault?: never }
  /** The snapshot is of another module, or its state is impossible for an instance of the module. */
  | { readonly ok: false; readonly fault: { readonly code: StateFaultCode } };

const NO_BYTES = new Uint8Array(0);
const NO_BYTES_HASH = hashInJavaScript(NO_BYTES);

/**
 * Opens a session of a loaded module.
 * @throws UsageError for imports that do not fit, or invalid options
 * @throws HostFailure if a host function threw, or the host is out of memory or of stack
 */
export function openSession(module: LoadedModule, options: SessionOptions = {}): OpenedSession {
  const { parts } = module;
  return parts.guarded(() => {
    const opening = sessionTerms(options, parts.kept.hostAnswerBytes);
    const linkage = parts.linkage(own(options, 'imports'));
    const snapshot = own(options, 'from');
    const fitted = snapshot?.fitted(linkage);
    const session = fitted ?? { ...parts, linkage };
    if (snapshot === undefined) return opened(session, opening, instantiated(session, opening));
    if (fitted === undefined) {
      const code = stateFault(session, snapshot);
      if (code !== undefined) return { ok: false, fault: { code } };
      snapshot.fits(session);
    }
    return opened(session, opening, restored(session, opening, snapshot));
  });
}

/** The result of an opening; gauge and log are in the machine. */
interface Begun {
  readonly machine: SessionMachine;
  readonly origin: Origin<SessionMachine>;
  /** Whether the origin can be made again. */
  readonly isWhole: boolean;
  readonly step: 'opened' | 'restored';
  readonly previous: Uint8Array;
  readonly snapshot?: Snapshot;
  stateDigest(): Uint8Array;
}

function opened(module: SessionModule, terms: SessionTerms, begun: Begun): OpenedSession {
  const { machine, step } = begun;
  const { hash } = machine.store;
  const facts = openingFacts<SessionStep>(step, machine, terms.fuel, () => begun.stateDigest());
  const crossing = { inputHash: () => hash(module.linkage.constants), outputBytes: () => NO_BYTES };
  const link = new SessionLink<SessionReceipt, SessionFacts>(facts, crossing, undefined);
  const chain = new SessionChain(sessionForm(identityOf(module)), hash, begun.previous);
  chain.add(link);
  const { stop, total: fuelUsed } = facts;
  if (stop !== undefined) return { ok: false, outcome: stop, receipt: chain.receiptOf(link) };
  const journal = new StepJournal(SESSION_CHANGES, begun.origin, begun.isWhole);
  const steps = new SessionSteps(kindOf(module), terms, { machine, journal, chain, fuelUsed, number: 0 });
  const session = new Session({ module, steps, snapshot: begun.snapshot, opening: () => chain.receiptOf(link) });
  return { ok: true, session };
}

/** In the program that runs the module's calls, or in the interpreter if the host cannot finish it. */
function instantiated(module: SessionModule, { fuel, context }: SessionTerms): Begun {
  const { programs, called, kept } = module;
  const importsFunctions = called.metered.module.importedFunctions > 0;
  let transcript = importsFunctions ? new HostTranscript(kept.hostAnswerBytes) : undefined;
  const machine = inTierOrInterpreter(
    fastestTier([programs]),
    (tier) => SessionMachine.instantiated(module, tier, { fuel, transcript, context }),
    () => {
      transcript = transcript?.again();
    },
  );
  const digest = machine.hasInstance ? stateDigest(machine.instance().state(), machine.store.hash) : NO_BYTES_HASH;
  return {
    machine,
    origin: openedAgain(module, { fuel, transcript, context }),
    // An opening whose host functions returned more than is kept cannot be made again.
    isWhole: transcript?.isWhole !== false,
    step: 'opened',
    previous: NO_BYTES_HASH,
    stateDigest: () => digest,
  };
}

function openedAgain(module: SessionModule, { fuel, transcript, context }: RunTerms): Origin<SessionMachine> {
  return (tier) => SessionMachine.instantiated(module, tier, { fuel, transcript: transcript?.again(), context });
}

/** Restores a state that fits the module. */
function restored(module: SessionModule, { fuel }: SessionTerms, snapshot: Snapshot): Begun {
  const { programs, called } = module;
  const { state } = snapshot;
  const origin = (tier: TierName) => SessionMachine.restored(module, tier, state);
  const begun = (machine: SessionMachine, digest: () => Uint8Array): Begun => ({
    machine,
    origin,
    isWhole: true,
    step: 'restored',
    previous: snapshot.hash,
    snapshot,
    stateDigest: digest,
  });
  const { metered } = called;
  const memory = metered.module.memories.length === 0 ? undefined : state;
  const lengths = state.tables.map(({ length }) => length);
  const price = restoringPrice(metered, memory, lengths);
  if (price > fuel) return begun(SessionMachine.unpaid(module, fuel, price), () => NO_BYTES_HASH);
  const tier = fastestTier([programs]);
  const machine = snapshot.take(module.linkage, programIn(programs, tier)) ?? inTierOrInterpreter(tier, origin);
  machine.store.beginCall(fuel);
  machine.store.gauge.charge('instantiate', price);
  return begun(machine, () => snapshot.stateDigest);
}
