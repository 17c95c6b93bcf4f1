/**
 * An audit: lines of an invoice are sampled by a seed that was unknown when it was signed, and each is run again.
 *
 * The draw: seed = BLAKE2b-256 of `assay-audit-1`, the statement's hash and the public text; number n = the first six
 * bytes (big endian) of BLAKE2b-256 of the seed and n as eight bytes, little endian. The lines that can be run again,
 * in their order, are shuffled (Fisher-Yates), and the first k are drawn: for i from 0, place i is swapped with place i
 * + (number mod (count - i)); numbers from 2^48 - (2^48 mod (count - i)) on are skipped.
 *
 * If a share p of the lines is false, k draws miss all of them with a probability of at most (1 - p)^k. If one line in
 * a hundred is false, 459 draws find one with 99 %, 688 with 99.9 %. The default is 688, because of a hundred audits
 * with 459 draws one is expected to find nothing.
 */
import { hash, toHex, utf8 } from '../base/hash.js';
import { sameBytes } from '../base/same-bytes.js';
import { UsageError } from '../base/usage-error.js';
import type { Generation } from '../boundary/generation.js';
import { createEngine } from '../engine/engine.js';
import type { LoadedModule } from '../engine/loaded-module.js';
import type { Receipt } from '../engine/receipt/receipt.js';
import { receiptHash, receiptJson } from '../engine/receipt/receipt-json.js';
import type { Tier } from '../engine/tier.js';
import { HostFailure } from '../machine/outcome.js';
import { parseValue } from '../wasm/value.js';
import { createZomeHost } from '../zome/create-zome-host.js';
import { BillingError } from './billing-error.js';
import type { Evidence, EvidenceSource } from './evidence.js';
import type { Invoice } from './invoice.js';
import { isForSchedule } from './price-table.js';
import { answerFault, requestIdOf } from './request.js';
import { aboutReceipt, type StatementLine } from './statement.js';

/**
 * The share of false lines that an audit should find, and the risk that it misses them, in parts of a million: a
 * hundredth of the lines, missed once in a thousand.
 */
const SHARE_DEFAULT = 10_000n;
const RISK_DEFAULT = 1_000n;

export type AuditVerdict = 'confirmed' | 'refuted' | 'module-changed' | 'unverifiable';

export interface AuditResult {
  /** Index of the line in the statement. */
  readonly line: number;
  readonly sequence: bigint;
  readonly verdict: AuditVerdict;
  /** The reason; empty for `confirmed`. */
  readonly reason: string;
  /** The receipt that was billed, and the one that the run made. */
  readonly billed?: Receipt;
  readonly made?: Receipt;
}

export interface AuditReport {
  /** Lines that can be run again: calls, memo hits and loads. */
  readonly lines: number;
  /** Lines that cannot be run: storage and reversals. */
  readonly notRun: number;
  readonly drawn: number;
  readonly counts: Readonly<Record<AuditVerdict, number>>;
  /** One for each line that was drawn, in the order of the draw. */
  readonly results: readonly AuditResult[];
  /** If this many of a million lines are false ... */
  readonly share: bigint;
  /** ... the probability that the draw missed all of them is at most this, in parts of a million. */
  readonly risk: bigint;
}

export interface AuditOptions {
  /** How many lines to draw. Default: as many as `risk` needs, 688; `all` runs every line. */
  readonly sample?: number | 'all';
  /** A public text from after the invoice was signed: the hash of a block, a lottery's numbers. */
  readonly seed: string;
  /** The share of false lines that the audit should find, in parts of a million. Default 10,000: one in a hundred. */
  readonly share?: bigint;
  /**
   * The accepted probability that an audit misses such a share, in parts of a million. Default 1,000: it is found with
   * 99.9 %.
   */
  readonly risk?: bigint;
  readonly tier?: Tier;
  /**
   * Whether every line must have been ordered by a signed request. Default false: signatures are checked where they
   * exist.
   */
  readonly signed?: boolean;
  /** To share the work: runs every `of`-th drawn line, from the `index`-th on. Default: all. */
  readonly part?: { readonly index: number; readonly of: number };
  readonly progress?: (done: number, all: number) => void;
}

export async function audit(invoice: Invoice, source: EvidenceSource, options: AuditOptions): Promise<AuditReport> {
  const { statement } = invoice;
  const places = statement.lines.flatMap(({ kind }, i) => (kind === 'storage' || kind === 'reversal' ? [] : [i]));
  const { share = SHARE_DEFAULT, risk = RISK_DEFAULT, seed, part, progress } = options;
  const { sample = drawsFor(share, risk) } = options;
  const count = sample === 'all' ? places.length : sample;
  if (!(Number.isSafeInteger(count) && count >= 0)) throw new RangeError('a sample must be a whole number of lines');
  const drawn = drawLines(places.length, count, auditSeed(invoice.hash, seed)).map((at) => places[at]);
  const auditor = new Auditor(invoice, source, options);
  const results: AuditResult[] = [];
  const own = part === undefined ? drawn : drawn.filter((_, i) => i % part.of === part.index);
  for (const line of own) {
    results.push(await auditor.line(line));
    progress?.(results.length, own.length);
  }
  const counts = { confirmed: 0, refuted: 0, 'module-changed': 0, unverifiable: 0 };
  for (const { verdict } of results) counts[verdict] += 1;
  return {
    lines: places.length,
    notRun: statement.lines.length - places.length,
    drawn: drawn.length,
    counts,
    results,
    share,
    risk: drawn.length === places.length ? 0n : remainingRisk(share, drawn.length),
  };
}

const MILLION = 1_000_000n;
/** Draws beyond this many are ignored: they would only lower the risk. */
const DRAWS_MAX = 20_000;

/** (1 - share)^draws in parts of a million, rounded up; exact before that. */
export function remainingRisk(share: bigint, draws: number): bigint {
  const times = BigInt(Math.min(draws, DRAWS_MAX));
  const whole = MILLION ** times;
  return ((MILLION - share) ** times * MILLION + whole - 1n) / whole;
}

/** Fixed point for a risk, with enough digits that rounding up each time does not matter. */
const FINE = 10n ** 18n;

/**
 * How many draws bring the risk down to at most this many parts of a million: 459 for 10,000 and 10,000.
 * @throws RangeError for parts that are not from 1 to 1,000,000
 */
export function drawsFor(share: bigint, risk: bigint): number {
  if (share < 1n || share > MILLION || risk < 1n || risk > MILLION)
    throw new RangeError('a share and a risk are from 1 to 1,000,000 parts of a million');
  let draws = 0;
  for (let left = FINE; left * MILLION > risk * FINE; draws += 1)
    left = (left * (MILLION - share) + MILLION - 1n) / MILLION;
  return draws;
}

export function auditSeed(statement: Uint8Array, text: string): Uint8Array {
  return hash(Uint8Array.of(...utf8('assay-audit-1'), ...statement, ...utf8(text)));
}

const NUMBERS = 2 ** 48;

/** Which of `count` lines are drawn, in the order of the draw. */
export function drawLines(count: number, sample: number, seed: Uint8Array): number[] {
  let n = 0;
  const next = (below: number): number => {
    for (;;) {
      const bytes = new Uint8Array(seed.length + 8);
      bytes.set(seed);
      new DataView(bytes.buffer).setUint32(seed.length, n, true);
      n += 1;
      const number = hash(bytes)
        .subarray(0, 6)
        .reduce((sum, byte) => sum * 256 + byte, 0);
      if (number < NUMBERS - (NUMBERS % below)) return number % below;
    }
  };
  const moved = new Map<number, number>();
  const drawn: number[] = [];
  for (let at = 0; at < count && at < sample; at += 1) {
    const chosen = at + next(count - at);
    drawn.push(moved.get(chosen) ?? chosen);
    moved.set(chosen, moved.get(at) ?? at);
  }
  return drawn;
}

/** The result of loading a module, kept for all its lines. */
type Module =
  | { readonly bytes: Uint8Array; readonly loaded: LoadedModule }
  | { readonly verdict: AuditVerdict; readonly reason: string };
type Judged = Omit<AuditResult, 'line' | 'sequence'>;

class Auditor {
  readonly #invoice: Invoice;
  readonly #source: EvidenceSource;
  readonly #options: AuditOptions;
  readonly #modules = new Map<string, Promise<Module>>();
  readonly #hosts = new Map<string, ReturnType<typeof createZomeHost>>();

  constructor(invoice: Invoice, source: EvidenceSource, options: AuditOptions) {
    this.#invoice = invoice;
    this.#source = source;
    this.#options = options;
  }

  async line(at: number): Promise<AuditResult> {
    const line = this.#invoice.statement.lines[at];
    const judged = await (line.kind === 'load' ? this.#load(line) : this.#run(line));
    return { line: at, sequence: line.sequence, ...judged };
  }

  async #load(line: StatementLine): Promise<Judged> {
    const module = await this.#module(line.module!);
    if ('verdict' in module) return module;
    const { loadPrice } = module.loaded.describe();
    return loadPrice === line.fuel[4] ? confirmed : refuted(`loading it costs ${loadPrice} fuel, not ${line.fuel[4]}`);
  }

  async #run(line: StatementLine): Promise<Judged> {
    const evidence = await this.#evidence(line);
    if (!('receipt' in evidence)) return evidence;
    const billed = evidence.receipt;
    const difference = this.#difference(line, billed) ?? this.#unordered(line, evidence);
    if (difference !== undefined) return { ...refuted(difference), billed };
    const module = await this.#module(billed.module);
    if ('verdict' in module) return { ...module, billed };
    try {
      const made = await this.#again(evidence, module);
      if (typeof made === 'string') return { ...unverifiable(made), billed };
      if (sameBytes(receiptHash(made), line.subject)) return { ...confirmed, billed, made };
      return { ...refuted(differenceOf(billed, made)), billed, made };
    } catch (error) {
      // The evidence is of another call: it calls other host functions, or has an argument that the export does not
      // take.
      const isOfEvidence = error instanceof HostFailure || error instanceof UsageError;
      if (isOfEvidence) return { ...unverifiable(`the evidence belongs to another call: ${error.message}`), billed };
      throw error;
    }
  }

  async #evidence(line: StatementLine): Promise<Evidence | Judged> {
    try {
      const evidence = await this.#source.evidence(line.subject);
      if (evidence === undefined) return unverifiable('there is no evidence of this receipt');
      if (sameBytes(receiptHash(evidence.receipt), line.subject)) return evidence;
      return unverifiable('the evidence belongs to another receipt');
    } catch (error) {
      if (error instanceof BillingError && error.code === 'document') return unverifiable(error.message);
      throw error;
    }
  }

  /** How the line differs from its receipt. */
  #difference(line: StatementLine, receipt: Receipt): string | undefined {
    const { table } = this.#invoice.statement.tables[line.table];
    if (!isForSchedule(table, receipt.schedule))
      return 'the receipt is of another schedule of fuel than the price table';
    const about = aboutReceipt(receipt);
    const said = line.module !== undefined && sameBytes(line.module, receipt.module);
    if (!said) return 'the line names another module than its receipt';
    if (line.export !== about.export) return 'the line names another export than its receipt';
    if (line.outcome !== about.outcome) return `the line has the outcome ${line.outcome}, its receipt ${about.outcome}`;
    const part = line.fuel.findIndex((fuel, i) => fuel !== about.fuel[i]);
    return part < 0 ? undefined : `the line has ${line.fuel[part]} fuel where its receipt has ${about.fuel[part]}`;
  }

  /** Why there is no valid order of the run. */
  #unordered(line: StatementLine, { receipt, signed }: Evidence): string | undefined {
    if (signed === undefined) return this.#options.signed === true ? 'no signed request for it was given' : undefined;
    if (!sameBytes(requestIdOf(signed.request), line.requestId))
      return 'the request that was given does not belong to the line';
    const fault = answerFault(signed.request, receipt, signed.answer);
    return fault === undefined ? undefined : `the request or its response is not valid: ${fault}`;
  }

  #module(identity: Uint8Array): Promise<Module> {
    const key = toHex(identity);
    const known = this.#modules.get(key) ?? this.#readModule(identity);
    this.#modules.set(key, known);
    return known;
  }

  async #readModule(identity: Uint8Array): Promise<Module> {
    const bytes = await this.#source.module(identity);
    if (bytes === undefined) return unverifiable(`the module ${toHex(identity)} is missing`);
    if (!sameBytes(hash(bytes), identity))
      return { verdict: 'module-changed', reason: `the file now contains the module ${toHex(hash(bytes))}` };
    const engine = createEngine({ tier: this.#options.tier ?? 'auto' });
    const loaded = await engine.load(bytes);
    if (!loaded.ok) return refuted(`the module does not load: ${loaded.fault.code}`);
    return { bytes, loaded: loaded.module };
  }

  /** Makes the call again; returns a text if that is not possible. */
  async #again(evidence: Evidence, module: Extract<Module, { bytes: Uint8Array }>): Promise<Receipt | string> {
    const { call, receipt } = evidence;
    const { limit: fuel } = receipt.fuel;
    switch (call.kind) {
      case 'values': {
        const values = call.args.map(parseValue);
        const args = values.flatMap((parsed) => (parsed.ok ? [parsed.value] : []));
        if (args.length < values.length) return 'an argument in the evidence is not a value';
        return module.loaded.call(receipt.export, args, { fuel }).receipt;
      }
      case 'bytes':
        return module.loaded.callBytes(receipt.export, call.payload, { fuel, generation: call.generation }).receipt;
      case 'zome': {
        const host = await this.#host(call.zome, call.generation, receipt.module, module.bytes);
        if (!host.ok) return `the zome cannot be linked: ${host.fault.code}`;
        const { zome, callback, payload, recording } = call;
        return host.host.replay({ zome, callback, export: receipt.export, payload, recording, receipt }).receipt;
      }
    }
  }

  /** A host for all lines of a zome: the module is hashed and loaded once. */
  #host(zome: string, generation: Generation, identity: Uint8Array, wasm: Uint8Array) {
    const key = `${zome} ${generation} ${toHex(identity)}`;
    let host = this.#hosts.get(key);
    if (host === undefined) {
      const engine = createEngine({ tier: this.#options.tier ?? 'auto' });
      host = createZomeHost({ engine, zomes: [{ name: zome, wasm }], generation });
      this.#hosts.set(key, host);
    }
    return host;
  }
}

const confirmed: Judged = { verdict: 'confirmed', reason: '' };

function refuted(reason: string): { readonly verdict: 'refuted'; readonly reason: string } {
  return { verdict: 'refuted', reason };
}

function unverifiable(reason: string): { readonly verdict: 'unverifiable'; readonly reason: string } {
  return { verdict: 'unverifiable', reason };
}

/** The first field in which two receipts differ. */
function differenceOf(billed: Receipt, made: Receipt): string {
  const flat = (receipt: Receipt) => {
    const { fuel, outcome, hash: _, ...rest } = receiptJson(receipt);
    const { parts, ...units } = fuel;
    return Object.entries({ ...rest, outcome: JSON.stringify(outcome), ...units, ...parts });
  };
  const other = new Map(flat(made));
  const [name, value] = flat(billed).find(([field, given]) => other.get(field) !== given) ?? ['bytes', ''];
  return `${name} is ${String(value)} in the receipt that was billed and ${String(other.get(name))} in the one that the run made`;
}
