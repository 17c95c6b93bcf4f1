/** Requests of the page to its worker, and the responses: plain data. */
import type { ReceiptJson } from '../src/engine/receipt/receipt-json.js';
import type { FlameData } from '../src/profile/flame-view.js';

/** A zome of a bundle. */
export interface OpenedZome {
  readonly name: string;
  readonly kind: string;
  readonly bytes: number | undefined;
  readonly dependencies: readonly string[];
}

/** A role of an app, or the one DNA of a `.dna`. */
export interface OpenedRole {
  readonly name: string;
  readonly dna: string | undefined;
  /** One line for each hash of the DNA. */
  readonly hashes: readonly string[];
  readonly seed: string;
  readonly zomes: readonly OpenedZome[];
}

export interface Opened {
  readonly name: string;
  /** `module`, `dna`, `happ`, `webhapp` or `replay`. */
  readonly kind: string;
  /** Roles of a bundle; empty for a module. */
  readonly roles: readonly OpenedRole[];
  /** The role whose zomes are the modules. */
  readonly role: number;
  /** Zomes of the role, or the one module. */
  readonly modules: readonly OpenedModule[];
  /** Whether an op can be validated: the modules are zomes of Holochain. */
  readonly takesOps: boolean;
  readonly generation: string | undefined;
  /** For a replay file: its last call, and the expected result. */
  readonly recorded: Recorded | undefined;
}

export interface Recorded {
  readonly run: Run;
  readonly fuel: number;
  readonly about: string;
}

export interface OpenedModule {
  readonly name: string;
  readonly hash: string;
  readonly bytes: number;
  readonly loadPrice: number;
  readonly instantiationCharge: number;
  readonly features: readonly string[];
  readonly imports: readonly { readonly name: string; readonly type: string }[];
  readonly functions: readonly {
    readonly name: string;
    readonly params: readonly string[];
    readonly results: string;
  }[];
  /** Whether it validates entries by the byte ABI, without a host. */
  readonly takesEntries: boolean;
}

/** Entry and link types of integrity zomes; a text if they are not known, with the reason. */
export type ZomeTypesText = readonly { readonly zome: string; readonly text: string }[];

export type Run =
  | { readonly kind: 'function'; readonly module: string; readonly name: string; readonly values: readonly string[] }
  | { readonly kind: 'entry'; readonly module: string; readonly json: string }
  | { readonly kind: 'op'; readonly json: string; readonly deps: string };

export interface RanCall {
  readonly name: string;
  readonly outcome: string;
  readonly receipt: ReceiptJson;
  readonly hostCalls: readonly string[];
  readonly backtrace: readonly string[];
}

/** The results of one tier. */
export interface RanTier {
  /** The requested tier, and the tiers that ran the calls. */
  readonly asked: 'interpreter' | 'instrumented';
  readonly ran: readonly string[];
  readonly verdict: string | undefined;
  readonly calls: readonly RanCall[];
  readonly milliseconds: number;
}

/** The results so far: first the interpreter's run, then both with the flame graph. */
export interface Ran {
  readonly tiers: readonly RanTier[];
  readonly flame: FlameData | undefined;
  /** For the run of a replay file: whether it matches the file's expectation. */
  readonly expected: string | undefined;
}

export interface StepValue {
  readonly type: string;
  readonly text: string;
}

/** A place in a call: the fuel paid, the next step, and the state there. */
export interface Stepped {
  readonly used: number;
  readonly paid: number;
  readonly next: number | undefined;
  readonly part: string | undefined;
  /** The next instruction. */
  readonly instruction: string | undefined;
  readonly frames: readonly string[];
  /** The code around; lines of the next metering block begin with `>`. */
  readonly lines: readonly string[];
  readonly locals: readonly StepValue[];
  readonly globals: readonly StepValue[];
  readonly pages: number;
  readonly digest: string | undefined;
}

export interface MemoryPart {
  readonly at: number;
  readonly length: number;
  readonly bytes: Uint8Array;
  /** Positions in `bytes` that differ from the place shown before. */
  readonly changed: readonly number[];
}

/** Progress of a property test, or its result. */
export interface Tested {
  readonly done: number;
  readonly all: number;
  readonly seed: number;
  /** Compared runs: each input with all its fuel, and cut short. */
  readonly runs: number;
  /** Number of runs of the second tier in the host's WebAssembly. */
  readonly instrumented: number;
  readonly outcomes: readonly (readonly [outcome: string, count: number])[];
  readonly mostFuel: number;
  /** The smallest input found on which the tiers differ. */
  readonly failure: { readonly text: string; readonly input: string } | undefined;
  readonly isOver: boolean;
}

export interface Saved {
  readonly name: string;
  readonly text: string;
}

export type Asked =
  | { readonly kind: 'open'; readonly name: string; readonly bytes: Uint8Array<ArrayBuffer>; readonly role: number }
  | { readonly kind: 'types' }
  | { readonly kind: 'example'; readonly action: string }
  | { readonly kind: 'run'; readonly run: Run; readonly fuel: number }
  | { readonly kind: 'step'; readonly call: number; readonly fuel: number }
  | { readonly kind: 'memory'; readonly at: number }
  | { readonly kind: 'test'; readonly run: Run; readonly fuel: number; readonly inputs: number; readonly seed: number }
  | { readonly kind: 'save'; readonly run: Run; readonly fuel: number };

export interface Told {
  opened?: Opened;
  types?: ZomeTypesText;
  example?: string;
  ran?: Ran;
  stepped?: Stepped;
  memory?: MemoryPart;
  tested?: Tested;
  saved?: Saved;
}

/** `more`: another message follows. */
export type Message =
  | { readonly id: number; readonly ok: true; readonly more: boolean; readonly told: Told }
  | { readonly id: number; readonly ok: false; readonly message: string };
