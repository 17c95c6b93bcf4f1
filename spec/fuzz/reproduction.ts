/**
 * A difference found by fuzzing, shrunk and written to a file. One of our own modules becomes a file that `assay agree
 * replay` runs again, with the place and the disassembly; a module of binaryen's, or a difference that no engine shows,
 * is written as it is.
 */
import { writeFileSync } from 'node:fs';
import { explainDisagreement } from '../../src/agreement/explain-disagreement.js';
import { differOnLast } from '../../src/agreement/find-disagreement.js';
import { GeneratedModule } from '../../src/agreement/module-arbitrary.js';
import type { AgreementNode } from '../../src/agreement/node.js';
import { engineNode } from '../../src/agreement/node-engine.js';
import type { Replay } from '../../src/agreement/replay.js';
import { writeReplay } from '../../src/agreement/replay-file.js';
import { shrinkProgram } from '../../src/agreement/shrink-program.js';
import { interpreterProgram } from '../../src/interpreter/program.js';
import type { Program } from '../../src/machine/program.js';
import type { MeteredModule } from '../../src/metering/meter.js';
import { printValue } from '../../src/wasm/value.js';
import { instrument } from '../instrumented/run-export.js';
import { compareTiers, type Difference } from './compare-tiers.js';
import type { FuzzFailure } from './fuzz.js';
import { caseOfGenerated, type FuzzCase, randomOf } from './fuzz-cases.js';

export interface ReproductionOptions {
  /** The tier that differed, as a program and as a node. Default: the instrumented one. */
  readonly makeProgram?: (metered: MeteredModule) => Program;
  readonly node?: AgreementNode;
}

/** Total number of candidates that are tried. */
const TRIES_MAX = 4_000;

function differenceOf({ metered, calls }: FuzzCase, makeProgram: (metered: MeteredModule) => Program) {
  const random = randomOf(1);
  const share = () => random() / 2 ** 32;
  return compareTiers(interpreterProgram(metered), makeProgram(metered), calls, share).difference;
}

/** The smallest module, reached by cutting, in which the tiers still differ. */
function shrunk(failure: FuzzFailure, makeProgram: (metered: MeteredModule) => Program): FuzzFailure {
  let kept = failure;
  let tries = 0;
  for (let isSmaller = true; isSmaller && tries < TRIES_MAX; ) {
    isSmaller = false;
    for (const program of shrinkProgram(kept.fuzzCase.generated!.program, { keepGuard: false })) {
      if (++tries > TRIES_MAX) break;
      const fuzzCase = caseOfGenerated(new GeneratedModule(program));
      const difference = differenceOf(fuzzCase, makeProgram);
      if (difference === undefined) continue;
      kept = { fuzzCase, difference };
      isSmaller = true;
      break;
    }
  }
  return kept;
}

async function replayOf({ fuzzCase, difference }: FuzzFailure, node: AgreementNode): Promise<Replay | undefined> {
  const reference = engineNode({ tier: 'interpreter' });
  const module = { bytes: fuzzCase.bytes, hosts: 'standard' };
  const { call, limit, reused } = difference;
  const { args } = fuzzCase.generated!.calls.find((one) => one.export === call.export)!;
  const asked = { kind: 'values', export: call.export, args: args.map(printValue), fuel: limit } as const;
  // For an instance that was reset: the same call comes before.
  const calls = Array.from({ length: reused + 1 }, () => asked);
  const seen = await differOnLast(reference, node, module, calls);
  if (seen === undefined) return undefined;
  return explainDisagreement({ left: reference, right: node, call: calls.length - 1, difference: seen }, module, calls);
}

function plainText({ fuzzCase, difference }: FuzzFailure, seed: number): string {
  const { origin, bytes } = fuzzCase;
  const plain = { seed, origin, wasm: Buffer.from(bytes).toString('hex'), ...difference };
  return JSON.stringify(plain, (_, value) => (typeof value === 'bigint' ? `i64:${value}` : value), 2);
}

export interface Reproduction {
  readonly difference: Difference;
  readonly replay: Replay | undefined;
}

/** Writes the file; returns its content. */
export async function writeReproduction(
  path: string,
  failure: FuzzFailure,
  seed: number,
  options: ReproductionOptions = {},
): Promise<Reproduction> {
  const { makeProgram = instrument, node = engineNode({ tier: 'instrumented' }) } = options;
  const isOwn = failure.fuzzCase.generated !== undefined;
  const kept = isOwn ? shrunk(failure, makeProgram) : failure;
  const replay = isOwn ? await replayOf(kept, node) : undefined;
  if (replay === undefined) writeFileSync(path, `${plainText(kept, seed)}\n`);
  else writeReplay(path, { ...replay, seed });
  return { difference: kept.difference, replay };
}
