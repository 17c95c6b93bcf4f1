/**
 * Hostile guests (`vectors/zome/hostile`): each ends as stated in its row, in both tiers with the same receipt, in
 * bounded time and memory, and the host's next call is unaffected.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { toHex } from '../../src/base/hash.js';
import { createEngine } from '../../src/engine/engine.js';
import { receiptHash } from '../../src/engine/receipt/receipt-json.js';
import type { Tier } from '../../src/engine/tier.js';
import { createZomeHost } from '../../src/zome/create-zome-host.js';
import { TRACES_MAX } from '../../src/zome/trace-log.js';
import type { ZomeCall } from '../../src/zome/zome-call.js';
import type { ZomeHost } from '../../src/zome/zome-host.js';
import { constantGuest, OK_VALID, wasmOf } from './probe-guest.js';
import { samples } from './sample-ops.js';

const FOLDER = 'vectors/zome/hostile';
const FUEL = 20_000_000;
/** With room for a busy machine; a guest with this fuel takes some 50 ms. */
const MILLISECONDS_MAX = 10_000;

interface Row {
  readonly name: string;
  readonly does: string;
  readonly ends: { readonly outcome: string; readonly code?: string; readonly verdict?: string };
}

const ROWS = JSON.parse(readFileSync(`${FOLDER}/hostile.json`, 'utf8')) as readonly Row[];
const OP = samples().ops.find(({ name }) => name === 'StoreEntry')!.op;
const GOOD_OP = samples({ zomeIndex: 1 }).ops.find(({ name }) => name === 'StoreEntry')!.op;

async function hostWith(tier: Tier, name: string): Promise<ZomeHost> {
  const zomes = [
    { name: 'hostile', wasm: new Uint8Array(readFileSync(`${FOLDER}/${name}.wasm`)) },
    { name: 'good', wasm: wasmOf(constantGuest({ validate: OK_VALID })) },
  ];
  const made = await createZomeHost({ engine: createEngine({ tier }), zomes, generation: '0.6', fuel: FUEL });
  if (made.ok) return made.host;
  throw new Error(`${made.fault.code} ${made.fault.detail}`);
}

function codeOf({ outcome }: ZomeCall): string | undefined {
  if (outcome.kind === 'trapped' || outcome.kind === 'breached') return outcome.code;
  return outcome.kind === 'exhausted' ? outcome.resource : undefined;
}

const receiptText = (call: ZomeCall): string => toHex(receiptHash(call.receipt));

describe('hostile guests', () => {
  it('all have a row and a description', () => {
    const names = (ending: string) =>
      readdirSync(FOLDER)
        .filter((file) => file.endsWith(ending))
        .map((file) => file.slice(0, -ending.length))
        .sort();
    const rows = ROWS.map(({ name }) => name).sort();
    expect(names('.wat')).to.deep.equal(rows);
    expect(names('.wasm')).to.deep.equal(rows);
  });

  for (const { name, does, ends } of ROWS) {
    it(`${name}: ${does}`, async () => {
      const receipts: string[] = [];
      for (const tier of ['interpreter', 'auto'] as const) {
        const host = await hostWith(tier, name);
        const before = receiptText(host.validateOp(GOOD_OP).calls[0]!);
        const started = performance.now();
        const { verdict, calls } = host.validateOp(OP);
        expect(performance.now() - started).to.be.lessThan(MILLISECONDS_MAX);
        const call = calls[0]!;
        expect(call.outcome.kind).to.equal(ends.outcome);
        expect(codeOf(call)).to.equal(ends.code);
        expect(verdict.kind).to.equal(ends.verdict ?? 'NoVerdict');
        expect(call.receipt.fuel.used).to.be.at.most(FUEL);
        expect(call.traces.length).to.be.at.most(TRACES_MAX);
        receipts.push(receiptText(call));
        expect(receiptText(host.validateOp(GOOD_OP).calls[0]!)).to.equal(before);
        expect(receiptText(host.validateOp(OP).calls[0]!)).to.equal(receipts.at(-1));
      }
      expect(receipts[1]).to.equal(receipts[0]);
    });
  }

  it('a flood of traces is bounded and counted', async () => {
    const host = await hostWith('auto', 'trace-flood');
    const call = host.validateOp(OP, { fuel: 80_000_000 }).calls[0]!;
    expect(call.traces).to.have.length(TRACES_MAX);
    expect(call.tracesDropped).to.be.greaterThan(TRACES_MAX);
    expect(call.hostCalls.length).to.be.within(
      call.traces.length + call.tracesDropped,
      call.traces.length + call.tracesDropped + 1,
    );
  });

  it('a flood of signatures is really verified', async () => {
    const host = await hostWith('auto', 'signature-flood');
    const call = host.validateOp(OP).calls[0]!;
    const [line] = call.recording;
    expect(line!.answer).to.deep.equal({ kind: 'output', bytes: Uint8Array.of(0x81, 0xa2, 0x4f, 0x6b, 0xc2) });
    expect(call.hostCalls.length).to.be.within(2, FUEL / 1_000_000 + 1);
  });
});
