/** Where a command writes. Documents and reports go to `out`, errors to `err`; colours only for a person at a terminal. */
import pc from 'picocolors';

export type Colours = ReturnType<typeof pc.createColors>;

/** This program, which can be run again in threads. */
export interface CommandProgram {
  readonly url: URL;
  readonly args: readonly string[];
}

export interface Console {
  out(text: string): void;
  err(text: string): void;
  /** Replaces the previous progress line, only on a terminal; empty text removes it. */
  progress(text: string): void;
  readonly colours: Colours;
  readonly errorColours: Colours;
  /** Undefined if a command is not run as a program. */
  readonly program: CommandProgram | undefined;
}

interface Stream {
  readonly isTTY?: boolean | undefined;
  write(text: string): unknown;
}

/** @param environment NO_COLOR (https://no-color.org) and TERM=dumb turn colours off */
export function consoleOf(
  stdout: Stream,
  stderr: Stream,
  environment: Readonly<Record<string, string | undefined>>,
  program?: CommandProgram,
): Console {
  const wanted = (environment['NO_COLOR'] ?? '') === '' && environment['TERM'] !== 'dumb';
  return {
    out: (text) => void stdout.write(`${text}\n`),
    err: (text) => void stderr.write(`${text}\n`),
    progress: (text) => {
      if (stderr.isTTY === true && environment['TERM'] !== 'dumb') stderr.write(`\r\u001b[K${text}`);
    },
    colours: pc.createColors(wanted && stdout.isTTY === true),
    errorColours: pc.createColors(wanted && stderr.isTTY === true),
    program,
  };
}
