/**
 * A happ under `assay try`, for a person and for a program: each call, what it wrote, the verdicts of the integrity
 * zomes.
 */

import { toHex } from '../base/hash.js';
import { anyValue } from '../boundary/codec.js';
import { decodeBytes } from '../boundary/codec-bytes.js';
import { jsonFromMessagePack } from '../boundary/json-write.js';
import type { MessagePackValue } from '../boundary/messagepack.js';
import { receiptHash } from '../engine/receipt/receipt-json.js';
import { dataOf, headOf } from '../zome/action-parts.js';
import type { Happ } from '../zome/happ.js';
import { guestCallsOf, type HappCall, type HappInit, type OpValidation, type Signal } from '../zome/happ-call.js';
import { hashText } from '../zome/holo-hash.js';
import type { Record } from '../zome/record.js';
import { verdictJson } from '../zome/verdict-json.js';
import type { ZomeCall } from '../zome/zome-call.js';
import { ZOME_JSON } from '../zome/zome-json.js';
import { outcomeLine } from './call-report.js';
import type { Colours } from './console.js';
import { columns, counted, grouped, printable, shortened } from './layout.js';

/** Maximum characters of a result shown to a person; `--json` has all of it. */
const RESULT_CHARACTERS_MAX = 300;

function jsonOf(value: MessagePackValue): string {
  return jsonFromMessagePack(value, ZOME_JSON);
}

function jsonOfBytes(bytes: Uint8Array): string {
  const decoded = decodeBytes(anyValue, bytes);
  return decoded.ok ? jsonOf(decoded.value) : JSON.stringify({ $bin: toHex(bytes) });
}

function fuelOf(calls: readonly ZomeCall[]): number {
  return calls.reduce((sum, { receipt }) => sum + receipt.fuel.used, 0);
}

/** Fuel of the call, of its validations and of the post-commit functions. Nested calls are included in the call. */
function fuelParts(run: HappCall | HappInit): { call: number; validations: number; postCommits: number } {
  const own = 'initialization' in run ? run.initialization.calls : run.call === undefined ? [] : [run.call];
  return {
    call: fuelOf(own),
    validations: fuelOf(run.validations.flatMap(({ validation }) => validation.calls)),
    postCommits: fuelOf(run.postCommits.map(({ call }) => call)),
  };
}

function recordDocument({ signed_action: { hashed } }: Record): object {
  return { seq: headOf(hashed.content).seq, type: dataOf(hashed.content).type, action: hashText(hashed.hash) };
}

function receiptDocument({ zome, export: exportName, receipt, hostCalls, traces, tracesDropped }: ZomeCall): object {
  const { fuel } = receipt;
  const names = hostCalls.map(({ module, name }) => `${module}.${name}`);
  const about = { zome, export: exportName, fuel: fuel.used, receipt: toHex(receiptHash(receipt)) };
  return { ...about, hostCalls: names, traces, tracesDropped };
}

function validationDocument({ op, record, validation: { verdict, calls } }: OpValidation): object {
  const action = hashText(record.signed_action.hashed.hash);
  return { op: op.kind, action, ...verdictJson(verdict), calls: calls.map(receiptDocument) };
}

/** JSON text that is put into a document unchanged: parsed and written again, 1.0 would become 1. */
class Raw {
  constructor(readonly json: string) {}
}

/** JSON of a document that contains `Raw`. */
function documentText(value: unknown): string {
  if (value instanceof Raw) return value.json;
  if (Array.isArray(value)) return `[${value.map(documentText).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  return `{${fields.map(([key, field]) => `${JSON.stringify(key)}:${documentText(field)}`).join(',')}}`;
}

function signalDocument({ zome, signal }: Signal): object {
  return { zome, signal: new Raw(jsonOfBytes(signal)) };
}

function runDocument(run: HappCall | HappInit): object {
  const own = 'initialization' in run ? run.initialization.calls : run.call === undefined ? [] : [run.call];
  return {
    fuel: fuelParts(run),
    records: run.records.map(recordDocument),
    validations: run.validations.map(validationDocument),
    calls: [...run.nested, ...own].map(receiptDocument),
    postCommits: run.postCommits.map(({ zome, call, result }) => ({ zome, ok: result.ok, ...receiptDocument(call) })),
    signals: run.signals.map(signalDocument),
    remoteSignals: run.remoteSignals.map((signal) => ({
      ...signalDocument(signal),
      agents: signal.agents.map(hashText),
    })),
  };
}

function initDocument(init: HappInit): object {
  const { outcome } = init;
  return { outcome: outcome.kind, text: 'text' in outcome ? outcome.text : undefined, ...runDocument(init) };
}

function callDocument(call: HappCall, isExpected: boolean): object {
  const { zome, export: fn, time, outcome, init } = call;
  const result = outcome.kind === 'ok' ? new Raw(jsonOf(outcome.value)) : undefined;
  const text = 'text' in outcome ? outcome.text : undefined;
  const head = { zome, fn, time: String(time), outcome: outcome.kind, expected: isExpected, result, text };
  return { ...head, ...runDocument(call), ...(init === undefined ? {} : { init: initDocument(init) }) };
}

export interface TriedCall {
  readonly call: HappCall;
  readonly isExpected: boolean;
}

/** What `try --json` prints. */
export function tryDocument(happ: Happ, tried: readonly TriedCall[]): string {
  return documentText({
    generation: happ.generation,
    dna: hashText(happ.host.dnaInfo.hash),
    agent: hashText(happ.agent.key),
    calls: tried.map(({ call, isExpected }) => callDocument(call, isExpected)),
    chain: happ.chain.map(recordDocument),
    ops: happ.ops().length,
  });
}

/** The lines before the first call. */
export function happLines(happ: Happ, colours: Colours): string[] {
  return columns([
    [{ text: 'dna', style: colours.dim }, `${printable(happ.host.dnaInfo.name)} ${hashText(happ.host.dnaInfo.hash)}`],
    [{ text: 'agent', style: colours.dim }, hashText(happ.agent.key)],
    [{ text: 'generation', style: colours.dim }, happ.generation],
  ]);
}

function validationsText(record: Record, validations: readonly OpValidation[], colours: Colours): string {
  return validations
    .filter((done) => done.record === record)
    .map(({ op, validation: { verdict } }) => {
      const isValid = verdict.kind === 'Valid';
      return `${op.kind} ${isValid ? colours.green('Valid') : colours.red(verdict.kind === 'NoVerdict' ? 'no verdict' : verdict.kind)}`;
    })
    .join(', ');
}

function recordLine(record: Record, validations: readonly OpValidation[], colours: Colours): string {
  const { content, hash } = record.signed_action.hashed;
  const place = `${headOf(content).seq} ${dataOf(content).type}`;
  return `   ${colours.dim('record')} ${place} ${hashText(hash)}: ${validationsText(record, validations, colours)}`;
}

function fuelLine(run: HappCall | HappInit, colours: Colours): string {
  const { call, validations, postCommits } = fuelParts(run);
  const others = [
    ...(validations > 0 ? [`validations ${grouped(validations)}`] : []),
    ...(postCommits > 0 ? [`post_commit ${grouped(postCommits)}`] : []),
  ];
  return `   ${colours.dim('fuel')} ${[grouped(call), ...others].join(', ')}`;
}

/** Trace output of the guests, in the order in which they ran. */
function traceLines(run: HappCall | HappInit, colours: Colours): string[] {
  return guestCallsOf(run).flatMap(({ zome, traces, tracesDropped }) => [
    ...traces.map(
      ({ level, message }) => `   ${colours.dim('trace')} ${printable(zome)} ${level} ${printable(message)}`,
    ),
    ...(tracesDropped > 0 ? [`   ${colours.dim('trace')} ${counted(tracesDropped, 'trace')} more, not kept`] : []),
  ]);
}

function runLines(run: HappCall | HappInit, colours: Colours): string[] {
  const refused = run.validations.filter(({ record }) => !run.records.includes(record)).map(({ record }) => record);
  const dropped = [...new Set(refused)];
  return [
    ...run.records.map((record) => recordLine(record, run.validations, colours)),
    ...dropped.map((record) => `${recordLine(record, run.validations, colours)} ${colours.dim('(dropped)')}`),
    ...traceLines(run, colours),
    ...run.signals.map(({ zome, signal }) => {
      return `   ${colours.dim('signal')} ${printable(zome)} ${shortened(printable(jsonOfBytes(signal)), RESULT_CHARACTERS_MAX)}`;
    }),
    ...run.postCommits
      .filter(({ result }) => !result.ok)
      .map(({ zome, call }) => `   post_commit of ${printable(zome)} ${outcomeLine(call.outcome, colours)}`),
  ];
}

function initLines(init: HappInit, colours: Colours): string[] {
  const { outcome } = init;
  const head = outcome.kind === 'ok' ? colours.green('ok') : `${colours.red(outcome.kind)} ${printable(outcome.text)}`;
  return ['', `${colours.bold('init')} ${head}`, ...runLines(init, colours), fuelLine(init, colours)];
}

function outcomeText(call: HappCall, colours: Colours): string {
  const { outcome } = call;
  switch (outcome.kind) {
    case 'ok':
      return `${colours.green('ok')} ${shortened(printable(jsonOf(outcome.value)), RESULT_CHARACTERS_MAX)}`;
    case 'no-answer':
      return call.call === undefined ? outcome.text : outcomeLine(call.call.outcome, colours);
    default:
      return `${colours.red(outcome.kind)} ${printable(outcome.text)}`;
  }
}

/** One call, and `init` before it. */
export function triedCallLines(number: number, { call, isExpected }: TriedCall, colours: Colours): string[] {
  const name = colours.bold(`${number} ${printable(call.zome)}.${printable(call.export)}`);
  return [
    ...(call.init === undefined ? [] : initLines(call.init, colours)),
    '',
    `${name} ${outcomeText(call, colours)}${isExpected ? '' : colours.magenta(' (not as expected)')}`,
    ...runLines(call, colours),
    fuelLine(call, colours),
  ];
}

/** The state at the end. */
export function tryEndLine(happ: Happ, tried: readonly TriedCall[], colours: Colours): string {
  const wrong = tried.filter(({ isExpected }) => !isExpected).length;
  const calls = `${counted(tried.length, 'call')}, ${wrong === 0 ? 'all as expected' : `${grouped(wrong)} not as expected`}`;
  const style = wrong === 0 ? colours.green : colours.red;
  return `${style(calls)}; the chain has ${counted(happ.chain.length, 'record')}, ${counted(happ.ops().length, 'op')}`;
}
