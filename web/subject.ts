/** The dropped file in both tiers: a module, a role of a bundle, or the subject of a replay file. */
import {
  type AgreementCall,
  type AgreementSubject,
  type AgreementZomes,
  moduleOfJson,
} from '../src/agreement/agreement-call.js';
import { parseReplay, type Recording } from '../src/agreement/replay.js';
import { describeFault } from '../src/base/fault.js';
import { defineLimits, LIMITS_1 } from '../src/base/limits.js';
import { createEngine } from '../src/engine/engine.js';
import type { LoadedModule } from '../src/engine/loaded-module.js';
import { type AnyBundle, BUNDLE_LIMITS, type DnaBundle, dnaHashIn, dnasOf, readBundle } from '../src/zome/bundle.js';
import { createZomeHost } from '../src/zome/create-zome-host.js';
import { dnaDefinitionOf } from '../src/zome/dna-definition.js';
import { hashText } from '../src/zome/holo-hash.js';
import type { ZomeDefinition } from '../src/zome/zome.js';
import type { ZomeHost } from '../src/zome/zome-host.js';
import type { OpenedRole } from './messages.js';

export const TIERS = ['interpreter', 'instrumented'] as const;
export type AskedTier = (typeof TIERS)[number];

/** One file in one tier. */
export interface Subject {
  readonly modules: ReadonlyMap<string, LoadedModule>;
  readonly host: ZomeHost | undefined;
}

/** The contents of a file, before anything is loaded. */
export interface Contents {
  readonly kind: string;
  readonly roles: readonly OpenedRole[];
  readonly definitions: readonly ZomeDefinition[];
  readonly dna: DnaBundle | undefined;
  readonly recording: Recording | undefined;
  /** For a replay file. */
  readonly limits: AgreementSubject['limits'];
  readonly recorded: AgreementSubject | undefined;
}

const NOTHING_RECORDED = { recording: undefined, limits: undefined, recorded: undefined } as const;

/** @throws Error for a file that is none of these */
export async function contentsOf(name: string, bytes: Uint8Array<ArrayBuffer>, role: number): Promise<Contents> {
  if (bytes[0] === 0 && bytes[1] === 0x61) {
    const definitions = [{ name: name.replace(/\.wasm$/, ''), wasm: bytes }];
    return { kind: 'module', roles: [], definitions, dna: undefined, ...NOTHING_RECORDED };
  }
  if (bytes[0] === 0x7b) return contentsOfReplay(name, new TextDecoder().decode(bytes));
  if (bytes.length > BUNDLE_LIMITS.packedBytes) throw new Error(`${name} is too large for a bundle`);
  const read = await readBundle(bytes);
  if (!read.ok) throw new Error(`${name} is no module and no bundle: ${read.fault.code}, ${read.fault.detail}`);
  const roles = rolesOf(read.bundle);
  const { dna } = dnasOf(read.bundle).find(({ role: of }) => of === roles[role]?.name) ?? dnasOf(read.bundle)[0] ?? {};
  if (dna === undefined) throw new Error(`${name} has no DNA in it`);
  const definitions = dna.zomes.flatMap(({ wasm, ...zome }) => (wasm === undefined ? [] : [{ ...zome, wasm }]));
  if (definitions.length === 0) throw new Error(`no module of the DNA ${dna.name} is in ${name}`);
  return { kind: read.bundle.kind, roles, definitions, dna, ...NOTHING_RECORDED };
}

function contentsOfReplay(name: string, text: string): Contents {
  let recording: Recording;
  try {
    recording = parseReplay(text);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new Error(`${name} is no replay file: ${error.message}`);
  }
  const recorded = moduleOfJson(recording.module);
  const { limits } = recorded;
  if (!('zomes' in recorded)) {
    if (recorded.hosts !== 'none')
      throw new Error(`${name} needs the host functions ${recorded.hosts}, which are not here`);
    const definitions = [{ name: 'module', wasm: recorded.bytes }];
    return { kind: 'replay', roles: [], definitions, dna: undefined, recording, limits, recorded };
  }
  return { kind: 'replay', roles: [], definitions: recorded.zomes, dna: undefined, recording, limits, recorded };
}

function rolesOf(bundle: AnyBundle): readonly OpenedRole[] {
  if (bundle.kind === 'dna') return [roleOf(bundle.name, bundle)];
  const { roles } = bundle.kind === 'happ' ? bundle : bundle.happ;
  return roles.map(({ name, dna }) => roleOf(name, dna));
}

function roleOf(name: string, dna: DnaBundle | undefined): OpenedRole {
  const hashes = dna?.hashes ?? [];
  return {
    name,
    dna: dna?.name,
    hashes: hashes.map(({ releases, hash }) =>
      hashes.length === 1 ? hashText(hash) : `${hashText(hash)} in Holochain ${releases.join(', ')}`,
    ),
    seed: dna?.networkSeed ?? '',
    zomes: (dna?.zomes ?? []).map(({ name: zome, kind, wasm, dependencies }) => ({
      name: zome,
      kind,
      bytes: wasm?.length,
      dependencies,
    })),
  };
}

/** @throws Error for modules that cannot be loaded or linked */
export async function subjectOf(contents: Contents, tier: AskedTier): Promise<Subject> {
  const { definitions, dna, recorded } = contents;
  const limits = contents.limits === undefined ? LIMITS_1 : defineLimits('agreement', contents.limits);
  const engine = createEngine({ tier: tier === 'interpreter' ? 'interpreter' : 'auto', limits });
  const modules = new Map<string, LoadedModule>();
  for (const { name, wasm } of definitions) {
    const loaded = await engine.load(wasm);
    if (!loaded.ok) {
      throw new Error(`${name} is ${loaded.fault.kind}: ${describeFault(loaded.fault)} [${loaded.fault.code}]`);
    }
    modules.set(name, loaded.module);
  }
  const isZome = [...modules.values()].some((module) =>
    module.metered.module.imports.some(({ name }) => name.startsWith('__hc__')),
  );
  if (!isZome) return { modules, host: undefined };
  const zomes = recorded !== undefined && 'zomes' in recorded ? recorded : undefined;
  const made = await createZomeHost({
    engine,
    zomes: definitions,
    dnaInfo: zomes?.dnaInfo ?? (dna === undefined ? {} : dnaDefinitionOf(dna)),
    ...(zomes?.generation === undefined ? {} : { generation: zomes.generation }),
  });
  if (!made.ok) throw new Error(`${made.zome} is ${made.fault.kind}: ${describeFault(made.fault)}`);
  return { modules: new Map(made.host.zomes.map(({ name, module }) => [name, module])), host: made.host };
}

/** The subject of a call in the form for other nodes. @param dependencies MessagePack */
export function agreementSubject(
  { definitions, dna, limits, recorded }: Contents,
  { host }: Subject,
  call: AgreementCall,
  module: string | undefined,
  dependencies: Uint8Array | undefined,
): AgreementSubject {
  const own = limits === undefined ? {} : { limits };
  if (call.kind !== 'op' || host === undefined) {
    const { wasm } = definitions.find(({ name }) => name === module) ?? definitions[0]!;
    return { bytes: wasm, hosts: 'none', ...own };
  }
  const known = recorded as AgreementZomes | undefined;
  const { generation } = host;
  const dnaInfo = known?.dnaInfo ?? (dna === undefined ? undefined : plainDna(dna, generation));
  return {
    zomes: definitions.map(({ name, wasm, kind, dependencies: needs }) => ({
      name,
      wasm,
      ...(kind === undefined ? {} : { kind }),
      ...(needs === undefined ? {} : { dependencies: needs }),
    })),
    ...(dnaInfo === undefined ? {} : { dnaInfo }),
    generation,
    ...(dependencies === undefined ? {} : { dependencies }),
    ...(known?.zome === undefined ? {} : { zome: known.zome }),
    ...own,
  };
}

function plainDna(dna: DnaBundle, generation: ZomeHost['generation']): NonNullable<AgreementZomes['dnaInfo']> {
  const { hash: _, ...rest } = dnaDefinitionOf(dna);
  const hash = dnaHashIn(dna, generation);
  return { ...rest, ...(hash === undefined ? {} : { hash }) };
}
