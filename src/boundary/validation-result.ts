/**
 * What a validation says: `ValidateCallbackResult` and the dependencies that it may wait for.
 *
 * Invariant: closed. Whatever is not one of these three is no verdict (`validation.ts`).
 *
 * Source: holochain_integrity_types `validate.rs`, `chain.rs` at develop-0.1 to develop. `ChainFilter` has
 * two shapes on the wire: `filters` until Holochain 0.5, `limit_conditions` from 0.6; 0.7 narrowed `UntilHash` to one hash.
 */
import { bool, type Codec, i64, mapped, str, u32 } from './codec.js';
import { externallyTagged, type Unit, type UnitForm, type Variant } from './codec-enum.js';
import { eitherOf, list, option, pair, struct, triple } from './codec-struct.js';
import { GENERATIONS, type Generation } from './generation.js';
import { ActionHash, AgentPubKey, AnyDhtHash } from './hash-bytes.js';

const hashes = list(ActionHash);

/** Holochain 0.1 to 0.5. */
const CHAIN_FILTERS = { ToGenesis: undefined, Take: u32, Until: hashes, Both: pair(u32, hashes) } as const;

/** Holochain 0.6; timestamps in microseconds. */
const LIMIT_CONDITIONS = {
  ToGenesis: undefined,
  Take: u32,
  UntilTimestamp: i64,
  UntilHash: hashes,
  Multiple: triple(option(u32), hashes, option(i64)),
} as const;

/** Holochain 0.7. */
const LIMIT_CONDITION = { ToGenesis: undefined, Take: u32, UntilTimestamp: i64, UntilHash: ActionHash } as const;

/** How far back a filter of Holochain 0.1 to 0.5 goes. */
export type ChainFilters =
  | Unit<'ToGenesis'>
  | Variant<'Take', number>
  | Variant<'Until', readonly Uint8Array[]>
  | Variant<'Both', readonly [take: number, until: readonly Uint8Array[]]>;

/** The same of Holochain 0.6; timestamps in microseconds. */
export type LimitConditions =
  | Unit<'ToGenesis'>
  | Variant<'Take', number>
  | Variant<'UntilTimestamp', bigint>
  | Variant<'UntilHash', readonly Uint8Array[]>
  | Variant<
      'Multiple',
      readonly [take: number | null, untilHash: readonly Uint8Array[], untilTimestamp: bigint | null]
    >;

/** The same of Holochain 0.7. */
export type LimitCondition =
  | Unit<'ToGenesis'>
  | Variant<'Take', number>
  | Variant<'UntilTimestamp', bigint>
  | Variant<'UntilHash', Uint8Array>;

interface ChainFilterOf<Limits> {
  readonly chain_top: Uint8Array;
  readonly limit_conditions: Limits;
  readonly include_cached_entries: boolean;
}

interface OldChainFilter {
  readonly chain_top: Uint8Array;
  readonly filters: ChainFilters;
  readonly include_cached_entries: boolean;
}

/** Which part of an agent's chain: the shape is the one that came over the wire. */
export type ChainFilter = OldChainFilter | ChainFilterOf<LimitConditions> | ChainFilterOf<LimitCondition>;

function oldChainFilter(unitForm: UnitForm): Codec<OldChainFilter> {
  return struct<OldChainFilter>('ChainFilter', {
    chain_top: ActionHash,
    filters: externallyTagged('ChainFilters', CHAIN_FILTERS, unitForm),
    include_cached_entries: bool,
  });
}

function chainFilterOf<Limits>(limits: Codec<Limits>): Codec<ChainFilterOf<Limits>> {
  return struct<ChainFilterOf<Limits>>('ChainFilter', {
    chain_top: ActionHash,
    limit_conditions: limits,
    include_cached_entries: bool,
  });
}

/** `ChainFilter` of a generation. 0.3 to 0.5 and 0.6 share one generation and are distinguished by the field. */
export function chainFilter(generation: Generation): Codec<ChainFilter> {
  const { shape, unitForm } = GENERATIONS[generation];
  const old = oldChainFilter(unitForm);
  if (shape === '0.2') return old as Codec<ChainFilter>;
  if (shape === '0.7') return chainFilterOf(externallyTagged('LimitConditions', LIMIT_CONDITION)) as Codec<ChainFilter>;
  const limited = chainFilterOf(externallyTagged('LimitConditions', LIMIT_CONDITIONS));
  return eitherOf('ChainFilter', 'filters', old, limited) as Codec<ChainFilter>;
}

/** What must be there before a verdict is possible. */
export type Dependencies =
  /** entries or actions, 39 bytes each */
  | { readonly kind: 'Hashes'; readonly hashes: readonly Uint8Array[] }
  | { readonly kind: 'AgentActivity'; readonly agent: Uint8Array; readonly filter: ChainFilter };

export type ValidationResult =
  | { readonly kind: 'Valid' }
  | { readonly kind: 'Invalid'; readonly reason: string }
  | { readonly kind: 'UnresolvedDependencies'; readonly dependencies: Dependencies };

/** `UnresolvedDependencies`. */
export function unresolvedDependencies(generation: Generation): Codec<Dependencies> {
  const wire = externallyTagged('UnresolvedDependencies', {
    Hashes: list(AnyDhtHash),
    AgentActivity: pair(AgentPubKey, chainFilter(generation)),
  });
  return mapped<typeof wire._A, Dependencies>(
    'UnresolvedDependencies',
    wire,
    (inner) =>
      inner.kind === 'Hashes'
        ? { kind: 'Hashes', hashes: inner.value }
        : { kind: 'AgentActivity', agent: inner.value[0], filter: inner.value[1] },
    (outer) =>
      outer.kind === 'Hashes'
        ? { kind: 'Hashes', value: outer.hashes }
        : { kind: 'AgentActivity', value: [outer.agent, outer.filter] },
  );
}

/** `ValidateCallbackResult`. */
export function validationResult(generation: Generation): Codec<ValidationResult> {
  const wire = externallyTagged(
    'ValidateCallbackResult',
    { Valid: undefined, Invalid: str, UnresolvedDependencies: unresolvedDependencies(generation) },
    GENERATIONS[generation].unitForm,
  );
  return mapped<typeof wire._A, ValidationResult>(
    'ValidateCallbackResult',
    wire,
    (inner) => {
      if (inner.kind === 'Valid') return inner;
      if (inner.kind === 'Invalid') return { kind: 'Invalid', reason: inner.value };
      return { kind: 'UnresolvedDependencies', dependencies: inner.value };
    },
    (outer) => {
      if (outer.kind === 'Valid') return { kind: 'Valid' };
      if (outer.kind === 'Invalid') return { kind: 'Invalid', value: outer.reason };
      return { kind: 'UnresolvedDependencies', value: outer.dependencies };
    },
  );
}
