/** The command line: its commands, and the one place that turns any end of a command into text and an exit status. */
import { Command, CommanderError } from 'commander';
import { CliError } from './cli-error.js';
import type { Console } from './console.js';
import { EXIT, type ExitStatus } from './exit-status.js';
import { printable } from './layout.js';
import { packageVersion } from './package-version.js';

// `main.ts` loads both at once.
export { consoleOf } from './console.js';

const DESCRIPTION = 'Deterministic, metered WebAssembly: the same verdict and the same bill on every machine.';

/** Adds a command: its description, its options, and its action. */
type AddCommand = (program: Command, console: Console, done: (status: ExitStatus) => void) => void;

/** The commands in the order of the help. Only the ones that a command line needs are loaded. */
const COMMANDS: Readonly<Record<string, () => Promise<AddCommand>>> = {
  inspect: async () => (await import('./command-inspect.js')).addInspectCommand,
  call: async () => (await import('./command-call.js')).addCallCommand,
  validate: async () => (await import('./command-validate.js')).addValidateCommand,
  submit: async () => (await import('./command-submit.js')).addSubmitCommand,
  work: async () => (await import('./command-work.js')).addWorkCommand,
  status: async () => (await import('./command-status.js')).addStatusCommand,
  profile: async () => (await import('./command-profile.js')).addProfileCommand,
  budget: async () => (await import('./command-budget.js')).addBudgetCommand,
  'new-op': async () => (await import('./command-new-op.js')).addNewOpCommand,
  hash: async () => (await import('./command-hash.js')).addHashCommand,
  try: async () => (await import('./command-try.js')).addTryCommand,
  ui: async () => (await import('./command-ui.js')).addUiCommand,
  serve: async () => (await import('./command-serve.js')).addServeCommand,
  token: async () => (await import('./command-token.js')).addTokenCommand,
  bill: async () => (await import('./command-bill.js')).addBillCommand,
  vectors: async () => (await import('./command-vectors.js')).addVectorsCommand,
  agree: async () => (await import('./command-agree.js')).addAgreeCommand,
  demo: async () => (await import('./command-demo.js')).addDemoCommand,
};

/** The command that is named; all of them for the help and for an unknown name, which is compared with theirs. */
async function commandsFor([name = '']: readonly string[]): Promise<readonly AddCommand[]> {
  if (name === '--version') return [];
  const named = Object.hasOwn(COMMANDS, name) ? [COMMANDS[name]] : Object.values(COMMANDS);
  return Promise.all(named.map((load) => load()));
}

/** Runs a command line (without node and script) and returns its exit status. Never throws. */
export async function runCommandLine(args: readonly string[], console: Console): Promise<ExitStatus> {
  const json = args.includes('--json');
  let status: ExitStatus = EXIT.ok;
  try {
    const program = makeProgram(await commandsFor(args), console, (value) => {
      status = value;
    });
    await program.parseAsync([...args], { from: 'user' });
    return status;
  } catch (error) {
    return await failed(error, console, json, Object.hasOwn(COMMANDS, args[0] ?? '') ? `assay ${args[0]}` : 'assay');
  }
}

function makeProgram(commands: readonly AddCommand[], console: Console, done: (status: ExitStatus) => void): Command {
  const program = new Command('assay');
  program
    .description(DESCRIPTION)
    .version(packageVersion(), '--version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .addHelpText('after', '\nRun assay COMMAND --help for the options of a command.');
  for (const add of commands) add(program, console, done);
  for (const command of commandsOf(program)) {
    command.exitOverride().configureOutput({
      writeOut: (text) => console.out(text.trimEnd()),
      // `failed` prints it, in the same form as every other error.
      writeErr: () => undefined,
      outputError: () => undefined,
    });
  }
  return program;
}

function commandsOf(program: Command): readonly Command[] {
  return [program, ...program.commands.flatMap((command) => commandsOf(command as Command))];
}

/** Prints an error in two lines: what was wrong, what to do. @param command whose help lists the options */
async function failed(error: unknown, console: Console, json: boolean, command: string): Promise<ExitStatus> {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return EXIT.ok;
    // Without a command commander shows its help as the error.
    const message = error.code === 'commander.help' ? 'no command given' : error.message.replace(/^error: /, '');
    return tell(
      new CliError(
        printable(message),
        `${command} --help lists ${command === 'assay' ? 'commands and options' : 'its arguments and options'}`,
      ),
      console,
      json,
    );
  }
  if (error instanceof CliError) return tell(error, console, json);
  const { HostFailure } = await import('../machine/outcome.js');
  if (error instanceof HostFailure) {
    const advice = 'this is not an outcome of the guest; free some memory or use another machine';
    return tell(new CliError(printable(error.message), advice, undefined, EXIT.hostFailure), console, json);
  }
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const advice = 'this is a bug in assay, not in the module; please report it with the command line';
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
