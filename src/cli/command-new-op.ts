/** `assay new-op`: writes an op for `validate --op`, hashed and signed. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { defined } from '../base/defined.js';
import { UsageError } from '../base/usage-error.js';
import type { Generation } from '../boundary/generation.js';
import { agentFromSeed } from '../zome/agent.js';
import { CHAIN_OPS } from '../zome/chain-op.js';
import { op } from '../zome/op.js';
import { opOf } from '../zome/op-of.js';
import { record } from '../zome/record.js';
import { type RecordSpec, recordOf } from '../zome/record-of.js';
import { toZomeJson } from '../zome/zome-json.js';
import { CliError } from './cli-error.js';
import type { Console } from './console.js';
import { EXIT, type ExitStatus } from './exit-status.js';
import { printable } from './layout.js';
import { ACTIONS, actionSpecOf, afterOf, type NewOpOptions, seedOf } from './new-op-spec.js';
import { fuelOption, generationOption } from './option-values.js';

const HELP = `
  assay new-op --entry post.json | assay validate zome.wasm --op -
  assay new-op --entry post.json --record > post-record.json
  assay new-op --entry edited.json --updates post-record.json --kind RegisterUpdate
  assay new-op --base uhCkk... --target uhCkk... --link-type 0/1 --tag likes --kind RegisterCreateLink

Kinds: ${[...new Set(CHAIN_OPS.map((row) => row.op))].join(', ')};
in generation 0.7 ${[...new Set(CHAIN_OPS.map((row) => row.op07))].join(', ')}.
Actions: ${ACTIONS.join(', ')}; the default follows from the options.

The file of --entry contains the content of an App entry, or an entry {"entry_type":..., "entry":...}. RECORD is a file, or
the hashes of its action and its entry (for a link: its action and its base), separated by a comma. The chain of an agent
begins with its genesis: without --after, the op follows it. Nothing is random: the same options produce the same op.

Exit status: 0 written, 2 usage.`;

function timestampOption(text: string): bigint {
  if (/^-?[0-9]{1,18}$/.test(text)) return BigInt(text);
  throw new InvalidArgumentError('Write microseconds since 1970, such as --timestamp 1700000000000000.');
}

export function addNewOpCommand(program: Command, console: Console, done: (status: ExitStatus) => void): void {
  program
    .command('new-op')
    .summary('make an op for validate --op')
    .description('Makes an op from an entry, a change or a link: computes its hashes, signs it and prints it as JSON.')
    .option('--kind <kind>', 'the op (default StoreRecord, in generation 0.7 CreateRecord)')
    .addOption(new Option('--action <type>', 'the action (default: follows from the other options)').choices(ACTIONS))
    .option('--entry <file>', 'the entry: .json or .msgpack, - for standard input')
    .option('--entry-type <zome/type>', 'indices of the zome and its entry type (default 0/0)')
    .option('--private', 'the entry is private')
    .option('--updates <record>', 'the record that the entry replaces')
    .option('--deletes <record>', 'the record to delete')
    .option('--base <hash>', 'base of a link')
    .option('--target <hash>', 'target of a link')
    .option('--link-type <zome/type>', 'indices of the zome and its link type (default 0/0)')
    .option('--tag <text>', 'tag of a link: text, or 0x and bytes in hexadecimal')
    .option('--deletes-link <record>', 'the link to delete')
    .option('--dna-hash <hash>', 'DNA hash, for the action Dna')
    .option(
      '--seed <text>',
      "seed of the agent's key: 64 hexadecimal digits, or any text, which is hashed (default author)",
    )
    .option('--after <record>', 'the previous record of the chain')
    .option('--seq <n>', 'sequence number in the chain; with --previous and --timestamp', fuelOption)
    .option('--previous <hash>', 'hash of the previous action')
    .option(
      '--timestamp <n>',
      'microseconds since 1970 (default one second after the previous action)',
      timestampOption,
    )
    .option('--generation <name>', '0.2, 0.2-map, 0.6 or 0.7 (default 0.6)', generationOption)
    .option('--record', 'print the record instead of an op, for --deps and --updates')
    .addHelpText('after', HELP)
    .action((options: NewOpOptions) => {
      console.out(newOp(options));
      done(EXIT.ok);
    });
}

function newOp(options: NewOpOptions): string {
  const { generation = '0.6', timestamp } = options;
  const after = afterOf(options, generation);
  const spec: RecordSpec = {
    author: agentFromSeed(seedOf(options.seed ?? 'author')),
    generation,
    ...defined({ after, timestamp }),
    ...actionSpecOf(options, generation),
  };
  try {
    if (options.record === true) return toZomeJson(record(generation), recordOf(spec));
    const kind = kindOf(options.kind, generation);
    return toZomeJson(op(generation), opOf({ ...spec, ...defined({ kind }) } as never));
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new CliError(printable(error.message), 'see assay new-op --help');
  }
}

/** The op type of a generation, by either of its names. */
function kindOf(kind: string | undefined, generation: Generation): string | undefined {
  if (kind === undefined) return undefined;
  const name = generation === '0.7' ? 'op07' : 'op';
  const row =
    CHAIN_OPS.find((one) => one[name] === kind) ?? CHAIN_OPS.find((one) => one.op === kind || one.op07 === kind);
  if (row !== undefined) return row[name];
  const kinds = [...new Set(CHAIN_OPS.map((one) => one[name]))].join(', ');
  throw new CliError(`unknown kind of op ${printable(kind)}`, `generation ${generation} has ${kinds}`);
}
