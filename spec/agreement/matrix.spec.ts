import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert } from 'chai';
import type { AgreementNode } from '../../src/agreement/node.js';
import { engineNode } from '../../src/agreement/node-engine.js';
import { hostLogNode } from '../../src/agreement/node-host-log.js';
import { wrongNanSign } from './canary.js';
import { type CorpusCase, corpusIn, readCorpus, writeCorpus } from './corpus.js';
import { askRow } from './matrix-row.js';
import { rowText, writePage, wrongRows } from './matrix-table.js';

describe('the matrix', () => {
  const folder = mkdtempSync(join(tmpdir(), 'assay-matrix-'));
  const corpus = join(folder, 'corpus.jsonl');
  let calls = 0;
  before(async () => {
    calls = await writeCorpus(corpus, 1, 400);
  });
  after(() => rmSync(folder, { recursive: true }));

  const checkGolden = async () => '1 of 1';
  const row = (name: string, node: AgreementNode, minutesMax = 10) =>
    askRow(name, node, { corpus, minutesMax, checkGolden });

  it('has runs that are cut short, that trap, and that do not load', async () => {
    const cases: CorpusCase[] = [];
    for await (const one of readCorpus(corpus)) cases.push(one);
    const answers = cases.flatMap(({ expected }) => expected);
    assert.equal(answers.length, calls);
    const ends = new Set(answers.map((one) => (one.kind === 'receipt' ? one.receipt.outcome.kind : one.kind)));
    assert.includeMembers([...ends], ['returned', 'trapped', 'exhausted', 'fault']);
    assert.isAbove(cases.length, calls / 6);
    const again = join(folder, 'again.jsonl');
    await writeCorpus(again, 1, 400);
    assert.equal(readFileSync(again, 'utf8'), readFileSync(corpus, 'utf8'));
    assert.notEqual((await corpusIn(folder, 2, 10)).identity, (await corpusIn(folder, 3, 10)).identity);
  });

  it('has a row for a node that agrees', async () => {
    const agreeing = await row('log', hostLogNode({ tier: 'instrumented' }));
    assert.equal(agreeing.golden, '1 of 1');
    assert.equal(agreeing.result, 'agrees');
    assert.equal(agreeing.calls, calls);
  });

  it('shows a node that disagrees, with the shrunk case', async () => {
    const wrong = await row('canary', wrongNanSign);
    const { result } = wrong;
    assert.match(result, /^DISAGREES\ninterpreter and wrong NaN sign differ in values/);
    assert.isBelow(result.split('\n').length, 60, result);
    assert.deepEqual(wrongRows([wrong]), [wrong]);
  });

  it('shows a node that fails, and how far a row came in its time', async () => {
    const failing = { ...engineNode(), describe: async () => 'x', run: () => Promise.reject(new Error('no more')) };
    const broken = await row('broken', failing);
    assert.equal(broken.result, 'BROKEN: no more');
    const late = await row('late', engineNode(), 0);
    assert.match(late.result, /^agrees as far as it came in 0 minutes/);
    assert.isBelow(late.calls, calls);
  });

  it('is rendered as a table of a page', () => {
    const page = join(folder, 'page.md');
    writeFileSync(page, 'a\n<!-- matrix -->\nwhat was there\n<!-- end -->\nb\n');
    const one = { name: 'n', runtime: 'r', golden: '1 of 1', calls: 2, seconds: 3, result: 'agrees\nmore' };
    writePage([one], page);
    const text = readFileSync(page, 'utf8');
    assert.include(text, `--- |\n${rowText(one)}\n<!-- end -->\nb\n`);
    assert.notInclude(text, 'what was there');
  });
});
