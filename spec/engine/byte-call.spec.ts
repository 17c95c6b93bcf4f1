/** Calls over the byte ABI: their price, their hashes, breaches as outcomes, verdicts. SEMANTICS 3, 7 and 8. */

import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { hash } from '../../src/base/hash.js';
import {
  createEngine,
  defineSchedule,
  externPayload,
  FUEL_1_PRICES,
  type LoadedModule,
  UsageError,
} from '../../src/index.js';
import { DECODABLE } from '../boundary/decodable.js';
import { guestText, OUTPUT_PTR } from '../boundary/wasm-guest.js';
import { loadText } from './load-text.js';

const OK_VALID = Uint8Array.from(Buffer.from('81a24f6bc406a556616c6964', 'hex'));
const NIL = Uint8Array.of(0xc0);

interface EntryRow {
  readonly name: string;
  readonly wasm: string;
  readonly msgpack: string;
  readonly expected: { readonly verdict: string; readonly reason?: string };
}

const ENTRIES = JSON.parse(readFileSync('vectors/guests/entries/entries.json', 'utf8')) as readonly EntryRow[];

describe('byte calls', () => {
  it('charge for bytes in and out, and hash the bytes in memory', async () => {
    const rates = {
      ...FUEL_1_PRICES.rates,
      boundaryIn: { base: 7, a: 3, b: 2 },
      boundaryOut: { base: 0, a: 100, b: 1 },
    };
    const schedule = defineSchedule('two-rates', { ...FUEL_1_PRICES, rates });
    const module = await loadText(guestText({ output: OK_VALID }), [], { schedule });
    const { outcome, receipt } = module.validate(NIL);
    const payload = externPayload(NIL);
    expect(outcome).to.deep.equal({ kind: 'returned', output: OK_VALID });
    expect(receipt.input).to.deep.equal(hash(payload));
    expect(receipt.output).to.deep.equal(hash(OK_VALID));
    expect(receipt.export).to.equal('validate');
    expect(receipt.schedule).to.deep.equal(schedule.hash);
    // Three bytes in at 7 + ceil(3 n / 2), twelve bytes out at 100 n.
    expect(payload).to.have.length(3);
    expect(receipt.fuel.parts.boundary).to.equal(7 + 5 + 1200);
  });

  it('are exhausted in the part whose charge failed', async () => {
    const module = await loadText(guestText({ output: OK_VALID }));
    const { instantiate } = module.validate(NIL).receipt.fuel.parts;
    const short = module.validate(NIL, { fuel: instantiate + 2 });
    expect(short.outcome).to.deep.equal({ kind: 'exhausted', resource: 'fuel' });
    expect(short.verdict).to.deep.equal({ kind: 'NoVerdict', cause: { kind: 'exhausted', resource: 'fuel' } });
    expect(short.receipt.fuel.parts).to.deep.equal({ instantiate, guest: 0, host: 0, boundary: 2 });
  });

  it('end as breached when the guest breaks the ABI, with a receipt and without a verdict', async () => {
    const cases: readonly (readonly [string, string])[] = [
      ['output-out-of-bounds', guestText({ validate: '(i64.const 0x0000ffff00000002)' })],
      ['output-undecodable', guestText({ output: Uint8Array.of(0xc3) })],
      ['input-out-of-bounds', guestText({ allocate: '(i32.const 65535)' })],
      ['allocate-missing', '(module (func (export "validate")))'],
      ['export-type', guestText({}).replace('(export "validate") (param i32 i32)', '(export "validate") (param i32)')],
    ];
    for (const [code, text] of cases) {
      const { outcome, receipt, verdict } = (await loadText(text)).validate(NIL);
      expect(outcome).to.deep.equal({ kind: 'breached', code });
      expect(receipt.outcome).to.deep.equal({ kind: 'breached', code });
      expect(receipt.output).to.deep.equal(hash(new Uint8Array(0)));
      expect(verdict).to.deep.equal({ kind: 'NoVerdict', cause: { kind: 'breached', code } });
    }
  });

  it('end as trapped when deallocate traps, even after the output was read', async () => {
    const module = await loadText(guestText({ output: OK_VALID, deallocate: '(unreachable)' }));
    expect(module.validate(NIL).outcome).to.deep.equal({ kind: 'trapped', code: 'unreachable' });
  });

  it('read the output before deallocate can change it', async () => {
    const deallocate = `(memory.fill (i32.const ${OUTPUT_PTR}) (i32.const 0) (i32.const 12))`;
    const module = await loadText(guestText({ output: OK_VALID, deallocate }));
    expect(module.validate(NIL).verdict).to.deep.equal({ kind: 'Valid' });
  });

  it('accept another check of the output for other protocols', async () => {
    const output = Uint8Array.of(0xc3);
    const module = await loadText(guestText({ output }));
    const result = module.callBytes('validate', new Uint8Array(0), { isDecodable: () => true });
    expect(result.outcome).to.deep.equal({ kind: 'returned', output });
    expect(result.receipt.input).to.deep.equal(hash(new Uint8Array(0)));
  });

  it('have one outcome for an output and its verdict, by the generation of the call', async () => {
    for (const row of DECODABLE) {
      const module = await loadText(guestText({ output: row.bytes }));
      for (const generation of ['0.2', '0.6', '0.7'] as const) {
        const { outcome, receipt, verdict } = module.validate(NIL, { generation });
        const isReturned = row.in.includes(generation);
        const label = `${row.name}, ${generation}`;
        expect(outcome.kind, label).to.equal(isReturned ? 'returned' : 'breached');
        expect(receipt.outcome.kind, label).to.equal(outcome.kind);
        const isBreached = verdict.kind === 'NoVerdict' && verdict.cause.kind === 'breached';
        expect(isBreached, label).to.equal(!isReturned);
        expect(module.callBytes('validate', Uint8Array.of(0xc4, 1, 0xc0), { generation }).receipt, label).to.deep.equal(
          receipt,
        );
      }
    }
  });

  it('with an empty payload end as breached on a guest without an exported memory, in both tiers alike', async () => {
    const text = guestText({ memory: '(memory 1)', allocate: '(i32.const 0)', validate: '(i64.const 0)' });
    const receipts = await Promise.all(
      (['interpreter', 'instrumented'] as const).map(async (tier) => {
        const module = await loadText(text, [], { tier });
        const { outcome, receipt, diagnostics } = module.callBytes('validate', new Uint8Array(0));
        expect(diagnostics.tier).to.equal(tier);
        expect(outcome).to.deep.equal({ kind: 'breached', code: 'input-out-of-bounds' });
        expect(receipt.input).to.deep.equal(hash(new Uint8Array(0)));
        return receipt;
      }),
    );
    expect(receipts[0]).to.deep.equal(receipts[1]);
  });

  it('of a missing export are a mistake of the caller, as are those of an export that is not a function', async () => {
    const module = await loadText(guestText({}));
    expect(() => module.callBytes('nothing', NIL))
      .to.throw(UsageError)
      .with.property('code', 'unknown-export');
    expect(() => module.callBytes('memory', NIL))
      .to.throw(UsageError)
      .with.property('code', 'not-a-function');
  });

  it('return a verdict from a short circuit of a host function', async () => {
    const module = await loadText(
      `(module (import "env" "need" (func $need)) (memory (export "memory") 1)
        (func (export "__hc__allocate_1") (param i32) (result i32) (i32.const 16))
        (func (export "__hc__deallocate_1") (param i32 i32))
        (func (export "validate") (param i32 i32) (result i64) (call $need) (i64.const 0)))`,
      [
        {
          module: 'env',
          name: 'need',
          type: { params: [], results: [] },
          run: () => ({ kind: 'short-circuited', payload: Uint8Array.from(Buffer.from('c406a556616c6964', 'hex')) }),
        },
      ],
    );
    expect(module.validate(NIL).verdict).to.deep.equal({ kind: 'Valid' });
  });
});

describe('entries of the guests', () => {
  const modules = new Map<string, LoadedModule>();

  before(async () => {
    for (const wasm of new Set(ENTRIES.map((row) => row.wasm))) {
      const loaded = await createEngine().load(readFileSync(`vectors/guests/${wasm}`));
      if (!loaded.ok) throw new Error(loaded.fault.code);
      modules.set(wasm, loaded.module);
    }
  });

  for (const row of ENTRIES) {
    it(`${row.name}: ${row.expected.verdict}`, () => {
      const { verdict } = modules.get(row.wasm)!.validate(readFileSync(`vectors/guests/entries/${row.msgpack}`));
      const { verdict: kind, reason } = row.expected;
      expect(verdict.kind).to.equal(kind === 'none' ? 'NoVerdict' : kind);
      if (verdict.kind === 'Invalid') expect(verdict.reason).to.equal(reason);
    });
  }
});
