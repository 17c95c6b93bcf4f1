/**
 * Manifests of bundles as they stand in `.dna`, `.happ` and `.webhapp`: versions 0 and 1 brought into one form.
 *
 * Version 0 (Holochain 0.6 and 0.7) names a resource by `path`. Version 1 (0.1 to 0.5) names a place by one of `bundled`,
 * `path`, `url`, of which only `bundled` is in the bundle; a webhapp calls its app `happ_manifest`. Before 0.1 a DNA had one
 * list of `zomes`, which is read as integrity zomes.
 *
 * Source: holochain_types `dna_manifest_v0.rs`, `dna_manifest_v1.rs`, `app_manifest_v0.rs`, `app_manifest_v1.rs`,
 * `web_app_manifest_v0.rs`, `web_app_manifest_v1.rs`; mr_bundle `location.rs`; develop-0.1 to develop.
 */
import { anyValue, type Codec, mapped, str, u32 } from '../boundary/codec.js';
import { list, option, struct } from '../boundary/codec-struct.js';
import type { MessagePackValue } from '../boundary/messagepack.js';

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
  origin_time: option(anyValue),
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

export interface AppRoleManifest {
  readonly name: string | null;
  /** the name, before Holochain 0.1 */
  readonly id: string | null;
  readonly provisioning: { readonly strategy: string } | null;
  readonly dna: AppRoleDna;
}

export interface AppRoleDna extends Location {
  readonly modifiers: { readonly network_seed: string | null; readonly properties: MessagePackValue | null } | null;
  readonly installed_hash: MessagePackValue | null;
  readonly clone_limit: number | null;
}

export interface AppManifest {
  readonly manifest_version: string;
  readonly name: string;
  readonly description: string | null;
  readonly roles: readonly AppRoleManifest[] | null;
}

export const AppManifest: Codec<AppManifest> = struct<AppManifest>('AppManifest', {
  manifest_version: str,
  name: str,
  description: option(str),
  roles: option(
    list(
      struct<AppRoleManifest>('AppRoleManifest', {
        name: option(str),
        id: option(str),
        provisioning: option(struct('CellProvisioning', { strategy: str })),
        dna: struct<AppRoleDna>('AppRoleDnaManifest', {
          ...LOCATION,
          modifiers: option(struct('DnaModifiersOpt', { network_seed: option(str), properties: option(anyValue) })),
          installed_hash: option(anyValue),
          clone_limit: option(u32),
        }),
      }),
    ),
  ),
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
  /** null if the manifest has no list of zomes at all: it is of something else */
  readonly integrity: readonly ZomeManifest[] | null;
  readonly coordinator: readonly ZomeManifest[];
}

/** A DNA's manifest of any version. It is read only. */
export const DnaManifest: Codec<DnaManifest> = mapped<typeof DnaManifestWire._A, DnaManifest>(
  'DnaManifest',
  DnaManifestWire,
  (wire) => ({
    manifest_version: wire.manifest_version,
    name: wire.name,
    network_seed: wire.integrity?.network_seed ?? wire.network_seed ?? wire.uid,
    properties: wire.integrity?.properties ?? wire.properties,
    integrity: wire.integrity?.zomes ?? wire.zomes,
    coordinator: wire.coordinator?.zomes ?? [],
  }),
  () => {
    throw new TypeError('manifests are not written');
  },
);
