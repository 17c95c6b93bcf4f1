/** `assay bill`: price tables, invoices, audits and the ledger of `assay/billing`. */
import { availableParallelism } from 'node:os';
import { parentPort } from 'node:worker_threads';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { defined } from '../base/defined.js';
import { fromHex, isHex, toHex } from '../base/hash.js';
import { amountForPeople } from '../billing/amount.js';
import type { AuditReport } from '../billing/audit.js';
import type { Billing } from '../billing/billing.js';
import type { Invoice } from '../billing/invoice.js';
import { auditDocument, auditLines, auditStatus } from './audit-report.js';
import { CliError } from './cli-error.js';
import { addEstimateCommand } from './command-bill-estimate.js';
import type { Console } from './console.js';
import { EXIT, type ExitStatus } from './exit-status.js';
import { columns, counted, grouped, printable } from './layout.js';
import { billingErrors, openLedger, priceTableAt } from './open-ledger.js';
import { ledgerUnitsOption, threadsOption } from './option-values.js';
import { ProgressLine } from './progress-line.js';
import { readBytesWithin } from './read-bytes.js';
import { secretKeyAt } from './secret-key.js';
import { writeFile } from './write-file.js';

/** Largest price table, invoice or key file that is read. */
const DOCUMENT_BYTES_MAX = 2 ** 30;

const FORMATS = ['text', 'html', 'pdf', 'focus', 'cloudevents', 'unyt'] as const;
type Format = (typeof FORMATS)[number];

interface Json {
  readonly json?: boolean;
}

export function addBillCommand(program: Command, console: Console, done: (status: ExitStatus) => void): void {
  const bill = program
    .command('bill')
    .summary('price, bill and audit what guests used')
    .description(
      'Price tables, invoices that anyone can check, audits by running receipts again, and the ledger behind them.',
    );
  const ending = (run: () => Promise<ExitStatus>) => billingErrors(run).then(done);
  bill
    .command('prices')
    .summary('check a price table and print its hash')
    .argument('<table>', 'price table as JSON')
    .option('--json', 'print one JSON document')
    .action((path: string, options: Json) => ending(() => prices(console, path, options)));
  bill
    .command('verify')
    .summary('check an invoice: format, prices, sums, root and signature')
    .description(
      'Checks everything in an invoice that can be checked without receipts. Exit status 0 if it is valid, 1 if not.',
    )
    .argument('<invoice>', 'invoice as JSON')
    .option('--key <hex>', "the house's public key, 64 hexadecimal digits", keyOption)
    .option('--json', 'print one JSON document')
    .action((path: string, options: Json & { key?: Uint8Array }) => ending(() => verify(console, path, options)));
  bill
    .command('show')
    .summary('print an invoice for people or for other programs')
    .argument('<invoice>', 'invoice as JSON')
    .option('--format <name>', FORMATS.join(', '), formatOption, 'text')
    .option('--out <file>', 'write to a file; required for PDF')
    .action((path: string, options: { format: Format; out?: string }) => ending(() => show(console, path, options)));
  bill
    .command('audit')
    .summary('sample lines of an invoice and run them again')
    .description(
      'Samples lines by a public seed and runs each again from its evidence. Exit status 0 if all are confirmed, 1 if one is refuted or its module has changed, 4 if one cannot be verified.',
    )
    .argument('<invoice>', 'invoice as JSON')
    .requiredOption('--evidence <dir>', 'folder with runs/ and modules/')
    .requiredOption('--seed <text>', 'a public text that is newer than the invoice, such as the hash of a block')
    .option(
      '--sample <count>',
      'number of lines to sample, or all (default: those that --confidence needs)',
      sampleOption,
    )
    .option(
      '--confidence <percent>',
      'with which one false line in a hundred is found: 99 samples 459 lines (default 99.9, which samples 688)',
      riskOption,
    )
    .option('--signed', 'every line must have been ordered by a signed request')
    .option('--key <hex>', "the house's public key, 64 hexadecimal digits", keyOption)
    .option('--threads <n>', 'threads (default: 1, with --sample all one for each processor)', threadsOption)
    .addOption(new Option('--part <index/of>', 'the share of one thread').argParser(partOption).hideHelp())
    .option('--json', 'print one JSON document')
    .action((path: string, options: AuditOptions) => ending(() => auditInvoice(console, path, options)));
  addEstimateCommand(bill, console, ending);
  addLedgerCommands(bill, console, ending);
  bill
    .command('demo')
    .summary('two tenants, a zome, an invoice, and an audit that finds a forged line')
    .option('--out <dir>', 'where to write invoices and evidence (default: a new folder for temporary files)')
    .action((options: { out?: string }) =>
      ending(async () => {
        const { billDemo } = await import('./bill-demo.js');
        return billDemo(console, options.out);
      }),
    );
}

type Ending = (run: () => Promise<ExitStatus>) => Promise<void>;

function addLedgerCommands(bill: Command, console: Console, ending: Ending): void {
  const ledger = '<ledger>';
  const where = 'a file of SQLite, or postgres://...';
  bill
    .command('balance')
    .summary('show the balance of a tenant, in the ledger’s unit')
    .argument(ledger, where)
    .argument('<tenant>')
    .option('--json', 'print one JSON document')
    .action((place: string, tenant: string, options: Json) =>
      ending(() => withBilling(place, (billing) => balance(console, billing, tenant, options))),
    );
  bill
    .command('budget')
    .summary('notices: low balance, spending a day, forecast to the end of the month')
    .description(
      'Shows what a tenant can spend and how long it lasts at the rate of this month. Exit status 0 if it lasts until the end of the month, 1 if it is low or does not.',
    )
    .argument(ledger, where)
    .argument('<tenant>')
    .option('--low <units>', 'low below this (default: what a day costs)', ledgerUnitsOption)
    .option('--json', 'print one JSON document')
    .action((place: string, tenant: string, options: Json & { low?: bigint }) =>
      ending(() => withBilling(place, (billing) => budget(console, billing, tenant, options))),
    );
  bill
    .command('tenant')
    .summary('open an account for a tenant, or set its credit limit')
    .argument(ledger, where)
    .argument('<tenant>')
    .option('--credit <units>', 'credit limit, in the ledger’s unit (default: 0)', ledgerUnitsOption)
    .action((place: string, tenant: string, { credit = 0n }: { credit?: bigint }) =>
      ending(() =>
        withBilling(place, async (billing) => {
          await billing.openTenant(tenant, { creditLimit: credit });
          return EXIT.ok;
        }),
      ),
    );
  bill
    .command('pay-in')
    .summary('book a payment of a tenant')
    .argument(ledger, where)
    .argument('<tenant>')
    .argument('<units>', 'amount in the ledger’s unit', ledgerUnitsOption)
    .requiredOption('--id <text>', 'id of the payment: the same id is booked once')
    .action((place: string, tenant: string, units: bigint, { id }: { id: string }) =>
      ending(() =>
        withBilling(place, async (billing) => {
          await billing.payIn(tenant, units, id);
          return EXIT.ok;
        }),
      ),
    );
  bill
    .command('statement')
    .summary('issue the next invoice of a tenant')
    .argument(ledger, where)
    .argument('<tenant>')
    .requiredOption('--house <name>', 'who bills')
    .requiredOption('--key-file <file>', 'secret key, 32 bytes or 64 hexadecimal digits')
    .requiredOption('--out <file>', 'the invoice as JSON')
    .action((place: string, tenant: string, options: StatementOptions) =>
      ending(() => withBilling(place, (billing) => issue(console, billing, tenant, options))),
    );
  bill
    .command('journal')
    .summary('print the ledger for hledger')
    .argument(ledger, where)
    .requiredOption('--currency <code>', 'name of the currency')
    .requiredOption('--scale <digits>', 'digits after the point in the ledger', countOption)
    .action((place: string, { currency, scale }: { currency: string; scale: number }) =>
      ending(() =>
        withBilling(place, async (billing) => {
          const { journalLines } = await import('../billing/export-journal.js');
          for await (const line of journalLines(billing.ledger, currency, scale)) console.out(line);
          return EXIT.ok;
        }),
      ),
    );
}

function textOf(path: string): string {
  return new TextDecoder().decode(readBytesWithin(path, DOCUMENT_BYTES_MAX, 'an invoice'));
}

async function prices({ out, colours }: Console, path: string, { json }: Json): Promise<ExitStatus> {
  const { priceTableHash, priceTableJson } = await import('../billing/price-table.js');
  const table = await priceTableAt(path);
  const hash = toHex(priceTableHash(table));
  if (json === true) {
    out(JSON.stringify({ hash, table: priceTableJson(table) }));
    return EXIT.ok;
  }
  const rate = (units: bigint) => amountForPeople(units, table.currency, table.scale);
  const head = ['from', 'instantiate', 'guest', 'host', 'boundary', 'load'].map((text) => ({
    text,
    style: colours.dim,
  }));
  const rows = table.tiers.map(({ from, instantiate, guest, host, boundary, load }) => [
    grouped(from),
    ...[instantiate, guest, host, boundary, load].map(rate),
  ]);
  out(
    [
      `${printable(table.name)}, ${table.validFrom < table.validUntil ? 'valid' : ''} ${new Date(table.validFrom).toISOString()} to ${new Date(table.validUntil).toISOString()}`,
      `hash ${hash}`,
      '',
      `per ${grouped(table.fuelUnit)} fuel, ${grouped(table.freeFuel)} of each ${table.volumePeriod} free`,
      ...columns([head, ...rows], [0, 1, 2, 3, 4, 5]),
      '',
      `a call ${rate(table.call)}, a memo hit ${rate(table.memoHit)}, ${grouped(table.storageUnit)} bytes a day ${rate(table.storageDay)}`,
      `rounded ${table.rounding}, once a line`,
    ].join('\n'),
  );
  return EXIT.ok;
}

/** @throws CliError for an invoice that does not verify */
async function checkedInvoice(path: string, key: Uint8Array | undefined): Promise<Invoice> {
  const { checkInvoice } = await import('../billing/invoice.js');
  const checked = checkInvoice(textOf(path), key);
  if (checked.ok) return checked.invoice;
  const { fault } = checked;
  const detail = 'detail' in fault ? `: ${fault.detail}` : '';
  const line = fault.code === 'line' ? ` ${fault.line + 1}` : '';
  throw new CliError(
    `${printable(path)} is not a valid invoice [${fault.code}${line}]${printable(detail)}`,
    'it was modified after the house signed it, or the house signed false figures: do not pay it',
    { fault },
    EXIT.invalid,
  );
}

async function verify(
  { out, colours }: Console,
  path: string,
  { key, json }: Json & { key?: Uint8Array },
): Promise<ExitStatus> {
  const { statement, hash, key: signer } = await checkedInvoice(path, key);
  const { currency = '', payableScale = 0 } = statement.tables[0]?.table ?? {};
  const payable = amountForPeople(statement.payable, currency, payableScale);
  if (json === true) {
    const facts = { hash: toHex(hash), key: toHex(signer), lines: statement.lines.length };
    out(
      JSON.stringify({
        ...facts,
        tenant: statement.tenant,
        payable: String(statement.payable),
        currency,
        payableScale,
      }),
    );
  } else {
    out(`${colours.green('holds')}: ${counted(statement.lines.length, 'line')} of ${statement.tenant}, ${payable}`);
    out(`signed by ${toHex(signer)}${key === undefined ? colours.dim(' (compare it with the key of the house)') : ''}`);
  }
  return EXIT.ok;
}

async function show(
  { out }: Console,
  path: string,
  { format, out: file }: { format: Format; out?: string },
): Promise<ExitStatus> {
  const invoice = await checkedInvoice(path, undefined);
  if (format === 'pdf' && file === undefined)
    throw new CliError('a PDF cannot be printed to a terminal', 'name a file with --out');
  const shown = await rendered(invoice, format);
  if (file === undefined) out(String(shown).trimEnd());
  else writeFile(file, shown);
  return EXIT.ok;
}

async function rendered(invoice: Invoice, format: Format): Promise<string | Uint8Array> {
  const lines = (rows: Iterable<string>) => [...rows].map((row) => `${row}\n`).join('');
  switch (format) {
    case 'text':
      return (await import('../billing/statement-text.js')).invoiceText(invoice);
    case 'html':
      return (await import('../billing/statement-html.js')).invoiceHtml(invoice);
    case 'pdf':
      return (await import('../billing/statement-pdf.js')).invoicePdf(invoice);
    case 'focus':
      return (await import('../billing/export-focus.js')).focusCsv(invoice.statement);
    case 'cloudevents':
      return lines((await import('../billing/export-events.js')).cloudEvents(invoice.statement));
    case 'unyt':
      return lines((await import('../billing/export-events.js')).unytLines(invoice.statement));
  }
}

interface AuditOptions extends Json {
  readonly evidence: string;
  readonly seed: string;
  readonly sample?: number | 'all';
  /** The number of audits in a million that may miss what they look for. */
  readonly confidence?: bigint;
  readonly signed?: boolean;
  readonly key?: Uint8Array;
  readonly threads?: number;
  readonly part?: { readonly index: number; readonly of: number };
}

async function auditInvoice(console: Console, path: string, options: AuditOptions): Promise<ExitStatus> {
  const { sample, confidence, part } = options;
  if (sample !== undefined && confidence !== undefined)
    throw new CliError('--sample and --confidence both say how many lines to sample', 'use one or the other');
  const invoice = await checkedInvoice(path, options.key);
  const { threads = sample === 'all' ? availableParallelism() : 1 } = options;
  const isShared = threads > 1 && part === undefined && console.program !== undefined;
  const report = isShared
    ? await (await import('./audit-threads.js')).auditInThreads(console, console.program, threads)
    : auditDocument(await auditHere(console, invoice, options));
  if (options.json === true) console.out(JSON.stringify(report));
  else console.out(auditLines(report, console).join('\n'));
  return auditStatus(report);
}

async function auditHere(console: Console, invoice: Invoice, options: AuditOptions): Promise<AuditReport> {
  const { audit } = await import('../billing/audit.js');
  const { EvidenceFolder } = await import('../billing/evidence.js');
  const { sample, confidence: risk, part } = options;
  let line: ProgressLine | undefined;
  const report = await audit(invoice, new EvidenceFolder(options.evidence), {
    seed: options.seed,
    ...defined({ sample, risk, part }),
    signed: options.signed === true,
    progress: (_, all) => {
      // The command that started the thread counts for all of them.
      if (part !== undefined) return void parentPort?.postMessage(all);
      line ??= new ProgressLine(console, all, 'lines');
      line.step();
    },
  });
  line?.end();
  return report;
}

async function withBilling(place: string, run: (billing: Billing) => Promise<ExitStatus>): Promise<ExitStatus> {
  const billing = await openLedger(place);
  try {
    return await run(billing);
  } finally {
    await billing.ledger.database.close();
  }
}

async function balance({ out }: Console, billing: Billing, tenant: string, { json }: Json): Promise<ExitStatus> {
  const facts = Object.entries(await billing.balance(tenant)).map(([name, units]) => [name, String(units)] as const);
  if (json === true) out(JSON.stringify(Object.fromEntries(facts)));
  else
    out(
      columns(
        facts.map(([name, units]) => [name, grouped(BigInt(units))]),
        [1],
      ).join('\n'),
    );
  return EXIT.ok;
}

async function budget(
  { out, colours }: Console,
  billing: Billing,
  tenant: string,
  { json, low }: Json & { readonly low?: bigint },
): Promise<ExitStatus> {
  const { momentText } = await import('../billing/document.js');
  const found = await billing.budget(tenant, defined({ lowAt: low }));
  const { available, spent, perDay, forecast, exhaustedAt, low: isLow } = found;
  const [since, until] = [momentText(found.since), momentText(found.until)];
  const exhausted = exhaustedAt === undefined ? undefined : momentText(exhaustedAt);
  const status = isLow || exhausted !== undefined ? EXIT.invalid : EXIT.ok;
  if (json === true) {
    const amounts = { available, spent, perDay, forecast };
    const texts = Object.fromEntries(Object.entries(amounts).map(([name, units]) => [name, String(units)]));
    out(JSON.stringify({ tenant, since, until, ...texts, low: isLow, exhaustedAt: exhausted ?? null }));
    return status;
  }
  const day = (text: string) => text.slice(0, 10);
  const rows: [string, string, string][] = [
    ['available', grouped(available), ''],
    ['spent', grouped(spent), `since ${day(since)}`],
    ['a day', grouped(perDay), ''],
    ['forecast', grouped(forecast), `until ${day(until)}`],
  ];
  out(columns(rows, [1]).join('\n'));
  if (isLow) out(colours.yellow(`low: less than ${low === undefined ? 'a day costs' : grouped(low)} is left`));
  if (exhausted !== undefined) out(colours.yellow(`at this rate nothing is left on ${exhausted}`));
  return status;
}

interface StatementOptions {
  readonly house: string;
  readonly keyFile: string;
  readonly out: string;
}

async function issue(
  { out }: Console,
  billing: Billing,
  tenant: string,
  { house, keyFile, out: file }: StatementOptions,
): Promise<ExitStatus> {
  const { signInvoice } = await import('../billing/invoice.js');
  const secret = secretKeyAt(keyFile);
  const statement = await billing.statement(tenant, house);
  if (statement === undefined) {
    out(`${tenant} has used nothing since the last statement`);
    return EXIT.ok;
  }
  writeFile(file, signInvoice(statement, secret).text);
  out(`statement ${statement.number} of ${tenant}: ${counted(statement.lines.length, 'line')}, in ${printable(file)}`);
  return EXIT.ok;
}

function keyOption(text: string): Uint8Array {
  if (isHex(text)) return fromHex(text);
  throw new InvalidArgumentError('Write 64 lower-case hexadecimal digits.');
}

function formatOption(text: string): Format {
  if ((FORMATS as readonly string[]).includes(text)) return text as Format;
  throw new InvalidArgumentError(`The formats are ${FORMATS.join(', ')}.`);
}

function countOption(text: string): number {
  if (/^[0-9]{1,15}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Write a whole number.');
}

/** @throws InvalidArgumentError for a text that is not a share */
function partOption(text: string): { readonly index: number; readonly of: number } {
  const [index = Number.NaN, of = Number.NaN] = text.split('/').map(Number);
  if (Number.isSafeInteger(index) && Number.isSafeInteger(of) && index >= 0 && index < of) return { index, of };
  throw new InvalidArgumentError('Write the number of a share and of how many.');
}

function sampleOption(text: string): number | 'all' {
  if (text === 'all') return text;
  const lines = countOption(text);
  if (lines > 0) return lines;
  throw new InvalidArgumentError('Write a number of lines from 1, or all.');
}

const PERCENT = /^([0-9]{1,2})(?:\.([0-9]{1,4}))?$/;

/** Converts a confidence in percent to the remaining risk, in parts per million. */
function riskOption(text: string): bigint {
  const [, whole, part = ''] = PERCENT.exec(text) ?? [];
  if (whole !== undefined) return 1_000_000n - BigInt(whole + part.padEnd(4, '0'));
  throw new InvalidArgumentError('Write a percentage from 0 to 99.9999, such as 99.9.');
}
