/** `assay inspect MODULE`: what a module is, what it needs and what its functions cost; for a bundle, its contents. */
import { type Command, Option } from 'commander';
import { defined } from '../base/defined.js';
import { toHex } from '../base/hash.js';
import { LIMITS_1 } from '../base/limits.js';
import type { ModuleDescription } from '../engine/describe/description.js';
import type { LoadedModule } from '../engine/loaded-module.js';
import { CliError } from './cli-error.js';
import type { Colours, Console } from './console.js';
import { EXIT, type ExitStatus } from './exit-status.js';
import { columns, counted, grouped, printable, shortened } from './layout.js';
import { loadModule } from './load-module.js';
import type { ModuleFunction } from './module-graph.js';
import { bundlePlaceOf } from './module-place.js';
import { sourceMapBeside } from './source-map-beside.js';
import { writeFile } from './write-file.js';

/** Sort orders of the functions, largest first. */
const SORTS = {
  cost: { key: 'staticCost', words: 'most expensive' },
  bytes: { key: 'bodyBytes', words: 'largest' },
  callers: { key: 'callers', words: 'called from most functions' },
} as const satisfies Readonly<Record<string, { key: keyof ModuleFunction; words: string }>>;

type Sort = keyof typeof SORTS;

interface Options {
  readonly sort: Sort;
  readonly all?: boolean;
  readonly calls?: string;
  readonly code?: string;
  readonly export?: string;
  readonly find?: string;
  readonly html?: string;
  readonly json?: boolean;
}

/** Options that do not apply to a bundle. */
const OF_MODULES = ['calls', 'export', 'find', 'code', 'html'] as const satisfies readonly (keyof Options)[];

/** Number of functions listed without `--all`. */
const FUNCTIONS_MAX = 20;
const NAME_LENGTH_MAX = 60;

export function addInspectCommand(program: Command, console: Console, done: (status: ExitStatus) => void): void {
  program
    .command('inspect')
    .summary('show what a module or a bundle is')
    .description(
      'For a module: hash, imports, exports, memories, features, the static cost of its functions, what calls reach and what nothing does, and loops whose fuel depends on data. For a bundle: its roles, DNAs and zomes with their entry types, link types and callbacks.',
    )
    .argument(
      '<module>',
      'WebAssembly module, its place in a bundle (app.happ#role/zome), or a .dna, .happ or .webhapp',
    )
    .option('--all', `list all functions, not only the ${FUNCTIONS_MAX} most expensive, and all loops`)
    .addOption(new Option('--sort <key>', 'order of the functions').choices(Object.keys(SORTS)).default('cost'))
    .option('--calls <function>', 'list the callers and the callees of a function, by index or name')
    .option('--export <name>', 'list the loops that an exported function reaches')
    .option('--find <text>', 'with --export: only loops of functions whose names contain this')
    .option('--code <function>', "list the interpreter's code of a function, by index or name")
    .option('--html <file>', 'write it all to one HTML file, with the calls to look through')
    .option('--json', 'print one JSON document')
    .action(async (path: string, options: Options) => {
      await runInspect(console, path, options);
      done(EXIT.ok);
    });
}

async function runInspect({ out, progress, colours }: Console, path: string, options: Options): Promise<void> {
  const named = bundlePlaceOf(path);
  if (named?.place === '') {
    const ofModule = OF_MODULES.find((option) => options[option] !== undefined);
    if (ofModule !== undefined)
      throw new CliError(
        `--${ofModule} is for a module, and ${printable(path)} is a bundle`,
        `name a zome in it: ${printable(path)}#ROLE/ZOME; assay inspect ${printable(path)} lists them`,
      );
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
  const { graphDocument, loopsDocument, loopsOf, moduleGraph } = await import('./module-graph.js');
  const { callsLines, exportLines, exportNamed, graphLines } = await import('./graph-report.js');
  const description = module.describe();
  const graph = moduleGraph(module, description, named === undefined ? sourceMapBeside(path) : undefined);
  if (options.calls !== undefined) {
    out(callsLines(graph, options.calls, colours).join('\n'));
    return;
  }
  if (options.export !== undefined) {
    const from = exportNamed(graph, options.export);
    const loops = loopsOf(graph, from, options.find);
    const text = () => exportLines(graph, from, loops, colours, options.all === true).join('\n');
    out(options.json === true ? JSON.stringify(loopsDocument(graph, from, loops)) : text());
    return;
  }
  if (options.find !== undefined) throw new CliError('--find is for loops', 'name an export with --export');
  if (options.html !== undefined) {
    const { inspectHtml } = await import('./inspect-html.js');
    writeFile(options.html, inspectHtml(module.hash, description, graph));
    if (options.json !== true) {
      out(`wrote ${printable(options.html)}`);
      return;
    }
  }
  const hostTable = await hostTableOfZome(module);
  if (options.json === true) {
    out(JSON.stringify({ ...inspectDocument(module, hostTable), callGraph: graphDocument(graph) }));
    return;
  }
  const all = options.all === true;
  const shown = { description, functions: graph.functions, all, sort: options.sort };
  const lines = inspectLines(module.hash, shown, colours, hostTable);
  out([...lines, ...graphLines(graph, colours, all)].join('\n'));
}

/** The hash of the price list that a zome host uses for the module; undefined if it is not a zome. */
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
    ...defined({ hostTable }),
    schedule: toHex(schedule.hash),
    limits: toHex(LIMITS_1.hash),
  };
}

interface Shown {
  readonly description: ModuleDescription;
  readonly functions: readonly ModuleFunction[];
  readonly all: boolean;
  readonly sort: Sort;
}

function inspectLines(hash: string, shown: Shown, colours: Colours, hostTable: string | undefined): string[] {
  const { description } = shown;
  return [
    ...factLines(hash, description, colours, hostTable),
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
    ...functionLines(shown, colours),
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

function functionLines({ functions, all, sort }: Shown, colours: Colours): string[] {
  const { key, words } = SORTS[sort];
  const sorted = [...functions].sort((a, b) => b[key] - a[key] || a.index - b.index);
  const shown = all ? (sort === 'cost' ? functions : sorted) : sorted.slice(0, FUNCTIONS_MAX);
  const header = ['index', 'static cost', 'bytes', 'callers', 'frame', 'name', 'type'].map((text) => ({
    text,
    style: colours.dim,
  }));
  const rows = shown.map((row) => [
    String(row.index),
    grouped(row.staticCost),
    grouped(row.bodyBytes),
    grouped(row.callers),
    grouped(row.frameWords),
    nameText(row.title),
    row.type,
  ]);
  const more = functions.length - shown.length;
  return [
    '',
    `${colours.bold('functions')} ${grouped(functions.length)}${more > 0 ? `, the ${shown.length} ${words} (--all lists all)` : ''}`,
    ...(rows.length === 0 ? [] : columns([header, ...rows], [0, 1, 2, 3, 4]).map((line) => `  ${line}`)),
  ];
}

function nameText(name: string): string {
  return shortened(printable(name), NAME_LENGTH_MAX);
}
