/** `assay agree replay FILE`: runs a recorded disagreement on the nodes again. */
import type { Command } from 'commander';
import { moduleOfJson } from '../agreement/agreement-call.js';
import { compareAnswers, type FieldDifference } from '../agreement/compare-answers.js';
import { askNodes } from '../agreement/find-disagreement.js';
import type { AgreementNode } from '../agreement/node.js';
import { answerText, type NodeAnswer } from '../agreement/node-answer.js';
import { closeNodes, parseNodes } from '../agreement/node-spec.js';
import { codeNamedIn, type Recording } from '../agreement/replay.js';
import { readReplay } from '../agreement/replay-file.js';
import { CliError } from './cli-error.js';
import type { Console } from './console.js';
import { EXIT, type ExitStatus } from './exit-status.js';
import { columns, printable } from './layout.js';
import { readError } from './read-bytes.js';

interface Options {
  readonly nodes?: string;
  readonly trust?: boolean;
  readonly json?: boolean;
}

const HELP = `
Compares every node with the results in the file. Exit status: 0 all are equal, 1 one differs, 2 usage.`;

export function addReplayCommand(agree: Command, console: Console, done: (status: ExitStatus) => void): void {
  agree
    .command('replay')
    .summary('run a recorded disagreement again')
    .description('Runs the calls of a replay file on its nodes and compares the results with those in the file.')
    .argument('<file>', 'file written by assay agree --replays')
    .option('--nodes <list>', 'other nodes, comma-separated')
    .option('--trust', 'run the programs and host functions that the file names')
    .option('--json', 'print one JSON document')
    .addHelpText('after', HELP)
    // Options that the parent command also has are assigned to it, wherever they appear.
    .action(async (path: string, _: Options, command: Command) => {
      done(await runReplay(console, path, command.optsWithGlobals() as Options));
    });
}

interface NodeResult {
  readonly node: string;
  readonly answers: readonly NodeAnswer[];
  readonly difference: (FieldDifference & { readonly call: number }) | undefined;
}

async function runReplay(console: Console, path: string, options: Options): Promise<ExitStatus> {
  const replay = readReplayFile(path);
  const names = options.nodes?.split(',') ?? replay.nodes;
  if (options.trust !== true)
    checkCode(path, { module: replay.module, nodes: options.nodes === undefined ? names : [] });
  const nodes = await nodesNamed(names);
  try {
    const results = await askAgain(replay, nodes);
    if (options.json === true) console.out(JSON.stringify({ results }));
    else console.out(resultLines(console, replay, results).join('\n'));
    return results.every(({ difference }) => difference === undefined) ? EXIT.ok : EXIT.invalid;
  } finally {
    await closeNodes(nodes);
  }
}

/** A file from somebody else must not choose which code runs here. */
function checkCode(path: string, named: Pick<Recording, 'module' | 'nodes'>): void {
  const code = codeNamedIn(named);
  if (code.length === 0) return;
  throw new CliError(
    `${printable(path)} names what it would run here: ${code.map((each) => printable(each)).join(', ')}`,
    'if you trust it, add --trust; other nodes can be chosen with --nodes',
  );
}

function readReplayFile(path: string): Recording {
  try {
    return readReplay(path);
  } catch (error) {
    if (!(error instanceof RangeError)) throw readError(path, error);
    throw new CliError(
      `${printable(path)} is not a replay file: ${printable(error.message)}`,
      'pass a file written by assay agree --replays',
    );
  }
}

async function nodesNamed(names: readonly string[]): Promise<readonly AgreementNode[]> {
  try {
    return await parseNodes(names);
  } catch (error) {
    if (!(error instanceof RangeError)) throw readError(names.join(','), error);
    throw new CliError(printable(error.message), 'choose other nodes with --nodes; assay agree --help lists them');
  }
}

async function askAgain(replay: Recording, nodes: readonly AgreementNode[]): Promise<readonly NodeResult[]> {
  const { answers } = await askNodes(nodes, moduleOfJson(replay.module), replay.calls);
  return nodes.map((node, at) => ({
    node: node.name,
    answers: answers[at],
    difference: firstDifference(replay.expected, answers[at]),
  }));
}

function firstDifference(expected: readonly NodeAnswer[], answers: readonly NodeAnswer[]): NodeResult['difference'] {
  for (const [call, wanted] of expected.entries()) {
    const difference = compareAnswers(wanted, answers[call] ?? { kind: 'none' });
    if (difference !== undefined) return { ...difference, call };
  }
  return undefined;
}

function resultLines({ colours }: Console, replay: Recording, results: readonly NodeResult[]): readonly string[] {
  const rows = results.map(({ node, answers, difference }) => [
    node,
    difference === undefined ? { text: 'as expected', style: colours.green } : { text: 'differs', style: colours.red },
    difference === undefined
      ? printable(answerText(answers.at(-1)!))
      : printable(`${difference.field}: must be ${difference.left}, is ${difference.right}`),
  ]);
  const differs = results.some(({ difference }) => difference !== undefined);
  return [...columns(rows), ...(differs ? ['', ...replay.where.map(printable), ...replay.text.map(printable)] : [])];
}
