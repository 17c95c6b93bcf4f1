/**
 * The validations of a subject in Assay: its zome host on a tier; each case runs both like in a node and as a replay.
 */

import { toHex } from '../src/base/hash.js';
import { externPayload } from '../src/boundary/validation.js';
import type { Diagnostics } from '../src/engine/call/call-attempt.js';
import { createEngine, type Engine } from '../src/engine/engine.js';
import type { ByteOutcome } from '../src/engine/loaded-module.js';
import type { Receipt } from '../src/engine/receipt/receipt.js';
import { receiptHash } from '../src/engine/receipt/receipt-json.js';
import type { TierName } from '../src/machine/program.js';
import { createZomeHost } from '../src/zome/create-zome-host.js';
import type { Recording } from '../src/zome/recording.js';
import type { ZomeHost } from '../src/zome/zome-host.js';
import type { ZomeCase, ZomeInput, ZomeSubject } from './zome-cases.js';
import { opPayload, type RecordedCall, recordOf } from './zome-record.js';

/** A guest call that a validation made. */
export interface MadeCall {
  readonly zome: string;
  readonly export: string;
  readonly outcome: ByteOutcome;
  readonly diagnostics: Diagnostics;
  readonly recording: Recording;
  readonly receipt: Receipt;
}

export interface Made {
  readonly verdict: string;
  readonly calls: readonly MadeCall[];
}

/** A case on a tier. */
export interface PreparedCase {
  /** with the host's own functions */
  whole(): Made;
  /** with the host's results from the record */
  replay(): Made;
}

export async function hostOf({ zomes, dnaInfo, generation }: ZomeSubject, engine: Engine): Promise<ZomeHost> {
  const made = await createZomeHost({ engine, zomes, dnaInfo, generation });
  if (!made.ok) throw new Error(`${made.zome}: ${made.fault.code} ${made.fault.detail ?? ''}`);
  return made.host;
}

export function engineOf(tier: TierName): Engine {
  return createEngine({ tier });
}

export function prepared(host: ZomeHost, input: ZomeInput): PreparedCase {
  if (input.kind === 'entry') {
    const whole = () => entryMade(host, input.entry);
    return { whole, replay: whole };
  }
  const { op, dependencies } = input;
  const whole = () => host.validateOp(op, { dependencies });
  const replay = whole().recording;
  return {
    whole: () => madeOf(whole()),
    replay: () => madeOf(host.validateOp(op, { dependencies, replay })),
  };
}

function madeOf({ verdict, calls }: ReturnType<ZomeHost['validateOp']>): Made {
  return { verdict: verdict.kind, calls };
}

function entryMade(host: ZomeHost, entry: Uint8Array): Made {
  const zome = host.zomes[0]!;
  const { verdict, outcome, diagnostics, receipt } = zome.module.validate(entry, { generation: host.generation });
  return {
    verdict: verdict.kind,
    calls: [{ zome: zome.name, export: 'validate', outcome, diagnostics, receipt, recording: [] }],
  };
}

/** All receipts of a validation, to compare. */
export function receiptsText({ calls }: Made): string {
  return calls.map(({ receipt }) => toHex(receiptHash(receipt))).join();
}

/** The bare modules of a subject, by zome. */
export function bareModules({ zomes }: ZomeSubject): ReadonlyMap<string, WebAssembly.Module> {
  return new Map(zomes.map(({ name, wasm }) => [name, new WebAssembly.Module(new Uint8Array(wasm))]));
}

export function recordsOf(
  { zomes, generation }: ZomeSubject,
  { input }: ZomeCase,
  { calls }: Made,
  modules: ReadonlyMap<string, WebAssembly.Module>,
): readonly RecordedCall[] {
  const payload = input.kind === 'entry' ? externPayload(input.entry) : opPayload(input.op, generation);
  return calls.map(({ zome, export: name, outcome, recording }) =>
    recordOf({
      wasm: zomes.find((other) => other.name === zome)!.wasm,
      module: modules.get(zome)!,
      export: name,
      payload,
      outcome,
      recording,
    }),
  );
}
