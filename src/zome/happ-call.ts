/** The result of a call of a happ: everything that it ran, wrote and emitted. */
import type { MessagePackValue } from '../boundary/messagepack.js';
import type { NoVerdict } from '../boundary/validation.js';
import type { WasmError } from '../boundary/wasm-error.js';
import type { CallbackResult } from './callback-result.js';
import type { Op } from './op.js';
import type { Record } from './record.js';
import type { ZomeCall } from './zome-call.js';
import type { Initialization, InitVerdict, Validation } from './zome-host.js';

/** An op of a new record, with its validation by the integrity zomes. */
export interface OpValidation {
  readonly op: Op;
  /** the record of the op */
  readonly record: Record;
  readonly validation: Validation;
}

export interface Signal {
  readonly zome: string;
  /** MessagePack */
  readonly signal: Uint8Array;
}

export interface RemoteSignal extends Signal {
  /** the agents to which it would be sent */
  readonly agents: readonly Uint8Array[];
}

/** Why a conductor does not commit the changes. */
export interface Rejection {
  readonly kind: 'rejected';
  /**
   * `invalid`: a record that a conductor does not accept, or a verdict `Invalid`; `incomplete`: a dependency is
   * missing; `no-verdict`: a validation that ended in another way
   */
  readonly cause: 'invalid' | 'incomplete' | 'no-verdict';
  /** The real host's text. */
  readonly text: string;
  /** Undefined if no zome was called. */
  readonly validation: OpValidation | undefined;
}

/** How the call of a zome function ended. Only `ok` commits. */
export type HappOutcome =
  | {
      readonly kind: 'ok';
      /** MessagePack */
      readonly output: Uint8Array;
      readonly value: MessagePackValue;
    }
  /** the zome function returned an error */
  | { readonly kind: 'error'; readonly error: WasmError; readonly text: string }
  /** it trapped, was exhausted or broke the ABI */
  | { readonly kind: 'no-answer'; readonly cause: NoVerdict; readonly text: string }
  | Rejection
  /** `init` failed, so nothing was called */
  | { readonly kind: 'not-initialized'; readonly text: string };

/** `post_commit` of a zome, after a commit. */
export interface PostCommit {
  readonly zome: string;
  readonly call: ZomeCall;
  readonly result: CallbackResult<null>;
  /** its calls, each with a commit of its own */
  readonly calls: readonly HappCall[];
}

/** What a run did, regardless of its outcome. */
export interface HappRun {
  /** what was committed, in the order of the chain */
  readonly records: readonly Record[];
  /** in the order in which they were made; the last is the one that was not `Valid`, if there was one */
  readonly validations: readonly OpValidation[];
  /** calls of zome functions by zome functions, in the order in which they ended; their fuel is in that of the caller */
  readonly nested: readonly ZomeCall[];
  readonly signals: readonly Signal[];
  readonly remoteSignals: readonly RemoteSignal[];
  readonly postCommits: readonly PostCommit[];
}

export interface HappCall extends HappRun {
  readonly zome: string;
  readonly export: string;
  /** microseconds */
  readonly time: bigint;
  readonly outcome: HappOutcome;
  /** Undefined if `init` failed before. */
  readonly call: ZomeCall | undefined;
  /** What ran before this call because the happ was not initialized. */
  readonly init: HappInit | undefined;
}

export type HappInitOutcome =
  | { readonly kind: 'ok' }
  | { readonly kind: 'failed'; readonly verdict: Exclude<InitVerdict, { kind: 'Pass' }>; readonly text: string }
  | Rejection;

export interface HappInit extends HappRun {
  /** microseconds */
  readonly time: bigint;
  readonly outcome: HappInitOutcome;
  readonly initialization: Initialization;
}

/**
 * Every guest call in a run, except those of an `init` before it: what has to be stored to make the run again. First
 * nested calls, then the call itself, its validations, and what followed the commit.
 */
export function guestCallsOf(run: HappCall | HappInit): readonly ZomeCall[] {
  const own = 'initialization' in run ? run.initialization.calls : run.call === undefined ? [] : [run.call];
  const validations = run.validations.flatMap(({ validation }) => validation.calls);
  const after = run.postCommits.flatMap(({ call, calls }) => [...calls.flatMap(guestCallsOf), call]);
  return [...run.nested, ...own, ...validations, ...after];
}
