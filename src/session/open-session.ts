/** Opens a session: a module is instantiated, or a snapshot of one taken up, under a receipt. docs/SEMANTICS.md, section 10. */
import { hash as hashInJavaScript } from '../base/hash.js';
import { own } from '../base/own.js';
import { UsageError } from '../base/usage-error.js';
import { receiptOutcome } from '../engine/call/call-attempt.js';
import type { HostImport } from '../engine/imports/host-import.js';
import { HostTranscript } from '../engine/imports/host-transcript.js';
import { checkFuel, type LoadedModule } from '../engine/loaded-module.js';
import { FUEL_LIMIT_MAX } from '../engine/receipt/receipt.js';
import type { Stop } from '../machine/outcome.js';
import { RerunNeeded } from '../machine/rerun-needed.js';
import { stateDigest } from '../machine/state-digest.js';
import { Journal, type Origin } from './journal.js';
import { Session } from './session.js';
import { SessionChain, SessionLink } from './session-chain.js';
import { SessionMachine } from './session-machine.js';
import { identityOf, type SessionModule } from './session-module.js';
import type { SessionReceipt } from './session-receipt.js';

export interface SessionOptions {
  /** Fuel of the whole session: the opening, all calls and digests. Default 2^53 - 1. */
  readonly fuel?: number;
  /** What the module imports, for all calls of the session. Default: what it was loaded with. */
  readonly imports?: readonly HostImport[];
  /** Handed to every host function as `HostCall.context`. A call can give its own. */
  readonly context?: unknown;
  /** The receipt of each n-th call has the state digest, which costs fuel. Default 0: only the calls that ask for it. */
  readonly digestEvery?: number;
}

export type OpenedSession =
  | { readonly ok: true; readonly session: Session }
  /** The instantiation trapped, was exhausted, or a host function ended it: it has a receipt, and there is no session. */
  | { readonly ok: false; readonly outcome: Stop; readonly receipt: SessionReceipt };

const NO_BYTES = new Uint8Array(0);
const NO_BYTES_HASH = hashInJavaScript(NO_BYTES);

/**
 * Opens a session of a loaded module.
 * @throws UsageError for imports that do not fit, or options that are none
 * @throws HostFailure if a host function threw, or the host is out of memory or of stack
 */
export function openSession(module: LoadedModule, options: SessionOptions = {}): OpenedSession {
  const { parts } = module;
  return parts.guarded(() => {
    const fuel = own(options, 'fuel') ?? FUEL_LIMIT_MAX;
    checkFuel(fuel);
    const digestEvery = own(options, 'digestEvery') ?? 0;
    if (!Number.isSafeInteger(digestEvery) || digestEvery < 0) {
      throw new UsageError('bad-bound', `digestEvery must be an integer from 0, not ${digestEvery}`);
    }
    const linkage = parts.linkage(own(options, 'imports'));
    const opening = { fuel, context: own(options, 'context'), digestEvery };
    return opened({ ...parts, linkage }, opening);
  });
}

interface Opening {
  readonly fuel: number;
  readonly context: unknown;
  readonly digestEvery: number;
}

function opened(module: SessionModule, { fuel, context, digestEvery }: Opening): OpenedSession {
  const { machine, origin } = instantiated(module, fuel, context);
  const { store, program } = machine;
  const { hash, gauge, log } = store;
  const { stop, fuelUsed, parts } = gauge;
  const digest = machine.hasInstance ? stateDigest(machine.instance.state(), hash) : NO_BYTES_HASH;
  const pages = machine.hasInstance ? (machine.instance.memory?.pages ?? 0) : 0;
  const link = new SessionLink((previous) => ({
    ...identityOf(module),
    number: 0,
    previous,
    step: 'opened',
    export: '',
    changes: NO_BYTES_HASH,
    input: hash(module.linkage.constants),
    fuel: { limit: fuel, used: fuelUsed, parts },
    outcome: receiptOutcome(stop),
    output: stop?.kind === 'short-circuited' ? hash(stop.payload) : NO_BYTES_HASH,
    digestFuel: 0,
    total: fuelUsed,
    pages,
    hostCalls: log.hash(hash),
    stateDigest: digest,
  }));
  const chain = new SessionChain(program.hash, NO_BYTES_HASH);
  chain.add(link);
  if (stop !== undefined) return { ok: false, outcome: stop, receipt: chain.receiptOf(link) };
  const session = new Session({
    module,
    machine,
    journal: new Journal(origin),
    chain,
    fuel,
    fuelUsed,
    number: 0,
    context,
    digestEvery,
    changes: NO_BYTES,
    opening: () => chain.receiptOf(link),
  });
  return { ok: true, session };
}

/** In the program that runs the module's calls, or in the interpreter if the host cannot finish it. */
function instantiated(
  module: SessionModule,
  fuel: number,
  context: unknown,
): { readonly machine: SessionMachine; readonly origin: Origin } {
  const { programs, called, kept } = module;
  const importsFunctions = called.metered.module.importedFunctions > 0;
  const transcript = importsFunctions ? new HostTranscript(kept.hostAnswerBytes) : undefined;
  try {
    const machine = SessionMachine.instantiated(module, programs.current, fuel, transcript, context);
    return { machine, origin: { fuel, transcript, context } };
  } catch (error) {
    if (!(error instanceof RerunNeeded)) throw error;
    const again = transcript?.again();
    const machine = SessionMachine.instantiated(module, programs.reference(), fuel, again, context);
    return { machine, origin: { fuel, transcript: again, context } };
  }
}
