/**
 * Settling processes are killed at any moment: every acknowledged batch is there, once, and nothing is there in part.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { openBilling } from '../../src/billing/billing.js';
import { taxOn } from '../../src/billing/price.js';
import type { DatabaseKind } from './databases.js';
import { TABLE } from './sample-billing.js';

/** As in `settling-child.ts`. */
const BATCH_LINES = 20;
/** Roughly the duration of a dozen batches. */
const LIFE_MS = 250;

export interface KilledFound {
  readonly kills: number;
  readonly acknowledged: number;
  /** Batches that were kept, but whose acknowledgement did not arrive. */
  readonly unheard: number;
}

/** Runs a child and kills it some time after its first batch; returns the number of batches acknowledged to it. */
async function killedChild(kind: string, place: string, name: string, life: number): Promise<number> {
  const child = spawn(process.execPath, ['dist/spec/billing/settling-child.js', kind, place, name]);
  let output = '';
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk.toString();
  });
  child.stdout.on('data', (chunk: Buffer) => {
    if (output === '') setTimeout(() => child.kill('SIGKILL'), life);
    output += chunk.toString();
  });
  const [, signal] = (await once(child, 'close')) as [number | null, string | null];
  mustBe('exit of a child', signal, 'SIGKILL', errors);
  return output.split('\n').length - 1;
}

function mustBe(what: string, found: unknown, expected: unknown, more = ''): void {
  if (found !== expected) throw new Error(`${what}: ${found}, not ${expected} ${more}`);
}

/**
 * @param kills processes that are killed; a database for several writers has two at once
 * @throws Error if an acknowledged batch is lost, or anything is billed twice or in part
 */
export async function killSettlements(kind: DatabaseKind, kills: number): Promise<KilledFound> {
  const place = kind.place();
  let database = await kind.open(place);
  const first = await openBilling(database);
  await first.openTenant('busy');
  await first.payIn('busy', 10n ** 15n, 'deposit');
  await database.close();
  const acknowledgedBy = new Map<string, number>();
  while (acknowledgedBy.size < kills) {
    const at = acknowledgedBy.size;
    const names = kind.name === 'SQLite' ? [`k${at}`] : [`k${at}`, `k${at + 1}`];
    const life = (at * 97) % LIFE_MS;
    const counts = await Promise.all(names.map((name) => killedChild(kind.name, place, name, life)));
    for (const [i, name] of names.entries()) acknowledgedBy.set(name, counts[i]!);
  }
  database = await kind.open(place);
  try {
    const billing = await openBilling(database);
    const lines = new Map<string, number>();
    const ids = new Set<string>();
    let net = 0n;
    for await (const { requestId, amount, id } of billing.lines('busy')) {
      const name = new TextDecoder().decode(requestId.subarray(4)).replace(/\0+$/, '');
      lines.set(name, (lines.get(name) ?? 0) + 1);
      ids.add(Buffer.from(id).toString('hex'));
      net += amount;
    }
    mustBe(
      'different lines',
      ids.size,
      [...lines.values()].reduce((sum, count) => sum + count, 0),
    );
    let [acknowledged, unheard] = [0, 0];
    for (const [name, batches] of acknowledgedBy) {
      const kept = (lines.get(name) ?? 0) / BATCH_LINES;
      mustBe(`whole batches of ${name}`, kept, Math.floor(kept));
      // The last reply may not have arrived.
      if (kept !== batches && kept !== batches + 1) throw new Error(`${name}: ${batches} acknowledged, ${kept} kept`);
      acknowledged += batches;
      unheard += kept - batches;
    }
    const account = await billing.ledger.account('tenant:busy');
    mustBe('what was paid', account?.debitsPosted, net + taxOn(net, TABLE));
    return { kills: acknowledgedBy.size, acknowledged, unheard };
  } finally {
    await database.close();
  }
}
