/** The check of one module for its authors: inputs from an arbitrary, every property, one report. */
import fc from 'fast-check';
import { fromHex, toHex } from '../base/hash.js';
import { LIMITS_1 } from '../base/limits.js';
import { UsageError } from '../base/usage-error.js';
import type { Generation } from '../boundary/generation.js';
import { createEngine } from '../engine/engine.js';
import type { LoadedModule } from '../engine/loaded-module.js';
import { HostFailure } from '../machine/outcome.js';
import { isValue, printValue, type Value } from '../wasm/value.js';
import { type AgreementCall, type AgreementModule, inputOf } from './agreement-call.js';
import type { AgreementCheck, CheckReport } from './agreement-check.js';
import { checkInputs, type InputsOptions, reportOf } from './check-inputs.js';
import { searchFuel } from './fuel-search.js';
import { generationOfModule } from './generation-of-module.js';
import { hostsNamed } from './host-set.js';
import type { AgreementNode } from './node.js';
import { engineNode } from './node-engine.js';
import { withNodes } from './node-spec.js';
import { findUnresolvedLoop, type Resolve } from './unresolved-loop.js';

/** An entry or a payload, or the arguments of an export. */
export type AgreementInput = Uint8Array | readonly Value[];

export interface AgreementOptions extends InputsOptions {
  readonly inputs: fc.Arbitrary<AgreementInput>;
  /** Nodes, or their names (node-spec.ts). Those named are closed at the end. Default: `DEFAULT_NODES`. */
  readonly nodes?: readonly (AgreementNode | string)[];
  /** Default `validate`. */
  readonly export?: string;
  /** How bytes are passed: as an entry of `validate` (the default), or unchanged as a payload. */
  readonly protocol?: 'validate' | 'bytes';
  /** The module's imports: `none` (the default) or the path of a module that exports `imports`. */
  readonly hosts?: string;
  /** The generation of a zome. Default: detected from the modules. */
  readonly generation?: Generation;
  /** Fuel limit of a call. Default 10^9, or twice the bound. */
  readonly fuel?: number;
  /** With `fuelMax`: search for an input of at most this many bytes that costs more. */
  readonly bytesMax?: number;
  /** Inputs tried in that search. Default 500. */
  readonly searchSteps?: number;
  /** How dependencies are resolved; without it `no-unresolved-loop` is not checked. */
  readonly resolve?: Resolve;
}

/** Runs every check. Failures are in the report; only mistakes of the caller and bugs are thrown. */
export function agreement(bytes: Uint8Array, options: AgreementOptions): Promise<CheckReport> {
  const module = { bytes, hosts: options.hosts ?? 'none' };
  return withNodes(options.nodes, (nodes) => checked(module, nodes, options));
}

async function checked(
  module: AgreementModule,
  nodes: readonly AgreementNode[],
  options: AgreementOptions,
): Promise<CheckReport> {
  const generation = options.generation ?? generationOfModule(module.bytes);
  const callOn = (input: AgreementInput) => callOf(input, generation, options);
  const made = await checkInputs(nodes, module, options.inputs, callOn, options);
  await searchBound(made.check, module, options, made.calls, made.seed);
  await checkLoops(made.check, module, options, made.calls);
  return reportOf(made);
}

const FUEL = 1_000_000_000;

function callOf(
  input: AgreementInput,
  generation: Generation,
  { export: name = 'validate', protocol = 'validate', fuel, fuelMax }: AgreementOptions,
): AgreementCall {
  const limit = fuel ?? (fuelMax === undefined ? FUEL : 2 * fuelMax);
  if (!isInput(input)) {
    const wanted = 'give a Uint8Array (an entry or a payload), or an array of values such as [i32(7)]';
    throw new UsageError('bad-input', `the arbitrary made ${shownInput(input)}: ${wanted}`);
  }
  if (!(input instanceof Uint8Array)) return { kind: 'values', export: name, args: input.map(printValue), fuel: limit };
  if (protocol === 'bytes') return { kind: 'bytes', export: name, payload: toHex(input), fuel: limit };
  return { kind: 'validate', export: name, entry: toHex(input), generation, fuel: limit };
}

/** Values of the caller's arbitraries may be of any type, regardless of the declared one. */
function isInput(input: unknown): input is AgreementInput {
  return input instanceof Uint8Array || (Array.isArray(input) && input.every(isValue));
}

const SHOWN_LENGTH_MAX = 100;

function shownInput(input: unknown): string {
  const text = fc.stringify(input);
  return text.length > SHOWN_LENGTH_MAX ? `${text.slice(0, SHOWN_LENGTH_MAX)}...` : text;
}

async function searchBound(
  check: AgreementCheck,
  module: AgreementModule,
  { fuelMax, bytesMax, searchSteps = 500 }: AgreementOptions,
  seeds: readonly AgreementCall[],
  seed: number,
): Promise<void> {
  if (fuelMax === undefined || bytesMax === undefined) return;
  const node = engineNode({ cache: 'warm', digestPagesMax: 0 });
  const fuelOf = async (call: AgreementCall) => {
    const [answer] = await node.run(module, [call]);
    return answer?.kind === 'receipt' ? answer.receipt.fuel.used : 0;
  };
  const starts = seeds.filter(({ kind }) => kind !== 'values');
  const worst = await searchFuel(fuelOf, starts, { bytesMax, steps: searchSteps, seed });
  if (worst === undefined) return;
  const over = worst.fuel > fuelMax;
  const text = `an input of ${inputOf(worst.call).length / 2} bytes costs ${worst.fuel}, the bound is ${fuelMax}; input ${inputOf(worst.call)}`;
  check.note('fuel-bound', searchSteps, over ? text : undefined);
  check.keepWorst(worst);
}

async function checkLoops(
  check: AgreementCheck,
  module: AgreementModule,
  options: AgreementOptions,
  calls: readonly AgreementCall[],
): Promise<void> {
  const { resolve } = options;
  if (resolve === undefined) return;
  const loaded = await createEngine({ limits: LIMITS_1 }).load(module.bytes, {
    imports: await hostsNamed(module.hosts),
  });
  check.note('no-unresolved-loop', 0, undefined);
  if (!loaded.ok) return;
  for (const call of calls) {
    if (call.kind !== 'validate') continue;
    const loop = loopOf(loaded.module, call, resolve);
    check.note('no-unresolved-loop', 1, loop === undefined ? undefined : `${loop}; input ${call.entry}`);
  }
}

/**
 * What is wrong, or undefined. If a host failed meanwhile, neither is known, and the rest of the report remains valid.
 */
function loopOf(
  module: LoadedModule,
  { export: name, entry, generation }: Extract<AgreementCall, { kind: 'validate' }>,
  resolve: Resolve,
): string | undefined {
  try {
    return findUnresolvedLoop(module, name, { entry: fromHex(entry) }, resolve, generation);
  } catch (error) {
    if (error instanceof HostFailure) return `the host failed: ${error.message}`;
    throw error;
  }
}
