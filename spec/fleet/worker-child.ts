/**
 * A worker of the long check, in a separate process: `worker-child URL TIER SEED LEASE_MS LIES`. With LIES it changes
 * one in this many receipts before it signs, and reports the job on standard output, then and when the line was kept.
 */
import { hash, toHex } from '../../src/base/hash.js';
import { joinedBytes } from '../../src/base/joined-bytes.js';
import { decodeReceipt, encodeReceipt } from '../../src/engine/receipt/receipt-bytes.js';
import type { Tier } from '../../src/engine/tier.js';
import type { FleetQueue } from '../../src/fleet/fleet-queue.js';
import { type Item, isFailed, LineReader, type Signer, signerOf, signLines } from '../../src/fleet/line.js';
import { openQueue } from '../../src/fleet/open-queue.js';
import { Patience } from '../../src/fleet/patience.js';
import { fleetWorker } from '../../src/fleet/worker.js';
import { openPool } from '../../src/pool/open-pool.js';

const [url = '', tier = 'auto', seed = '0', lease = '4000', lies = '0'] = process.argv.slice(2);

function inflated(bytes: Uint8Array): Uint8Array {
  const decoded = decodeReceipt(bytes);
  if (!decoded.ok) throw new Error(decoded.fault.code);
  const { fuel, ...rest } = decoded.receipt;
  const parts = { ...fuel.parts, guest: fuel.parts.guest + 1 };
  return encodeReceipt({ ...rest, fuel: { ...fuel, used: fuel.used + 1, parts } });
}

function isSame(one: Item, other: Item): boolean {
  if (isFailed(one) || isFailed(other)) return true;
  return one.receipts.every((receipt, i) => receipt === other.receipts[i]);
}

/** The same queue, with lies in some of the lines. */
function lying(queue: FleetQueue, signer: Signer, oneIn: number): FleetQueue {
  const reader = new LineReader();
  /** The choice does not depend on the number of restarts. */
  const isLie = (job: Uint8Array, at: number, receipt: Uint8Array) => {
    const drawn = hash(joinedBytes(job, Uint8Array.of(at), receipt));
    return (drawn[0] * 65_536 + drawn[1] * 256 + drawn[2]) % oneIn === 0;
  };
  const changed = (job: Uint8Array, item: Item, at: number): Item => {
    if (isFailed(item)) return item;
    return {
      ...item,
      receipts: item.receipts.map((receipt) => (isLie(job, at, receipt) ? inflated(receipt) : receipt)),
    };
  };
  const finish: FleetQueue['finish'] = async (worker, finished) => {
    const lieIds: string[] = [];
    const sent = finished.map(({ lease: held, line }) => {
      const read = reader.read(line);
      const items = read.items.map((item, at) => changed(held.id, item, at));
      if (items.every((item, at) => isSame(item, read.items[at]))) return { lease: held, line };
      lieIds.push(toHex(held.id));
      const { job, worker: key, kind } = read;
      return { lease: held, line: signLines([{ job, worker: key, kind, items }], signer)[0] };
    });
    for (const job of lieIds) process.stdout.write(`lie ${job}\n`);
    await queue.finish(worker, sent);
    for (const job of lieIds) process.stdout.write(`kept ${job}\n`);
  };
  return new Proxy(queue, {
    get: (target, name) => {
      if (name === 'finish') return finish;
      const value = Reflect.get(target, name, target) as unknown;
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

// Without its parent it would run forever.
process.once('disconnect', () => process.exit(1));
if (process.connected !== true) process.exit(1);

const leaseMs = Number(lease);
const secret = new Uint8Array(32).fill(Number(seed));
// The server may be about to restart.
const queue = await new Patience(60_000).of(() => openQueue(url, { leaseMs }));
const pool = openPool({ threads: 1, tier: tier as Tier });
const worker = fleetWorker({
  queue: Number(lies) > 0 ? lying(queue, signerOf(secret), Number(lies)) : queue,
  pool,
  tier: tier as Tier,
  secret,
  leaseMs,
});
process.stdout.write('ready\n');
const stop = new AbortController();
process.once('SIGTERM', () => stop.abort());
await worker.run(stop.signal);
await pool.terminate();
await queue.close();
process.disconnect?.();
