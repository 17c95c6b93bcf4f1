/**
 * Arbitraries of cases for nodes: a module, calls on it, and the fuel limits, between none and enough, at which they
 * are stopped.
 */
import fc from 'fast-check';
import { LIMITS_1, type LimitName, type Limits } from '../base/limits.js';
import { printValue } from '../wasm/value.js';
import type { AgreementCall, AgreementModule, LimitValues } from './agreement-call.js';
import { faultyModule } from './faulty-module-arbitrary.js';
import { anyModule, type GeneratedModule, type ModuleArbitraryOptions } from './module-arbitrary.js';

export interface AgreementCase {
  readonly module: AgreementModule;
  readonly calls: readonly AgreementCall[];
  /**
   * Each call is made again with this many 1,024ths of the fuel that it used, rounded down; 1,023 means one unit less
   * than all.
   */
  readonly fuelPoints?: readonly number[];
  /** The text for a report. */
  readonly text?: string;
}

/** Enough for most runs, and used up quickly by the others. */
const FUEL = 300_000;

export interface CaseOptions extends ModuleArbitraryOptions {
  /** Limit of every call. Default 50,000. */
  readonly fuel?: number;
}

const fuelPoints: fc.Arbitrary<readonly number[]> = fc.array(
  fc.oneof(fc.constantFrom(0, 1_023, 1_024), fc.nat(1_024)),
  { maxLength: 3 },
);

export function caseOfModule(
  generated: GeneratedModule,
  points: readonly number[] = [],
  fuel: number = FUEL,
): AgreementCase {
  return {
    module: { bytes: generated.bytes, hosts: 'standard' },
    calls: generated.calls.map((call) => ({
      kind: 'values',
      export: call.export,
      args: call.args.map(printValue),
      fuel,
    })),
    fuelPoints: points,
    // Making the text of a module takes longer than making the module.
    get text() {
      return fc.stringify(generated);
    },
  };
}

function differingLimits(limits: Limits): LimitValues {
  const names = Object.keys(LIMITS_1).filter((name): name is LimitName => name !== 'id' && name !== 'hash');
  return Object.fromEntries(
    names.filter((name) => limits[name] !== LIMITS_1[name]).map((name) => [name, limits[name]]),
  );
}

/** Generated modules and their calls; mostly valid ones, a few that loading must refuse. */
export function anyCase({ fuel = FUEL, ...options }: CaseOptions = {}): fc.Arbitrary<AgreementCase> {
  const valid = fc.tuple(anyModule(options), fuelPoints).map(([module, points]) => caseOfModule(module, points, fuel));
  const faulty = faultyModule().map(
    ({ bytes, mutation, limits }): AgreementCase => ({
      module: { bytes, hosts: 'standard', ...(limits === undefined ? {} : { limits: differingLimits(limits) }) },
      calls: [{ kind: 'values', export: 'f0', args: [], fuel }],
      text: `a module with the fault '${mutation}'`,
    }),
  );
  return fc.oneof({ arbitrary: valid, weight: 9 }, { arbitrary: faulty, weight: 1 });
}
