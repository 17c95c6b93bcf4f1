/**
 * `assay profile MODULE`: shows where the fuel of calls goes, by function and by stack. Runs the same calls as `assay
 * call` and `assay validate`.
 */
import { type Command, InvalidArgumentError } from 'commander';
import { defined } from '../base/defined.js';
import { UsageError } from '../base/usage-error.js';
import { diffProfiles } from '../profile/diff-profiles.js';
import { foldedText } from '../profile/folded.js';
import { ProfileMerge } from '../profile/merge-profiles.js';
import type { Profile } from '../profile/profile.js';
import { profileJson, readProfile } from '../profile/profile-json.js';
import { Profiler } from '../profile/profile-of.js';
import { speedscopeText } from '../profile/speedscope.js';
import { CliError } from './cli-error.js';
import type { Console } from './console.js';
import { EXIT, type ExitStatus } from './exit-status.js';
import { printable } from './layout.js';
import { checkOption, fuelOption, generationOption, tierOption } from './option-values.js';
import { diffLines, profileLines } from './profile-report.js';
import { type ProfileSubject, subjectCalls } from './profile-subject.js';
import { readBytesWithin } from './read-bytes.js';
import { sourceMapBeside } from './source-map-beside.js';
import { writeFile } from './write-file.js';

/** Formats of a profile: the file name's suffix for each, and its text. */
const FORMATS = {
  speedscope: { ends: ['.speedscope.json'], contents: async (profile) => speedscopeText(profile) },
  folded: { ends: ['.folded', '.txt'], contents: async (profile) => foldedText(profile) },
  pprof: {
    ends: ['.pb.gz', '.pprof'],
    contents: async (profile) => (await import('../profile/pprof.js')).pprofBytes(profile),
  },
  html: { ends: ['.html'], contents: async (profile) => (await import('../profile/flame-html.js')).flameHtml(profile) },
  json: { ends: ['.json'], contents: async (profile) => profileJson(profile) },
} as const satisfies Readonly<Record<string, FormatRow>>;
type Format = keyof typeof FORMATS;

interface FormatRow {
  readonly ends: readonly string[];
  contents(profile: Profile): Promise<string | Uint8Array>;
}

const TOP_DEFAULT = 20;
/** Maximum bytes of a saved profile that is read. */
const PROFILE_BYTES_MAX = 268_435_456;

interface Options extends ProfileSubject {
  readonly format?: Format | 'table';
  readonly output?: string;
  readonly diff?: readonly string[];
  readonly top?: number;
  readonly json?: boolean;
}

const HELP = `
The call is given as for assay call (an export with its values, or --json-input) or assay validate (--input, --op, --dump, --batch).
Several ops, a dump or a batch produce one profile of all calls. A profile is exact: its sum equals the fuel of the receipt on every machine.

  assay profile zome.wasm --op post.json
  assay profile zome.wasm --op ops/*.json --deps deps.json -o ops.speedscope.json
  assay profile zome.wasm --op post.json -o before.json
  assay profile zome.wasm --op post.json --diff before.json
  assay profile --diff before.json after.json

--output selects the format by the end of the file name: .html (a flame graph), .speedscope.json (https://speedscope.app),
.pb.gz (pprof), .folded (a line for each stack), .json (the whole profile, for --diff). Recursion is folded: a call of a function
that is already on the stack is counted where the function was first called. docs/PROFILING.md has more.

Exit status: 0 a profile was made, however the call ended, 2 usage or load fault, 5 host failure.`;

export function addProfileCommand(program: Command, console: Console, done: (status: ExitStatus) => void): void {
  program
    .command('profile')
    .summary('show where the fuel of a call goes')
    .description('Runs a call and shows its fuel by function and by stack of calls.')
    .argument('[module]', 'WebAssembly module, or its place in a bundle')
    .argument('[export]', 'name of an exported function, as for assay call')
    .argument('[values...]', 'arguments, each type:value')
    .option('--json-input <json>', 'input of a zome function: JSON, or @file (.json or .msgpack)')
    .option('--input <file>', 'validate this entry: .json or .msgpack')
    .option('--op <files...>', 'validate these ops: .json or .msgpack')
    .option('--dump <files...>', 'validate every op in dumps of a conductor')
    .option('--batch <path>', 'validate many entries or ops: a folder of .json and .msgpack files, a .jsonl file')
    .option('--deps <file>', 'records that must_get_* can find: .json or .msgpack')
    .option('--check <what>', 'hashes, or all for hashes and signature (default hashes; all for a dump)', checkOption)
    .option('--no-check', 'do not check hashes and signatures of ops')
    .option('--generation <name>', '0.2, 0.2-map, 0.6 or 0.7 (default: detected from the module)', generationOption)
    .option('--fuel <n>', 'fuel limit of each call (default 1000000000)', fuelOption)
    .option('--tier <tier>', 'interpreter, or auto (default); the profile is the same', tierOption)
    .option('--format <format>', `table (default), ${Object.keys(FORMATS).join(', ')}`, formatOption)
    .option('-o, --output <file>', 'write the profile to a file')
    .option('--diff <files...>', 'compare with a saved profile, or two saved profiles with each other')
    .option('--top <n>', `number of functions to show (default ${TOP_DEFAULT})`, topOption)
    .option('--json', 'print one JSON document: the profile, or with --diff what changed')
    .addHelpText('after', HELP)
    .action(
      async (path: string | undefined, exportName: string | undefined, texts: readonly string[], options: Options) => {
        done(await runProfile(console, path, exportName, texts, options));
      },
    );
}

function formatOption(text: string): Format | 'table' {
  if (text === 'table' || Object.hasOwn(FORMATS, text)) return text as Format | 'table';
  throw new InvalidArgumentError(`The formats are table, ${Object.keys(FORMATS).join(', ')}.`);
}

function topOption(text: string): number {
  if (/^[0-9]{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Write a whole number, such as --top 50.');
}

async function runProfile(
  console: Console,
  path: string | undefined,
  exportName: string | undefined,
  texts: readonly string[],
  options: Options,
): Promise<ExitStatus> {
  const { diff = [] } = options;
  const saved = diff.map(savedProfile);
  if (saved.length > 2 || (path === undefined) !== (saved.length === 2)) {
    throw new CliError(
      path === undefined
        ? 'choose a module, or two saved profiles to compare'
        : '--diff of a run takes one saved profile',
      'assay profile MODULE ... --diff BEFORE, or assay profile --diff BEFORE AFTER',
    );
  }
  const profile = path === undefined ? saved[1] : await profileOfCalls(path, exportName, texts, options);
  await write(console, profile, saved[0], options);
  return EXIT.ok;
}

async function profileOfCalls(
  path: string,
  exportName: string | undefined,
  texts: readonly string[],
  options: Options,
): Promise<Profile> {
  const profiler = new Profiler();
  const sourceMap = sourceMapBeside(path);
  const merge = new ProfileMerge();
  let single: Profile | undefined;
  let count = 0;
  for await (const { call } of subjectCalls(path, exportName, texts, options)) {
    const profile = profiler.profileOf(call, defined({ sourceMap }));
    single = count++ === 0 ? profile : undefined;
    merge.add(profile);
  }
  if (count === 0) {
    throw new CliError('no zome was called, so there is nothing to profile', 'choose an op that a zome validates');
  }
  return single ?? merge.profile;
}

function savedProfile(path: string): Profile {
  const bytes = readBytesWithin(path, PROFILE_BYTES_MAX, 'a profile');
  try {
    return readProfile(new TextDecoder().decode(bytes));
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new CliError(
      `${printable(path)}: ${printable(error.message)}`,
      'save one with assay profile ... -o FILE.json',
    );
  }
}

/** The format for a file name's suffix. @throws CliError */
function formatOf(path: string): Format {
  const found = Object.entries(FORMATS).find(([, { ends }]) => ends.some((end) => path.endsWith(end)));
  if (found !== undefined) return found[0] as Format;
  const ends = Object.values(FORMATS).flatMap((format) => [...format.ends]);
  throw new CliError(
    `the file name ${printable(path)} does not determine a format`,
    `choose a format with --format, or use a name that ends in ${ends.join(', ')}`,
  );
}

async function write(console: Console, profile: Profile, before: Profile | undefined, options: Options): Promise<void> {
  const { output, json } = options;
  if (json === true && options.format !== undefined && options.format !== 'json')
    throw new CliError(`--json and --format ${options.format} cannot be used together`, 'omit one of them');
  const format = options.format ?? (json === true ? 'json' : output === undefined ? 'table' : formatOf(output));
  const { out, colours } = console;
  if (output !== undefined) {
    if (format === 'table') throw new CliError('a table cannot be written to a file', 'choose another --format');
    writeFile(output, await FORMATS[format].contents(profile));
  }
  if (before !== undefined && json === true) out(JSON.stringify(diffProfiles(before, profile)));
  else if (before !== undefined) out(diffLines(before, profile, colours, options.top ?? TOP_DEFAULT).join('\n'));
  else if (output !== undefined) out(`wrote ${printable(output)}`);
  else if (format === 'table') out(profileLines(profile, colours, options.top ?? TOP_DEFAULT).join('\n'));
  else {
    const contents = await FORMATS[format].contents(profile);
    if (typeof contents !== 'string')
      throw new CliError(`${format} is not text`, 'write it to a file: -o profile.pb.gz');
    out(contents.trimEnd());
  }
}
