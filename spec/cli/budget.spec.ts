/** `assay budget`: cases are recorded, pass, and fail when one moves. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Budget } from '../../src/profile/budget.js';
import { assay } from './command-line.js';

describe('assay budget', () => {
  let folder: string;
  let file: string;
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

  it('passes while nothing moves', async () => {
    const { status, out } = await assay(['budget', 'check', '--file', file]);
    expect(status).to.equal(0);
    expect(out).to.contain('2 cases within budget');
  });

  it('fails when a case moves by a unit more than it may, and reports it', async () => {
    const text = readFileSync(file, 'utf8');
    const [first] = budget().cases;
    const [junit, markdown] = [join(folder, 'fuel.xml'), join(folder, 'fuel.md')];
    const within = text.replace(`"fuel": ${first!.fuel}`, `"fuel": ${first!.fuel - 3}`);
    writeFileSync(file, within);
    expect((await assay(['budget', 'check', '--file', file])).status).to.equal(0);
    writeFileSync(file, text.replace(`"fuel": ${first!.fuel}`, `"fuel": ${first!.fuel - 4}`));
    const failed = await assay(['budget', 'check', '--file', file, '--junit', junit, '--markdown', markdown]);
    expect(failed.status).to.equal(1);
    expect(failed.out).to.contain('1 case of 2 changed').and.contain('it may change by 3');
    expect(readFileSync(junit, 'utf8')).to.contain('tests="2" failures="1"');
    expect(readFileSync(markdown, 'utf8')).to.contain('| +4 |');
    const { passes } = JSON.parse((await assay(['budget', 'check', '--file', file, '--json'])).out) as {
      passes: boolean;
    };
    expect(passes).to.equal(false);
    // Without a module everything is recorded anew.
    expect((await assay(['budget', 'record', '--file', file])).status).to.equal(0);
    expect(readFileSync(file, 'utf8')).to.equal(text);
  });

  it('refuses what it cannot read or has nothing to run for', async () => {
    const none = await assay(['budget', 'check', '--file', join(folder, 'none.json')]);
    expect(none).to.include({ status: 2 });
    const empty = await assay(['budget', 'record', '--file', join(folder, 'none.json')]);
    expect(empty.status).to.equal(2);
    expect(empty.err).to.contain('no cases to record again');
    const damaged = join(folder, 'damaged.json');
    writeFileSync(damaged, '{"format":"assay-budget-1","cases":[{}]}');
    expect((await assay(['budget', 'check', '--file', damaged])).err).to.contain('not a valid budget file');
  });
});
