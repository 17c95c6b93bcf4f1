/** A call for a person and for a program: outcome, fuel, pages, receipt. */
import { FAULTS } from '../base/fault.js';
import { toHex } from '../base/hash.js';
import { BREACHES } from '../boundary/byte-abi.js';
import type { Diagnostics } from '../engine/call/call-attempt.js';
import type { ByteOutcome, CallOutcome } from '../engine/loaded-module.js';
import type { Receipt } from '../engine/receipt/receipt.js';
import { receiptHash } from '../engine/receipt/receipt-json.js';
import { printValue, toNumber, type Value } from '../wasm/value.js';
import type { Colours } from './console.js';
import { columns, grouped, printable } from './layout.js';

/** Maximum number of frames shown of a backtrace. */
const FRAMES_MAX = 20;

interface Called {
  readonly outcome: CallOutcome | ByteOutcome;
  readonly receipt: Receipt;
  readonly diagnostics: Diagnostics;
}

/** The document that `call --json` prints; `validate` puts its verdict before it. */
export function callDocument({ outcome, receipt, diagnostics }: Called): object {
  return {
    outcome: outcomeDocument(outcome, diagnostics),
    fuel: { used: receipt.fuel.used, limit: receipt.fuel.limit, parts: receipt.fuel.parts },
    pages: receipt.pages,
    module: toHex(receipt.module),
    schedule: toHex(receipt.schedule),
    limits: toHex(receipt.limits),
    receipt: toHex(receiptHash(receipt)),
  };
}

function outcomeDocument(outcome: Called['outcome'], diagnostics: Diagnostics): object {
  switch (outcome.kind) {
    case 'returned':
      return 'values' in outcome
        ? { kind: outcome.kind, values: outcome.values.map(printValue) }
        : { kind: outcome.kind, output: toHex(outcome.output) };
    case 'trapped':
    case 'exhausted':
      return { ...outcome, backtrace: framesDocument(diagnostics) };
    case 'short-circuited':
      return { kind: outcome.kind, payload: toHex(outcome.payload) };
    case 'breached':
      return { kind: outcome.kind, code: outcome.code };
  }
}

function framesDocument(stopped: Pick<Diagnostics, 'backtrace'>): object[] {
  return stopped
    .backtrace()
    .slice(0, FRAMES_MAX)
    .map(({ functionIndex, name, offset }) => ({ function: functionIndex, name, offset }));
}

/** Lines for a person. `head` comes before the figures. */
export function callLines(called: Called, colours: Colours, head: readonly string[]): string[] {
  const { receipt, diagnostics } = called;
  const { limit, used, parts } = receipt.fuel;
  const named = Object.entries(parts).filter(([, units]) => units > 0);
  const split = named.map(([name, units]) => `${name} ${grouped(units)}`).join(', ');
  return [
    ...head,
    ...columns([
      [{ text: 'fuel', style: colours.dim }, `${grouped(used)} of ${grouped(limit)}${split && ` (${split})`}`],
      [{ text: 'pages', style: colours.dim }, grouped(receipt.pages)],
      [{ text: 'module', style: colours.dim }, toHex(receipt.module)],
      [{ text: 'receipt', style: colours.dim }, toHex(receiptHash(receipt))],
    ]),
    ...backtraceLines(diagnostics, colours),
  ];
}

/** How the call ended, in one line. */
export function outcomeLine(outcome: Called['outcome'], colours: Colours): string {
  switch (outcome.kind) {
    case 'returned': {
      const values = 'values' in outcome ? outcome.values.map(valueText).join(', ') : `${outcome.output.length} bytes`;
      return `${colours.green('returned')} ${values === '' ? 'nothing' : values}`;
    }
    case 'trapped':
      return `${colours.red('trapped')} ${outcome.code}: ${FAULTS[outcome.code].text}`;
    case 'exhausted':
      return `${colours.red('exhausted')} ${outcome.resource}: ${FAULTS[outcome.resource].text}`;
    case 'short-circuited':
      return `${colours.yellow('short-circuited')} by a host function with ${outcome.payload.length} bytes`;
    case 'breached':
      return `${colours.red('breached')} ${outcome.code}: ${breachText(outcome.code)}`;
  }
}

export function breachText(code: string): string {
  const rows: Readonly<Record<string, string>> = BREACHES;
  return rows[code] ?? 'a reference other than null was passed to the host';
}

function valueText(value: Value): string {
  return 'bits' in value ? `${printValue(value)} (${toNumber(value)})` : printValue(value);
}

function backtraceLines(diagnostics: Diagnostics, colours: Colours): string[] {
  const frames = diagnostics.backtrace();
  if (frames.length === 0) return [];
  const rows = frames
    .slice(0, FRAMES_MAX)
    .map(({ functionIndex, name, offset }, depth) => [
      `  ${depth}`,
      `func[${functionIndex}]`,
      printable(name ?? ''),
      { text: `at byte ${offset}`, style: colours.dim },
    ]);
  const more = frames.length - rows.length;
  return ['', colours.dim('backtrace, innermost first'), ...columns(rows), ...(more > 0 ? [`  … ${more} more`] : [])];
}
