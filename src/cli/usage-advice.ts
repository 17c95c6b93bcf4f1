/** Turns the `UsageError`s of the library into errors of the command line. */
import { UsageError } from '../base/usage-error.js';
import { CliError } from './cli-error.js';
import { printable } from './layout.js';
import { loadError } from './load-module.js';

/** Runs a call on the module of a file. @throws CliError if the library throws a UsageError */
export function usageErrorsOf<T>(path: string, call: () => T): T {
  try {
    return call();
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    if (error.fault !== undefined) throw loadError(path, error.fault);
    throw new CliError(printable(error.message), `assay inspect ${printable(path)} lists what the module exports`);
  }
}
