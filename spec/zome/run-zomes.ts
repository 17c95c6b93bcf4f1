/**
 * Runs real zomes: every `.wasm`, `.wasm.gz`, `.dna`, `.happ` and `.webhapp` of a folder is loaded, linked, listed, and
 * called through `entry_defs`, `genesis_self_check` and `validate` of every kind of op, in the interpreter and in the
 * instrumented tier. Nothing may crash or be refused, every call must run in the tier that was asked for, and both must
 * return the same with the same receipts; the status is 1 otherwise, and if nothing ran. None of the bytes belong in
 * this repository.
 *
 *   npm run zomes -- DIR
 */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { toHex } from '../../src/base/hash.js';
import { encodeMessagePack } from '../../src/boundary/messagepack-encode.js';
import type { Verdict } from '../../src/boundary/validation.js';
import { createEngine } from '../../src/engine/engine.js';
import { receiptHash } from '../../src/engine/receipt/receipt-json.js';
import type { TierName } from '../../src/machine/program.js';
import { dnasOf, readBundle, zomeDefinitionsOf } from '../../src/zome/bundle.js';
import { noVerdictText } from '../../src/zome/callback-result.js';
import { createZomeHost } from '../../src/zome/create-zome-host.js';
import { recordsSource } from '../../src/zome/dependency-source.js';
import { gunzip } from '../../src/zome/gunzip.js';
import { hashText } from '../../src/zome/holo-hash.js';
import type { ZomeDefinition } from '../../src/zome/zome.js';
import type { ZomeCall } from '../../src/zome/zome-call.js';
import type { ZomeHost } from '../../src/zome/zome-host.js';
import { checkFolder, scriptLine } from '../script-options.js';
import { AUTHOR, samples } from './sample-ops.js';

const ENDINGS = ['.wasm', '.wasm.gz', '.dna', '.happ', '.webhapp'];
const FUEL = 1_000_000_000;
const UNPACKED_MAX = 268_435_456;

interface Subject {
  readonly name: string;
  readonly zomes: readonly ZomeDefinition[];
  readonly hash?: Uint8Array;
}

async function subjectsOf(path: string): Promise<readonly Subject[] | string> {
  const bytes = new Uint8Array(readFileSync(path));
  const name = basename(path);
  if (name.endsWith('.wasm')) return [{ name, zomes: [{ name: name.slice(0, -5), wasm: bytes }] }];
  if (name.endsWith('.wasm.gz')) {
    const unpacked = await gunzip(bytes, UNPACKED_MAX);
    return unpacked.ok ? [{ name, zomes: [{ name: name.slice(0, -8), wasm: unpacked.bytes }] }] : unpacked.code;
  }
  const read = await readBundle(bytes);
  if (!read.ok) return `${read.fault.code} at ${read.fault.place}: ${read.fault.detail}`;
  return dnasOf(read.bundle).map(({ role, dna }) => ({
    name: role === '' ? name : `${name}#${role}`,
    zomes: zomeDefinitionsOf(dna),
    ...(dna.hash === undefined ? {} : { hash: dna.hash }),
  }));
}

function verdictText(verdict: Verdict): string {
  if (verdict.kind === 'Invalid') return `Invalid(${verdict.reason.slice(0, 90)})`;
  if (verdict.kind === 'NoVerdict') return `no verdict: ${noVerdictText(verdict.cause).slice(0, 110)}`;
  return verdict.kind;
}

function outcomeText({ outcome }: ZomeCall): string {
  if (outcome.kind === 'trapped' || outcome.kind === 'breached') return `${outcome.kind}(${outcome.code})`;
  return outcome.kind === 'exhausted' ? `exhausted(${outcome.resource})` : outcome.kind;
}

function callsText(calls: readonly ZomeCall[]): string {
  return calls
    .map((call) => {
      const asked = [...new Set(call.hostCalls.map(({ name }) => name.replace('__hc__', '')))].join(' ');
      const traces = call.traces.length > 0 ? `, ${call.traces.length} traces` : '';
      return `${call.zome}: ${outcomeText(call)}, fuel ${call.receipt.fuel.used}, ${call.receipt.pages} pages${asked && `, ${asked}`}${traces}`;
    })
    .join(' | ');
}

/** The results of one tier: a line for each callback, and every receipt. */
class Report {
  readonly lines: string[] = [];
  readonly receipts: string[] = [];
  /** Calls that were run by another tier. */
  readonly strays: string[] = [];

  constructor(readonly tier: TierName) {}

  say(what: string, result: string, calls: readonly ZomeCall[] = []): void {
    this.lines.push(`    ${what.padEnd(22)} ${result}${calls.length > 0 ? `  [${callsText(calls)}]` : ''}`);
    for (const { receipt, diagnostics } of calls) {
      this.receipts.push(toHex(receiptHash(receipt)));
      if (diagnostics.tier !== this.tier) this.strays.push(`${what} ran in the ${diagnostics.tier}`);
    }
  }
}

function say(what: string, result: string): void {
  console.log(`    ${what.padEnd(22)} ${result}`);
}

function runCallbacks(host: ZomeHost, tier: TierName): Report {
  const report = new Report(tier);
  const entryDefs = host.entryDefs();
  if (entryDefs.ok) {
    const ids = [...entryDefs.defs].map(
      ([zome, defs]) => `${zome}: ${defs.map(({ id }) => ('value' in id ? id.value : id.kind)).join(' ') || '(none)'}`,
    );
    report.say('entry_defs', ids.join('; ') || '(absent)', entryDefs.calls);
  } else report.say('entry_defs', `${entryDefs.zome}: ${noVerdictText(entryDefs.cause)}`, entryDefs.calls);
  const types = host.zomeTypes();
  report.say('types', types.ok ? `entries ${types.entries}, links ${types.links}` : types.reason);
  const selfCheck = host.genesisSelfCheck({ agentKey: AUTHOR, membraneProof: encodeMessagePack(null) }, { fuel: FUEL });
  report.say('genesis_self_check', verdictText(selfCheck.verdict), selfCheck.calls);
  const { generation } = host;
  for (const [zomeIndex] of host.integrityZomes.entries()) {
    const { ops, records } = samples({ generation, zomeIndex });
    const dependencies = recordsSource(records, { generation });
    for (const { name, op } of ops) {
      const validation = host.validateOp(op, { dependencies, fuel: FUEL });
      report.say(`${zomeIndex} ${name}`, verdictText(validation.verdict), validation.calls);
    }
  }
  return report;
}

/** The result for a subject. `empty`: it has no zome with a callback. */
type Ending = 'agrees' | 'empty' | 'refused' | 'fails';

async function runSubject({ name, zomes, hash }: Subject): Promise<Ending> {
  console.log(`  ${name}${hash === undefined ? '' : ` DNA ${hashText(hash)}`}`);
  if (zomes.length === 0) return 'empty';
  const reports: Report[] = [];
  for (const tier of ['interpreter', 'instrumented'] as const) {
    const started = performance.now();
    const dnaInfo = hash === undefined ? {} : { hash };
    const made = await createZomeHost({ engine: createEngine({ tier }), zomes, dnaInfo });
    if (!made.ok) {
      say('load', `${made.zome}: ${made.fault.kind} ${made.fault.code} ${made.fault.detail ?? ''}`);
      return 'refused';
    }
    const { host } = made;
    if (reports.length === 0) sayZomes(host, zomes);
    const loaded = performance.now();
    try {
      reports.push(runCallbacks(host, tier));
    } catch (error) {
      say('CRASHED', error instanceof Error ? (error.stack ?? error.message) : String(error));
      return 'fails';
    }
    const [toLoad, toRun] = [Math.round(loaded - started), Math.round(performance.now() - loaded)];
    say(tier, `loaded in ${toLoad} ms, all callbacks in ${toRun} ms`);
  }
  const [first, second] = reports;
  for (const line of first!.lines) console.log(line);
  const strays = [...first!.strays, ...second!.strays];
  for (const stray of strays) say('ANOTHER TIER', stray);
  const isSame = [...first!.receipts, ...first!.lines].join() === [...second!.receipts, ...second!.lines].join();
  const { length } = first!.receipts;
  say('receipts', isSame ? `${length}, the same in both tiers` : 'DIFFER between tiers');
  if (!isSame || strays.length > 0) return 'fails';
  return length === 0 ? 'empty' : 'agrees';
}

function sayZomes(host: ZomeHost, zomes: readonly ZomeDefinition[]): void {
  for (const zome of host.zomes) {
    const { imports, functions, memories } = zome.module.describe();
    const bytes = zomes.find((other) => other.name === zome.name)!.wasm.length;
    const size = `${bytes} bytes, ${functions.length} functions, ${imports.length} imports, memory ${memories.join()}`;
    say(zome.kind, `${zome.name}: ${size}, ${hashText(zome.wasmHash)}`);
  }
  say('generation', `${host.generation} by ${host.detected.by}`);
}

const { args, refuse } = scriptLine({
  name: 'zomes',
  about:
    'Runs every zome and bundle of a folder in both tiers. Exit status 1 if one crashes, is refused or differs, or if nothing ran.',
  options: {},
  takes: [['<dir>', 'folder with .wasm, .wasm.gz, .dna, .happ and .webhapp files']],
});
const [folder = ''] = args;
checkFolder(refuse, folder);
const endings = { agrees: 0, empty: 0, refused: 0, fails: 0 };
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
for (const file of files.filter((path) => ENDINGS.some((ending) => path.endsWith(ending)))) {
  console.log(file);
  const subjects = await subjectsOf(join(folder, file));
  if (typeof subjects === 'string') {
    say('refused', subjects);
    endings.refused += 1;
  } else for (const subject of subjects) endings[await runSubject(subject)] += 1;
}
const { agrees, empty, refused, fails } = endings;
console.log(`${agrees} agree, ${empty} have nothing to call, ${refused} refused, ${fails} crashed or differ`);
process.exitCode = fails > 0 || refused > 0 || agrees === 0 ? 1 : 0;
