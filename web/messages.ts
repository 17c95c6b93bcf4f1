/** What the page asks its worker, and what it gets: plain data. */
import type { ReceiptJson } from '../src/engine/receipt/receipt-json.js';
import type { FlameData } from '../src/profile/flame-view.js';

export interface Opened {
  readonly name: string;
  /** Zomes of a bundle, or the one module. */
  readonly modules: readonly OpenedModule[];
  /** Whether an op can be validated: the modules are zomes of Holochain. */
  readonly takesOps: boolean;
  readonly generation: string | undefined;
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

/** What one tier did. */
export interface RanTier {
  /** The tier that was asked for, and those that ran the calls. */
  readonly asked: 'interpreter' | 'instrumented';
  readonly ran: readonly string[];
  readonly verdict: string | undefined;
  readonly calls: readonly RanCall[];
  readonly milliseconds: number;
}

/** What is known so far: first the interpreter's run, then both with the flame graph. */
export interface Ran {
  readonly tiers: readonly RanTier[];
  readonly flame: FlameData | undefined;
}

export type Asked =
  | { readonly kind: 'open'; readonly name: string; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'run'; readonly run: Run; readonly fuel: number };

/** `more`: another message follows. */
export type Told =
  | { readonly id: number; readonly ok: true; readonly more: boolean; readonly opened?: Opened; readonly ran?: Ran }
  | { readonly id: number; readonly ok: false; readonly message: string };
