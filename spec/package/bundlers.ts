/**
 * The packed package in programs for browsers: bundled by vite, webpack, rollup and esbuild, without polyfills and
 * without a warning, and unbundled as modules in Chromium. Each returns the receipts of this process in both tiers; the
 * instrumented tier is in a file that is loaded on demand.
 *
 *   npm run bundlers
 */
import { createReadStream, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { nodeResolve } from '@rollup/plugin-node-resolve';
import { expect } from 'chai';
import { build as esbuild } from 'esbuild';
import { chromium } from 'playwright-core';
import { rollup } from 'rollup';
import { createLogger, build as vite } from 'vite';
import webpack from 'webpack';
import { createEngine } from '../../src/engine/engine.js';
import { receiptJson } from '../../src/engine/receipt/receipt-json.js';
import { i32 } from '../../src/wasm/value.js';
import { flag, scriptLine } from '../script-options.js';
import { InstalledPackage } from './installed-package.js';

/** Gzipped bytes of all files that are loaded before a module is. */
const ENGINE_BYTES_MAX = 70_000;

const { options } = scriptLine({
  name: 'bundlers',
  about: 'Bundles the packed package with each bundler and runs the result.',
  options: { show: flag('print sizes') },
});

/** The program of a user. */
const PROGRAM = `
import { createEngine } from 'assay';
export async function hashOf(bytes, tier) {
  const loaded = await createEngine({ tier }).load(bytes);
  if (!loaded.ok) throw new Error(loaded.fault.code);
  await loaded.module.settled();
  const { receipt, diagnostics } = loaded.module.call('fibonacci', [{ type: 'i32', bits: 20 }]);
  return JSON.stringify([diagnostics.tier, receipt.fuel.used, [...receipt.output]]);
}
`;

interface Built {
  /** The file that exports \`hashOf\`. */
  readonly entry: string;
  readonly warnings: readonly string[];
}

type Bundle = (input: string, folder: string) => Promise<Built>;

const BUNDLERS: Readonly<Record<string, Bundle>> = {
  esbuild: async (input, folder) => {
    const { warnings } = await esbuild({
      entryPoints: { main: input },
      outdir: folder,
      bundle: true,
      splitting: true,
      minify: true,
      format: 'esm',
      platform: 'browser',
      logLevel: 'silent',
    });
    return { entry: join(folder, 'main.js'), warnings: warnings.map(({ text }) => text) };
  },
  rollup: async (input, folder) => {
    const warnings: string[] = [];
    const bundle = await rollup({
      input,
      plugins: [nodeResolve({ browser: true })],
      onLog: (level, { message }) => {
        if (level === 'warn') warnings.push(message);
      },
    });
    await bundle.write({ dir: folder, format: 'es', entryFileNames: 'main.js', compact: true });
    await bundle.close();
    return { entry: join(folder, 'main.js'), warnings };
  },
  vite: async (input, folder) => {
    const warnings: string[] = [];
    const logger = createLogger('silent');
    logger.warn = (message) => warnings.push(message);
    logger.warnOnce = logger.warn;
    await vite({
      root: join(input, '..'),
      configFile: false,
      logLevel: 'silent',
      customLogger: logger,
      build: {
        outDir: folder,
        emptyOutDir: false,
        target: 'es2022',
        modulePreload: { polyfill: false },
        rollupOptions: { input, preserveEntrySignatures: 'strict', output: { entryFileNames: 'main.js' } },
      },
    });
    return { entry: join(folder, 'main.js'), warnings };
  },
  webpack: (input, folder) =>
    new Promise((done, failed) => {
      const compiler = webpack({
        mode: 'production',
        target: ['web', 'es2022'],
        entry: input,
        context: join(input, '..'),
        experiments: { outputModule: true },
        output: { path: folder, filename: 'main.js', library: { type: 'module' }, publicPath: 'auto' },
      });
      compiler.run((error, stats) => {
        if (error !== null || stats === undefined) {
          failed(error ?? new Error('webpack returned nothing'));
          return;
        }
        const { errors = [], warnings = [] } = stats.toJson({ errors: true, warnings: true });
        const entry = join(folder, 'main.js');
        compiler.close(() => done({ entry, warnings: [...errors, ...warnings].map(({ message }) => message) }));
      });
    }),
};

/** Files that a file loads at once, and those that it loads later. */
function loadedWith(entry: string): { readonly first: readonly string[]; readonly later: readonly string[] } {
  const first = new Set<string>();
  const later = new Set<string>();
  const visit = (file: string, files: Set<string>): void => {
    if (first.has(file) || files.has(file)) return;
    files.add(file);
    const text = readFileSync(file, 'utf8');
    for (const [, path] of text.matchAll(/(?:^|[;}\n])(?:import|export)[^;"'`()]*["'`](\.[^"'`]+)["'`]/g))
      visit(resolve(file, '..', path!), files);
    for (const [, path] of text.matchAll(/\bimport\((?:\/\*.*?\*\/)?["'`](\.[^"'`]+)["'`]\)/g))
      pending.push(resolve(file, '..', path!));
  };
  const pending: string[] = [];
  visit(entry, first);
  for (let file = pending.pop(); file !== undefined; file = pending.pop()) visit(file, later);
  return { first: [...first], later: [...later] };
}

const gzipped = (files: readonly string[]): number =>
  files.reduce((sum, file) => sum + gzipSync(readFileSync(file), { level: 9 }).length, 0);

const MODULE = readFileSync('vectors/guests/raw/fibonacci.wasm');

async function expected(tier: 'interpreter' | 'instrumented'): Promise<string> {
  const loaded = await createEngine({ tier }).load(MODULE);
  if (!loaded.ok) throw new Error(loaded.fault.code);
  const { receipt } = loaded.module.call('fibonacci', [i32(20)]);
  expect(receiptJson(receipt).fuel.used).to.equal(receipt.fuel.used);
  return JSON.stringify([tier, receipt.fuel.used, [...receipt.output]]);
}

async function checkBundler(name: string): Promise<void> {
  const input = join(assay.folder, 'program.js');
  const folder = join(assay.folder, `out-${name}`);
  mkdirSync(folder);
  const { entry, warnings } = await BUNDLERS[name]!(input, folder);
  expect(warnings, warnings.join('; ')).to.deep.equal([]);
  const { first } = loadedWith(entry);
  for (const file of first) expect(readFileSync(file, 'utf8')).to.not.match(/node:|process\.versions|Buffer\.from/);
  const page = `<script type="module">import { hashOf } from '/files/main.js'; globalThis.hashOf = hashOf;</script>`;
  await checkInBrowser(page, folder);
  const bytes = gzipped(first);
  const whole = first.reduce((sum, file) => sum + statSync(file).size, 0);
  if (options.show)
    console.log(
      `${name}: ${bytes} bytes gzipped, ${whole} as they are, in ${first.length} files before a module is loaded`,
    );
  // Only rollup does not shorten names.
  if (name !== 'rollup') expect(bytes).to.be.at.most(ENGINE_BYTES_MAX);
}

/** As modules, from a server of static files. */
async function checkUnbundled(): Promise<void> {
  const page = `<script type="importmap">{"imports":{"assay":"/files/engine.js"}}</script>
    <script type="module">${PROGRAM}; globalThis.hashOf = hashOf;</script>`;
  await checkInBrowser(page, assay.path('dist/package/browser'));
}

/** @param folder served at `/files/` */
async function checkInBrowser(page: string, folder: string): Promise<void> {
  const asked: string[] = [];
  const server = createServer(({ url = '' }, response) => {
    asked.push(url);
    const file = join(folder, url.replace(/^\/files\//, ''));
    if (url === '/') response.writeHead(200, { 'content-type': 'text/html' }).end(page);
    else if (!url.startsWith('/files/') || !existsSync(file)) response.writeHead(404).end();
    else createReadStream(file).pipe(response.writeHead(200, { 'content-type': 'text/javascript' }));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const tab = await browser.newPage();
  try {
    await tab.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    await tab.waitForFunction(() => 'hashOf' in globalThis);
    const run = (tier: string) =>
      tab.evaluate(
        ([bytes, of]) =>
          (globalThis as unknown as { hashOf(bytes: Uint8Array, tier: string): Promise<string> }).hashOf(
            Uint8Array.from(bytes),
            of,
          ),
        [[...MODULE], tier] as const,
      );
    expect(await run('interpreter')).to.equal(await expected('interpreter'));
    const before = asked.length;
    expect(await run('instrumented')).to.equal(await expected('instrumented'));
    // The file of the tier, requested when it is needed.
    expect(asked.slice(before).filter((url) => url.startsWith('/files/'))).to.have.length.at.least(1);
  } finally {
    await tab.close();
    server.close();
    server.closeAllConnections();
  }
}

const assay = new InstalledPackage();
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
let passed = 0;
let failed = 0;
const check = async (name: string, work: () => Promise<void>): Promise<void> => {
  try {
    await work();
    passed++;
  } catch (error) {
    failed++;
    console.log(`${name}: ${error instanceof Error ? error.message : String(error)}`);
  }
};
try {
  writeFileSync(join(assay.folder, 'program.js'), PROGRAM);
  for (const name of Object.keys(BUNDLERS)) await check(name, () => checkBundler(name));
  await check('unbundled', checkUnbundled);
} finally {
  await browser.close();
  rmSync(assay.folder, { recursive: true, force: true });
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
