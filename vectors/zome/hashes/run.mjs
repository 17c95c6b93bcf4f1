/**
 * Writes `vectors/zome/hashes/VERSION.json`: the values of `values.json` as the real crates of a Holochain serialize and hash
 * them. Needs Rust with the target wasm32-unknown-unknown.
 *
 *   node vectors/zome/hashes/run.mjs [VERSION ...]
 *
 * The crates are built to WebAssembly, because there they need no engine of their own, and run here.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const ACTIONS = 'actions of every version until 0.6';
const UNTIL_03 = [ACTIONS, 'actions until 0.3', 'entries', 'entries until 0.4', 'dnas until 0.6', 'dnas until 0.4', 'wasms'];
const TARGETS = [ACTIONS, 'actions of 0.4 to 0.6', 'entries'];

/** Sections of `values.json` that a version has. */
const SECTIONS = {
  0.1: UNTIL_03,
  '0.1-map': UNTIL_03,
  0.2: UNTIL_03,
  0.3: UNTIL_03,
  0.4: [...TARGETS, 'entries until 0.4', 'dnas until 0.6', 'dnas until 0.4', 'wasms'],
  0.5: [...TARGETS, 'entries of 0.5 and 0.6', 'dnas until 0.6', 'wasms'],
  0.6: [...TARGETS, 'entries of 0.5 and 0.6', 'dnas until 0.6', 'wasms'],
  0.7: ['actions of 0.7', 'entries', 'entries of 0.7', 'dnas of 0.7', 'wasms'],
};

/** Crates that decide what the bytes are. */
const NAMED =
  /^(holochain_zome_types|holochain_integrity_types|holo_hash|holochain_serialized_bytes|kitsune_p2p_timestamp|rmp|rmp-serde|serde)$/;

function built(version) {
  const cwd = `${HERE}crates/${version}`;
  const env = {
    CARGO_TARGET_DIR: `${HERE}crates/target`,
    RUSTFLAGS: '--cfg getrandom_backend="custom"',
    ...process.env,
  };
  execFileSync('cargo', ['build', '--target', 'wasm32-unknown-unknown'], { cwd, env, stdio: 'inherit' });
  return readFileSync(`${env.CARGO_TARGET_DIR}/wasm32-unknown-unknown/debug/hashes.wasm`);
}

function cratesOf(version) {
  const lock = readFileSync(`${HERE}crates/${version}/Cargo.lock`, 'utf8');
  const packages = [...lock.matchAll(/name = "(.+)"\nversion = "(.+)"/g)].map(([, name, at]) => [name, at]);
  return Object.fromEntries(packages.filter(([name]) => NAMED.test(name)));
}

async function vectorsOf(wasm, sections) {
  const module = await WebAssembly.compile(wasm);
  let memory;
  const textAt = (at) => {
    const length = new DataView(memory.buffer).getUint32(at, true);
    return new TextDecoder().decode(new Uint8Array(memory.buffer, at + 4, length));
  };
  const imports = {};
  for (const { module: from, name } of WebAssembly.Module.imports(module)) {
    imports[from] ??= {};
    imports[from][name] = () => {
      throw new Error(`${name} was called: a value must depend on nothing but its input`);
    };
  }
  imports.env.report = (at) => console.error(textAt(at));
  const { exports } = await WebAssembly.instantiate(module, imports);
  memory = exports.memory;
  const handed = [sections.join(','), readFileSync(`${HERE}values.json`, 'utf8')].flatMap((text) => {
    const bytes = new TextEncoder().encode(text);
    const at = exports.allocate(bytes.length);
    new Uint8Array(memory.buffer, at, bytes.length).set(bytes);
    return [at, bytes.length];
  });
  return JSON.parse(textAt(exports.run(...handed)));
}

const asked = process.argv.slice(2);
for (const version of asked.length > 0 ? asked : Object.keys(SECTIONS)) {
  const vectors = await vectorsOf(built(version), SECTIONS[version]);
  const rows = vectors.map((row) => `  ${JSON.stringify(row)}`).join(',\n');
  const crates = JSON.stringify(cratesOf(version));
  writeFileSync(`${HERE}${version}.json`, `{\n "crates": ${crates},\n "vectors": [\n${rows}\n ]\n}\n`);
  console.log(`${version}: ${vectors.length} vectors`);
}
