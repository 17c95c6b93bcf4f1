/** An error that stops a command before its work: what was wrong, and what to do about it. */
import { EXIT, type ExitStatus } from './exit-status.js';

export class CliError extends Error {
  /**
   * @param message what was wrong and where, in one line
   * @param advice what to do, in one line
   * @param document what `--json` prints instead of `{ error }`
   */
  constructor(
    message: string,
    readonly advice: string,
    readonly document?: object,
    readonly status: ExitStatus = EXIT.usage,
  ) {
    super(message);
    this.name = 'CliError';
  }
}
