/** The check of one module for its author: inputs from an arbitrary, every property, one report. */
import fc from 'fast-check';
import { fromHex, toHex } from '../base/hash.js';
import { LIMITS_1 } from '../base/limits.js';
import { createEngine } from '../engine/engine.js';
import { printValue, type Value } from '../wasm/value.js';
import { type AgreementCall, type AgreementModule, inputOf } from './agreement-call.js';
import { AgreementCheck, type CheckOptions, type CheckReport } from './agreement-check.js';
import { searchFuel } from './fuel-search.js';
import { hostsNamed } from './host-set.js';
import type { AgreementNode } from './node.js';
import { engineNode } from './node-engine.js';
import { closeNodes, DEFAULT_NODES, parseNodes } from './node-spec.js';
import { findUnresolvedLoop, type Resolve } from './unresolved-loop.js';

/** An entry or a payload, or the arguments of an export. */
export type AgreementInput = Uint8Array | readonly Value[];

export interface AgreementOptions extends CheckOptions {
  readonly inputs: fc.Arbitrary<AgreementInput>;
  /** Nodes, or their names (node-spec.ts). Those named are closed at the end. Default: `DEFAULT_NODES`. */
  readonly nodes?: readonly (AgreementNode | string)[];
  /** Default `validate`. */
  readonly export?: string;
  /** How bytes cross: as an entry of `validate` (the default) or as a payload as it is. */
  readonly protocol?: 'validate' | 'bytes';
  /** What the module imports: `none` (the default) or the path of a module that exports `imports`. */
  readonly hosts?: string;
  /** Inputs. Default 100. */
  readonly runs?: number;
  readonly seed?: number;
  /** Fuel limit of a call. Default 10^9, or twice the bound. */
  readonly fuel?: number;
  /** With `fuelMax`: search for an input of at most so many bytes that costs more. */
  readonly bytesMax?: number;
  /** Inputs tried in that search. Default 500. */
  readonly searchSteps?: number;
  /** How dependencies come; without it `no-unresolved-loop` is not checked. */
  readonly resolve?: Resolve;
  /** Is told after each input how many are done. */
  readonly onRun?: (done: number) => void;
}

/** Runs every check. Failures are in the report; what is thrown is a mistake of the caller's or a bug. */
export async function agreement(bytes: Uint8Array, options: AgreementOptions): Promise<CheckReport> {
  const named = await parseNodes((options.nodes ?? DEFAULT_NODES).filter((node) => typeof node === 'string'));
  const given = (options.nodes ?? []).filter((node) => typeof node !== 'string');
  try {
    return await checked({ bytes, hosts: options.hosts ?? 'none' }, [...named, ...given], options);
  } finally {
    await closeNodes(named);
  }
}

async function checked(
  module: AgreementModule,
  nodes: readonly AgreementNode[],
  options: AgreementOptions,
): Promise<CheckReport> {
  const { inputs, runs = 100, seed, onRun } = options;
  const check = new AgreementCheck(nodes, module, options);
  const dear: AgreementCall[] = [];
  let failed = false;
  let done = 0;
  const property = fc.asyncProperty(inputs, async (input) => {
    const call = callOn(input, options);
    // The report counts what was generated, not what was tried to make a failure small.
    const failure = await (failed ? new AgreementCheck(nodes, module, options, false) : check).check([call]);
    dear.push(call);
    if (dear.length > 64) dear.shift();
    failed ||= failure !== undefined;
    if (failure !== undefined) throw new Error(failure);
    onRun?.(++done);
  });
  const details = await fc.check(property, { numRuns: runs, ...(seed === undefined ? {} : { seed }) });
  const [input] = details.counterexample ?? [];
  const small = input === undefined ? undefined : await smallReport(module, nodes, options, callOn(input, options));
  await searchBound(check, module, options, dear, details.seed);
  await checkLoops(check, module, options, dear);
  const report = await check.report();
  return small === undefined ? report : withSmaller(report, small);
}

async function smallReport(
  module: AgreementModule,
  nodes: readonly AgreementNode[],
  options: AgreementOptions,
  call: AgreementCall,
): Promise<CheckReport> {
  const check = new AgreementCheck(nodes, module, options);
  await check.check([call]);
  return check.report();
}

/** The report with the smallest failures in place of the first ones. */
function withSmaller(report: CheckReport, small: CheckReport): CheckReport {
  const smaller = new Map(small.properties.map(({ name, failure }) => [name, failure]));
  const properties = report.properties.map((property) => ({
    ...property,
    failure: property.failure === undefined ? undefined : (smaller.get(property.name) ?? property.failure),
  }));
  return { ...report, properties, replay: small.replay ?? report.replay };
}

const FUEL = 1_000_000_000;

function callOn(
  input: AgreementInput,
  { export: name = 'validate', protocol = 'validate', fuel, fuelMax }: AgreementOptions,
): AgreementCall {
  const limit = fuel ?? (fuelMax === undefined ? FUEL : 2 * fuelMax);
  if (!(input instanceof Uint8Array)) return { kind: 'values', export: name, args: input.map(printValue), fuel: limit };
  if (protocol === 'bytes') return { kind: 'bytes', export: name, payload: toHex(input), fuel: limit };
  return { kind: 'validate', export: name, entry: toHex(input), generation: '0.6', fuel: limit };
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
  if (!loaded.ok) return;
  for (const call of calls) {
    if (call.kind !== 'validate') continue;
    const loop = findUnresolvedLoop(loaded.module, call.export, { entry: fromHex(call.entry) }, resolve);
    check.note('no-unresolved-loop', 1, loop === undefined ? undefined : `${loop}; input ${call.entry}`);
  }
}
