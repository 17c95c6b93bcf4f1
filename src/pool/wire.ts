/**
 * The messages between a pool and its threads. Tasks and results are packed: their bytes are in one buffer, which is moved and not copied.
 *
 * Invariant: a thread does what it is sent in the order of sending, and replies once to each `load` and each `run`.
 */

import type { LoadFault } from '../base/fault.js';
import type { Generation } from '../boundary/generation.js';
import type { Verdict } from '../boundary/validation.js';
import type { ArtefactKey } from '../engine/load/artefact-cache.js';
import type { ByteOutcome, CallOutcome } from '../engine/loaded-module.js';
import type { Value } from '../wasm/value.js';
import type { CallbackName } from '../zome/callbacks.js';
import type { DetectedGeneration } from '../zome/detect-generation.js';
import type { DnaDefinition } from '../zome/dna.js';
import type { OpCheck } from '../zome/op-check.js';
import type { Trace } from '../zome/trace-log.js';
import type { ZomeDefinition } from '../zome/zome.js';
import type { PackedResults } from './packed-results.js';
import type { PackedTasks } from './packed-tasks.js';

/** An artefact of a module (`engine/load/artefact-cache.ts`), made by one thread and given to the others. */
export interface Artefact {
  readonly key: ArtefactKey;
  readonly content: Uint8Array;
}

/** A module by itself. `imports` is the address of a file that exports `imports`. */
export interface ModuleSource {
  readonly kind: 'module';
  readonly wasm: Uint8Array;
  readonly imports: string | undefined;
}

/** The zomes of a DNA. `hostFunctions` is the address of a file that exports `hostFunctions`. */
export interface ZomesSource {
  readonly kind: 'zomes';
  readonly zomes: readonly ZomeDefinition[];
  readonly dnaInfo: Omit<DnaDefinition, 'hash'>;
  /** The DNA's hash for zomes of each generation. */
  readonly dnaHashes: ReadonlyMap<Generation, Uint8Array | undefined>;
  readonly generation: Generation | undefined;
  readonly hostFunctions: string | undefined;
}

export type Source = ModuleSource | ZomesSource;

/** How an input is written: the JSON of zomes is read in the thread. */
export type InputFormat = 'messagepack' | 'json';

/** What a job calls, without its input. Jobs of a batch have the same subject. */
export type Task =
  | {
      readonly kind: 'call';
      readonly export: string;
      readonly args: readonly Value[];
      readonly fuel: number | undefined;
    }
  | {
      readonly kind: 'bytes' | 'entry';
      readonly export: string;
      readonly input: Uint8Array;
      /** of an entry */
      readonly format: InputFormat;
      readonly generation: Generation | undefined;
      readonly fuel: number | undefined;
    }
  | {
      readonly kind: 'op';
      readonly input: Uint8Array;
      readonly format: InputFormat;
      /** What is looked at before a zome is asked. */
      readonly check: OpCheck | undefined;
      readonly zome: string | undefined;
      /** A document of dependencies (`zome/dependency-file.ts`). */
      readonly dependencies: Uint8Array | undefined;
      readonly dependencyFormat: InputFormat;
      readonly fuel: number | undefined;
    };

export type ToThread =
  | {
      readonly kind: 'load';
      readonly subject: number;
      readonly source: Source;
      readonly artefacts: readonly Artefact[];
    }
  | { readonly kind: 'drop'; readonly subject: number }
  /** The last message: it writes what is not written, and ends. */
  | { readonly kind: 'close' }
  /** @param first sequence number of the first task; the others follow */
  | { readonly kind: 'run'; readonly subject: number; readonly first: number; readonly tasks: PackedTasks };

/** A call of one zome in a validation. */
export interface WireZomeCall {
  readonly zome: string;
  readonly callback: CallbackName;
  readonly export: string;
  readonly outcome: ByteOutcome;
  readonly receipt: Uint8Array;
  readonly traces: readonly Trace[];
  readonly tracesDropped: number;
}

/** What was thrown, to be thrown again. */
export interface WireError {
  readonly name: string;
  readonly message: string;
  readonly code: string | undefined;
  readonly fault: LoadFault | undefined;
}

export type WireResult =
  | {
      readonly kind: 'call';
      readonly outcome: CallOutcome;
      readonly receipt: Uint8Array;
      readonly hostCallCount: number;
    }
  | {
      readonly kind: 'bytes';
      readonly outcome: ByteOutcome;
      readonly receipt: Uint8Array;
      readonly hostCallCount: number;
      /** of an entry */
      readonly verdict: Verdict | undefined;
    }
  | {
      readonly kind: 'op';
      readonly verdict: Verdict;
      readonly calls: readonly WireZomeCall[];
      readonly zomes: readonly string[];
      /** A memo had it: nothing ran. */
      readonly isHit: boolean;
    }
  | { readonly kind: 'thrown'; readonly error: WireError };

/** How a subject was loaded. */
export type Loading =
  | { readonly kind: 'module'; readonly hashes: readonly string[]; readonly loadPrice: number }
  | { readonly kind: 'zomes'; readonly detected: DetectedGeneration; readonly hashes: readonly string[] }
  | { readonly kind: 'fault'; readonly zome: string | undefined; readonly fault: LoadFault }
  | { readonly kind: 'thrown'; readonly error: WireError };

export type FromThread =
  | { readonly kind: 'ready' }
  | { readonly kind: 'loaded'; readonly subject: number; readonly loading: Loading }
  | { readonly kind: 'artefact'; readonly artefact: Artefact }
  | { readonly kind: 'ran'; readonly first: number; readonly results: PackedResults };
