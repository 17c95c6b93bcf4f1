/** Runs a command line in this process, with its output captured. */
import { consoleOf } from '../../src/cli/console.js';
import { runCommandLine } from '../../src/cli/program.js';

/** For code that runs again in threads. */
const PROGRAM = new URL('../../src/cli/main.js', import.meta.url);

export interface Ran {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

export interface Streams {
  readonly isTTY?: boolean;
  readonly environment?: Readonly<Record<string, string>>;
}

export async function assay(args: readonly string[], { isTTY = false, environment = {} }: Streams = {}): Promise<Ran> {
  let out = '';
  let err = '';
  const stdout = {
    isTTY,
    write: (text: string) => {
      out += text;
    },
  };
  const stderr = {
    isTTY,
    write: (text: string) => {
      err += text;
    },
  };
  const status = await runCommandLine(args, consoleOf(stdout, stderr, environment, { url: PROGRAM, args }));
  return { status, out, err };
}
