/** `assay token FILE TENANT`: creates a token for a tenant of `assay serve`; the file stores only its hash. */

import { existsSync } from 'node:fs';
import { type Command, InvalidArgumentError } from 'commander';
import { isHex } from '../base/hash.js';
import type { TenantRow, TokenTable } from '../service/tokens.js';
import { CliError } from './cli-error.js';
import type { Console } from './console.js';
import { EXIT, type ExitStatus } from './exit-status.js';
import { printable } from './layout.js';
import { unitsOption } from './option-values.js';
import { readBytesWithin } from './read-bytes.js';
import { writePrivateFile } from './write-file.js';

const FILE_BYTES_MAX = 2 ** 27;

const HELP = `
FILE is created with mode 600 if it does not exist. The token is printed once; the file contains only its hash. The given limits replace
those of the tenant. A service reads the file again on SIGHUP. To revoke a token, delete its line in FILE.

Exit status: 0 done, 2 usage.`;

interface Options {
  readonly fuelPerSecond?: number;
  readonly bytesPerSecond?: number;
  readonly concurrency?: number;
  readonly operator?: boolean;
  readonly requestKey?: string;
  readonly mustSign?: boolean;
}

export function addTokenCommand(program: Command, console: Console, done: (status: ExitStatus) => void): void {
  program
    .command('token')
    .summary('make a token for a tenant of assay serve')
    .description('Creates a token for a tenant and stores its hash in a file.')
    .argument('<file>', 'file of tokens')
    .argument('<tenant>', '1 to 64 letters, digits and ._@-')
    .option('--fuel-per-second <n>', 'fuel that the tenant may use per second', unitsOption)
    .option('--bytes-per-second <n>', 'bytes that it may send per second', unitsOption)
    .option('--concurrency <n>', 'concurrent requests that it may make', unitsOption)
    .option('--operator', 'may read /metrics')
    .option('--request-key <hex>', 'public key (ed25519) with which the tenant signs its requests', keyOption)
    .option('--must-sign', 'refuse runs that the tenant has not signed')
    .addHelpText('after', HELP)
    .action(async (path: string, tenant: string, options: Options) =>
      done(await addToken(console, path, tenant, options)),
    );
}

function keyOption(text: string): string {
  if (isHex(text)) return text;
  throw new InvalidArgumentError('Write 64 lower-case hexadecimal digits.');
}

async function addToken({ out }: Console, path: string, name: string, options: Options): Promise<ExitStatus> {
  const { makeToken, writeTokens } = await import('../service/tokens.js');
  const tenants = existsSync(path) ? (await tokensAt(path)).tenants : [];
  const { token, line } = makeToken();
  const before: TenantRow = tenants.find((tenant) => tenant.name === name) ?? { name, tokens: [] };
  const tenant = { ...before, ...options, tokens: [...before.tokens, line] };
  const text = writeTokens([...tenants.filter((other) => other !== before), tenant]);
  await readTokensText(path, text);
  writePrivateFile(path, text);
  out(token);
  return EXIT.ok;
}

/** @throws CliError */
export async function tokensAt(path: string): Promise<TokenTable> {
  return await readTokensText(
    path,
    new TextDecoder().decode(readBytesWithin(path, FILE_BYTES_MAX, 'a file of tokens')),
  );
}

async function readTokensText(path: string, text: string): Promise<TokenTable> {
  const { readTokens, TokenFileError } = await import('../service/tokens.js');
  try {
    return readTokens(text);
  } catch (error) {
    if (!(error instanceof TokenFileError)) throw error;
    throw new CliError(`${printable(path)}: ${printable(error.message)}`, 'assay token FILE TENANT makes one');
  }
}
