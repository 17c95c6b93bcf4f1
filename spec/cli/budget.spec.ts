/** `assay budget`: cases are recorded, pass, and fail if the fuel of one changes. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Budget } from '../../src/profile/budget.js';
import { assay } from './command-line.js';
import { saidBy } from './said.js';

describe('assay budget', () => {
  let folder: string;
  let file: string;
  const expectSaid = saidBy('budget', () => folder);
  const budget = (): Budget => JSON.parse(readFileSync(file, 'utf8')) as Budget;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'assay-budget-'));
    file = join(folder, 'fuel-budget.json');
    cpSync('vectors/guests/raw/fibonacci.wasm', join(folder, 'guest.wasm'));
    for (const n of [5, 6]) {
      const args = ['budget', 'record', join(folder, 'guest.wasm'), 'fibonacci', `i32:${n}`, '--file', file];
      expect(await assay([...args, '--allow', '3'])).to.include({ status: 0, err: '' });
    }
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });

  it('records each case with its functions, by paths from the file', () => {
    const { cases } = budget();
    expect(cases.map(({ name }) => name)).to.deep.equal(['guest.wasm fibonacci i32:5', 'guest.wasm fibonacci i32:6']);
    expect(cases[0]!.run).to.deep.equal({ module: 'guest.wasm', export: 'fibonacci', values: ['i32:5'] });
    const sum = Object.values(cases[0]!.functions).reduce((all, units) => all + units, 0);
    expect(sum).to.equal(cases[0]!.fuel);
  });

  it('passes while nothing changes', async () => {
    const [junit, markdown] = [join(folder, 'passes.xml'), join(folder, 'passes.md')];
    const args = ['budget', 'check', '--file', file, '--junit', junit, '--markdown', markdown];
    expectSaid('all pass', await assay(args, { isTTY: true }));
    expectSaid('all pass: JUnit', readFileSync(junit, 'utf8'));
    expectSaid('all pass: Markdown', readFileSync(markdown, 'utf8'));
  });

  it('fails when a case moves one unit beyond its tolerance, and reports it', async () => {
    const text = readFileSync(file, 'utf8');
    const [first] = budget().cases;
    const [junit, markdown] = [join(folder, 'fuel.xml'), join(folder, 'fuel.md')];
    const within = text.replace(`"fuel": ${first!.fuel}`, `"fuel": ${first!.fuel - 3}`);
    writeFileSync(file, within);
    expectSaid('within', await assay(['budget', 'check', '--file', file, '--markdown', markdown]));
    expectSaid('within: Markdown', readFileSync(markdown, 'utf8'));
    writeFileSync(file, text.replace(`"fuel": ${first!.fuel}`, `"fuel": ${first!.fuel - 4}`));
    const failed = await assay(['budget', 'check', '--file', file, '--junit', junit, '--markdown', markdown]);
    expectSaid('a case changed', failed);
    expectSaid('a case changed: JUnit', readFileSync(junit, 'utf8'));
    expectSaid('a case changed: Markdown', readFileSync(markdown, 'utf8'));
    expectSaid('a case changed, in colours', await assay(['budget', 'check', '--file', file], { isTTY: true }));
    expectSaid('a case changed, as a document', await assay(['budget', 'check', '--file', file, '--json']));
    // Another outcome, new functions, and a name with control characters or markup of a terminal, XML or Markdown.
    const odd = { ...first!, name: 'a|b <c> "d" \u001b', outcome: 'trapped unreachable', allow: 1e9, functions: {} };
    for (let i = 0; i < 12; i++) Object.assign(odd.functions, { [`gone ${i}`]: 1_000 + i });
    writeFileSync(file, JSON.stringify({ ...budget(), cases: [odd] }));
    const other = await assay(['budget', 'check', '--file', file, '--junit', junit, '--markdown', markdown]);
    expectSaid('another outcome', other);
    expectSaid('another outcome: JUnit', readFileSync(junit, 'utf8'));
    expectSaid('another outcome: Markdown', readFileSync(markdown, 'utf8'));
    writeFileSync(file, text);
    // Without a module everything is recorded again.
    expectSaid('recorded anew', await assay(['budget', 'record', '--file', file], { isTTY: true }));
    expect(readFileSync(file, 'utf8')).to.equal(text);
  });

  it('refuses what it cannot read, and an empty budget', async () => {
    expectSaid('no file', await assay(['budget', 'check', '--file', join(folder, 'none.json')]));
    expectSaid('nothing to record', await assay(['budget', 'record', '--file', join(folder, 'none.json')]));
    for (const text of ['{"format":"assay-budget-1","cases":[{}]}', '{"format":"assay-budget-1","cases":[]}', '{']) {
      const damaged = join(folder, 'damaged.json');
      writeFileSync(damaged, text);
      expectSaid(`a file of ${text}`, await assay(['budget', 'check', '--file', damaged]));
    }
  });

  it('records ops, entries and calls of zome functions, each by its name', async () => {
    const all = join(folder, 'all.json');
    const at = (path: string) => join(folder, path);
    cpSync('vectors/guests/links/links.wasm', at('links.wasm'));
    cpSync('vectors/guests/post/post.wasm', at('post.wasm'));
    cpSync('vectors/guests/entries/post-valid-plain.json', at('post.json'));
    cpSync('vectors/zome/ops/book.json', at('book.json'));
    cpSync('vectors/zome/ops/book-dependencies.json', at('deps.json'));
    writeFileSync(at('null.json'), 'null');
    const record = (...args: string[]) => assay(['budget', 'record', ...args, '--file', all]);
    const ops = ['--op', at('book.json'), at('book.json'), '--deps', at('deps.json'), '--generation', '0.6'];
    const runs: readonly (readonly string[])[] = [
      [at('post.wasm'), '--input', at('post.json')],
      [at('post.wasm'), '--input', at('post.json'), '--name', 'little', '--fuel', '20000'],
      [at('links.wasm'), ...ops],
      [at('links.wasm'), ...ops, '--name', 'books', '--allow', '7'],
      [at('links.wasm'), '--op', at('book.json'), '--name', 'book'],
      [at('links.wasm'), 'entry_defs', '--json-input', 'null'],
      [at('links.wasm'), 'entry_defs', '--json-input', `@${at('null.json')}`, '--name', 'of a file'],
    ];
    for (const [n, args] of runs.entries()) expectSaid(`recorded ${n}`, await record(...args));
    const { cases } = JSON.parse(readFileSync(all, 'utf8')) as Budget;
    expectSaid(
      'what is recorded',
      JSON.stringify(
        cases.map(({ functions: _, ...rest }) => rest),
        undefined,
        1,
      ),
    );
    expectSaid('all again', await assay(['budget', 'check', '--file', all]));
    expectSaid('an op for nobody', await record('vectors/zome/notes/before.dna#notes', '--op', at('book.json')));
  });
});
