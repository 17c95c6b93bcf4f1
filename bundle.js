/**
 * What `npm run build` makes of the compiled files for those who install the package: `dist/package`, few files instead of two
 * hundred, with the libraries in them. It starts from what `tsc` wrote, because only `tsc` puts the numbers of a `const enum` in place.
 *
 * Invariant: every file lies in a folder of `dist/package`, as deep as its source in `dist/src`, so that paths from one to the
 * package's own files are the same in both. Code that two entries share is in one file, so a class has one identity.
 */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

const FOLDER = 'dist/package';

/** Entries by their place in the folder. */
const ENTRIES = {
  'engine/index': 'dist/src/index.js',
  'zome/index': 'dist/src/zome/index.js',
  'agreement/index': 'dist/src/agreement/index.js',
  'agreement/runner': 'dist/src/agreement/runner.js',
  'agreement/thread-runner': 'dist/src/agreement/thread-runner.js',
  'store/index': 'dist/src/store/index.js',
  'cli/main': 'dist/src/cli/main.js',
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

rmSync(FOLDER, { recursive: true, force: true });
const { metafile } = await build({
  entryPoints: ENTRIES,
  outdir: FOLDER,
  chunkNames: 'storeys/[name]-[hash]',
  bundle: true,
  minifyWhitespace: true,
  lineLimit: 140,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  mainFields: ['module', 'main'],
  external: ['fast-check'],
  plugins: [fpTsModules, requiredOfNode],
  sourcemap: true,
  metafile: true,
  legalComments: 'none',
  logLevel: 'warning',
});
writeFileSync(join(FOLDER, 'THIRD-PARTY-LICENCES.txt'), licences(Object.keys(metafile.inputs)));
