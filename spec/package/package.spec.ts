/** The packed package in an empty folder: its files, that every entry and the program run, and what they load. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { build } from 'esbuild';
import { InstalledPackage } from './installed-package.js';

/** Files of the package that one of its files loads, and its imports from other packages. */
interface Closure {
  readonly files: readonly string[];
  readonly packages: readonly string[];
}

const IMPORT = /(?:^|[;}\n])(?:import|export)\s*(?:[\w*{][^;"']*?\bfrom)?\s*["']([^"']+)["']/g;

function closureOf(entry: string): Closure {
  const files = new Set<string>();
  const packages = new Set<string>();
  const visit = (file: string): void => {
    if (files.has(file)) return;
    files.add(file);
    for (const [, specifier = ''] of readFileSync(file, 'utf8').matchAll(IMPORT)) {
      if (specifier.startsWith('.')) visit(resolve(dirname(file), specifier));
      else packages.add(specifier);
    }
  };
  visit(entry);
  return { files: [...files], packages: [...packages] };
}

/** The sources of a built file, by its map: `src/base/hash.ts`, `node_modules/io-ts/...`. */
function sourcesOf(file: string): readonly string[] {
  if (!existsSync(`${file}.map`)) return [];
  const { sources } = JSON.parse(readFileSync(`${file}.map`, 'utf8')) as { readonly sources: readonly string[] };
  return sources.map((source) => source.replace(/^(?:\.\.\/)+/, ''));
}

function foldersOf({ files }: Closure): readonly string[] {
  const folders = files.flatMap(sourcesOf).map((source) => /^src\/(\w+)\//.exec(source)?.[1] ?? '');
  return [...new Set(folders)].filter((folder) => folder !== '').sort();
}

const ENTRIES = `
import * as engine from 'assay';
import * as zome from 'assay/zome';
import * as store from 'assay/store';
const { createEngine, Float, UsageError, i32 } = engine;
const artefacts = await store.openDiskCache('cache');
for (const name of ['first', 'second']) {
  const made = createEngine({ tier: 'instrumented', artefacts });
  const loaded = await made.load(new Uint8Array((await import('node:fs')).readFileSync(process.env.WASM)));
  console.log(name, loaded.module.call('divide', [i32(7), i32(2)]).outcome.kind, artefacts.counts.hits);
}
try { createEngine({ tier: 'none' }); } catch (error) { console.log(error instanceof UsageError); }
// A class and a codec are one, whichever entry they come from.
console.log(zome.f64.is(engine.decodeMessagePack(engine.encodeMessagePack(Float.f64(1))).value));
console.log(zome.op('0.7').decode(1)._tag);
`;

describe('package', () => {
  let assay: InstalledPackage;
  const wasm = resolve('vectors/guests/wat/divide.wasm');

  before(() => {
    assay = new InstalledPackage();
  });

  after(() => assay.remove());

  it('runs nothing on installation', () => {
    const names = ['preinstall', 'install', 'postinstall', 'prepare'];
    expect(Object.keys(assay.manifest.scripts).filter((name) => names.includes(name))).to.deep.equal([]);
  });

  it('has every file that it names, its licences, and no sources', () => {
    const named = Object.values(assay.manifest.exports).flatMap((to) =>
      typeof to === 'string' ? [] : [to.types, to.default, ...(to.node === undefined ? [] : [to.node])],
    );
    for (const path of [...named, assay.manifest.bin.assay]) expect(assay.files).to.include(path.replace('./', ''));
    expect(assay.files).to.include('dist/package/THIRD-PARTY-LICENCES.txt');
    expect(assay.files.filter((path) => /^(?:src|spec|bench|dist\/spec)\//.test(path))).to.deep.equal([]);
  });

  it('has an engine for browsers of at most 70 kB in gzip, without the instrumented tier', async () => {
    const { outputFiles, warnings } = await build({
      stdin: { contents: "export { createEngine } from 'assay'", resolveDir: assay.folder },
      outdir: 'out',
      bundle: true,
      splitting: true,
      minify: true,
      write: false,
      format: 'esm',
      platform: 'browser',
      logLevel: 'silent',
    });
    expect(warnings).to.deep.equal([]);
    const sizes = (isLater: boolean) =>
      outputFiles
        .filter(({ path }) => basename(path).startsWith('instrumented') === isLater)
        .reduce((sum, { contents }) => sum + gzipSync(contents, { level: 9 }).length, 0);
    expect(sizes(false)).to.be.within(60_000, 70_000);
    expect(sizes(true)).to.be.within(15_000, 25_000);
  });

  it('runs through its entry points, with shared code loaded once', () => {
    const { out, err } = assay.runModule(ENTRIES.replace('process.env.WASM', JSON.stringify(wasm)));
    expect(err).to.equal('');
    expect(out).to.equal('first returned 0\nsecond returned 2\ntrue\ntrue\nLeft\n');
  });

  it('distinguishes artefacts of changed code', () => {
    const folder = assay.path('dist/package/storeys');
    const file = join(folder, readdirSync(folder).find((name) => name.endsWith('.js'))!);
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, `${text}\n`);
    try {
      const { out } = assay.runModule(ENTRIES.replace('process.env.WASM', JSON.stringify(wasm)));
      expect(out).to.include('first returned 0\nsecond returned 2\n');
    } finally {
      writeFileSync(file, text);
    }
  });

  it('runs as a program, with and without fast-check', () => {
    expect(assay.runProgram('--version')).to.include({ status: 0, err: '' });
    expect(assay.runProgram('--help').out).to.match(
      /\binspect\b[\s\S]*\bcall\b[\s\S]*\bvalidate\b[\s\S]*\bagree\b[\s\S]*\bdemo\b/,
    );
    expect(assay.runProgram('call', wasm, 'divide', 'i32:7', 'i32:2')).to.include({ status: 0, err: '' });
    expect(assay.runProgram('demo')).to.include({ status: 0, err: '' });
    mkdirSync(join(assay.folder, 'inputs'));
    writeFileSync(join(assay.folder, 'inputs', 'one.args'), 'i32:7 i32:2\n');
    const agree = ['agree', wasm, '--export', 'divide', '--nodes', 'interpreter,instrumented,worker,process'];
    expect(assay.runProgram(...agree, '--inputs', 'inputs')).to.include({ status: 0, err: '' });
    writeFileSync(
      join(assay.folder, 'pairs.js'),
      "import fc from 'fast-check';\nimport { i32 } from 'assay';\n" +
        "import { argumentsOf } from 'assay/agreement';\n" +
        "if (typeof argumentsOf !== 'function') throw new Error('no argumentsOf');\n" +
        'export default fc.constant([i32(7), i32(2)]);',
    );
    expect(assay.runProgram(...agree, '--arbitrary', 'pairs.js').err).to.include('npm install fast-check');
    assay.link('fast-check');
    expect(assay.runProgram(...agree, '--arbitrary', 'pairs.js', '--runs', '3')).to.include({ status: 0, err: '' });
  });

  it('loads for an entry point only what it needs', () => {
    const engine = closureOf(assay.path('dist/package/engine/index.js'));
    const zome = closureOf(assay.path('dist/package/zome/index.js'));
    const main = assay.path('dist/package/cli/main.js');
    const [, later] = /\bimport\("([^"]+)"\)/.exec(readFileSync(main, 'utf8'))!;
    const program = closureOf(resolve(dirname(main), later!));
    expect(engine.packages).to.deep.equal([]);
    expect(zome.packages).to.deep.equal([]);
    const storeys = [
      'base',
      'wasm',
      'decode',
      'validate',
      'metering',
      'machine',
      'builtins',
      'interpreter',
      'instrumented',
    ];
    expect(foldersOf(engine)).to.have.members([...storeys, 'boundary', 'engine']);
    expect(engine.files.map((file) => basename(file))).to.deep.equal(['index.js', 'engine.js']);
    expect(foldersOf(zome)).to.have.members([...storeys, 'boundary', 'engine', 'zome']);
    expect(zome.files.map((file) => basename(file))).to.have.members(['index.js', 'engine.js', 'zome.js']);
    expect(foldersOf(program)).to.deep.equal(['cli']);
    expect(closureOf(main).files).to.deep.equal([main]);
  });

  it('includes all code that makes artefacts in the version of the disk cache', () => {
    const root = assay.path('dist/package');
    const makers = /^src\/(?:base|wasm|decode|validate|metering|instrumented)\//;
    const folders = readdirSync(root).filter((name) => existsSync(join(root, name, '.')) && !name.includes('.'));
    for (const folder of folders) {
      for (const name of readdirSync(join(root, folder)).filter((file) => file.endsWith('.js'))) {
        const makes = sourcesOf(join(root, folder, name)).filter((source) => makers.test(source));
        // Code in `browser` does not access a disk.
        if (folder !== 'storeys' && folder !== 'browser')
          expect(makes, `${folder}/${basename(name)}`).to.deep.equal([]);
      }
    }
  });

  it('preserves its names, its private fields and the numbers of its instructions', () => {
    const folder = assay.path('dist/package/storeys');
    const files = readdirSync(folder).filter((name) => name.endsWith('.js'));
    const code = files.map((name) => readFileSync(join(folder, name), 'utf8')).join('\n');
    expect(code).to.match(/\bFunctionRewriter=class\{[\s\S]*#\w+\(/);
    expect(code).to.match(/\bcase 255:/);
    expect(code).to.not.match(/\bOp\.[A-Z]|__private|__publicField/);
  });
});
