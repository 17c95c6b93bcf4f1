/** Batches for the specs of a fleet, and their results on a single thread. */
import { hash, toHex } from '../../src/base/hash.js';
import { createEngine } from '../../src/engine/engine.js';
import { encodeReceipt } from '../../src/engine/receipt/receipt-bytes.js';
import type { FleetQueue } from '../../src/fleet/fleet-queue.js';
import type { PackedInput } from '../../src/fleet/job.js';
import type { Work } from '../../src/fleet/work.js';
import { createZomeHost } from '../../src/zome/create-zome-host.js';
import { encodeDependencies } from '../../src/zome/dependency-file.js';
import { recordsSource } from '../../src/zome/dependency-source.js';
import { verdictJson } from '../../src/zome/verdict-json.js';
import { LINKS, OPS, RECORDS } from '../pool/pool-guests.js';

/** The expected result of each op. */
export interface Expected {
  readonly verdict: string;
  readonly receipts: readonly string[];
}

export async function linksWork(queue: FleetQueue): Promise<Work> {
  return {
    zomes: [
      {
        name: LINKS.name,
        kind: 'integrity',
        dependencies: [],
        module: await queue.putContent(new Uint8Array(LINKS.wasm)),
      },
    ],
    dna: { name: null, hash: null, networkSeed: null, properties: null, originTime: null, quantumTime: null },
    generation: '0.6',
    zome: null,
    check: null,
    fuel: null,
    dependencies: await queue.putContent(encodeDependencies({ records: RECORDS }, '0.6')),
  };
}

export function inputOf(op: number): PackedInput {
  return { format: 'messagepack', input: OPS[op % OPS.length], dependencies: null };
}

/** By the index of the op. */
export async function singleThread(): Promise<readonly Expected[]> {
  const made = await createZomeHost({
    engine: createEngine({ tier: 'interpreter' }),
    zomes: [LINKS],
    generation: '0.6',
  });
  if (!made.ok) throw new Error(made.fault.code);
  const dependencies = recordsSource(RECORDS, { generation: '0.6' });
  return OPS.map((op) => {
    const { verdict, calls } = made.host.validateOp(op, { dependencies });
    return {
      verdict: JSON.stringify(verdictJson(verdict)),
      receipts: calls.map(({ receipt }) => toHex(hash(encodeReceipt(receipt)))),
    };
  });
}
