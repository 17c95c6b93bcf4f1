/**
 * Evidence of a run: what is needed, besides the module, to make its receipt again. As JSON (`assay-evidence-1`):
 *
 *   receipt   canonical bytes of the receipt, hexadecimal
 *   call      values: the arguments as `i32:7`
 *             bytes:  the payload of the byte ABI, and its generation
 *             zome:   a call of the zome host: zome, callback, generation, payload, and the results of its host
 *                     functions (`Recording`)
 *   request, answer   signed by tenant and node, if they were
 *
 * In a folder: `runs/HH/HASH.json` by the receipt's hash, HH its first two digits, and `modules/HASH.wasm`.
 */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as t from 'io-ts';
import { hash, toHex } from '../base/hash.js';
import type { Generation } from '../boundary/generation.js';
import { FUEL_LIMIT_MAX, type Receipt } from '../engine/receipt/receipt.js';
import { decodeReceipt, encodeReceipt } from '../engine/receipt/receipt-bytes.js';
import { systemCode } from '../store/store-error.js';
import { printValue, type Value } from '../wasm/value.js';
import { CALLBACKS, type CallbackName } from '../zome/callbacks.js';
import type { Recording } from '../zome/recording.js';
import type { ZomeCall } from '../zome/zome-call.js';
import { BillingError } from './billing-error.js';
import { hexBytes, listOf, parsedJson, readDocument, smallInteger } from './document.js';
import { answerJson, readAnswer, readRequest, requestJson, type SignedAnswer, type SignedRequest } from './request.js';

export const EVIDENCE_FORMAT = 'assay-evidence-1';
const ARGUMENTS_MAX = 1_000;
const HOST_CALLS_MAX = 1_000_000;

export type EvidenceCall =
  | { readonly kind: 'values'; readonly args: readonly string[] }
  | { readonly kind: 'bytes'; readonly payload: Uint8Array; readonly generation: Generation }
  | {
      readonly kind: 'zome';
      readonly zome: string;
      readonly callback: CallbackName;
      readonly generation: Generation;
      readonly payload: Uint8Array;
      readonly recording: Recording;
    };

export interface Evidence {
  readonly receipt: Receipt;
  readonly call: EvidenceCall;
  readonly signed?: { readonly request: SignedRequest; readonly answer: SignedAnswer };
}

/** Evidence of a call of the zome host. */
export function zomeEvidence(
  {
    zome,
    callback,
    payload,
    recording,
    receipt,
  }: Pick<ZomeCall, 'zome' | 'callback' | 'payload' | 'recording' | 'receipt'>,
  generation: Generation,
): Evidence {
  return { receipt, call: { kind: 'zome', zome, callback, generation, payload, recording } };
}

/** Evidence of a call with values, of a module without host functions. */
export function valuesEvidence(receipt: Receipt, args: readonly Value[]): Evidence {
  return { receipt, call: { kind: 'values', args: args.map(printValue) } };
}

/** Evidence of a call of the byte ABI, of a module without host functions. */
export function bytesEvidence(receipt: Receipt, payload: Uint8Array, generation: Generation): Evidence {
  return { receipt, call: { kind: 'bytes', payload, generation } };
}

const generation = t.keyof({ '0.2': null, '0.2-map': null, '0.6': null, '0.7': null });
const callback = t.keyof(
  Object.fromEntries(Object.keys(CALLBACKS).map((name) => [name, null])) as Record<CallbackName, null>,
);
const hostAnswer = t.union([
  t.strict({ kind: t.literal('output'), bytes: hexBytes() }),
  t.strict({ kind: t.literal('short-circuited'), payload: hexBytes() }),
]);
const hostCall = t.intersection([
  t.strict({ name: t.string, input: hexBytes(), fuel: smallInteger(0, FUEL_LIMIT_MAX) }),
  t.exact(t.partial({ answer: hostAnswer })),
]);
const callFields = t.union([
  t.strict({ kind: t.literal('values'), args: listOf(t.string, ARGUMENTS_MAX) }),
  t.strict({ kind: t.literal('bytes'), payload: hexBytes(), generation }),
  t.strict({
    kind: t.literal('zome'),
    zome: t.string,
    callback,
    generation,
    payload: hexBytes(),
    recording: listOf(hostCall, HOST_CALLS_MAX),
  }),
]);
const fields = t.intersection([
  t.strict({ format: t.literal(EVIDENCE_FORMAT), receipt: hexBytes(), call: callFields }),
  t.exact(t.partial({ request: t.UnknownRecord, answer: t.UnknownRecord })),
]);

export function evidenceJson({ receipt, call, signed }: Evidence): object {
  const encoded = {
    format: EVIDENCE_FORMAT,
    receipt: toHex(encodeReceipt(receipt)),
    call: callJson(call),
  };
  return signed === undefined
    ? encoded
    : { ...encoded, request: requestJson(signed.request), answer: answerJson(signed.answer) };
}

function callJson(call: EvidenceCall): object {
  if (call.kind === 'values') return call;
  if (call.kind === 'bytes') return { ...call, payload: toHex(call.payload) };
  const recording = call.recording.map(({ name, input, fuel, answer }) => {
    const line = { name, input: toHex(input), fuel };
    if (answer === undefined) return line;
    const written =
      answer.kind === 'output'
        ? { kind: answer.kind, bytes: toHex(answer.bytes) }
        : { kind: answer.kind, payload: toHex(answer.payload) };
    return { ...line, answer: written };
  });
  return { ...call, payload: toHex(call.payload), recording };
}

/** @throws BillingError `document` */
export function readEvidence(document: unknown): Evidence {
  const parsed = typeof document === 'string' ? parsedJson(document, 'evidence') : document;
  const read = readDocument(fields, 'evidence', parsed);
  const decoded = decodeReceipt(read.receipt);
  if (!decoded.ok) throw new BillingError('document', `not valid evidence: ${decoded.fault.code} in the receipt`);
  const { call } = read;
  const evidence: Evidence = {
    receipt: decoded.receipt,
    call:
      call.kind === 'zome'
        ? { ...call, recording: call.recording.map((line) => ({ ...line, answer: line.answer })) }
        : call,
  };
  if (read.request === undefined || read.answer === undefined) return evidence;
  return { ...evidence, signed: { request: readRequest(read.request), answer: readAnswer(read.answer) } };
}

/** Where an auditor finds the evidence that a host publishes. */
export interface EvidenceSource {
  /** By the hash of the receipt. */
  evidence(receipt: Uint8Array): Promise<Evidence | undefined>;
  /** Bytes that should be the module with this hash; the auditor checks that. */
  module(hash: Uint8Array): Promise<Uint8Array | undefined>;
}

export class EvidenceFolder implements EvidenceSource {
  /** @param folder created when something is first stored */
  constructor(readonly folder: string) {}

  async evidence(receipt: Uint8Array): Promise<Evidence | undefined> {
    const file = await optionalFile(this.#runPath(toHex(receipt)));
    return file && readEvidence(new TextDecoder().decode(file));
  }

  module(module: Uint8Array): Promise<Uint8Array | undefined> {
    return optionalFile(join(this.folder, 'modules', `${toHex(module)}.wasm`));
  }

  /** Every run, ordered by hash. */
  async *all(): AsyncGenerator<Evidence> {
    const runs = join(this.folder, 'runs');
    for (const part of await names(runs)) {
      for (const name of await names(join(runs, part))) {
        const file = await optionalFile(join(runs, part, name));
        if (file !== undefined) yield readEvidence(new TextDecoder().decode(file));
      }
    }
  }

  async put(evidence: Evidence): Promise<void> {
    const path = this.#runPath(toHex(hash(encodeReceipt(evidence.receipt))));
    await mkdir(join(path, '..'), { recursive: true });
    await writeFile(path, `${JSON.stringify(evidenceJson(evidence))}\n`);
  }

  async putModule(bytes: Uint8Array): Promise<void> {
    const folder = join(this.folder, 'modules');
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, `${toHex(hash(bytes))}.wasm`), bytes);
  }

  #runPath(name: string): string {
    return join(this.folder, 'runs', name.slice(0, 2), `${name}.json`);
  }
}

async function names(folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch (error) {
    throw new BillingError('storage', `${folder} cannot be read`, { cause: error });
  }
}

async function optionalFile(path: string): Promise<Uint8Array | undefined> {
  try {
    return new Uint8Array(await readFile(path));
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw new BillingError('storage', `${path} cannot be read`, { cause: error });
  }
}
