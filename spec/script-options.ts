/**
 * The command line of an npm script: one table of options gives their types, `--help` and the errors. A wrong command
 * line ends the process with status 2 and two lines, `--help` with status 0.
 */
import { statSync } from 'node:fs';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';

/** An option: its description, the name of its argument (none for a flag), and how the argument is parsed. */
export interface OptionRow<T> {
  readonly about: string;
  readonly takes?: string;
  read?(text: string, before: T): T;
  readonly fallback: T;
  /** An option of a process that a script starts itself; not shown in the help. */
  readonly hidden?: boolean;
}

export function flag(about: string): OptionRow<boolean> {
  return { about, fallback: false };
}

export function text(takes: string, about: string): OptionRow<string | undefined>;
export function text(takes: string, about: string, fallback: string): OptionRow<string>;
export function text(takes: string, about: string, fallback?: string): OptionRow<string | undefined> {
  return { takes, about, read: (given) => given, fallback };
}

/** May be repeated; each use adds one. */
export function texts(takes: string, about: string): OptionRow<readonly string[]> {
  return { takes, about: `${about}; can be repeated`, read: (given, before) => [...before, given], fallback: [] };
}

/** A whole number from `min`. */
export function whole(about: string, fallback: number, min?: number): OptionRow<number>;
export function whole(about: string, fallback: undefined, min?: number): OptionRow<number | undefined>;
export function whole(about: string, fallback: number | undefined, min = 0): OptionRow<number | undefined> {
  return {
    takes: 'n',
    about,
    read: (given) => numberFrom(given, min, Number.isSafeInteger, 'a whole number'),
    fallback,
  };
}

/** A number above 0. */
export function amount(about: string, fallback: number): OptionRow<number> {
  return { takes: 'n', about, read: (given) => numberFrom(given, 0, Number.isFinite, 'a number'), fallback };
}

export function hidden(takes: string): OptionRow<string | undefined> {
  return { ...text(takes, ''), hidden: true };
}

function numberFrom(given: string, min: number, isRight: (value: number) => boolean, what: string): number {
  const value = given.trim() === '' ? Number.NaN : Number(given);
  if (isRight(value) && value >= min) return value;
  throw new InvalidArgumentError(`Write ${what} from ${min}.`);
}

export interface Script<Rows> {
  /** As in package.json. */
  readonly name: string;
  readonly about: string;
  readonly options: Rows;
  /** Positional arguments, in commander's notation: `<dir>`, `[sections...]`. */
  readonly takes?: readonly (readonly [name: string, about: string])[];
}

type Refuse = (message: string) => never;

/** Refuses a name that is not in the list. @param the kind of the names: `section` */
export function checkNames(refuse: Refuse, what: string, given: readonly string[], names: readonly string[]): void {
  const wrong = given.find((name) => !names.includes(name));
  if (wrong !== undefined) refuse(`there is no ${what} '${wrong}'; there are ${names.join(', ')}`);
}

/** Refuses a path that is not a folder. */
export function checkFolder(refuse: Refuse, path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) refuse(`there is no folder '${path}'`);
}

export type OptionsOf<Rows> = { readonly [N in keyof Rows]: Rows[N] extends OptionRow<infer T> ? T : never };

export interface ScriptLine<Rows> {
  readonly options: OptionsOf<Rows>;
  readonly args: readonly string[];
  /** Ends the process in the same way as a wrong command line. */
  readonly refuse: Refuse;
}

const USAGE_STATUS = 2;

/** The command line of this process. */
export function scriptLine<Rows extends Readonly<Record<string, OptionRow<unknown>>>>(
  { name, about, options: rows, takes = [] }: Script<Rows>,
  given: readonly string[] = process.argv.slice(2),
): ScriptLine<Rows> {
  const refuse: Refuse = (message) => {
    process.stderr.write(`error: ${message}\nhelp:  npm run ${name} -- --help lists its arguments and options\n`);
    process.exit(USAGE_STATUS);
  };
  const command = new Command(`npm run ${name} --`).description(about).helpOption('--help', 'show this');
  command.exitOverride().configureOutput({ outputError: () => undefined });
  for (const [argument, what] of takes) command.argument(argument, what);
  for (const [option, row] of Object.entries(rows)) command.addOption(optionOf(option, row));
  try {
    command.parse([...given], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) process.exit(0);
    refuse(error.message.replace(/^error: /, ''));
  }
  const fallbacks = Object.fromEntries(Object.entries(rows).map(([option, { fallback }]) => [option, fallback]));
  const asGiven = command.opts();
  const negated = Object.keys(rows).filter((option) => /^no[A-Z]/.test(option) && asGiven[positive(option)] === false);
  const values = { ...fallbacks, ...asGiven, ...Object.fromEntries(negated.map((option) => [option, true])) };
  return { options: values as OptionsOf<Rows>, args: command.args, refuse };
}

/** Commander's name for `--no-peers` is `peers`, which is then false. */
function positive(option: string): string {
  return `${option.charAt(2).toLowerCase()}${option.slice(3)}`;
}

function optionOf(name: string, row: OptionRow<unknown>): Option {
  const { about, takes, fallback, hidden = false } = row;
  const long = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  const option = new Option(takes === undefined ? long : `${long} <${takes}>`, about);
  const isShown = typeof fallback === 'number' || (typeof fallback === 'string' && fallback !== '');
  // Commander shows every default that it is given.
  if (isShown) option.default(fallback);
  option.hideHelp(hidden);
  return row.read === undefined ? option : option.argParser((text, before) => row.read!(text, before ?? fallback));
}
