/**
 * What `npm run build` makes of the compiled files for those who install the package: `dist/package`, few files instead of two
 * hundred, with the libraries in them. It starts from what `tsc` wrote, because only `tsc` puts the numbers of a `const enum` in place.
 *
 * Each file that is loaded takes a millisecond or more, so what is needed together is one file: `storeys/engine.js` and, on top of it,
 * `storeys/zome.js`; for the program what it always needs, `storeys/program.js`, and what a command needs that runs a module,
 * `storeys/commands.js`. The other entries are built after them and import from them.
 *
 * Browsers have files of their own, `browser`: bundlers of theirs take these by the condition `default`, Node and what is like it the
 * others by `node`.
 *
 * Invariant: every file lies in a folder of `dist/package`, as deep as its source in `dist/src`, so that paths from one to the
 * package's own files are the same in both. No module is in two files, so a class has one identity.
 */
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const FOLDER = 'dist/package';
const SOURCES = 'dist/src';

/**
 * Files of storeys: what an entry needs when it is loaded, less what is in the files before. Neither the entry itself is in it, which
 * only hands it on, nor a module by which others are loaded later, which is built with them. Of the libraries that more than one file uses, the names
 * that are used.
 */
const STOREYS = [
  { name: 'engine', entry: 'index.js', libraries: {}, handsOn: true },
  { name: 'zome', entry: 'zome/index.js', libraries: {}, handsOn: true },
  {
    name: 'program',
    entry: 'cli/program.js',
    libraries: { commander: ['Command', 'CommanderError', 'InvalidArgumentError', 'Option'] },
    handsOn: false,
  },
  { name: 'commands', entry: 'cli/command-call.js', libraries: {}, handsOn: false },
];

/** The other entries by their place in the folder. */
const ENTRIES = {
  'agreement/index': 'agreement/index.js',
  'agreement/runner': 'agreement/runner.js',
  'agreement/thread-runner': 'agreement/thread-runner.js',
  'billing/index': 'billing/index.js',
  'fleet/index': 'fleet/index.js',
  'memo/index': 'memo/index.js',
  'pool/index': 'pool/index.js',
  'pool/thread-program': 'pool/thread-program.js',
  'profile/index': 'profile/index.js',
  'client/index': 'service/client/index.js',
  'service/index': 'service/index.js',
  'session/index': 'session/index.js',
  'store/index': 'store/index.js',
  'cli/main': 'cli/main.js',
};

/** fp-ts as modules of JavaScript, of which the unused parts can be left out. */
const fpTsModules = {
  name: 'fp-ts modules',
  setup({ onResolve, resolve }) {
    onResolve({ filter: /^fp-ts\/lib\// }, ({ path, kind, resolveDir }) =>
      resolve(path.replace('/lib/', '/es6/'), { kind, resolveDir }),
    );
  },
};

/**
 * A module of Node that a library requires: what is built is modules, which have no `require`. Each is loaded when a part of it
 * is used: commander requires `node:child_process` for commands that are programs, which we have none of.
 */
const requiredOfNode = {
  name: 'required of Node',
  setup({ onResolve, onLoad }) {
    const namespace = 'required-of-node';
    onResolve({ filter: /^node:/ }, ({ path, kind }) => (kind === 'require-call' ? { path, namespace } : undefined));
    onLoad({ filter: /./, namespace }, ({ path }) => ({
      contents: `module.exports = new Proxy({}, { get: (_, name) => process.getBuiltinModule('${path}')[name] });`,
    }));
  },
};

/**
 * Libraries that take some milliseconds to set themselves up, of which an import needs nothing: in the built file each is evaluated when a part of
 * it is used.
 */
const lateLibraries = {
  name: 'late libraries',
  setup({ onResolve, onLoad, resolve }) {
    const namespace = 'late';
    onResolve({ filter: /^@noble\/curves\/ed25519\.js$/ }, async ({ path, kind, resolveDir, namespace: from }) =>
      from === namespace
        ? undefined
        : { path: (await resolve(path, { kind, resolveDir, namespace, pluginName: 'none' })).path, namespace },
    );
    onLoad({ filter: /./, namespace }, ({ path }) => ({
      contents: `const late = () => require(${JSON.stringify(path)});
        export const ed25519 = new Proxy({}, { get: (_, name) => late().ed25519[name] });`,
      resolveDir: dirname(path),
    }));
  },
};

/** The entries that run in browsers, in files of their own: there the instrumented tier is loaded when a module is. */
const BROWSER_ENTRIES = {
  engine: 'index.js',
  zome: 'zome/index.js',
  session: 'session/index.js',
  profile: 'profile/index.js',
};

/** Files that have another in their place, and from which importers: the tier is loaded later, the loop not trained, names are symbols. */
const IN_PLACE = [
  { file: 'makers.js', other: 'makers-later.js', importer: 'tier.js' },
  { file: 'training.js', other: 'untrained.js', importer: 'program.js' },
  { file: 'symbol-name.js', other: 'symbol-as-is.js', importer: 'call-attempt.js' },
];

const inPlace = {
  name: 'in place',
  setup({ onResolve }) {
    onResolve({ filter: /^\.{1,2}\// }, ({ path, importer, resolveDir }) => {
      const row = IN_PLACE.find((one) => path.endsWith(`/${one.file}`) && importer.endsWith(`${sep}${one.importer}`));
      return row && { path: resolve(resolveDir, dirname(path), row.other) };
    });
  },
};

/** What io-ts makes when it is loaded has no effect, which it does not say; then what nobody uses of it is left out. */
const pureCodecs = {
  name: 'pure codecs',
  setup({ onLoad }) {
    onLoad({ filter: /io-ts\/es6\/.*\.js$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8')
        .replaceAll('/** @class */', '/* @__PURE__ */')
        .replaceAll(/^(export var \w+ = )((?:new \w+|brand|refinement)\()/gm, '$1/* @__PURE__ */ $2'),
    }));
  },
};

/**
 * The instruction table as text, half as long as its rows as objects, and without the traps of an instruction, which only the
 * generator of modules and the reference page read. A row has the fields that it had, in the same order.
 */
const instructionText = {
  name: 'instruction text',
  setup({ onLoad }) {
    onLoad({ filter: /\/wasm\/instructions\.js$/ }, async ({ path }) => {
      const { INSTRUCTIONS } = await import(pathToFileURL(path));
      const rows = INSTRUCTIONS.map(({ traps, ...row }) => row);
      const fields = [...new Set(rows.flatMap((row) => Object.keys(row)))];
      const text = rows.map((row) => fields.map((field) => row[field] ?? '').join('|')).join('\n');
      const read = `/* @__PURE__ */ ((fields) => ${JSON.stringify(text)}.split('\\n').map((line) =>
        Object.fromEntries(line.split('|').flatMap((cell, i) =>
          cell === '' ? [] : [[fields[i], fields[i] === 'opcode' || fields[i] === 'bytes' ? Number(cell) : cell]]))))(${JSON.stringify(fields)})`;
      assert.deepEqual(new Function(`return ${read}`)(), rows);
      const source = readFileSync(path, 'utf8');
      const contents = source.replace(/(?<=\nexport const INSTRUCTIONS = )\[\n.*?\n\](?=;\n)/s, () => read);
      assert.notEqual(contents, source);
      return { contents };
    });
  },
};

/** What a module loads later is not in its file. */
const laterApart = {
  name: 'later apart',
  setup({ onResolve }) {
    onResolve({ filter: /./ }, ({ path, kind }) => (kind === 'dynamic-import' ? { path, external: true } : undefined));
  },
};

/** Licences of the libraries that are in the files. */
function licences(inputs) {
  const packages = inputs.flatMap((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path) ?? []);
  return [...new Set(packages)]
    .sort()
    .map(licenceText)
    .join(`\n${'-'.repeat(80)}\n\n`);
}

function licenceText(folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  if (file === undefined) throw new Error(`${name} has no file with its licence`);
  return `${name} ${version}, ${license}\n\n${readFileSync(join(folder, file), 'utf8').trim()}\n`;
}

/** The name that an export of a module has in the file of its storeys. */
function exportedName(module, name) {
  return `${module.replace(/\.js$/, '').replace(/\W/g, '_')}__${name}`;
}

/** What each module exports, by its path below the sources. */
async function exportsOf(modules) {
  const entryPoints = modules.map((module) => join(SOURCES, module));
  const { metafile } = await build({ entryPoints, outdir: 'none', write: false, metafile: true, format: 'esm' });
  return new Map(Object.values(metafile.outputs).map(({ entryPoint, exports }) => [moduleOf(entryPoint), exports]));
}

/** The path below the sources; undefined for a library. */
function moduleOf(path) {
  const module = relative(SOURCES, path).split(sep).join('/');
  return module.startsWith('../') ? undefined : module;
}

const OPTIONS = {
  bundle: true,
  minifyWhitespace: true,
  minifySyntax: true,
  lineLimit: 140,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  mainFields: ['module', 'main'],
  sourcemap: true,
  metafile: true,
  legalComments: 'none',
  logLevel: 'warning',
};

/** Modules that are in the file of a storey: what is imported from one comes from there. */
function builtStoreys(built) {
  const namespace = 'built';
  return {
    name: 'built storeys',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^\.\.\/storeys\// }, ({ path }) => ({ path, external: true }));
      // One for each importer: what two had in common would become a file of its own.
      onResolve({ filter: /^(?:\.{1,2}\/|\w+$)/ }, ({ path, resolveDir, importer }) => {
        const module = resolveDir === '' ? undefined : path.startsWith('.') ? moduleOf(join(resolveDir, path)) : path;
        return built.has(module) ? { path: `${module} for ${importer}`, namespace, pluginData: module } : undefined;
      });
      onLoad({ filter: /./, namespace }, ({ pluginData: module }) => {
        const { storey, names } = built.get(module);
        const list = names.map((name) => `${exportedName(module, name)} as ${name}`).join(', ');
        return { contents: `export { ${list} } from '../storeys/${storey}.js';`, resolveDir: '' };
      });
    },
  };
}

const inputs = new Set();

/**
 * Builds, and sees to it that no module is built twice: none of ours, and among the storeys none of io-ts with its classes. Either of
 * fp-ts is data. Of the other entries billing and the service have codecs; they have io-ts of their own, for no codec of theirs meets one of a storey,
 * and the engine's file need not hold what billing alone uses.
 */
async function built(options, isStorey = true) {
  const { metafile } = await build({ ...OPTIONS, ...options });
  for (const input of Object.keys(metafile.inputs).filter(
    (path) => !/^(?:built|late|required-of-node|<stdin>)/.test(path),
  )) {
    const isOne = moduleOf(input) !== undefined || (isStorey && input.includes('/io-ts/'));
    if (isOne && inputs.has(input)) throw new Error(`${input} would be in two files`);
    inputs.add(input);
  }
}

/** The modules that an entry loads with itself, less those that are built already and those by which others are loaded later. */
async function modulesFor(entry) {
  const { metafile } = await build({
    ...OPTIONS,
    entryPoints: [join(SOURCES, entry)],
    outdir: 'none',
    write: false,
    plugins: [laterApart, ...plugins],
  });
  const later = (path) =>
    metafile.inputs[path]?.imports.some(({ path: to, kind }) => kind === 'dynamic-import' || later(to));
  const modules = Object.keys(metafile.inputs).filter((path) => moduleOf(path) !== undefined && !later(path));
  return modules.map(moduleOf).filter((module) => module !== entry);
}

rmSync(FOLDER, { recursive: true, force: true });
const storeys = new Map();
const plugins = [builtStoreys(storeys), fpTsModules, requiredOfNode, lateLibraries];
for (const { name, entry, libraries } of STOREYS) {
  const modules = await exportsOf(await modulesFor(entry));
  const lines = [...modules, ...Object.entries(libraries)].map(([module, exported]) => {
    const list = exported.map((one) => `${one} as ${exportedName(module, one)}`).join(', ');
    return `export { ${list} } from '${modules.has(module) ? `./${module}` : module}';`;
  });
  const stdin = { contents: lines.join('\n'), resolveDir: SOURCES, sourcefile: `${name}.js` };
  await built({ stdin, outfile: join(FOLDER, 'storeys', `${name}.js`), plugins });
  for (const [module, exported] of [...modules, ...Object.entries(libraries)]) {
    storeys.set(module, { storey: name, names: exported });
  }
}
for (const { name, entry } of STOREYS.filter(({ handsOn }) => handsOn)) {
  await built({ entryPoints: [join(SOURCES, entry)], outfile: join(FOLDER, name, 'index.js'), plugins });
}
await built(
  {
    entryPoints: Object.fromEntries(Object.entries(ENTRIES).map(([place, entry]) => [place, join(SOURCES, entry)])),
    outdir: FOLDER,
    chunkNames: 'storeys/[name]-[hash]',
    splitting: true,
    external: ['@fastify/swagger-ui', '@nats-io/*', 'fast-check', 'fastify', 'libsql', 'pdfkit', 'pg', 'prom-client'],
    plugins,
  },
  false,
);
const browser = await build({
  ...OPTIONS,
  platform: 'browser',
  target: 'es2022',
  entryPoints: Object.fromEntries(Object.entries(BROWSER_ENTRIES).map(([name, entry]) => [name, join(SOURCES, entry)])),
  outdir: join(FOLDER, 'browser'),
  chunkNames: '[name]-[hash]',
  splitting: true,
  write: false,
  plugins: [inPlace, instructionText, fpTsModules, pureCodecs, lateLibraries],
});
mkdirSync(join(FOLDER, 'browser'));
for (const { path, text } of browser.outputFiles) {
  // A file that is imported for no name does nothing, and bundlers warn of it.
  writeFileSync(path, path.endsWith('.js') ? text.replaceAll(/(?<=^|;)import"\.\/[\w.-]+";/gm, '') : text);
}
writeFileSync(join(FOLDER, 'THIRD-PARTY-LICENCES.txt'), licences([...inputs]));
