/** `assay serve`: runs the service of `assay/service` with the tokens, modules, memo and ledger of the command line. */
import { type Command, InvalidArgumentError } from 'commander';
import { defined } from '../base/defined.js';
import type { Tier } from '../engine/tier.js';
import type { ServiceBilling } from '../service/billing-desk.js';
import type { Service } from '../service/open-service.js';
import { SERVICE_LIMIT_ROWS, type ServiceLimits } from '../service/service-limits.js';
import { systemCode } from '../store/store-error.js';
import { CliError } from './cli-error.js';
import { tokensAt } from './command-token.js';
import type { Console } from './console.js';
import { EXIT, type ExitStatus } from './exit-status.js';
import { columns, grouped, printable } from './layout.js';
import { billingErrors, openLedger, priceTableAt } from './open-ledger.js';
import { ledgerUnitsOption, portOption, threadsOption, tierOption } from './option-values.js';
import { packageVersion } from './package-version.js';
import { secretKeyAt } from './secret-key.js';

const LOOPBACK: readonly string[] = ['127.0.0.1', '::1', 'localhost'];
const PORT = 8_080;
const HOUR_MS = 3_600_000;

interface Options {
  readonly host: string;
  readonly port: number;
  readonly tokens?: string;
  readonly auth: boolean;
  readonly modules?: string;
  readonly threads?: number;
  readonly tier?: Tier;
  readonly memo?: string | true;
  readonly billing?: string;
  readonly prices?: string;
  readonly allowance?: bigint;
  readonly house?: string;
  readonly keyFile?: string;
  readonly statementHours: number;
  readonly limit?: Partial<ServiceLimits>;
  readonly log?: boolean;
}

const HELP = () => `
  assay token tokens.json acme                     a tenant and its token
  assay serve --tokens tokens.json --modules DIR   http://127.0.0.1:${PORT}, its page at /docs, OpenAPI at /openapi.json

--no-auth accepts requests from this machine only, all as the tenant local. --memo keeps validations of ops in memory, --memo DIR on disk.
With --billing a call runs only if its tenant can pay its whole fuel limit; with --house and --key-file, statements are issued and signed.
A tenant with a key (assay token --request-key) can sign its requests, or has to (--must-sign); with --key-file, responses are signed.
SIGTERM and SIGINT end the service after the requests in progress; SIGHUP reads the tokens again. --log writes one line of JSON per request.

Limits (--limit name=value):
${columns(
  Object.entries(SERVICE_LIMIT_ROWS).map(([name, { value, unit, reason }]) => [
    `  ${name}`,
    grouped(value),
    unit,
    reason,
  ]),
  [1],
).join('\n')}

Exit status: 0 ended, 2 usage, 5 ended with lines that the ledger did not accept. Install fastify, prom-client and
@fastify/swagger-ui to use this command.`;

export function addServeCommand(program: Command, console: Console, done: (status: ExitStatus) => void): void {
  program
    .command('serve')
    .summary('validate and call over HTTP')
    .description(
      'Serves validations and calls over HTTP: one at a time or in streams, for tenants with tokens and limits.',
    )
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--port <n>', 'port; 0 for any free port', portOption, PORT)
    .option('--tokens <file>', 'tokens of tenants, made by assay token')
    .option('--no-auth', 'no tokens, requests from this machine only')
    .option('--modules <dir>', 'folder of the modules (default: in memory)')
    .option('--threads <n>', 'threads (default: one for each processor)', threadsOption)
    .option('--tier <tier>', 'interpreter, or auto (default) for the fastest available', tierOption)
    .option('--memo [dir]', 'reuse results of earlier validations by zomes')
    .option('--billing <ledger>', 'bill tenants: a file of SQLite, or postgres://...')
    .option('--prices <file>', 'price table of --billing')
    .option('--allowance <units>', 'amount that --billing reserves from a tenant at a time', ledgerUnitsOption)
    .option('--house <name>', 'name of the issuer of statements; they are issued if it is given')
    .option('--key-file <file>', 'secret key that signs statements, 32 bytes or 64 hexadecimal digits')
    .option('--statement-hours <n>', 'hours from one statement to the next', hoursOption, 24)
    .option('--limit <name=value>', 'change a limit; can be repeated', limitOption)
    .option('--log', 'write one line of JSON per request to stderr')
    .addHelpText('after', HELP)
    .action(async (options: Options) => done(await billingErrors(() => serve(console, options))));
}

async function serve(console: Console, options: Options): Promise<ExitStatus> {
  const { auth, tokens: path, host } = options;
  if (auth === (path === undefined)) {
    throw new CliError(
      auth ? 'the service has no tokens, so no request could be accepted' : '--no-auth and --tokens are given',
      'assay token tokens.json NAME makes a token; pass --tokens tokens.json, or --no-auth for this machine alone',
    );
  }
  if (!auth && !LOOPBACK.includes(host)) {
    throw new CliError(
      `--no-auth would let everybody in who can reach ${printable(host)}`,
      'pass --tokens, or leave --host out',
    );
  }
  const tokens = path === undefined ? 'none' : await tokensAt(path);
  const ledger = await ledgerOf(options);
  const stopped = stopSignal();
  let service: Service | undefined;
  if (path !== undefined) process.on('SIGHUP', () => void reload(console, service, path));
  try {
    service = await opened(options, tokens, ledger?.given, console);
    const url = await listening(service, options);
    console.out(`${url}  (Ctrl-C ends; the page is ${url}/docs)`);
    await stopped;
    console.err('stopping after the requests in progress');
    const failed = await service.close();
    if (failed.length === 0) return EXIT.ok;
    console.err(`the ledger did not take the last lines of ${failed.map(printable).join(', ')}`);
    return EXIT.hostFailure;
  } finally {
    await ledger?.close();
  }
}

function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
}

async function reload(console: Console, service: Service | undefined, path: string): Promise<void> {
  try {
    service?.setTokens(await tokensAt(path));
    console.err('tokens reloaded');
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    console.err(`tokens not reloaded, the old ones remain valid: ${error.message}`);
  }
}

async function opened(
  { threads, tier, memo, modules, limit, log }: Options,
  tokens: Awaited<ReturnType<typeof tokensAt>> | 'none',
  billing: ServiceBilling | undefined,
  console: Console,
): Promise<Service> {
  const { openPool } = await import('../pool/open-pool.js');
  const { openModuleFiles } = await import('../service/module-place.js');
  const { openService } = await library(() => import('../service/open-service.js'));
  const folder = modules === undefined ? undefined : await openModuleFiles(modules);
  const pool = openPool({
    ...defined({ threads, tier }),
    ...(memo === undefined ? {} : { memo: memo === true ? {} : { folder: memo } }),
  });
  const open = () =>
    openService({
      pool,
      tokens,
      ...defined({ limits: limit }),
      hasMemo: memo !== undefined,
      version: packageVersion(),
      ...defined({ modules: folder, billing }),
      ...(log === true
        ? { log: (line) => console.err(JSON.stringify({ time: new Date().toISOString(), ...line })) }
        : {}),
    });
  try {
    return await library(open);
  } catch (error) {
    await pool.terminate();
    throw error;
  }
}

/** Optional dependencies may not be installed. */
async function library<T>(load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    if (systemCode(error) !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new CliError(
      'assay serve needs libraries that are not installed',
      'npm install fastify prom-client @fastify/swagger-ui',
    );
  }
}

async function listening(service: Service, { host, port }: Options): Promise<string> {
  try {
    return await service.listen({ host, port });
  } catch (error) {
    await service.close();
    throw new CliError(
      `cannot listen on ${printable(host)}:${port}: ${systemCode(error) ?? 'unknown'}`,
      'choose another --port or --host',
    );
  }
}

async function ledgerOf(
  options: Options,
): Promise<{ readonly given: ServiceBilling; readonly close: () => Promise<void> } | undefined> {
  const { billing: place, prices, allowance, keyFile } = options;
  const secret = keyFile === undefined ? undefined : secretKeyAt(keyFile);
  const statements = statementsOf(options, secret);
  if (place === undefined) return undefined;
  if (prices === undefined) throw new CliError('--billing needs --prices', 'pass --prices FILE');
  const table = await priceTableAt(prices);
  const billing = await openLedger(place);
  const given = { billing, table, ...defined({ allowance, secret, statements }) };
  return { given, close: () => billing.ledger.database.close() };
}

/** Undefined if none are issued: a key alone signs responses. */
function statementsOf(
  { house, statementHours }: Options,
  secret: Uint8Array | undefined,
): ServiceBilling['statements'] | undefined {
  if (house === undefined) return undefined;
  if (secret !== undefined) return { house, secret, every: statementHours * HOUR_MS };
  throw new CliError('statements need --house and --key-file', 'pass --house NAME and --key-file FILE');
}

function hoursOption(text: string): number {
  if (/^[1-9][0-9]{0,2}$/.test(text) && Number(text) <= 500) return Number(text);
  throw new InvalidArgumentError('Write a whole number of hours from 1 to 500.');
}

function limitOption(text: string, before: Partial<ServiceLimits> = {}): Partial<ServiceLimits> {
  const [, name = '', value = ''] = /^([A-Za-z]+)=([1-9][0-9]{0,15})$/.exec(text) ?? [];
  if (Object.hasOwn(SERVICE_LIMIT_ROWS, name)) return { ...before, [name]: Number(value) };
  throw new InvalidArgumentError(`Write --limit name=value with one of ${Object.keys(SERVICE_LIMIT_ROWS).join(', ')}.`);
}
