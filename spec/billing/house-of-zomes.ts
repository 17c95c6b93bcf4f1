/** Runs of real zomes for bills and audits: their ops, changed at random from a seed, and the evidence of each call. */
import fc from 'fast-check';
import { type ZomeSubject, zomeSubjects } from '../../bench/zome-cases.js';
import { hostileOp } from '../../src/agreement/op-arbitrary.js';
import { type Evidence, zomeEvidence } from '../../src/billing/evidence.js';
import { encodeBytes } from '../../src/boundary/codec-bytes.js';
import { createEngine } from '../../src/engine/engine.js';
import type { Tier } from '../../src/engine/tier.js';
import { createZomeHost } from '../../src/zome/create-zome-host.js';
import { op as opCodec } from '../../src/zome/op.js';

export interface ZomeRun {
  readonly inputBytes: number;
  readonly evidence: Evidence;
}

/** The zomes beside the project whose ops are complete. */
export async function zomesWithOps(): Promise<readonly ZomeSubject[]> {
  const { subjects } = await zomeSubjects([]);
  return subjects.filter(({ name, generation }) => generation !== '0.2' && /notes/.test(name));
}

/** @param changesMax random changes of one op; 0 for unchanged ops, one after the other */
export async function runsOf(
  { zomes, dnaInfo, generation, cases }: ZomeSubject,
  options: { readonly count: number; readonly seed: number; readonly changesMax?: number; readonly tier?: Tier },
): Promise<readonly ZomeRun[]> {
  const { count, seed, changesMax = 3, tier = 'instrumented' } = options;
  const made = await createZomeHost({ engine: createEngine({ tier }), zomes, dnaInfo, generation });
  if (!made.ok) throw new Error(made.fault.code);
  const ops = cases.flatMap(({ input }) => (input.kind === 'op' ? [input] : []));
  const dependencies = ops[0]!.dependencies;
  const bytes = ops.map(({ op }) => encodeBytes(opCodec(generation), op));
  const changed = fc.sample(hostileOp(bytes, { generation, changesMax }), { numRuns: count, seed });
  return changed.flatMap((op) =>
    made.host
      .validateOp(op, { dependencies })
      .calls.map((call) => ({ inputBytes: call.payload.length, evidence: zomeEvidence(call, generation) })),
  );
}
