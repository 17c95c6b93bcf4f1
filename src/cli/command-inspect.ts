/**
 * `assay inspect MODULE`: what a module is, what it needs and what its functions cost; of a bundle, what is in it.
 */
import type { Command } from 'commander';
import { toHex } from '../base/hash.js';
import { LIMITS_1 } from '../base/limits.js';
import type { FunctionListing, ModuleDescription } from '../engine/describe/description.js';
import type { LoadedModule } from '../engine/loaded-module.js';
import type { Colours, Console } from './console.js';
import { EXIT, type ExitStatus } from './exit-status.js';
import { columns, counted, grouped, printable, shortened } from './layout.js';
import { loadModule } from './load-module.js';
import { bundlePlaceOf } from './module-place.js';

interface Options {
  readonly all?: boolean;
  readonly code?: string;
  readonly json?: boolean;
}

/** Functions that are listed without `--all`. */
const FUNCTIONS_MAX = 20;
const NAME_LENGTH_MAX = 60;

export function addInspectCommand(program: Command, console: Console, done: (status: ExitStatus) => void): void {
  program
    .command('inspect')
    .summary('show what a module or a bundle is')
    .description(
      'For a module: hash, imports, exports, memories, features and the static cost of its functions. For a bundle: its roles, DNAs and zomes with their entry types, link types and callbacks.',
    )
    .argument(
      '<module>',
      'WebAssembly module, its place in a bundle (app.happ#role/zome), or a .dna, .happ or .webhapp',
    )
    .option('--all', `list all functions, not only the ${FUNCTIONS_MAX} most expensive`)
    .option('--code <function>', "list the interpreter's code of a function, by index or name")
    .option('--json', 'print one JSON document')
    .action(async (path: string, options: Options) => {
      await runInspect(console, path, options);
      done(EXIT.ok);
    });
}

async function runInspect({ out, progress, colours }: Console, path: string, options: Options): Promise<void> {
  const named = bundlePlaceOf(path);
  if (named?.place === '') {
    const { readBundleFile } = await import('./bundle-place.js');
    const { bundleDocument, bundleLines, factsOf } = await import('./bundle-report.js');
    const bundle = await readBundleFile(named.path);
    const facts = await factsOf(bundle, (done, all) => progress(`module ${done + 1} of ${all}`));
    progress('');
    const text = () => bundleLines(bundle, facts, colours).join('\n');
    out(options.json === true ? JSON.stringify(bundleDocument(bundle, facts)) : text());
    return;
  }
  const module = await loadModule(path);
  if (options.code !== undefined) {
    const { codeDocument, codeLines } = await import('./code-listing.js');
    const listing = options.json === true ? JSON.stringify(codeDocument(module, options.code)) : undefined;
    out(listing ?? codeLines(module, options.code, colours).join('\n'));
    return;
  }
  const hostTable = await hostTableOfZome(module);
  if (options.json === true) out(JSON.stringify(inspectDocument(module, hostTable)));
  else out(inspectLines(module, colours, options.all === true, hostTable).join('\n'));
}

/** The hash of the price list that a host of zomes gives the module; undefined for what is no zome. */
async function hostTableOfZome(module: LoadedModule): Promise<string | undefined> {
  if (!module.describe().imports.some(({ module: from, name }) => from === 'env' && name.startsWith('__hc__')))
    return undefined;
  const { zomeHostTable } = await import('../zome/zome-host-table.js');
  return toHex(zomeHostTable().hash);
}

function inspectDocument(module: LoadedModule, hostTable: string | undefined): object {
  const { name, ...description } = module.describe();
  const { schedule } = module.metered;
  return {
    module: module.hash,
    name: name ?? null,
    ...description,
    ...(hostTable === undefined ? {} : { hostTable }),
    schedule: toHex(schedule.hash),
    limits: toHex(LIMITS_1.hash),
  };
}

function inspectLines(module: LoadedModule, colours: Colours, all: boolean, hostTable: string | undefined): string[] {
  const description = module.describe();
  return [
    ...factLines(module.hash, description, colours, hostTable),
    ...sectionLines(
      'imports',
      description.imports.map(({ kind, module: from, name, type }) => [kind, nameText(`${from}.${name}`), type]),
      colours,
    ),
    ...sectionLines(
      'exports',
      description.exports.map(({ kind, name, type }) => [kind, nameText(name), type]),
      colours,
    ),
    ...functionLines(description.functions, colours, all),
  ];
}

function factLines(
  hash: string,
  description: ModuleDescription,
  colours: Colours,
  hostTable: string | undefined,
): string[] {
  const { name, features, memories, tables } = description;
  const facts: readonly (readonly [string, string])[] = [
    ['module', hash],
    ['name', name === undefined ? '' : nameText(name)],
    ['size', counted(description.bytes, 'byte')],
    ['features', features.join(', ') || 'only those of WebAssembly 1.0'],
    ['memories', memories.join(', ') || 'none'],
    ['tables', tables.join(', ')],
    ['start', description.hasStart ? 'runs at each instantiation' : ''],
    ['load price', `${grouped(description.loadPrice)} fuel, in no receipt`],
    ['each call', `${grouped(description.instantiationCharge)} fuel for a new instance`],
    ['host prices', hostTable ?? ''],
  ];
  const shown = facts.filter(([, text]) => text !== '');
  return columns(shown.map(([label, text]) => [{ text: label, style: colours.dim }, text]));
}

function sectionLines(title: string, rows: readonly (readonly string[])[], colours: Colours): string[] {
  if (rows.length === 0) return ['', `${colours.bold(title)} none`];
  return ['', colours.bold(title), ...columns(rows).map((line) => `  ${line}`)];
}

function functionLines(functions: readonly FunctionListing[], colours: Colours, all: boolean): string[] {
  const sorted = [...functions].sort((a, b) => b.staticCost - a.staticCost || a.index - b.index);
  const shown = all ? functions : sorted.slice(0, FUNCTIONS_MAX);
  const header = ['index', 'static cost', 'bytes', 'frame', 'name', 'type'].map((text) => ({
    text,
    style: colours.dim,
  }));
  const rows = shown.map((row) => [
    String(row.index),
    grouped(row.staticCost),
    grouped(row.bodyBytes),
    grouped(row.frameWords),
    nameText(row.name),
    row.type,
  ]);
  const more = functions.length - shown.length;
  return [
    '',
    `${colours.bold('functions')} ${grouped(functions.length)}${more > 0 ? `, the ${shown.length} most expensive (--all lists all)` : ''}`,
    ...(rows.length === 0 ? [] : columns([header, ...rows], [0, 1, 2, 3]).map((line) => `  ${line}`)),
  ];
}

function nameText(name: string): string {
  return shortened(printable(name), NAME_LENGTH_MAX);
}
