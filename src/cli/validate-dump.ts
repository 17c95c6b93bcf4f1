/**
 * `assay validate MODULE --dump FILE...`: validates every op that a conductor dumped, one after another. Rows are
 * written as they come, so only the counts are kept.
 */
import { defined } from '../base/defined.js';
import type { Generation } from '../boundary/generation.js';
import type { Verdict } from '../boundary/validation.js';
import { DUMP_LIMITS, type DumpFault, type DumpFile, readConductorDump } from '../zome/conductor-dump.js';
import type { Op } from '../zome/op.js';
import { type OpCheck, opFaults, opFaultsText } from '../zome/op-check.js';
import { type DumpedOpValidation, type ValidateDumpOptions, validateDump } from '../zome/validate-dump.js';
import { CliError } from './cli-error.js';
import type { Console } from './console.js';
import { dumpHeadLine, dumpOpDocument, dumpOpLine, dumpSummaryDocument, dumpSummaryLines } from './dump-report.js';
import { EXIT, type ExitStatus } from './exit-status.js';
import { printable } from './layout.js';
import { ProgressLine } from './progress-line.js';
import { readBytesWithin } from './read-bytes.js';
import { isJsonText } from './read-document.js';
import { usageErrorsOf } from './usage-advice.js';
import { dependenciesOf, type SubjectOptions, zomeSubject } from './zome-subject.js';

export interface ValidateDumpFiles extends SubjectOptions {
  readonly dump: readonly string[];
  readonly deps?: string;
  readonly fuel?: number;
  readonly json?: boolean;
  /** Default `all`; false for no check. */
  readonly check?: OpCheck | false;
}

/** What is known of all ops together. */
export interface DumpTotals {
  readonly verdicts: Record<Verdict['kind'], number>;
  fuelUsed: number;
}

/** How often other work runs: the output is written, and the faster tier is compiled. */
const TURN_MS = 10;

const ADVICE: Readonly<Record<DumpFault['code'], string>> = {
  malformed: 'check that the file is complete and contains only the dump, as JSON or MessagePack',
  'not-a-dump': 'save what hc client call dump-full-state, or dumpFullState of the admin websocket, returns',
  'not-an-op': 'pass --generation for a dump of another Holochain; docs/HOLOCHAIN.md names the types of a dump',
  'too-many-bytes': 'dump fewer ops at once: dump_full_state takes a cursor',
  'too-many-ops': 'dump fewer ops at once: dump_full_state takes a cursor',
};

/** The ops of dumps, each validated on demand. @throws CliError */
export async function dumpValidations(argument: string, files: ValidateDumpFiles) {
  const documents = files.dump.map(dumpFile);
  const { host, zome } = await zomeSubject(argument, files);
  const read = readConductorDump(documents, host.generation);
  if (!read.ok) throw dumpError(read.fault, host.generation);
  const { dump } = read;
  const validations = validateDump(host, dump, {
    dependencies: dependenciesOf(files.deps, host.generation),
    ...defined({ zome }),
    ...refusal(files.check ?? 'all', host.generation),
    ...defined({ fuel: files.fuel }),
  });
  return { host, dump, validations: caught(argument, validations) };
}

/** @throws CliError */
export async function validateDumpFiles(
  console: Console,
  argument: string,
  files: ValidateDumpFiles,
): Promise<ExitStatus> {
  const { host, dump, validations } = await dumpValidations(argument, files);
  const totals: DumpTotals = {
    verdicts: { Valid: 0, Invalid: 0, UnresolvedDependencies: 0, NoVerdict: 0 },
    fuelUsed: 0,
  };
  const json = files.json === true;
  if (!json && dump.size > 0) console.out(dumpHeadLine(host.generation, console.colours));
  const progress = new ProgressLine(console, dump.size, 'ops');
  let restedMs = performance.now();
  for (const validation of validations) {
    progress.clear();
    console.out(
      json ? JSON.stringify(dumpOpDocument(validation)) : dumpOpLine(validation, host.generation, console.colours),
    );
    count(totals, validation);
    progress.step();
    if (performance.now() - restedMs < TURN_MS) continue;
    await new Promise((resolve) => setImmediate(resolve));
    restedMs = performance.now();
  }
  progress.end();
  const { warrants, duplicates } = dump;
  const summary = { ops: dump.size, ...totals, warrants, duplicates, generation: host.detected };
  if (json) console.out(JSON.stringify(dumpSummaryDocument(summary)));
  else console.out(dumpSummaryLines(summary, console.colours).join('\n'));
  return worstOf(totals);
}

/** What a conductor would have found before it called a zome. */
function refusal(check: OpCheck | false, generation: Generation): Pick<ValidateDumpOptions, 'refuse'> {
  if (check === false) return {};
  const refuse = (op: Op) => {
    const faults = opFaults(op, generation, check);
    return faults.length === 0 ? undefined : opFaultsText(faults);
  };
  return { refuse };
}

/** The same items; usage errors of the library become errors of the command line. */
function* caught<T>(argument: string, items: Iterable<T>): Iterable<T> {
  const iterator = items[Symbol.iterator]();
  for (;;) {
    const next = usageErrorsOf(argument, () => iterator.next());
    if (next.done === true) return;
    yield next.value;
  }
}

function dumpFile(path: string): DumpFile {
  const bytes = readBytesWithin(path, DUMP_LIMITS.bytes, 'a dump');
  return { name: path, bytes, format: isJsonText(path, bytes) ? 'json' : 'messagepack' };
}

export function dumpError({ code, file, path, reason }: DumpFault, generation: string): CliError {
  const where = path === '$' ? '' : ` at ${printable(path)}`;
  const what = `${printable(file)} is not a readable dump of generation ${generation}: ${printable(reason)}${where}`;
  return new CliError(what, ADVICE[code], { fault: { kind: 'dump', code, file, path, reason } });
}

function count(totals: DumpTotals, { verdict, fuelUsed }: DumpedOpValidation): void {
  totals.verdicts[verdict.kind] += 1;
  totals.fuelUsed += fuelUsed;
}

/**
 * From the worst: a node with one missing verdict cannot vouch for the rest; an unresolved op may still become valid.
 */
const FROM_WORST = [
  ['NoVerdict', EXIT.notReturned],
  ['Invalid', EXIT.invalid],
  ['UnresolvedDependencies', EXIT.unresolved],
] as const satisfies readonly (readonly [Verdict['kind'], ExitStatus])[];

function worstOf({ verdicts }: DumpTotals): ExitStatus {
  return FROM_WORST.find(([kind]) => verdicts[kind] > 0)?.[1] ?? EXIT.ok;
}
