/**
 * Options of the npm scripts. `--help` prints the usage; an unknown option ends with status 2, what is wrong and the usage.
 * Everything about a command line is decided here, before a script does any work.
 */
import { type ParseArgsConfig, parseArgs } from 'node:util';

const USAGE_STATUS = 2;

/** @param usage what `--help` prints: the command, a sentence, a line for each option */
export function scriptOptions<const T extends ParseArgsConfig>(
  usage: string,
  config: T,
): ReturnType<typeof parseArgs<T>> {
  const args = config.args ?? process.argv.slice(2);
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(`${usage.trim()}\n`);
    process.exit(0);
  }
  try {
    return parseArgs(config);
  } catch (error) {
    if (!isOfOptions(error)) throw error;
    process.stderr.write(`${error.message}\n\n${usage.trim()}\n`);
    process.exit(USAGE_STATUS);
  }
}

function isOfOptions(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
}
