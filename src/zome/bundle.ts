/**
 * Bundles: `.dna`, `.happ` and `.webhapp` are gzipped MessagePack `{manifest, resources}`, nested in each other.
 *
 * Invariant: `BUNDLE_LIMITS` bounds the memory that a bundle can take, nested bundles included; there are three kinds,
 * so nesting ends. A fault of a bundle is returned as data, with its place.
 *
 * Source: mr_bundle `bundle.rs`, `pack.rs`, `encoding.rs`, develop-0.1 to develop.
 */
import { toHex } from '../base/hash.js';
import { anyValue, byteArray, type Codec, decodeValue } from '../boundary/codec.js';
import { decodeBytes } from '../boundary/codec-bytes.js';
import { GENERATIONS, type Generation, type GenerationRow } from '../boundary/generation.js';
import type { MessagePackKey, MessagePackValue } from '../boundary/messagepack.js';
import {
  AppManifest,
  Bundle,
  DnaManifest,
  type Location,
  unknownField,
  WebAppManifest,
  type ZomeManifest,
} from './bundle-manifest.js';
import { dnaHash, type HashedDna, type HolochainRelease } from './dna-hash.js';
import { type ReleaseSigns, releasesOf } from './dna-release.js';
import { gunzip } from './gunzip.js';
import { hashFromText, hashText, wasmHash } from './holo-hash.js';
import type { ZomeDefinition, ZomeKind } from './zome.js';

/** Bounds of reading a bundle. MessagePack has its own: nesting 128, a million objects. */
export const BUNDLE_LIMITS = {
  /** bytes of the outermost file */
  packedBytes: 268_435_456,
  /** unpacked bytes, of all nested bundles together */
  unpackedBytes: 536_870_912,
  /**
   * the same for each byte of the outermost file, above `unpackedAnyway`, so that a small bomb cannot take much memory
   */
  unpackedPerByte: 64,
  /** unpacked bytes that a file of any size may have */
  unpackedAnyway: 67_108_864,
  /** roles of an app */
  roles: 256,
} as const;

export type BundleLimits = { readonly [N in keyof typeof BUNDLE_LIMITS]: number };

export type BundleFaultCode =
  | 'not-gzip'
  /** it begins like gzip, and is truncated or wrong further on */
  | 'damaged'
  /** over one of the limits */
  | 'too-large'
  /** not MessagePack, or not structured like a bundle */
  | 'malformed'
  | 'unknown-version'
  /** the manifest names a resource that the bundle does not have */
  | 'missing-resource'
  /** the manifest has another hash for a module */
  | 'wrong-hash';

export interface BundleFault {
  readonly code: BundleFaultCode;
  /** `app.happ`'s inner place: `roles.main`, `zomes.posts` */
  readonly place: string;
  readonly detail: string;
}

export interface BundledZome {
  readonly name: string;
  readonly kind: ZomeKind;
  readonly dependencies: readonly string[];
  /** undefined if the manifest refers to something outside of the bundle */
  readonly wasm: Uint8Array | undefined;
  readonly wasmHash: Uint8Array | undefined;
}

export interface DnaBundle {
  readonly kind: 'dna';
  readonly manifestVersion: string;
  readonly name: string;
  readonly networkSeed: string;
  readonly properties: MessagePackValue;
  /** microseconds; in manifests until Holochain 0.4 */
  readonly originTime: bigint | undefined;
  /** integrity zomes in the order of their index, then coordinators */
  readonly zomes: readonly BundledZome[];
  /** of the DNA as bundled; undefined if the releases that it could be for hash it differently */
  readonly hash: Uint8Array | undefined;
  /** the hash for every release that it could be for; empty if a module is not in the bundle */
  readonly hashes: readonly DnaHashByRelease[];
}

/** A hash of a DNA, and the releases that compute it. */
export interface DnaHashByRelease {
  readonly releases: readonly HolochainRelease[];
  readonly hash: Uint8Array;
}

export interface HappRole {
  readonly name: string;
  /** `create`, `clone_only`, ... */
  readonly strategy: string;
  readonly cloneLimit: number;
  readonly installedHash: MessagePackValue;
  /** with the role's modifiers; undefined if the manifest refers to something outside of the bundle */
  readonly dna: DnaBundle | undefined;
}

export interface HappBundle {
  readonly kind: 'happ';
  readonly manifestVersion: string;
  readonly name: string;
  readonly description: string | null;
  readonly roles: readonly HappRole[];
}

export interface WebhappBundle {
  readonly kind: 'webhapp';
  readonly manifestVersion: string;
  readonly name: string;
  /** bytes of the packed user interface */
  readonly uiBytes: number;
  readonly happ: HappBundle;
}

export type AnyBundle = DnaBundle | HappBundle | WebhappBundle;

export type BundleResult<B = AnyBundle> =
  | { readonly ok: true; readonly bundle: B }
  | { readonly ok: false; readonly fault: BundleFault };

/** Thrown by nested readers with a fault that `readBundle` returns as data. */
class BundleSignal extends Error {
  constructor(readonly fault: BundleFault) {
    super(`${fault.code} at ${fault.place}`);
    this.name = 'BundleSignal';
  }
}

function fail(code: BundleFaultCode, place: string, detail: string): never {
  throw new BundleSignal({ code, place, detail });
}

const BEFORE_BUNDLES =
  'a DNA from before bundles, {dna, code} of 2020: its zomes use an ABI older than Holochain 0.1; build it again';

/** Whether the bytes contain `{dna, code}`, like a `.dna.gz` from before bundles existed. */
function isBeforeBundles(decoded: { readonly ok: boolean }, unpacked: Uint8Array): boolean {
  if (decoded.ok) return false;
  const value = decodeBytes(anyValue, unpacked);
  return value.ok && value.value instanceof Map && value.value.has('dna') && value.value.has('code');
}

type ResourceMap = ReadonlyMap<MessagePackKey, MessagePackValue>;

interface Unpacked {
  readonly manifest: ReadonlyMap<MessagePackKey, MessagePackValue>;
  readonly resources: Resources;
}

class BundleReader {
  #bytesLeft = 0;

  constructor(readonly limits: BundleLimits) {}

  async read(packed: Uint8Array): Promise<AnyBundle> {
    if (packed.length > this.limits.packedBytes) {
      fail('too-large', '$', `${packed.length} bytes, the limit is ${this.limits.packedBytes}`);
    }
    const { unpackedBytes, unpackedPerByte, unpackedAnyway } = this.limits;
    this.#bytesLeft = Math.min(unpackedBytes, Math.max(unpackedAnyway, unpackedPerByte * packed.length));
    const { manifest, resources } = await this.#unpack(packed, '$');
    if (manifest.has('roles') || manifest.has('slots')) return this.#happ(manifest, resources, '$');
    if (manifest.has('ui')) return this.#webhapp(manifest, resources);
    return this.#dna(manifest, resources, '$');
  }

  async #unpack(packed: Uint8Array, place: string): Promise<Unpacked> {
    const unpacked = await gunzip(packed, this.#bytesLeft);
    if (!unpacked.ok) return fail(unpacked.code, place, unpacked.detail);
    this.#bytesLeft -= unpacked.bytes.length;
    const decoded = decodeBytes(Bundle, unpacked.bytes);
    if (isBeforeBundles(decoded, unpacked.bytes)) return fail('unknown-version', place, BEFORE_BUNDLES);
    if (!decoded.ok) return fail('malformed', place, `${decoded.error.reason} at ${decoded.error.path}`);
    const { manifest, resources } = decoded.value;
    if (!(manifest instanceof Map) || !(resources instanceof Map)) return fail('malformed', place, 'not two maps');
    const version: unknown = manifest.get('manifest_version');
    if (version === '0' || version === '1') return { manifest, resources: new Resources(resources, version) };
    return fail('unknown-version', place, `manifest versions 0 and 1 are supported, not ${String(version)}`);
  }

  async #webhapp(wire: MessagePackValue, resources: Resources): Promise<WebhappBundle> {
    const manifest = manifestOf(WebAppManifest, wire, '$');
    const ui = resources.at(manifest.ui, 'ui');
    const location = manifest.happ ?? manifest.happ_manifest;
    const packed = location === null ? undefined : resources.at(location, 'happ');
    if (packed === undefined) return fail('missing-resource', 'happ', 'the bundle does not contain its app');
    const inner = await this.#unpack(packed, 'happ');
    const happ = await this.#happ(inner.manifest, inner.resources, 'happ');
    const { manifest_version: manifestVersion, name } = manifest;
    return { kind: 'webhapp', manifestVersion, name, uiBytes: ui?.length ?? 0, happ };
  }

  async #happ(wire: MessagePackValue, resources: Resources, place: string): Promise<HappBundle> {
    const manifest = manifestOf(AppManifest, wire, place);
    const roles: HappRole[] = [];
    const given = lastOfEachName(manifest.roles ?? manifest.slots ?? []);
    if (given.length > this.limits.roles) fail('too-large', place, `${given.length} roles`);
    for (const role of given) {
      const name = roleName(role);
      const at = `${place}.roles.${name}`;
      const cloneLimit = role.dna.clone_limit ?? 0;
      const strategy = role.provisioning?.strategy ?? 'create';
      if (strategy === 'clone_only' && cloneLimit === 0) fail('malformed', at, 'clone_only with a clone_limit of 0');
      const packed = resources.at(role.dna, at);
      const inner = packed === undefined ? undefined : await this.#unpack(packed, at);
      const dna = inner && this.#dna(inner.manifest, inner.resources, at, modifiersOf(role.dna));
      roles.push({
        name,
        strategy,
        cloneLimit,
        installedHash: role.dna.installed_hash,
        dna,
      });
    }
    const { manifest_version: manifestVersion, name, description } = manifest;
    return { kind: 'happ', manifestVersion, name, description, roles };
  }

  #dna(wire: MessagePackValue, resources: Resources, place: string, modifiers?: Modifiers | null): DnaBundle {
    const manifest = manifestOf(DnaManifest, wire, place);
    const unknown = unknownField(wire as ResourceMap, resources.version);
    if (unknown !== undefined) return fail('malformed', place, `Holochain does not know this field: ${unknown}`);
    if (manifest.integrity === null) return fail('malformed', place, 'the manifest is not that of a DNA');
    const zomes = [
      ...manifest.integrity.map((zome) => zomeOf(zome, 'integrity', resources, place)),
      ...manifest.coordinator.map((zome) => zomeOf(zome, 'coordinator', resources, place)),
    ];
    checkZomes(zomes, place);
    const { manifest_version: manifestVersion, name } = manifest;
    const about = {
      kind: 'dna',
      manifestVersion,
      name,
      networkSeed: modifiers?.network_seed ?? manifest.network_seed ?? '',
      properties: modifiers?.properties ?? manifest.properties,
      originTime: modifiers?.origin_time ?? manifest.origin_time ?? undefined,
      zomes,
    } as const;
    const hashes = hashesOf(about, modifiers?.quantum_time ?? undefined, {
      manifestVersion,
      hasOriginTime: manifest.origin_time !== null,
      hasPaths: resources.hasPaths,
    });
    return { ...about, hashes, hash: hashes.length === 1 ? hashes[0].hash : undefined };
  }
}

type Role = NonNullable<AppManifest['roles']>[number];

function roleName({ name, id }: Role): string {
  return name ?? id ?? '';
}

/** Of roles with the same name the last one counts, because the real reader puts them into a map. */
function lastOfEachName(roles: readonly Role[]): readonly Role[] {
  const last = new Map(roles.map((role) => [roleName(role), role]));
  return roles.filter((role) => last.get(roleName(role)) === role);
}

interface Modifiers {
  readonly network_seed: string | null;
  readonly properties: MessagePackValue;
  readonly origin_time?: bigint | null;
  readonly quantum_time?: HashedDna['quantumTime'] | null;
}

/** In 2021 the modifiers were beside the location of the DNA. */
function modifiersOf({ modifiers, network_seed, uid, properties }: Role['dna']): Modifiers {
  return modifiers ?? { network_seed: network_seed ?? uid, properties };
}

/** The real reader's rules for the zomes of a DNA. */
function checkZomes(zomes: readonly BundledZome[], place: string): void {
  const integrity = new Set(zomes.filter(({ kind }) => kind === 'integrity').map(({ name }) => name));
  const seen = new Set<string>();
  for (const { name, dependencies } of zomes) {
    if (seen.has(name)) fail('malformed', place, `two zomes have the name '${name}'`);
    seen.add(name);
    const dangling = dependencies.find((other) => other === name || !integrity.has(other));
    if (dangling === undefined) continue;
    fail('malformed', place, `the zome '${name}' depends on '${dangling}', which is not another integrity zome`);
  }
}

function manifestOf<A>(codec: Codec<A>, wire: MessagePackValue, place: string): A {
  const decoded = decodeValue(codec, wire);
  return decoded.ok ? decoded.value : fail('malformed', place, `${decoded.error.reason} at ${decoded.error.path}`);
}

/** A bundle's resources, found as its version names them. */
class Resources {
  /** a resource of version 1 was named by `path` */
  hasPaths = false;

  constructor(
    readonly map: ResourceMap,
    readonly version: '0' | '1',
  ) {}

  /** The name of a resource in the bundle; null if the manifest refers to something outside of it. */
  #identifier({ path, bundled }: Location): string | null {
    if (this.version === '0') return path === null || this.map.has(path) ? path : fileName(path);
    if (bundled !== null || path === null || !this.map.has(path)) return bundled;
    this.hasPaths = true;
    return path;
  }

  /** The bytes of a resource; undefined if the manifest refers to something outside of the bundle. */
  at(location: Location, place: string): Uint8Array | undefined {
    const identifier = this.#identifier(location);
    if (identifier === null) return undefined;
    const resource = this.map.get(identifier);
    if (resource instanceof Uint8Array) return resource;
    // Before Holochain 0.1 the bytes are an array of integers.
    const bytes = Array.isArray(resource) ? decodeValue(byteArray, resource) : undefined;
    if (bytes?.ok === true) return bytes.value;
    if (resource === undefined) return fail('missing-resource', place, `the bundle does not contain '${identifier}'`);
    return fail('malformed', place, `the resource '${identifier}' is not a bin`);
  }
}

/** `resource_id_for_path`: the name of a resource is the last part of its path. */
function fileName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function zomeOf(zome: ZomeManifest, kind: ZomeKind, resources: Resources, dnaPlace: string): BundledZome {
  const place = `${dnaPlace}.zomes.${zome.name}`;
  const wasm = resources.at(zome, place);
  const hash = wasm && wasmHash(wasm);
  checkDeclaredHash(zome.hash, hash, place);
  const dependencies = (zome.dependencies ?? []).map(({ name }) => name);
  return { name: zome.name, kind, dependencies, wasm, wasmHash: hash };
}

function checkDeclaredHash(declared: string | null, hash: Uint8Array | undefined, place: string): void {
  if (declared === null || hash === undefined) return;
  const read = hashFromText(declared, 'Wasm');
  if (!read.ok) fail('malformed', place, `'${declared.slice(0, 64)}' is not a hash: ${read.code}`);
  else if (toHex(read.hash) !== toHex(hash)) fail('wrong-hash', place, `${hashText(hash)}, not ${declared}`);
}

/** The hashes for all releases that the DNA could be for, grouped by equal hash. */
function hashesOf(
  { name, networkSeed, properties, originTime, zomes }: Omit<DnaBundle, 'hash' | 'hashes'>,
  quantumTime: HashedDna['quantumTime'],
  signs: Omit<ReleaseSigns, 'modules'>,
): readonly DnaHashByRelease[] {
  const integrity = zomes.filter(({ kind }) => kind === 'integrity');
  if (integrity.some(({ wasm }) => wasm === undefined)) return [];
  const integrityZomes = integrity.map((zome) => ({ ...zome, wasmHash: zome.wasmHash! }));
  const times = { ...(originTime === undefined ? {} : { originTime }), ...(quantumTime && { quantumTime }) };
  const hashed = { name, networkSeed, properties, integrityZomes, ...times };
  const found = new Map<string, DnaHashByRelease>();
  for (const release of releasesOf({ ...signs, modules: integrity.map(({ wasm }) => wasm!) })) {
    const hash = dnaHash(hashed, release);
    const { releases = [] } = found.get(toHex(hash)) ?? {};
    found.set(toHex(hash), { releases: [...releases, release], hash });
  }
  return [...found.values()];
}

/** Reads a `.dna`, `.happ` or `.webhapp`; its manifest shows which of them it is. */
export async function readBundle(packed: Uint8Array, limits: BundleLimits = BUNDLE_LIMITS): Promise<BundleResult> {
  try {
    return { ok: true, bundle: await new BundleReader(limits).read(packed) };
  } catch (error) {
    if (error instanceof BundleSignal) return { ok: false, fault: error.fault };
    throw error;
  }
}

/** Every DNA in a bundle, with the path of its roles: `` for the bundle itself. */
export function dnasOf(bundle: AnyBundle): readonly { readonly role: string; readonly dna: DnaBundle }[] {
  if (bundle.kind === 'dna') return [{ role: '', dna: bundle }];
  const { roles } = bundle.kind === 'happ' ? bundle : bundle.happ;
  return roles.flatMap(({ name, dna }) => (dna === undefined ? [] : [{ role: name, dna }]));
}

const RELEASES: Readonly<Record<GenerationRow['shape'], readonly HolochainRelease[]>> = {
  '0.2': ['0.1', '0.2'],
  '0.6': ['0.3', '0.4', '0.5', '0.6'],
  '0.7': ['0.7'],
};

/**
 * The hash of a DNA; if it has several, that of a generation, or undefined if the releases of that generation differ.
 */
export function dnaHashIn({ hash, hashes }: DnaBundle, generation: Generation): Uint8Array | undefined {
  const releases = RELEASES[GENERATIONS[generation].shape];
  const possible = hashes.filter((row) => row.releases.some((release) => releases.includes(release)));
  return hash ?? (possible.length === 1 ? possible[0].hash : undefined);
}

/** The zomes of a DNA whose module is in the bundle, as `createZomeHost` takes them. */
export function zomeDefinitionsOf(dna: DnaBundle): readonly ZomeDefinition[] {
  return dna.zomes.flatMap(({ name, kind, dependencies, wasm }) =>
    wasm === undefined ? [] : [{ name, kind, dependencies, wasm }],
  );
}

/** The integrity zome that an `EntryType::App` names by its zome index. */
export function integrityZomeAt(dna: DnaBundle, zomeIndex: number): BundledZome | undefined {
  return dna.zomes.filter(({ kind }) => kind === 'integrity')[zomeIndex];
}
