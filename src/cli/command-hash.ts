/** `assay hash FILE`: the Holochain hash of a module, a DNA, an entry or an action. */
import { type Command, Option } from 'commander';
import { defined } from '../base/defined.js';
import { toHex } from '../base/hash.js';
import { LIMITS_1 } from '../base/limits.js';
import { decodeValue } from '../boundary/codec.js';
import type { Generation } from '../boundary/generation.js';
import { hashTypeOf } from '../boundary/hash-bytes.js';
import type { MessagePackValue } from '../boundary/messagepack.js';
import { type Encodable, encodeMessagePack } from '../boundary/messagepack-encode.js';
import { action, actionHash } from '../zome/action.js';
import { type BundledZome, type DnaBundle, dnaHashIn, dnasOf } from '../zome/bundle.js';
import { entry, entryHash } from '../zome/entry.js';
import { hashText, wasmHash } from '../zome/holo-hash.js';
import { dnaAt, readBundleFile, wasmIn } from './bundle-place.js';
import { CliError } from './cli-error.js';
import type { Console } from './console.js';
import { EXIT, type ExitStatus } from './exit-status.js';
import { columns, printable } from './layout.js';
import { bundlePlaceOf } from './module-place.js';
import { recordInOp } from './new-op-spec.js';
import { generationOption } from './option-values.js';
import { readBytesWithin } from './read-bytes.js';
import { documentValue, typeError } from './read-document.js';

const KINDS = ['wasm', 'dna', 'action', 'entry', 'app'] as const;
type Kind = (typeof KINDS)[number];

interface Options {
  readonly kind?: Kind;
  readonly generation?: Generation;
  readonly json?: boolean;
}

/** One thing that has a hash. */
interface Hashed {
  readonly kind: Exclude<Kind, 'app'>;
  /** its place in a bundle; empty for a file that is one thing */
  readonly name: string;
  /** undefined if it cannot be known */
  readonly hash: Uint8Array | undefined;
  readonly generation?: Generation;
}

const HELP = `
The kind of a file is detected from its content: a WebAssembly module, a bundle, or JSON or MessagePack of an entry
({"entry_type":..., "entry":...}), an action, a signed action, a record, or an op that stores one. A record has two hashes, a
bundle one for each DNA and zome; app.happ#role and app.happ#role/zome select one. --kind app reads any value as the content
of an App entry.

  assay hash zome.wasm
  assay hash app.happ#main
  assay hash post.json --kind app

Exit status: 0 hashed, 2 the file cannot be read or has no hash.`;

export function addHashCommand(program: Command, console: Console, done: (status: ExitStatus) => void): void {
  program
    .command('hash')
    .summary('show the Holochain hash of a module, a DNA, an entry or an action')
    .description('Shows the HoloHash of the content of a file: as text, and with --json also as bytes.')
    .argument('<file>', 'module, bundle, place in a bundle, entry, action or record; - for standard input')
    .addOption(new Option('--kind <kind>', 'read the file as this kind (default: detected)').choices(KINDS))
    .option(
      '--generation <name>',
      '0.2, 0.2-map, 0.6 or 0.7 (default: detected from the file, else 0.6)',
      generationOption,
    )
    .option('--json', 'print one JSON document')
    .addHelpText('after', HELP)
    .action(async (path: string, options: Options) => {
      await runHash(console, path, options);
      done(EXIT.ok);
    });
}

async function runHash({ out, colours }: Console, path: string, options: Options): Promise<void> {
  const found = await hashesOf(path, options);
  if (options.json === true) {
    out(JSON.stringify({ hashes: found.map(hashDocument) }));
    return;
  }
  const rows = found.map(({ kind, name, hash }) => [
    { text: kind, style: colours.dim },
    hash === undefined
      ? { text: 'unknown: releases of this generation compute it differently, see assay inspect', style: colours.dim }
      : hashText(hash),
    printable(name),
  ]);
  out(columns(rows).join('\n'));
}

function hashDocument({ kind, name, hash, generation }: Hashed): object {
  return {
    kind,
    ...(name === '' ? {} : { name }),
    hash: hash === undefined ? null : hashText(hash),
    bytes: hash === undefined ? null : toHex(hash),
    ...defined({ generation }),
  };
}

async function hashesOf(path: string, options: Options): Promise<readonly Hashed[]> {
  const named = bundlePlaceOf(path);
  const found = named === undefined ? hashesInFile(path, options) : await hashesInBundle(path, named, options);
  const { kind } = options;
  if (kind === undefined || kind === 'app') return found;
  const ofKind = found.filter((one) => one.kind === kind);
  if (ofKind.length > 0) return ofKind;
  const kinds = [...new Set(found.map((one) => one.kind))].join(', ');
  throw new CliError(`${printable(path)} contains no ${kind}, only ${kinds}`, 'omit --kind, or name another file');
}

async function hashesInBundle(
  path: string,
  named: { readonly path: string; readonly place: string },
  { generation }: Options,
): Promise<readonly Hashed[]> {
  const bundle = await readBundleFile(named.path);
  if (named.place !== '') {
    const { dna, zome } = dnaAt(bundle, named.path, named.place);
    return zome === undefined ? hashesOfDna(path, dna, '', generation) : [hashedZome(path, zome, '')];
  }
  return dnasOf(bundle).flatMap(({ role, dna }) => hashesOfDna(path, dna, role, generation));
}

/** @param role empty for a standalone DNA */
function hashesOfDna(path: string, dna: DnaBundle, role: string, generation?: Generation): readonly Hashed[] {
  const of = role === '' ? '' : `${role}/`;
  const zomes = dna.zomes.map((zome) => hashedZome(path, zome, of));
  const name = role === '' ? dna.name : role;
  if (generation !== undefined || dna.hash !== undefined || dna.hashes.length === 0) {
    return [{ kind: 'dna', name, hash: generation === undefined ? dna.hash : dnaHashIn(dna, generation) }, ...zomes];
  }
  // Releases hash it in different ways, and a bundle does not name its release.
  const hashes = dna.hashes.map(({ hash, releases }): Hashed => {
    return { kind: 'dna', name: `${name}, Holochain ${releases.join(', ')}`, hash };
  });
  return [...hashes, ...zomes];
}

function hashedZome(path: string, zome: BundledZome, of: string): Hashed {
  return { kind: 'wasm', name: `${of}${zome.name}`, hash: zome.wasmHash ?? wasmHash(wasmIn(path, zome)) };
}

const WASM_MAGIC = [0x00, 0x61, 0x73, 0x6d];

function hashesInFile(path: string, { kind, generation }: Options): readonly Hashed[] {
  const bytes = readBytesWithin(path, LIMITS_1.moduleBytes, 'a file that is hashed');
  const isWasm = WASM_MAGIC.every((byte, at) => bytes[at] === byte);
  if (kind === 'wasm' && !isWasm) {
    throw new CliError(
      `${printable(path)} is not a WebAssembly module`,
      'a binary module begins with the bytes 00 61 73 6d',
    );
  }
  if (isWasm) return [{ kind: 'wasm', name: '', hash: wasmHash(bytes) }];
  const value = documentValue(path, bytes);
  return kind === 'app' ? [appEntry(value, generation ?? '0.6')] : hashesInValue(path, value, generation);
}

function appEntry(value: MessagePackValue, generation: Generation): Hashed {
  const content = encodeMessagePack(value as Encodable);
  const hash = entryHash({ entry_type: 'App', entry: content }, generation);
  return { kind: 'entry', name: '', hash, generation };
}

const NOTHING = 'it is not a module, bundle, entry, action or record';

function hashesInValue(path: string, value: MessagePackValue, generation: Generation | undefined): readonly Hashed[] {
  if (value instanceof Uint8Array && hashTypeOf(value) !== undefined) {
    throw new CliError(
      `${printable(path)} contains a hash, not the content that was hashed`,
      'pass the file of the content',
    );
  }
  if (!(value instanceof Map)) throw nothingError(path);
  const recordIn = recordInOp(value);
  if (recordIn !== undefined) return hashesInValue(path, recordIn, generation);
  const map = value as ReadonlyMap<string, MessagePackValue>;
  const signed = map.get('signed_action') ?? value;
  const hashed = signed instanceof Map ? signed.get('hashed') : undefined;
  const content = hashed instanceof Map ? (hashed as ReadonlyMap<string, MessagePackValue>).get('content') : undefined;
  if (content !== undefined) {
    const entryIn = map.get('entry');
    const present =
      entryIn instanceof Map ? (entryIn as ReadonlyMap<string, MessagePackValue>).get('Present') : undefined;
    const first = hashedAction(path, content, generation);
    return present === undefined ? [first] : [first, hashedEntry(path, present, first.generation)];
  }
  if (map.has('entry_type') && map.has('entry') && !map.has('type')) return [hashedEntry(path, value, generation)];
  if (map.has('type') || map.has('header')) return [hashedAction(path, value, generation)];
  throw nothingError(path);
}

function nothingError(path: string): CliError {
  return new CliError(
    `${printable(path)} has no hash of its own: ${NOTHING}`,
    'use --kind app for the content of an App entry',
  );
}

function hashedAction(path: string, value: MessagePackValue, generation: Generation | undefined): Hashed {
  const of = generation ?? (value instanceof Map && value.has('header') ? '0.7' : '0.6');
  const decoded = decodeValue(action(of), value);
  if (!decoded.ok) throw typeError(path, `action of generation ${of}`, decoded.error, 'see --generation');
  return { kind: 'action', name: '', hash: actionHash(decoded.value, of), generation: of };
}

function hashedEntry(path: string, value: MessagePackValue, generation: Generation = '0.6'): Hashed {
  const decoded = decodeValue(entry(generation), value);
  if (!decoded.ok) throw typeError(path, `entry of generation ${generation}`, decoded.error, 'see --generation');
  return { kind: 'entry', name: '', hash: entryHash(decoded.value, generation), generation };
}
