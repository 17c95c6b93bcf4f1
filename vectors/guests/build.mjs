// Rebuilds the guests of this folder from their sources, or, with --check, rebuilds them in a temporary folder and
// compares the bytes with what is committed. The table below is the whole recipe.
//
//   node vectors/guests/build.mjs            rebuild in place
//   node vectors/guests/build.mjs --check    rebuild elsewhere, compare, exit status 1 when any differs
//
// .wat needs npm's wabt, AssemblyScript npm's assemblyscript, C a clang with the wasm32 target and lld, Rust a cargo with the
// target wasm32-unknown-unknown. Without clang the C guests are left as they are, without cargo those of Rust, and the rest is
// rebuilt. What comes out depends on the compiler's version; the committed bytes were made by the versions in toolchain.json,
// and the script says so when yours is another.
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const require = createRequire(import.meta.url);

const rawC = (name) => ({ tool: 'clang', sources: [`raw/${name}.c`], wasm: `raw/${name}.wasm` });
const zome = (name) => ({
  tool: 'assemblyscript',
  folder: name,
  sources: ['assembly/index.ts'],
  wasm: `${name}/${name}.wasm`,
});
const policy = (name) => ({
  tool: 'assemblyscript',
  folder: 'policies',
  sources: [`assembly/${name}.ts`],
  wasm: `policies/${name}.wasm`,
});
const wat = (path) => ({ tool: 'wabt', sources: [`${path}.wat`], wasm: `${path}.wasm` });

const guests = [
  ...['n-body', 'pollard-rho', 'sha-256', 'byte-scanner', 'sieve'].map(rawC),
  wat('raw/fibonacci'),
  ...['answer', 'divide', 'spin', 'recurse', 'grow', 'float', 'function-indices'].map((name) => wat(`wat/${name}`)),
  ...['store', 'counter'].map((name) => wat(`linked/${name}`)),
  ...['post', 'links', 'probe'].map(zome),
  ...['fifo', 'lru', 'lfu', 'gd-size', 'sieve', 's3-fifo', 'w-tiny-lfu'].map(policy),
  {
    tool: 'clang',
    sources: ['zome', 'rules', 'conditions', 'callback-result', 'message-pack', 'memory'].map((name) => `ledger/${name}.c`),
    flags: ['-mbulk-memory', '-msign-ext', '-mnontrapping-fptoint'],
    wasm: 'ledger/ledger.wasm',
  },
  ...['O0', 'O3'].flatMap((level) => [
    { tool: 'clang', sources: ['abi/c/abi.c'], flags: [`-${level}`], wasm: `abi/c-${level}.wasm` },
    {
      tool: 'assemblyscript',
      folder: 'abi/assemblyscript',
      sources: ['index.ts'],
      flags: [`-${level}`, '--runtime', 'minimal', '--use', 'abort='],
      wasm: `abi/assemblyscript-${level}.wasm`,
    },
  ]),
  { tool: 'wasm-opt', sources: ['abi/c-O0.wasm'], flags: ['-O3'], wasm: 'abi/c-O0-wasm-opt.wasm' },
  { tool: 'cargo', folder: 'abi/rust', crate: 'abi', profile: 'unoptimised', wasm: 'abi/rust-O0.wasm' },
  { tool: 'cargo', folder: 'abi/rust', crate: 'abi', profile: 'release', wasm: 'abi/rust-O3.wasm' },
];

// No C library: -ffreestanding and -fno-builtin keep clang from turning loops into calls of memset and memcpy.
const clangFlags = ['--target=wasm32', '-std=c11', '-O2', '-nostdlib', '-ffreestanding', '-fno-builtin', '-ffp-contract=off'];
const warningFlags = ['-Wall', '-Wextra', '-Werror'];
const linkFlags = ['-Wl,--no-entry', '-Wl,-z,stack-size=16384'];

function run(command, args, folder = '.', env = {}) {
  const result = spawnSync(command, args, { cwd: join(here, folder), encoding: 'utf8', env: { ...process.env, ...env } });
  if (result.error) return { ok: false, missing: result.error.code === 'ENOENT', text: result.error.message };
  return { ok: result.status === 0, missing: false, text: `${result.stdout}${result.stderr}`.trim() };
}

const compilers = {
  clang: (guest, target) =>
    run('clang', [...clangFlags, ...warningFlags, ...linkFlags, ...(guest.flags ?? []), '-o', target, ...guest.sources]),

  wabt: async (guest, target) => {
    const tools = await require('wabt')();
    const features = { extended_const: true, tail_call: true };
    try {
      const module = tools.parseWat(guest.sources[0], readFileSync(join(here, guest.sources[0]), 'utf8'), features);
      module.resolveNames();
      module.validate();
      writeFileSync(target, module.toBinary({ write_debug_names: true }).buffer);
      module.destroy();
      return { ok: true, missing: false, text: '' };
    } catch (fault) {
      return { ok: false, missing: false, text: fault.message };
    }
  },

  assemblyscript: (guest, target) => {
    const compiler = join(dirname(require.resolve('assemblyscript/package.json')), 'bin', 'asc.js');
    return run(process.execPath, [compiler, ...guest.sources, ...(guest.flags ?? []), '--outFile', target], guest.folder);
  },

  'wasm-opt': (guest, target) => {
    const tool = join(dirname(require.resolve('binaryen/package.json')), 'bin', 'wasm-opt');
    return run(process.execPath, [tool, ...guest.flags, guest.sources[0], '-o', target]);
  },

  cargo: (guest, target) => {
    const made = mkdtempSync(join(tmpdir(), 'guests-cargo-'));
    try {
      const args = ['build', '--locked', '--target', 'wasm32-unknown-unknown', '--profile', guest.profile, '--target-dir', made];
      const built = run('cargo', args, guest.folder, { RUSTFLAGS: pathsLeftOut().join(' ') });
      if (built.ok) copyFileSync(join(made, 'wasm32-unknown-unknown', guest.profile, `${guest.crate}.wasm`), target);
      return built;
    } finally {
      rmSync(made, { recursive: true });
    }
  },
};

// Panics name their source files: of dependencies by the folder that cargo unpacks them in, which differs from machine to machine.
function pathsLeftOut() {
  const unpacked = join(process.env.CARGO_HOME ?? join(homedir(), '.cargo'), 'registry', 'src');
  const folders = existsSync(unpacked) ? readdirSync(unpacked) : [];
  return folders.map((folder) => `--remap-path-prefix=${join(unpacked, folder)}=crates`);
}

// The one missing piece a machine may lack, or undefined.
function missingClang() {
  const clang = run('clang', ['--print-targets']);
  if (clang.missing || !clang.ok) return 'clang is not installed';
  if (!clang.text.includes('wasm32')) return 'this clang has no wasm32 target';
  return run('wasm-ld', ['--version']).ok ? undefined : 'wasm-ld (the linker) is not installed';
}

function missingCargo() {
  const cargo = run('cargo', ['--version'], 'abi/rust');
  if (!cargo.ok) return 'cargo is not installed';
  const libraries = run('rustc', ['--print', 'target-libdir', '--target', 'wasm32-unknown-unknown'], 'abi/rust');
  return libraries.ok && existsSync(libraries.text) ? undefined : 'rustc has no target wasm32-unknown-unknown';
}

function versions(withClang, withCargo) {
  const made = {};
  for (const name of ['assemblyscript', 'binaryen', 'wabt']) made[name] = require(`${name}/package.json`).version;
  if (withClang) {
    made.clang = run('clang', ['--version']).text.split('\n')[0].replace(/^.*clang version /, '');
    made.lld = run('wasm-ld', ['--version']).text.replace(/^.*LLD /, '');
  }
  if (withCargo) made.rustc = run('rustc', ['--version'], 'abi/rust').text.split(' ')[1];
  return made;
}

async function main() {
  const check = process.argv.includes('--check');
  const lacks = { clang: missingClang(), cargo: missingCargo() };
  const made = versions(lacks.clang === undefined, lacks.cargo === undefined);
  const toolchainPath = join(here, 'toolchain.json');
  const recorded = JSON.parse(readFileSync(toolchainPath, 'utf8'));
  const out = check ? mkdtempSync(join(tmpdir(), 'guests-')) : here;
  let faults = 0;

  if (lacks.clang !== undefined) {
    console.log(`${lacks.clang}: the C guests are left as they are. Install it with: apt-get install clang lld`);
  }
  if (lacks.cargo !== undefined) {
    console.log(`${lacks.cargo}: the Rust guests are left as they are. Install it with: rustup target add wasm32-unknown-unknown`);
  }
  for (const [tool, version] of Object.entries(made)) {
    if (recorded[tool] !== undefined && recorded[tool] !== version) {
      console.log(`${tool} is ${version}; the committed bytes were made by ${recorded[tool]}`);
    }
  }

  for (const guest of guests) {
    if (lacks[guest.tool] !== undefined) {
      console.log(`left      ${guest.wasm}`);
      continue;
    }
    const target = join(out, guest.wasm);
    mkdirSync(dirname(target), { recursive: true });
    const result = await compilers[guest.tool](guest, target);
    if (!result.ok) {
      faults++;
      console.log(`failed    ${guest.wasm}\n${result.text}`);
      continue;
    }
    const bytes = readFileSync(target);
    if (!check) {
      console.log(`built     ${guest.wasm} (${bytes.length} bytes)`);
    } else if (bytes.equals(readFileSync(join(here, guest.wasm)))) {
      console.log(`same      ${guest.wasm}`);
    } else {
      faults++;
      console.log(`differs   ${guest.wasm} (rebuilt: ${bytes.length} bytes)`);
    }
  }

  if (check) rmSync(out, { recursive: true });
  else writeFileSync(toolchainPath, `${JSON.stringify({ ...recorded, ...made }, null, 2)}\n`);
  process.exitCode = faults === 0 ? 0 : 1;
}

await main();
