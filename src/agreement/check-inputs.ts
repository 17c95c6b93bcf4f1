/**
 * Checks the inputs of an arbitrary. Calls are sent in batches, because a node's delay (a thread, a process, a load)
 * then counts once per batch; fast-check shrinks a failing input, and each candidate is sent alone.
 */
import fc from 'fast-check';
import type { AgreementCall, AgreementSubject } from './agreement-call.js';
import { AgreementCheck, type CheckOptions, type CheckReport } from './agreement-check.js';
import type { AgreementNode } from './node.js';

export interface InputsOptions extends CheckOptions {
  /** Number of inputs. Default 100. */
  readonly runs?: number;
  readonly seed?: number;
  /** Called after each batch with the number of inputs done. */
  readonly onRun?: (done: number) => void;
}

export interface CheckedInputs {
  readonly check: AgreementCheck;
  /** The last calls. */
  readonly calls: readonly AgreementCall[];
  readonly seed: number;
  /** The report on the smallest failing input, if one fails when it is sent alone. */
  readonly small: CheckReport | undefined;
}

const BATCH = 32;
const KEPT_CALLS = 64;

/**
 * @param examples inputs before those of the arbitrary; included in `runs`
 * @throws what the arbitrary throws
 */
export async function checkInputs<I>(
  nodes: readonly AgreementNode[],
  subject: AgreementSubject,
  inputs: fc.Arbitrary<I>,
  callOn: (input: I) => AgreementCall,
  options: InputsOptions,
  examples: readonly I[] = [],
): Promise<CheckedInputs> {
  const { runs = 100, onRun } = options;
  const check = new AgreementCheck(nodes, subject, options);
  const last: AgreementCall[] = [];
  let batch: AgreementCall[] = [];
  let done = 0;
  let failedFrom: number | undefined;
  const property = fc.asyncProperty(inputs, async (input) => {
    batch.push(callOn(input));
    if (batch.length < BATCH && done + batch.length < runs) return;
    const failure = await check.check(batch);
    last.push(...batch);
    last.splice(0, last.length - KEPT_CALLS);
    if (failure !== undefined) failedFrom = done;
    done += batch.length;
    batch = [];
    if (failure !== undefined) throw new Error(failure);
    onRun?.(done);
  });
  const seeded = options.seed === undefined ? {} : { seed: options.seed };
  const first = examples.map((input): [I] => [input]);
  // To repeat a run, the inputs are generated again, so nothing is skipped or shrunk here.
  const details = await fc.check(property, { numRuns: runs, endOnFailure: true, examples: first, ...seeded });
  if (details.failed && failedFrom === undefined) throw details.errorInstance;
  const { seed } = details;
  if (failedFrom === undefined) return { check, calls: last, seed, small: undefined };
  const small = await smallest(nodes, subject, inputs, callOn, {
    ...options,
    runs: done,
    seed,
    from: failedFrom,
    first,
  });
  return { check, calls: last, seed, small };
}

/** Generates the inputs again; from the failing batch on each is sent alone, and the first that fails is shrunk. */
async function smallest<I>(
  nodes: readonly AgreementNode[],
  subject: AgreementSubject,
  inputs: fc.Arbitrary<I>,
  callOn: (input: I) => AgreementCall,
  options: InputsOptions & {
    readonly runs: number;
    readonly seed: number;
    readonly from: number;
    readonly first: [I][];
  },
): Promise<CheckReport | undefined> {
  let made = 0;
  const property = fc.asyncProperty(inputs, async (input) => {
    if (made++ < options.from) return;
    const failure = await new AgreementCheck(nodes, subject, options, false).check([callOn(input)]);
    if (failure !== undefined) throw new Error(failure);
  });
  const { counterexample } = await fc.check(property, {
    numRuns: options.runs,
    seed: options.seed,
    examples: options.first,
  });
  if (counterexample === null) return undefined;
  const check = new AgreementCheck(nodes, subject, options);
  await check.check([callOn(counterexample[0])]);
  return check.report();
}

/** A report with the seed, and with the smallest failures instead of the first ones. */
export async function reportOf({ check, seed, small }: CheckedInputs): Promise<CheckReport> {
  const report = { ...(await check.report()), seed };
  if (small === undefined) return report;
  const smaller = new Map(small.properties.map(({ name, failure }) => [name, failure]));
  const properties = report.properties.map((property) => ({
    ...property,
    failure: property.failure === undefined ? undefined : (smaller.get(property.name) ?? property.failure),
  }));
  const replay = small.replay ?? report.replay;
  return { ...report, properties, replay };
}
