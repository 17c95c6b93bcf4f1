/** Many inputs on the command line: each has one line, however the earlier runs ended. */
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { MOMENT_MAX } from '../../src/billing/document.js';
import { priceTableJson } from '../../src/billing/price-table.js';
import { FuelForecast } from '../../src/pool/fuel-forecast.js';
import { FuelQuantiles } from '../../src/pool/fuel-quantiles.js';
import { longestFirst } from '../../src/pool/longest-first.js';
import { record, toZomeJson } from '../../src/zome/index.js';
import { TABLE } from '../billing/sample-billing.js';
import { dumpedOp, fullStateDump, LIBRARY, plainJson, village } from '../zome/made-dump.js';
import { assay } from './command-line.js';
import { saidBy } from './said.js';

const LINKS = 'vectors/guests/links/links.wasm';
const POST = 'vectors/guests/post/post.wasm';
const ENTRIES = 'vectors/guests/entries';
const NAMES = readdirSync(ENTRIES).filter((name) => /^post-valid-(?:minimal|plain)\.|^post-invalid-title/.test(name));

interface Line {
  readonly index: number;
  readonly input: string;
  readonly verdict: string | null;
  readonly fuel: { readonly used: number };
  readonly receipts: readonly string[];
}

let folder = '';
const file = (name: string): string => join(folder, name);
const expectSaid = saidBy('batch', () => folder);
const textOf = (path: string): string => readFileSync(path, 'utf8');
const linesOf = (text: string): Line[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
const byIndex = (lines: readonly Line[]): Line[] => [...lines].sort((a, b) => a.index - b.index);

describe('assay validate --batch', () => {
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'assay-batch-'));
    mkdirSync(file('entries'));
    for (const name of NAMES) copyFileSync(join(ENTRIES, name), join(file('entries'), name));
    mkdirSync(file('empty'));
    writeFileSync(file('blank.jsonl'), '\n \n\t');
    writeFileSync(file('entries/note.txt'), 'no input');
  });

  after(() => rmSync(folder, { recursive: true }));

  it('writes for each file of a folder the line of a single validation, and resumes to the same results', async () => {
    const args = ['validate', POST, '--batch', file('entries'), '--threads', '1', '--out'];
    const { status, out, err } = await assay([...args, file('out.jsonl')]);
    expect([status, err]).to.deep.equal([1, '']);
    expectSaid('a batch', { status, out, err });
    expectSaid('lines of a batch', textOf(file('out.jsonl')));
    const [head, ...lines] = textOf(file('out.jsonl')).trimEnd().split('\n');
    expect(JSON.parse(head!)).to.have.nested.property('batch.inputs.files', NAMES.length);
    const made = byIndex(linesOf(lines.join('\n')));
    expect(made.map(({ input }) => input)).to.deep.equal([...NAMES].sort());
    for (const { input, verdict, fuel, receipts } of made.slice(0, 4)) {
      const one = JSON.parse((await assay(['validate', POST, '--input', join(ENTRIES, input), '--json'])).out);
      expect({ verdict, used: fuel.used, receipts }).to.deep.equal({
        verdict: one.verdict,
        used: one.fuel.used,
        receipts: [one.receipt],
      });
    }
    expectSaid('a file that is there', await assay([...args, file('out.jsonl')]));
    const whole = textOf(file('out.jsonl'));
    // Inside a line, and inside the first line.
    for (const length of [whole.length - 7, 40]) {
      writeFileSync(file('cut.jsonl'), whole.slice(0, length));
      const resumed = await assay([...args, file('cut.jsonl'), '--resume']);
      expect(resumed.out).to.equal(out);
      expect(textOf(file('cut.jsonl')).split('\n').sort()).to.deep.equal(whole.split('\n').sort());
    }
    const other = await assay([...args, file('out.jsonl'), '--resume', '--fuel', '10']);
    expectSaid('lines of another batch', other);
    writeFileSync(file('twice.jsonl'), `${whole}${lines[0]}\n`);
    expectSaid('a line twice', await assay([...args, file('twice.jsonl'), '--resume']));
  });

  it('does not write results that another process writes, and takes over from a dead one', async () => {
    const args = ['validate', POST, '--batch', file('entries'), '--threads', '1', '--out', file('locked.jsonl')];
    const lock = file('locked.jsonl.lock');
    writeFileSync(lock, `${process.ppid}\n`);
    const { status, err } = await assay(args);
    expect(status).to.equal(2);
    expect(err).to.include(`is being written by process ${process.ppid}`).and.include('delete');
    expect(existsSync(file('locked.jsonl'))).to.equal(false);
    expect(textOf(lock)).to.equal(`${process.ppid}\n`);
    // The number of no process; and a process that ended before it wrote its number.
    for (const left of ['4194999\n', '']) {
      writeFileSync(lock, left);
      expect((await assay(args)).status).to.equal(1);
      expect(existsSync(lock)).to.equal(false);
      rmSync(file('locked.jsonl'));
    }
    await assay(args);
    expect((await assay(args)).err).to.include('already exists');
    expect(existsSync(lock)).to.equal(false);
  });

  it('takes lines of JSON, and reports which cannot be read', async () => {
    const plain = NAMES.filter((name) => name.endsWith('.json')).map((name) =>
      textOf(join(ENTRIES, name)).replace(/\s*\n\s*/g, ' '),
    );
    writeFileSync(file('many.jsonl'), `${plain.join('\n')}\n\n{"broken\n${plain[0]}`);
    const { status, out } = await assay(['validate', POST, '--batch', file('many.jsonl'), '--threads', '1', '--json']);
    expectSaid('lines of JSON', { status, out, err: '' });
    const lines = out.trimEnd().split('\n').slice(0, -1);
    const made = byIndex(linesOf(lines.join('\n')));
    expect(made.map(({ index }) => index)).to.deep.equal([...plain.keys(), plain.length + 1, plain.length + 2]);
    expect(made.at(-2)).to.have.nested.property('cause.kind', 'unreadable');
    expect(made.at(-1)!.receipts).to.deep.equal(made[0]!.receipts);
    expect(status).to.equal(2);
  });

  it('gives the ops of a dump the results of --dump', async () => {
    const { ops } = village(40, '0.6', LIBRARY);
    const dump = fullStateDump({ integrated: ops.map((one) => dumpedOp(one, '0.6')) });
    writeFileSync(file('dump.json'), plainJson(dump));
    const documents = (out: string) =>
      out
        .trimEnd()
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line));
    const single = documents((await assay(['validate', LINKS, '--dump', file('dump.json'), '--json'])).out);
    const args = ['validate', LINKS, '--batch', file('dump.json'), '--threads', '1', '--json'];
    const ran = await assay(args);
    expectSaid('a dump', ran);
    const batch = byIndex(documents(ran.out));
    expect(batch.map(({ verdict, receipts, fuel }) => ({ verdict, receipts, fuel }))).to.deep.equal(
      single.map(({ verdict, receipts, fuel }) => ({ verdict, receipts, fuel })),
    );
    expect(batch.map(({ verdict }) => verdict)).to.include.members(['Valid', 'Invalid']);
  });

  it('runs ops with their own dependencies, also from a dump, and bills a tenant once', async () => {
    const [book, deps] = ['vectors/zome/ops/book.json', 'vectors/zome/ops/book-dependencies.json'];
    const line = JSON.stringify(JSON.parse(textOf(book)));
    writeFileSync(file('ops.jsonl'), `${line}\n${line.replace('On Chains', 'On Chain')}\n`);
    const ops = ['validate', LINKS, '--batch', file('ops.jsonl'), '--threads', '1', '--tier', 'interpreter'];
    expectSaid('ops', await assay([...ops, '--out', file('ops.out')]));
    expectSaid('lines of ops', textOf(file('ops.out')));
    const given = ['--deps', deps, '--generation', '0.6', '--check', 'all', '--fuel', '9000000'];
    expectSaid('ops with dependencies', await assay([...ops, ...given, '--out', file('given.out')]));
    expectSaid('lines of ops with dependencies', textOf(file('given.out')));
    expectSaid('ops that are not checked', await assay([...ops, '--deps', deps, '--no-check', '--json']));
    expectSaid('ops of another generation', await assay([...ops, '--generation', '0.7']));
    expectSaid('dependencies that are none', await assay([...ops, '--deps', book]));
    const { ops: all, records } = village(6, '0.6', LIBRARY);
    const books = all.filter(({ type }) => type === 'StoreEntry');
    writeFileSync(
      file('part.json'),
      plainJson(fullStateDump({ integrated: books.map((one) => dumpedOp(one, '0.6')) })),
    );
    writeFileSync(file('records.json'), `[${records.map((one) => toZomeJson(record('0.6'), one)).join()}]`);
    const part = ['validate', LINKS, '--batch', file('part.json'), '--threads', '1', '--tier', 'interpreter'];
    expectSaid('a part of a dump', await assay([...part, '--deps', file('records.json'), '--json']));
    const [ledger, prices] = [file('ledger.db'), file('prices.json')];
    writeFileSync(prices, JSON.stringify(priceTableJson({ ...TABLE, validUntil: MOMENT_MAX })));
    for (const args of [
      ['tenant', ledger, 'acme', '--credit', '99'],
      ['pay-in', ledger, 'acme', '99999', '--id', 'x'],
    ])
      await assay(['bill', ...args]);
    const billing = ['--billing', ledger, '--prices', prices, '--tenant', 'acme', '--fuel', '500000', '--json'];
    const billed = [
      'validate',
      POST,
      '--batch',
      file('entries'),
      '--threads',
      '1',
      '--tier',
      'interpreter',
      ...billing,
    ];
    for (const time of ['once', 'twice']) {
      expectSaid('a billed batch', await assay(billed));
      expectSaid(`the balance after it was billed ${time}`, await assay(['bill', 'balance', ledger, 'acme']));
    }
    expectSaid('a tenant who cannot pay', await assay([...billed, '--fuel', '900000000000']));
  });

  it('refuses what it cannot do before it begins', async () => {
    for (const args of [
      ['--batch', file('nothing')],
      ['--batch', file('empty')],
      ['--batch', file('blank.jsonl')],
      ['--batch', file('entries'), '--resume'],
      ['--batch', file('entries'), '--check', 'all'],
      ['--batch', file('entries'), '--input', 'x'],
      ['--input', 'x', '--threads', '2'],
      ['--batch', file('entries'), '--threads', '0'],
    ]) {
      const ran = await assay(['validate', POST, ...args]);
      expect(ran.status).to.equal(2);
      expectSaid(args.join(' ').replaceAll(folder, 'DIR'), ran);
    }
  });

  it('forecasts and sums fuel in bounded memory', async () => {
    const forecast = new FuelForecast();
    expect(forecast.of(10, 1_000)).to.equal(undefined);
    for (const bytes of [10, 20, 50, 100]) forecast.add(bytes, 1_000 + 7 * bytes);
    expect(forecast.of(3, 90)).to.be.closeTo(3_000 + 630, 1e-6);
    expect(forecast.meanBytes).to.equal(45);
    const quantiles = new FuelQuantiles();
    expect([quantiles.at(0.5), quantiles.max]).to.deep.equal([0, 0]);
    for (let fuel = 1; fuel <= 100_000; fuel++) quantiles.add(fuel);
    expect(quantiles.at(0.5) / 50_000).to.be.within(0.99, 1.01);
    expect(quantiles.at(0.95) / 95_000).to.be.within(0.99, 1.01);
    expect([quantiles.at(1), quantiles.max]).to.deep.equal([100_000, 100_000]);
    const order: number[] = [];
    const inputs = [3, 9, 1, 9].map((length, i) => ({ bytes: new Uint8Array(length), i }));
    for await (const { i } of longestFirst(inputs)) order.push(i);
    expect(order).to.deep.equal([1, 3, 0, 2]);
  });
});
