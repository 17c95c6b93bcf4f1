import { readFileSync } from 'node:fs';
import { assert } from 'chai';
import fc from 'fast-check';
import { type AgreementOptions, agreement } from '../../src/agreement/agreement.js';
import { anyCase } from '../../src/agreement/agreement-case.js';
import type { CheckReport } from '../../src/agreement/agreement-check.js';
import { assertAgreement } from '../../src/agreement/assert-agreement.js';
import { describeAgreement } from '../../src/agreement/describe-agreement.js';
import { engineNode } from '../../src/agreement/node-engine.js';
import { junitText, reportLines } from '../../src/agreement/report-text.js';
import { findUnresolvedLoop } from '../../src/agreement/unresolved-loop.js';
import { byteString, i32Value } from '../../src/agreement/values.js';
import { encodeBytes } from '../../src/boundary/codec-bytes.js';
import type { Generation } from '../../src/boundary/generation.js';
import { encodeMessagePack } from '../../src/boundary/messagepack-encode.js';
import { type Dependencies, validationResult } from '../../src/boundary/validation-result.js';
import { externResult } from '../../src/boundary/wasm-error.js';
import { createEngine } from '../../src/engine/engine.js';
import { guestText } from '../boundary/wasm-guest.js';
import { wrongNanSign } from './canary.js';
import { loadWat } from './load-wat.js';

const { ASSAY_MODULES = '25' } = process.env;

const read = (path: string): Uint8Array => new Uint8Array(readFileSync(path));
const POST = read('vectors/guests/post/post.wasm');
const SCANNER = read('vectors/guests/raw/byte-scanner.wasm');

const NODES = ['interpreter', 'instrumented+warm'] as const;

function failureOf({ properties }: CheckReport, name: string): string | undefined {
  return properties.find((property) => property.name === name)?.failure;
}

const SUM_WAT = `(module
  (func (export "sum") (param i32) (result i32) (local i32)
    local.get 0 i32.const 1000 i32.gt_u if unreachable end
    loop local.get 1 local.get 0 i32.add local.set 1 local.get 0 i32.const 1 i32.sub local.tee 0 i32.const 0 i32.gt_s br_if 0 end
    local.get 1))`;

/**
 * A guest whose data shows that it is for 0.7. It waits for an agent's activity up to one hash; the filters of other
 * generations have no such field.
 */
function waitingGuest(): string {
  const key = (prefix: readonly number[]): Uint8Array => Uint8Array.from({ length: 39 }, (_, at) => prefix[at] ?? 0);
  const action = key([0x84, 0x29, 0x24]);
  const filter = {
    chain_top: action,
    limit_conditions: { kind: 'UntilHash', value: action },
    include_cached_entries: false,
  };
  const dependencies = { kind: 'AgentActivity', agent: key([0x84, 0x20, 0x24]), filter } as const;
  const result = encodeBytes(validationResult('0.7'), {
    kind: 'UnresolvedDependencies',
    dependencies: dependencies as Dependencies,
  });
  return guestText({
    memory: '(memory (export "memory") 1) (data (i32.const 0) "module_pathlineerror")',
    output: encodeBytes(externResult('0.7'), { _tag: 'Right', right: result }),
  });
}

describe('generated modules', () => {
  it('have the same receipts and states in every tier: fresh, warm, and in any order', async () => {
    const nodes = [
      engineNode({ tier: 'interpreter' }),
      engineNode({ tier: 'instrumented' }),
      engineNode({ tier: 'instrumented', cache: 'warm' }),
    ];
    const tally = await assertAgreement(nodes, anyCase({ bodySizeMax: 60 }), { runs: Number(ASSAY_MODULES) });
    console.log(`      ${tally.calls} calls of ${tally.cases} modules, ${tally.outcomes.size} ways to end`);
    assert.isAbove(tally.calls, tally.cases);
  }).timeout(600_000);
});

describe('the check of a module', () => {
  const check = (bytes: Uint8Array, options: Omit<AgreementOptions, 'nodes'>) =>
    agreement(bytes, { nodes: NODES, seed: 7, ...options });

  it('passes a zome that keeps its promises', async () => {
    const inputs = byteString(60).map((bytes) => encodeMessagePack(bytes));
    const report = await check(POST, { inputs, runs: 20, fuelMax: 3_000_000 });
    assert.isTrue(report.ok, JSON.stringify(report.properties));
    assert.deepEqual(
      report.properties.map(({ name }) => name),
      ['agreement', 'determinism', 'no-trap', 'fuel-bound'],
    );
    assert.equal(report.calls, 20);
    assert.isAbove(report.worst!.fuel, 1_000);
    assert.match(reportLines(report).join('\n'), /passed {2}agreement \(20\)/);
  });

  it('shows the smallest input that traps', async () => {
    const bytes = await loadWat(SUM_WAT);
    const inputs = i32Value.map((value) => [value]);
    const report = await check(bytes, { inputs, export: 'sum', runs: 200, fuel: 100_000 });
    assert.match(failureOf(report, 'no-trap')!, /trapped unreachable/);
    assert.isFalse(report.ok);
    const junit = junitText('sum <&>', report);
    assert.match(junit, /<testsuite name="sum &lt;&amp;&gt;" tests="3" failures="1">/);
    assert.match(junit, /<failure message="sum\(i32:0x/);
  });

  it('finds an input that exceeds the fuel bound and is longer than those generated', async () => {
    const bytes = await loadWat(`(module (memory (export "memory") 1)
      (func (export "__hc__allocate_1") (param i32) (result i32) i32.const 1024)
      (func (export "__hc__deallocate_1") (param i32 i32))
      (data (i32.const 16) "\\81\\a2Ok\\c4\\00")
      (func (export "f") (param i32 i32) (result i64) (local i32)
        loop local.get 0 i32.load8_u i32.const 255 i32.eq if i32.const 50 local.set 2 loop local.get 2 i32.const 1 i32.sub local.tee 2 br_if 0 end end
        local.get 0 i32.const 1 i32.add local.set 0 local.get 1 i32.const 1 i32.sub local.tee 1 i32.const 0 i32.gt_s br_if 0 end
        i64.const 0x1000000006))`);
    const options = { inputs: byteString(8), export: 'f', protocol: 'bytes', runs: 30, bytesMax: 64 } as const;
    const report = await check(bytes, { ...options, fuelMax: 17_000, searchSteps: 400 });
    assert.match(failureOf(report, 'fuel-bound')!, /^an input of \d+ bytes costs \d+, the bound is 17000/);
    const far = await check(bytes, { ...options, fuelMax: 1_000_000, searchSteps: 400 });
    assert.isUndefined(failureOf(far, 'fuel-bound'));
    assert.isAbove(far.worst!.fuel, 17_000);
  });

  it('reports which nodes differ, and where', async () => {
    const bytes = await loadWat('(module (func (export "f") (param f32) (result f32) local.get 0 f32.sqrt))');
    const inputs = fc.nat(0xffffffff).map((bits) => [{ type: 'f32', bits } as const]);
    const nodes = [engineNode({ tier: 'interpreter' }), wrongNanSign];
    const report = await agreement(bytes, { inputs, export: 'f', nodes, runs: 50, seed: 1 });
    assert.match(failureOf(report, 'agreement')!, /interpreter and wrong NaN sign differ in values/);
    assert.match(report.replay!.where.join('\n'), /f32\.sqrt/);
  });

  it('reports a validation that requests again what it has already received', async () => {
    // An `Ok` whose ExternIO is UnresolvedDependencies with one hash, as the post zome returns for a missing parent.
    const entry = read('vectors/guests/entries/post-invalid-and-unresolved-parent.msgpack');
    const unresolved = read('vectors/guests/entries/ledger-unresolved-previous.msgpack');
    const ledger = read('vectors/guests/ledger/ledger.wasm');
    const inputs = fc.constant(unresolved);
    const stuck = await check(ledger, { inputs, runs: 1, resolve: (attempt) => attempt });
    assert.match(failureOf(stuck, 'no-unresolved-loop')!, /^it requested [0-9a-f]+ again after receiving it/);
    const goesOn = await check(ledger, { inputs, runs: 1, resolve: () => ({ entry }) });
    assert.isUndefined(failureOf(goesOn, 'no-unresolved-loop'));
  });

  it('reads unresolved dependencies in the generation of the module', async () => {
    const module = await loadWat(waitingGuest());
    const inputs = fc.constant(Uint8Array.of(0xc0));
    const stuck = await check(module, { inputs, runs: 1, resolve: (attempt) => attempt });
    assert.match(failureOf(stuck, 'no-unresolved-loop')!, /^it requested the activity of /);
    const loaded = await createEngine().load(module);
    assert.ok(loaded.ok);
    const first = { entry: Uint8Array.of(0xc0) };
    const asks = (generation?: Generation) =>
      findUnresolvedLoop(loaded.module, 'validate', first, (attempt) => attempt, generation);
    assert.match(asks()!, /^it requested the activity of /);
    assert.isUndefined(asks('0.6'), 'a filter of 0.7 is not one of 0.6');
  });

  it('takes a property defined by the user', async () => {
    const report = await check(POST, {
      inputs: fc.constant(Uint8Array.of(0xc0)),
      runs: 1,
      own: ({ receipt }) => (receipt.pages > 0 ? 'it has a memory' : undefined),
    });
    assert.match(failureOf(report, 'own')!, /it has a memory; input c0$/);
  });
});

describeAgreement('the check of a module as tests', () => SCANNER, {
  inputs: byteString(20).map((bytes) => [{ type: 'i32', bits: bytes.length }]),
  export: 'scan',
  nodes: NODES,
  runs: 5,
  noTrap: false,
  fuel: 1_000_000,
});
