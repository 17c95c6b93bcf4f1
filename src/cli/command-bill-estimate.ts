/**
 * `assay bill estimate`: what a call will use, before it is ordered. Estimates come from receipts of earlier calls,
 * from running the call here, which is exact because every node runs it alike, and from the most that any call of the
 * function can use, if it has no loops.
 */
import type { Command } from 'commander';
import { defined } from '../base/defined.js';
import { isHex, toHex } from '../base/hash.js';
import { amountForPeople } from '../billing/amount.js';
import type { EstimateBasis, FuelEstimate } from '../billing/estimate.js';
import type { EstimateInput } from '../billing/estimate-input.js';
import type { PriceTable } from '../billing/price-table.js';
import type { Generation } from '../boundary/generation.js';
import type { FuelBound } from '../engine/describe/fuel-bound.js';
import type { Receipt } from '../engine/receipt/receipt.js';
import { CliError } from './cli-error.js';
import type { Console } from './console.js';
import { EXIT, type ExitStatus } from './exit-status.js';
import { columns, counted, grouped, printable } from './layout.js';
import { priceTableAt } from './open-ledger.js';
import { fuelOption, generationOption, unitsOption, valueArguments } from './option-values.js';
import { usageErrorsOf } from './usage-advice.js';

interface Options {
  readonly evidence?: string;
  readonly bytes?: number;
  readonly op?: string;
  readonly deps?: string;
  readonly generation?: Generation;
  readonly dryRun?: boolean;
  readonly fuel?: number;
  readonly table?: string;
  readonly json?: boolean;
}

const HELP = `
MODULE is a file, a place in a bundle, or, with --evidence, the hash of a module. Of a file it also shows the most fuel that any
call of EXPORT with values can use; there is none if a loop, recursion, a host function or a price by length is in what it calls.

  assay bill estimate 8c1f... validate --evidence house --op post.json
  assay bill estimate notes.wasm validate --op post.json --dry-run --table prices.json
  assay bill estimate fibonacci.wasm fibonacci i32:20 --dry-run`;

export function addEstimateCommand(
  bill: Command,
  console: Console,
  ending: (run: () => Promise<ExitStatus>) => Promise<void>,
): void {
  bill
    .command('estimate')
    .summary('estimate the fuel of a call: from earlier ones, from a dry run, at most')
    .argument('<module>', 'module, or its hash, 64 hexadecimal digits')
    .argument('<export>', 'its export')
    .argument('[values...]', 'arguments of a dry run, each type:value')
    .option('--evidence <dir>', 'folder with runs/: estimate from the receipts of earlier calls')
    .option('--bytes <count>', 'size of the payload, for --evidence', unitsOption)
    .option('--op <file>', 'op to validate: determines the size and the kind of op, or is run with --dry-run')
    .option('--deps <file>', 'records that must_get_* can find in a dry run: .json or .msgpack')
    .option(
      '--generation <name>',
      'generation of the op: 0.2, 0.2-map, 0.6 or 0.7 (default: the first that matches)',
      generationOption,
    )
    .option('--dry-run', 'run the call here: its fuel is the same everywhere')
    .option('--fuel <n>', 'fuel limit of a dry run (default 1000000000)', fuelOption)
    .option('--table <file>', 'price table: show the estimate in money, too')
    .option('--json', 'print one JSON document')
    .addHelpText('after', HELP)
    .action((module: string, exportName: string, values: readonly string[], options: Options) =>
      ending(() => estimate(console, { module, exportName, values }, options)),
    );
}

/** The call to estimate. */
interface Asked {
  readonly module: string;
  readonly exportName: string;
  readonly values: readonly string[];
}

interface Found {
  readonly past: FuelEstimate | undefined;
  readonly dryRun: readonly Receipt[] | undefined;
  readonly bound: (FuelBound & { readonly name?: string }) | undefined;
}

async function estimate({ out }: Console, asked: Asked, options: Options): Promise<ExitStatus> {
  checkOptions(asked, options);
  const isHash = isHex(asked.module);
  const subject = isHash ? undefined : await moduleAt(asked, options);
  const past = options.evidence === undefined ? undefined : await fromEvidence(asked, options, subject?.hash);
  const found: Found = { past, dryRun: subject?.dryRun, bound: subject?.bound };
  const table = options.table === undefined ? undefined : await priceTableAt(options.table);
  const { mostOf, price } = await import('../billing/price.js');
  const prices: Prices = {
    most: (fuel) => (table === undefined ? undefined : mostOf(BigInt(fuel), table)),
    exact: (receipts) =>
      table === undefined
        ? undefined
        : receipts.reduce((sum, receipt) => sum + price({ kind: 'call', receipt }, table).amount, 0n),
  };
  if (options.json === true) out(JSON.stringify(estimateDocument(found, prices)));
  else out(estimateLines(found, prices, table).join('\n'));
  return EXIT.ok;
}

function checkOptions({ module, values }: Asked, { evidence, bytes, op, dryRun, deps, fuel }: Options): void {
  const isHash = isHex(module);
  if (isHash && evidence === undefined)
    throw new CliError('a hash of a module needs --evidence', 'give the folder of its receipts, or a module file');
  if (isHash && dryRun === true)
    throw new CliError('a dry run needs the module', 'give the module file in place of its hash');
  if (evidence !== undefined && (bytes === undefined) === (op === undefined))
    throw new CliError('an estimate needs the size of the input', 'pass either --bytes or --op');
  if (dryRun !== true && (values.length > 0 || deps !== undefined || fuel !== undefined))
    throw new CliError('values, --deps and --fuel need --dry-run', 'add --dry-run');
  if (op !== undefined && values.length > 0)
    throw new CliError('values and --op cannot be used together', 'a zome takes its op and no values');
}

interface ModuleFound {
  readonly hash: string;
  readonly dryRun: readonly Receipt[] | undefined;
  readonly bound: (FuelBound & { readonly name?: string }) | undefined;
}

async function moduleAt(asked: Asked, options: Options): Promise<ModuleFound> {
  if (options.op !== undefined) return zomeAt(asked, options.op, options);
  const { callBound } = await import('../billing/call-bound.js');
  const { functionLabels } = await import('../engine/describe/function-labels.js');
  const { symbolName } = await import('../engine/describe/symbol-name.js');
  const { loadModule } = await import('./load-module.js');
  const module = await loadModule(asked.module);
  return usageErrorsOf(asked.module, () => {
    const bound = callBound(module, asked.exportName);
    const { fuel } = options;
    const run = () => module.call(asked.exportName, valueArguments(asked.values), defined({ fuel })).receipt;
    const label = functionLabels(module.parts.called.metered.module);
    return {
      hash: module.hash,
      dryRun: options.dryRun === true ? [run()] : undefined,
      bound: bound.ok ? bound : { ...bound, name: symbolName(label(bound.functionIndex)) },
    };
  });
}

/** A validation calls each zome that the op concerns. */
async function zomeAt({ module, exportName }: Asked, op: string, options: Options): Promise<ModuleFound> {
  const { readModule } = await import('./module-place.js');
  const { hash } = await import('../base/hash.js');
  const bytes = await readModule(module);
  if (options.dryRun !== true) return { hash: toHex(hash(bytes)), dryRun: undefined, bound: undefined };
  if (exportName !== 'validate')
    throw new CliError('an op is validated by the export validate', 'write validate in place of the export');
  const { validateOpFile } = await import('./validate-op.js');
  const { validation } = await validateOpFile(module, { ...options, op });
  const dryRun = validation.calls.map(({ receipt }) => receipt);
  return { hash: toHex(hash(bytes)), dryRun, bound: undefined };
}

async function fromEvidence(asked: Asked, options: Options, hash = asked.module): Promise<FuelEstimate> {
  const input = await inputToEstimate(options);
  const { UsageSampler } = await import('../billing/estimate-input.js');
  const { EvidenceFolder } = await import('../billing/evidence.js');
  const { estimateFuel } = await import('../billing/estimate.js');
  const samples = [];
  const sampler = new UsageSampler();
  for await (const run of new EvidenceFolder(options.evidence!).all()) {
    if (toHex(run.receipt.module) === hash && run.receipt.export === asked.exportName)
      samples.push(sampler.sample(run));
  }
  return estimateFuel(samples, input);
}

async function inputToEstimate({ bytes, op, generation }: Options): Promise<EstimateInput> {
  if (op === undefined) return { inputBytes: bytes! };
  const { readOp } = await import('./validate-op.js');
  const { inputOfOp } = await import('../billing/estimate-input.js');
  const read = readOp(op, generation);
  return inputOfOp(read.op, read.generation);
}

/** In the ledger's unit; undefined without a price table. */
interface Prices {
  most(fuel: number): bigint | undefined;
  exact(receipts: readonly Receipt[]): bigint | undefined;
}

const fuelOf = (receipts: readonly Receipt[]): number => receipts.reduce((sum, { fuel }) => sum + fuel.used, 0);

function estimateDocument({ past, dryRun, bound }: Found, prices: Prices): object {
  const priced = (name: string, units: bigint | undefined) => (units === undefined ? {} : { [name]: String(units) });
  return {
    ...past,
    ...(past === undefined
      ? {}
      : {
          ...priced('medianPrice', prices.most(past.median)),
          ...priced('p95Price', prices.most(past.p95)),
          ...priced('mostPrice', prices.most(past.most)),
        }),
    ...(dryRun === undefined
      ? {}
      : {
          dryRun: {
            fuel: fuelOf(dryRun),
            outcomes: dryRun.map(({ outcome }) => outcome.kind),
            ...priced('price', prices.exact(dryRun)),
          },
        }),
    ...(bound === undefined
      ? {}
      : { bound: bound.ok ? { fuel: bound.fuel, ...priced('price', prices.most(bound.fuel)) } : bound }),
  };
}

/** What estimates are based on, for people. */
const BASIS_TEXTS: Readonly<Record<EstimateBasis, string>> = {
  'kind and size': 'of ops of this sort and about this size',
  kind: 'of ops of this sort',
  size: 'of inputs of about this size',
  all: 'of inputs of any size',
};

function estimateLines({ past, dryRun, bound }: Found, prices: Prices, table: PriceTable | undefined): string[] {
  const money = (units: bigint | undefined, before = '') =>
    units === undefined || table === undefined ? '' : `${before}${amountForPeople(units, table.currency, table.scale)}`;
  const most = (label: string, fuel: number) => [label, grouped(fuel), money(prices.most(fuel), 'at most ')];
  const lines: string[] = [];
  if (past !== undefined) {
    lines.push(`fuel, from ${counted(past.samples, 'receipt')} ${BASIS_TEXTS[past.basis]}`);
    const rows = [most('median', past.median), most('p95', past.p95), most('most', past.most)];
    lines.push(...columns(rows, [1]));
  }
  if (dryRun !== undefined) {
    const ended = dryRun.map(({ outcome }) => outcome.kind).join(', ');
    const rows = [['this call', grouped(fuelOf(dryRun)), money(prices.exact(dryRun))]];
    lines.push(`fuel, from a dry run (${ended})`, ...columns(rows, [1]));
  }
  if (bound?.ok === true) lines.push('fuel, of any call', ...columns([most('most', bound.fuel)], [1]));
  else if (bound !== undefined) lines.push(`no most of any call: ${whyUnbounded(bound)}`);
  return lines;
}

function whyUnbounded({
  by,
  name,
  functionIndex,
  offset,
}: Extract<FuelBound, { ok: false }> & { name?: string }): string {
  return `${by} in ${printable(name ?? `function ${functionIndex}`)}, at 0x${offset.toString(16)}`;
}
