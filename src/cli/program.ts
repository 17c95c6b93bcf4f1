/** The command line: its commands, and the one place where whatever ends a command becomes text and an exit status. */
import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { HostFailure } from '../machine/outcome.js';
import { CliError } from './cli-error.js';
import { addAgreeCommand } from './command-agree.js';
import { addCallCommand } from './command-call.js';
import { addDemoCommand } from './command-demo.js';
import { addHashCommand } from './command-hash.js';
import { addInspectCommand } from './command-inspect.js';
import { addNewOpCommand } from './command-new-op.js';
import { addTryCommand } from './command-try.js';
import { addValidateCommand } from './command-validate.js';
import { addVectorsCommand } from './command-vectors.js';
import type { Console } from './console.js';
import { EXIT, type ExitStatus } from './exit-status.js';
import { printable } from './layout.js';

const DESCRIPTION = 'Deterministic, metered WebAssembly: the same verdict and the same bill on every machine.';

/** Runs a command line (without node and script) and answers its exit status. Never throws. */
export async function runCommandLine(args: readonly string[], console: Console): Promise<ExitStatus> {
  const json = args.includes('--json');
  let status: ExitStatus = EXIT.ok;
  const program = makeProgram(console, (value) => {
    status = value;
  });
  try {
    await program.parseAsync([...args], { from: 'user' });
    return status;
  } catch (error) {
    return failed(error, console, json);
  }
}

function makeProgram(console: Console, done: (status: ExitStatus) => void): Command {
  const program = new Command('assay');
  program
    .description(DESCRIPTION)
    .version(packageVersion(), '--version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .addHelpText('after', '\nassay COMMAND --help tells more of a command.');
  addInspectCommand(program, console, done);
  addCallCommand(program, console, done);
  addValidateCommand(program, console, done);
  addNewOpCommand(program, console, done);
  addHashCommand(program, console, done);
  addTryCommand(program, console, done);
  addVectorsCommand(program, console, done);
  addAgreeCommand(program, console, done);
  addDemoCommand(program, console, done);
  for (const command of commandsOf(program)) {
    command.exitOverride().configureOutput({
      writeOut: (text) => console.out(text.trimEnd()),
      // Told by `failed`, in one form with every other error.
      writeErr: () => undefined,
      outputError: () => undefined,
    });
  }
  return program;
}

function commandsOf(program: Command): readonly Command[] {
  return [program, ...program.commands.flatMap((command) => commandsOf(command as Command))];
}

function packageVersion(): string {
  const text = readFileSync(new URL('../../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { readonly version: string }).version;
}

/** Tells an error in two lines: what was wrong, what to do. */
function failed(error: unknown, console: Console, json: boolean): ExitStatus {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return EXIT.ok;
    // Without a command commander shows its help as the error.
    const message = error.code === 'commander.help' ? 'no command is given' : error.message.replace(/^error: /, '');
    return tell(new CliError(printable(message), 'assay --help lists commands and options'), console, json);
  }
  if (error instanceof CliError) return tell(error, console, json);
  if (error instanceof HostFailure) {
    const advice = 'this says nothing about the guest; free memory or run it on another machine';
    return tell(new CliError(printable(error.message), advice, undefined, EXIT.hostFailure), console, json);
  }
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const advice = 'this is a bug of assay, not of the module; please report it with the command line';
  return tell(new CliError(`internal error, ${printable(text)}`, advice, undefined, EXIT.hostFailure), console, json);
}

function tell(error: CliError, console: Console, json: boolean): ExitStatus {
  const { errorColours } = console;
  console.err(`${errorColours.red('error:')} ${error.message}`);
  console.err(`${errorColours.dim('help:')}  ${error.advice}`);
  const status = error.status === EXIT.hostFailure ? 'host-failure' : 'usage';
  if (json) console.out(JSON.stringify(error.document ?? { error: { kind: status, message: error.message } }));
  return error.status;
}
