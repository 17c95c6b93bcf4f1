/**
 * The property itself: all nodes return the same for every call. A failing case is reduced by fast-check (the module)
 * and with the nodes (calls, fuel, input), localised, and written as a replay file.
 */
import { join } from 'node:path';
import fc from 'fast-check';
import type { AgreementCall, AgreementSubject } from './agreement-call.js';
import type { AgreementCase } from './agreement-case.js';
import { explainDisagreement, replayLines } from './explain-disagreement.js';
import { type Asked, askNodes, type Disagreement } from './find-disagreement.js';
import type { AgreementNode } from './node.js';
import type { ReceiptAnswer } from './node-answer.js';
import { outcomeKey } from './outcome-key.js';
import { type Replay, replayName } from './replay.js';
import { writeReplay } from './replay-file.js';

export interface AssertOptions {
  /** Cases of an arbitrary. Default 100. */
  readonly runs?: number;
  readonly seed?: number;
  /** The path of a failure, to run it again. */
  readonly path?: string;
  /** Where replay files are written. Default: nowhere. */
  readonly replayFolder?: string;
  /** Called after each case; for a progress bar. */
  readonly onCase?: (tally: AgreementTally) => void;
}

export interface AgreementTally {
  readonly cases: number;
  /** Calls that every node has completed. */
  readonly calls: number;
  /** How calls ended, by `returned`, `trapped unreachable`, `exhausted fuel`, `fault bad-magic` ... */
  readonly outcomes: ReadonlyMap<string, number>;
}

/** The nodes differ. The message shows where, and how to run it again. */
export class DisagreementError extends Error {
  constructor(
    readonly replay: Replay,
    readonly file: string | undefined,
    seed: number | undefined,
    path: string | undefined,
  ) {
    const again = seed === undefined ? [] : [`seed ${seed}${path === undefined ? '' : `, path ${path}`}`];
    const written = file === undefined ? [] : [`run again with: assay agree replay ${file}`];
    super([...replayLines(replay), ...again, ...written].join('\n'));
    this.name = 'DisagreementError';
  }
}

/**
 * @param cases one case, or an arbitrary of them
 * @throws DisagreementError
 */
export async function assertAgreement(
  nodes: readonly AgreementNode[],
  cases: AgreementCase | fc.Arbitrary<AgreementCase>,
  options: AssertOptions = {},
): Promise<AgreementTally> {
  const arbitrary = cases instanceof fc.Arbitrary ? cases : fc.constant(cases);
  const { runs = cases instanceof fc.Arbitrary ? 100 : 1, seed, path, onCase } = options;
  const tally = new Tally();
  let found: Found | undefined;
  const property = fc.asyncProperty(arbitrary, async (one) => {
    // While it shrinks, only the two nodes that differed are run.
    const asked = found === undefined ? nodes : [found.disagreement.left, found.disagreement.right];
    const failing =
      found === undefined ? await failureOf(asked, one, tally) : await failureAgain(asked, one, found.isCutShort);
    if (failing !== undefined) {
      found = failing;
      throw new Error(`the nodes differ in ${failing.disagreement.difference.field}`);
    }
    if (found === undefined) onCase?.(tally);
  });
  const details = await fc.check(property, {
    numRuns: runs,
    ...(seed === undefined ? {} : { seed }),
    ...(path === undefined ? {} : { path }),
  });
  if (found === undefined) {
    if (details.failed) throw details.errorInstance;
    return tally;
  }
  throw await errorOf(found, details, options);
}

interface Found {
  readonly module: AgreementSubject;
  readonly calls: readonly AgreementCall[];
  /** The nodes agree on the calls at full fuel. */
  readonly isCutShort: boolean;
  readonly disagreement: Disagreement;
}

async function errorOf(
  { module, calls, disagreement }: Found,
  details: fc.RunDetails<[AgreementCase]>,
  { replayFolder }: AssertOptions,
): Promise<DisagreementError> {
  const replay: Replay = {
    ...(await explainDisagreement(disagreement, module, calls)),
    seed: details.seed,
    ...(details.counterexamplePath === null ? {} : { path: details.counterexamplePath }),
  };
  const file = replayFolder === undefined ? undefined : join(replayFolder, replayName(replay));
  if (file !== undefined) writeReplay(file, replay);
  return new DisagreementError(replay, file, details.seed, details.counterexamplePath ?? undefined);
}

async function failureOf(
  nodes: readonly AgreementNode[],
  { module, calls, fuelPoints = [] }: AgreementCase,
  tally: Tally,
): Promise<Found | undefined> {
  const { full, found } = await failureAtFullFuel(nodes, module, calls);
  if (found !== undefined) return found;
  checkRan(nodes, full);
  tally.add(full, true);
  const shorter = shorterCalls(full, calls, fuelPoints);
  if (shorter.length === 0) return undefined;
  const mixed = calls.flatMap((call, index) => [
    ...shorter.filter(({ of }) => of === index).map(({ call }) => call),
    call,
  ]);
  const short = await askNodes(nodes, module, mixed);
  const { disagreement } = short;
  if (disagreement !== undefined) return { module, calls: mixed, isCutShort: true, disagreement };
  tally.add(short, false);
  return undefined;
}

/** If all nodes failed, they do not agree on anything. @throws Error */
function checkRan(nodes: readonly AgreementNode[], { answers }: Asked): void {
  const call = answers[0]?.findIndex((_, at) => answers.every((ofNode) => ofNode[at].kind === 'failure')) ?? -1;
  if (call < 0) return;
  const first = answers[0][call];
  const why = first.kind === 'failure' ? first.message : first.kind;
  throw new Error(`no node has run the call: all ${nodes.length} failed, ${nodes[0].name} with: ${why}`);
}

async function failureAtFullFuel(
  nodes: readonly AgreementNode[],
  module: AgreementSubject,
  calls: readonly AgreementCall[],
): Promise<{ readonly full: Asked; readonly found: Found | undefined }> {
  // Twice, so that leaks from one call into the next show even with a single call.
  const twice = [...calls, ...calls];
  const full = await askNodes(nodes, module, twice);
  const { disagreement } = full;
  return { full, found: disagreement && { module, calls: twice, isCutShort: false, disagreement } };
}

/**
 * Whether a smaller case still fails. If calls are stopped by fuel, its fuel points do not mean the same as before,
 * because they are parts of the fuel that it now uses. So it is run at every limit, or at many, between instantiation
 * and the end.
 */
async function failureAgain(
  nodes: readonly AgreementNode[],
  { module, calls }: AgreementCase,
  isCutShort: boolean,
): Promise<Found | undefined> {
  const { full, found } = await failureAtFullFuel(nodes, module, calls);
  if (found !== undefined || !isCutShort) return found;
  const swept = calls.flatMap((call, index) => [call, ...sweep(receiptOf(full, index), call), call]);
  const { disagreement } = await askNodes(nodes, module, swept);
  return disagreement && { module, calls: swept, isCutShort, disagreement };
}

/** What the first node that ran a call used, skipping nodes without a result. */
function receiptOf({ answers }: Asked, call: number): ReceiptAnswer | undefined {
  return answers.map((ofNode) => ofNode[call]).find((answer) => answer.kind === 'receipt');
}

/** How many limits of one call are tried. */
const SWEEP_MAX = 40;

/** From the most fuel to the least, so that a stopped run comes after one that went further. */
function sweep(answer: ReceiptAnswer | undefined, call: AgreementCall): readonly AgreementCall[] {
  if (answer === undefined) return [];
  const { used, parts } = answer.receipt.fuel;
  const least = Math.min(parts.instantiate, used);
  const count = Math.min(used - least, SWEEP_MAX);
  return Array.from({ length: count }, (_, at) => ({
    ...call,
    fuel: least + Math.floor(((used - least) * (count - 1 - at)) / count),
  }));
}

function shorterCalls(
  asked: Asked,
  calls: readonly AgreementCall[],
  points: readonly number[],
): readonly { readonly of: number; readonly call: AgreementCall }[] {
  return calls.flatMap((call, of) => {
    const answer = receiptOf(asked, of);
    if (answer === undefined) return [];
    const { used } = answer.receipt.fuel;
    const limits = points.map((point) =>
      point === 1_023
        ? Math.max(used - 1, 0)
        : Math.floor(used / 1_024) * point + Math.floor(((used % 1_024) * point) / 1_024),
    );
    return [...new Set(limits)].map((fuel) => ({ of, call: { ...call, fuel } }));
  });
}

class Tally implements AgreementTally {
  cases = 0;
  calls = 0;
  readonly outcomes = new Map<string, number>();

  add({ answers }: Asked, isNewCase: boolean): void {
    if (isNewCase) this.cases++;
    for (const answer of answers[0] ?? []) {
      this.calls++;
      const key = outcomeKey(answer);
      this.outcomes.set(key, (this.outcomes.get(key) ?? 0) + 1);
    }
  }
}
