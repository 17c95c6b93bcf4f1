/**
 * Manifests of `.dna`, `.happ` and `.webhapp` bundles: versions 0 and 1 are converted to one form.
 *
 * Version 0 (Holochain 0.6 and 0.7) names a resource by `path`. Version 1 (0.1 to 0.5) names a place by one of
 * `bundled`, `path`, `url`, of which only `bundled` is in the bundle; a webhapp calls its app `happ_manifest`. Before
 * 0.1 a DNA had one list of `zomes`, which is read as integrity zomes, and in 2021 an app had `slots` for roles.
 *
 * Invariant: a field of a DNA's manifest that the real reader does not know is a fault here too; in manifests of apps
 * it is ignored, as there.
 *
 * Source: holochain_types `dna_manifest_v0.rs`, `dna_manifest_v1.rs`, `app_manifest_v0.rs`, `app_manifest_v1.rs`,
 * `web_app_manifest_v0.rs`, `web_app_manifest_v1.rs`; mr_bundle `location.rs`; develop-0.1 to develop.
 */
import { anyValue, type Codec, i64, mapped, orText, str, u32 } from '../boundary/codec.js';
import { list, option, struct } from '../boundary/codec-struct.js';
import type { MessagePackKey, MessagePackValue } from '../boundary/messagepack.js';
import { microsOf } from './date-time.js';
import { Duration } from './info.js';

/** Where a resource is. */
export interface Location {
  /** identifier among the bundle's resources */
  readonly path: string | null;
  readonly bundled: string | null;
  readonly url: string | null;
}

const LOCATION = { path: option(str), bundled: option(str), url: option(str) } as const;

export interface ZomeManifest extends Location {
  readonly name: string;
  readonly hash: string | null;
  readonly dependencies: readonly { readonly name: string }[] | null;
}

/** Microseconds, or an RFC 3339 text, which is converted to microseconds. */
const HumanTimestamp: Codec<bigint> = orText('HumanTimestamp', i64, 'a time of RFC 3339', microsOf);

const ZomeManifest: Codec<ZomeManifest> = struct<ZomeManifest>('ZomeManifest', {
  name: str,
  hash: option(str),
  ...LOCATION,
  dependencies: option(list(struct('ZomeDependency', { name: str }))),
});

const Zomes = struct('CoordinatorManifest', { zomes: list(ZomeManifest) });

const IntegrityManifest = struct('IntegrityManifest', {
  network_seed: option(str),
  properties: option(anyValue),
  origin_time: option(HumanTimestamp),
  zomes: list(ZomeManifest),
});

const DnaManifestWire = struct('DnaManifest', {
  manifest_version: str,
  name: str,
  integrity: option(IntegrityManifest),
  coordinator: option(Zomes),
  /** before Holochain 0.1 */
  network_seed: option(str),
  uid: option(str),
  properties: option(anyValue),
  zomes: option(list(ZomeManifest)),
});

interface DnaModifiersOpt {
  readonly network_seed: string | null;
  readonly properties: MessagePackValue | null;
  /** microseconds; until Holochain 0.4 */
  readonly origin_time: bigint | null;
  /** until Holochain 0.4 */
  readonly quantum_time: Duration | null;
}

export interface AppRoleDna extends Location {
  readonly modifiers: DnaModifiersOpt | null;
  /** before Holochain 0.1, instead of modifiers, like the next two */
  readonly network_seed: string | null;
  readonly uid: string | null;
  readonly properties: MessagePackValue | null;
  readonly installed_hash: MessagePackValue | null;
  readonly clone_limit: number | null;
}

export interface AppRoleManifest {
  readonly name: string | null;
  /** the name, before Holochain 0.1 */
  readonly id: string | null;
  readonly provisioning: { readonly strategy: string } | null;
  readonly dna: AppRoleDna;
}

export interface AppManifest {
  readonly manifest_version: string;
  readonly name: string;
  readonly description: string | null;
  readonly roles: readonly AppRoleManifest[] | null;
  /** the roles, in 2021 */
  readonly slots: readonly AppRoleManifest[] | null;
}

const DnaModifiersOpt = struct<DnaModifiersOpt>('DnaModifiersOpt', {
  network_seed: option(str),
  properties: option(anyValue),
  origin_time: option(i64),
  quantum_time: option(Duration),
});

const AppRoleDnaManifest = struct<AppRoleDna>('AppRoleDnaManifest', {
  ...LOCATION,
  modifiers: option(DnaModifiersOpt),
  network_seed: option(str),
  uid: option(str),
  properties: option(anyValue),
  installed_hash: option(anyValue),
  clone_limit: option(u32),
});

const AppRoles = list(
  struct<AppRoleManifest>('AppRoleManifest', {
    name: option(str),
    id: option(str),
    provisioning: option(struct('CellProvisioning', { strategy: str })),
    dna: AppRoleDnaManifest,
  }),
);

export const AppManifest: Codec<AppManifest> = struct<AppManifest>('AppManifest', {
  manifest_version: str,
  name: str,
  description: option(str),
  roles: option(AppRoles),
  slots: option(AppRoles),
});

export interface WebAppManifest {
  readonly manifest_version: string;
  readonly name: string;
  readonly ui: Location;
  readonly happ: Location | null;
  readonly happ_manifest: Location | null;
}

export const WebAppManifest: Codec<WebAppManifest> = struct<WebAppManifest>('WebAppManifest', {
  manifest_version: str,
  name: str,
  ui: struct('WebUI', LOCATION),
  happ: option(struct('AppManifestLocation', LOCATION)),
  happ_manifest: option(struct('AppManifestLocation', LOCATION)),
});

/** A bundle: a manifest, and the resources that it names. */
export interface Bundle {
  readonly manifest: MessagePackValue;
  readonly resources: MessagePackValue;
}

export const Bundle: Codec<Bundle> = struct<Bundle>('Bundle', { manifest: anyValue, resources: anyValue });

export interface DnaManifest {
  readonly manifest_version: string;
  readonly name: string;
  readonly network_seed: string | null;
  readonly properties: MessagePackValue;
  /** microseconds; until Holochain 0.4 */
  readonly origin_time: bigint | null;
  /** null if the manifest has no list of zomes: then it is not a DNA's */
  readonly integrity: readonly ZomeManifest[] | null;
  readonly coordinator: readonly ZomeManifest[];
}

/** A DNA's manifest of any version, for reading only. */
export const DnaManifest: Codec<DnaManifest> = mapped<typeof DnaManifestWire._A, DnaManifest>(
  'DnaManifest',
  DnaManifestWire,
  (wire) => ({
    manifest_version: wire.manifest_version,
    name: wire.name,
    network_seed: wire.integrity?.network_seed ?? wire.network_seed ?? wire.uid,
    properties: wire.integrity?.properties ?? wire.properties,
    origin_time: wire.integrity?.origin_time ?? null,
    integrity: wire.integrity?.zomes ?? wire.zomes,
    coordinator: wire.coordinator?.zomes ?? [],
  }),
  () => {
    throw new TypeError('a manifest cannot be encoded');
  },
);

type Wire = ReadonlyMap<MessagePackKey, MessagePackValue>;

/** Fields that the real readers know: in every version, then in one. `lineage` exists with `unstable-migration`. */
const KNOWN = {
  dna: ['manifest_version', 'name', 'integrity', 'coordinator', 'lineage'],
  integrity: {
    '0': ['network_seed', 'properties', 'zomes'],
    '1': ['network_seed', 'properties', 'origin_time', 'zomes'],
  },
  coordinator: ['zomes'],
  zome: {
    '0': ['name', 'hash', 'dependencies', 'path'],
    '1': ['name', 'hash', 'dependencies', 'bundled', 'path', 'url', 'dylib'],
  },
  dependency: ['name'],
} as const;

function unknownIn(wire: MessagePackValue | undefined, known: readonly string[], path: string): string[] {
  if (!(wire instanceof Map)) return [];
  return [...wire.keys()].filter((key) => !known.includes(String(key))).map((key) => `${path}.${String(key)}`);
}

function itemsOf(wire: MessagePackValue | undefined, key: string): readonly MessagePackValue[] {
  const items = wire instanceof Map ? wire.get(key) : undefined;
  return Array.isArray(items) ? items : [];
}

/**
 * The first field of a DNA's manifest that Holochain does not know. Manifests from before 0.1 are not checked, because
 * their reader was not strict.
 */
export function unknownField(wire: Wire, version: '0' | '1'): string | undefined {
  if (!wire.has('integrity')) return undefined;
  const parts = ['integrity', 'coordinator'] as const;
  const found = parts.flatMap((part) => [
    ...unknownIn(wire.get(part), part === 'integrity' ? KNOWN.integrity[version] : KNOWN.coordinator, `$.${part}`),
    ...itemsOf(wire.get(part), 'zomes').flatMap((zome, at) => [
      ...unknownIn(zome, KNOWN.zome[version], `$.${part}.zomes[${at}]`),
      ...itemsOf(zome, 'dependencies').flatMap((dependency, index) =>
        unknownIn(dependency, KNOWN.dependency, `$.${part}.zomes[${at}].dependencies[${index}]`),
      ),
    ]),
  ]);
  return [...unknownIn(wire, KNOWN.dna, '$'), ...found][0];
}
