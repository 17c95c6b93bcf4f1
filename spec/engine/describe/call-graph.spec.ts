/**
 * The call graph of a module: against the meter, against a closure that is computed in another way, and case by case.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { anyModule } from '../../../src/agreement/module-arbitrary.js';
import { BodyScan } from '../../../src/engine/describe/body-scan.js';
import { type CallGraph, callGraph } from '../../../src/engine/describe/call-graph.js';
import type { LoadedModule } from '../../../src/engine/loaded-module.js';
import { createEngine } from '../../../src/index.js';
import { loadText } from '../load-text.js';

async function load(bytes: Uint8Array): Promise<LoadedModule> {
  const loaded = await createEngine({ tier: 'interpreter' }).load(bytes);
  if (!loaded.ok) throw new Error(loaded.fault.code);
  return loaded.module;
}

/** The meter has its own code to walk bodies: its charges for a body must equal the scan's count plus the entry. */
function checkCosts({ metered }: LoadedModule): void {
  const scan = new BodyScan(metered);
  const meter = metered.bodyMeter();
  const { functionEntry, zeroedLocal } = metered.schedule;
  for (let own = 0; own < metered.module.bodyStarts.length; own++) {
    meter.meterBody(own);
    const { cost, loops } = scan.scan(own);
    expect(cost + functionEntry + zeroedLocal * meter.declaredLocals).to.equal(meter.staticCost());
    expect(loops.reduce((sum, { turnCost }) => sum + turnCost, 0)).to.be.at.most(cost);
  }
}

/** Reachability and cycles by Warshall's closure over the lists of calls. */
function checkClosure({ metered }: LoadedModule, graph: CallGraph): void {
  const count = metered.module.functionTypes.length;
  const first = metered.module.importedFunctions;
  const leads = Array.from({ length: count }, () => new Uint8Array(count));
  for (const { index, calls } of graph.functions) for (const call of calls) leads[index]![call.index] = 1;
  for (let via = 0; via < count; via++)
    for (let from = 0; from < count; from++)
      if (leads[from]![via] === 1) for (let to = 0; to < count; to++) leads[from]![to]! |= leads[via]![to]!;
  for (const { index, recursive, callers } of graph.functions) {
    expect(recursive).to.equal(leads[index]![index] === 1);
    expect(callers).to.equal(graph.functions.filter(({ calls }) => calls.some((call) => call.index === index)).length);
  }
  for (const { index, reaches } of graph.waysIn) {
    const direct = leads[index]!.filter((yes, to) => to >= first && (yes === 1 || to === index)).length;
    expect(reaches!.functions).to.be.at.least(index < first ? 0 : Math.max(direct, 1));
  }
}

async function graphOf(text: string): Promise<CallGraph> {
  return callGraph((await loadText(text)).metered);
}

describe('the call graph', () => {
  it('has the costs of the meter, for the guests', async () => {
    for (const folder of ['raw', 'wat', 'post', 'ledger', 'links', 'probe', 'policies']) {
      for (const name of readdirSync(join('vectors/guests', folder)).filter((one) => one.endsWith('.wasm'))) {
        checkCosts(await load(readFileSync(join('vectors/guests', folder, name))));
      }
    }
  });

  it('agrees with the meter and with a transitive closure on random modules', async () => {
    await fc.assert(
      fc.asyncProperty(anyModule(), async ({ bytes }) => {
        const module = await load(bytes);
        checkCosts(module);
        checkClosure(module, callGraph(module.metered));
      }),
      { numRuns: 60 },
    );
  });

  it('finds unreachable functions, and those reached through tables, references and the start', async () => {
    const { functions, waysIn } = await graphOf(`(module
      (type $f (func)) (type $g (func (param i32)))
      (table 2 funcref) (elem (i32.const 0) $inTable)
      (global funcref (ref.func $inGlobal))
      (elem declare func $referred)
      (func $inTable) (func $inGlobal) (func $referred)
      (func $started) (start $started)
      (func $byTable (param i32) (call_indirect (type $f) (local.get 0)) (call $called))
      (func $called)
      (func $refers (export "refers") (drop (ref.func $referred)))
      (func $enter (export "enter") (param i32) (call $byTable (local.get 0)) (call $called))
      (func $dead (call $deader)) (func $deader))`);
    const reached = functions.filter((own) => own.reached).map(({ index }) => index);
    expect(reached).to.deep.equal([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(waysIn.map(({ name, reaches }) => [name, reaches!.functions])).to.deep.equal([
      ['refers', 2],
      ['enter', 4],
      ['start', 1],
    ]);
    expect(functions[4]!.tableCalls).to.deep.equal([{ type: '() -> ()', places: 1, candidates: 1 }]);
    expect(functions[5]!.callers).to.equal(2);
  });

  it('lists the callees of a function by their indices', async () => {
    const { functions } = await graphOf(`(module (func $a) (func $b) (func $c)
      (func (call $c) (call $a) (call $b) (call $a)))`);
    expect(functions[3]!.calls).to.deep.equal([
      { index: 0, places: 2 },
      { index: 1, places: 1 },
      { index: 2, places: 1 },
    ]);
  });

  it('reports what only some exports reach', async () => {
    const graph = await graphOf(`(module
      (func $shared) (func $alone (call $shared)) (func (export "old") (call $alone))
      (func (export "new") (call $shared)))`);
    // Each call in a body of four bytes: no locals, `call`, its function, `end`.
    expect(graph.onlyBy(new Set(['old']))).to.deep.equal({ functions: 2, bodyBytes: 8 });
    expect(graph.onlyBy(new Set(['old', 'new']))).to.deep.equal({ functions: 4, bodyBytes: 14 });
    expect(graph.onlyBy(new Set())).to.deep.equal({ functions: 0, bodyBytes: 0 });
    expect(graph.waysIn.map(({ reaches }) => reaches)).to.deep.equal([
      { functions: 3, bodyBytes: 10 },
      { functions: 2, bodyBytes: 6 },
    ]);
    expect([0, 1, 2].map((index) => graph.waysTo(index))).to.deep.equal([
      [
        { kind: 'export', name: 'old' },
        { kind: 'export', name: 'new' },
      ],
      [{ kind: 'export', name: 'old' }],
      [{ kind: 'export', name: 'old' }],
    ]);
  });

  it('keeps what the start reaches, whichever exports are left out', async () => {
    const graph = await graphOf(`(module
      (func $begun) (func $start (call $begun)) (start $start)
      (func $unused) (func (export "start") (call $begun)) (func (export "old") (call $start)))`);
    expect(graph.onlyBy(new Set(['start', 'old']))).to.deep.equal({ functions: 2, bodyBytes: 8 });
    expect(graph.functions.map(({ reached }) => reached)).to.deep.equal([true, true, false, true, true]);
    expect(graph.waysTo(2)).to.deep.equal([]);
  });

  it('finds recursion through several functions, and none where there is none', async () => {
    const { functions } = await graphOf(`(module
      (func $even (param i32) (if (local.get 0) (then (call $odd (i32.sub (local.get 0) (i32.const 1))))))
      (func $odd (param i32) (if (local.get 0) (then (call $even (i32.sub (local.get 0) (i32.const 1))))))
      (func $self (call $self)) (func $leaf) (func $calls (call $leaf) (call $leaf)))`);
    expect(functions.map(({ recursive }) => recursive)).to.deep.equal([true, true, true, false, false]);
  });
});

describe('loops', () => {
  it('that only a trap ends are endless, and a loop that is never repeated is not a loop', async () => {
    const { functions } = await graphOf('(module (func (loop (nop)) (loop (br 0))))');
    expect(functions[0]!.loops).to.have.length(1);
    expect(functions[0]!.loops[0]).to.deep.include({ endless: true, depth: 0 });
  });

  it('cost what is in them but not in inner loops', async () => {
    const { functions } = await graphOf(`(module (func (param $n i32)
      (loop (drop (i32.div_u (local.get $n) (i32.const 3))) (loop (br_if 0 (local.get $n))) (br_if 0 (local.get $n)))))`);
    // local.get 1, const 1, div 6, the entry of the inner loop 1, and of the branch 1 and 1; in the inner loop 1 and 1.
    expect(functions[0]!.loops.map(({ depth, turnCost }) => [depth, turnCost])).to.deep.equal([
      [0, 11],
      [1, 2],
    ]);
  });
});
