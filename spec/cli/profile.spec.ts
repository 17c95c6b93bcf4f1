/** `assay profile`: its table, its files, its comparisons, and its errors. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { consoleOf } from '../../src/cli/console.js';
import { grouped } from '../../src/cli/layout.js';
import { diffLines, profileLines } from '../../src/cli/profile-report.js';
import type { FrameKind, Profile } from '../../src/profile/profile.js';
import { readProfile } from '../../src/profile/profile-json.js';
import { bytesOfText } from '../engine/load-text.js';
import { dumpedOp, fullStateDump, LIBRARY, plainJson, village } from '../zome/made-dump.js';
import { assay } from './command-line.js';
import { saidBy } from './said.js';

const FIBONACCI = 'vectors/guests/raw/fibonacci.wasm';
const LEDGER = 'vectors/guests/ledger/ledger.wasm';
const ENTRY = 'vectors/guests/entries/ledger-valid-conditions-31-deep.msgpack';

/** Frames by kind and name with the fuel in them and its calls, each called by the root. */
function profileOf(
  rows: readonly (readonly [FrameKind, string, number, number])[],
  more: Partial<Profile> = {},
): Profile {
  const used = rows.reduce((sum, [, , self]) => sum + self, 0);
  const node = { recursions: 0, stackWords: 0, pages: 0 };
  return {
    format: 'assay-profile-1',
    module: '00',
    export: 'f',
    runs: 1,
    receipts: ['aa'],
    fuel: { used, parts: { instantiate: 0, guest: used, host: 0, boundary: 0 } },
    stackWords: 1,
    pages: 2_000,
    frames: [{ kind: 'call', name: 'f' }, ...rows.map(([kind, name]) => ({ kind, name }))],
    nodes: [
      { ...node, frame: 0, parent: -1, self: 0, total: used, calls: 1 },
      ...rows.map(([, , self, calls], at) => ({ ...node, frame: at + 1, parent: 0, self, total: self, calls })),
    ],
    blocks: [],
    lines: [],
    ...more,
  };
}

describe('assay profile', () => {
  let folder = '';
  const expectSaid = saidBy('profile', () => folder);
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'assay-profile-'));
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });

  it('shows the parts and the functions of a call, the most expensive first', async () => {
    const { out } = await assay(['profile', LEDGER, '--input', ENTRY, '--top', '3']);
    expectSaid('the first three', await assay(['profile', LEDGER, '--input', ENTRY, '--top', '3'], { isTTY: true }));
    const lines = out.split('\n');
    expect(lines[0]).to.match(/^fuel {2,}[\d,]+$/);
    const head = lines.findIndex((line) => /self .*total .*calls .*function/.test(line));
    const selves = lines
      .slice(head + 1, head + 4)
      .map((line) => Number(line.trim().split(' ')[0]!.replaceAll(',', '')));
    expect(selves).to.deep.equal([...selves].sort((a, b) => b - a));
    expect(lines[head + 4]).to.match(/other functions$/);
    expect(out).to.contain('█');
  });

  it('shows profiles that are equal, empty, without source, or long', () => {
    const { colours } = consoleOf({ isTTY: true, write: () => true }, { write: () => true }, {});
    const nothing = profileOf([['guest', 'none', 0, 1]], { receipts: [], runs: 2 });
    const equal = profileOf(
      [
        ['guest', 'b', 30, 1],
        ['guest', 'a\u0007', 30, 2],
        ['host', 'x'.repeat(90), 39, 1_000],
        ['guest', 'unpaid', 0, 1],
        ['other', 'rest', 1, 1],
      ],
      {
        runs: 1_002,
        lines: [
          { frame: 1, file: 'b.c', line: 7, fuel: 20 },
          { frame: 1, file: 'b.c', line: 0, fuel: 10 },
          { frame: 2, file: '', line: 0, fuel: 30 },
          { frame: 2, file: 'a.c', line: 7, fuel: 10 },
          { frame: 1, file: 'b.c', line: 7, fuel: 1 },
        ],
      },
    );
    const changed = profileOf(
      [
        ['guest', 'b', 10, 1],
        ['guest', 'a\u0007', 50, 3],
        ['host', 'x'.repeat(90), 39, 999],
        ['guest', 'new', 2_000, 1],
      ],
      { module: '01' },
    );
    for (const [title, lines] of [
      ['a profile of nothing', profileLines(nothing, colours, 10)],
      ['a profile of equals', profileLines(equal, colours, 10)],
      ['the first two of it', profileLines(equal, colours, 2)],
      ['a change from nothing', diffLines(nothing, equal, colours, 10)],
      ['changes up and down', diffLines(equal, changed, colours, 10)],
      ['the first of them', diffLines(equal, changed, colours, 1)],
      ['the same the other way', diffLines(changed, equal, colours, 10)],
    ] as const)
      expectSaid(title, lines.join('\n'));
  });

  it('writes files that it can read, and compares them', async () => {
    const [before, after] = [join(folder, 'before.json'), join(folder, 'after.json')];
    expect(await assay(['profile', FIBONACCI, 'fibonacci', 'i32:3', '-o', before])).to.include({ status: 0, err: '' });
    expect(await assay(['profile', FIBONACCI, 'fibonacci', 'i32:5', '-o', after])).to.include({ status: 0 });
    const [first, second] = [before, after].map((path) => readProfile(readFileSync(path, 'utf8')).fuel.used);
    const compared = await assay(['profile', '--diff', before, after]);
    expect(compared.out).to.match(
      new RegExp(`^fuel ${grouped(first!)} -> ${grouped(second!)} \\(\\+${second! - first!}, `),
    );
    const run = await assay(['profile', FIBONACCI, 'fibonacci', 'i32:5', '--diff', before]);
    expect(run.out).to.equal(compared.out);
    expectSaid('a difference', await assay(['profile', '--diff', before, after], { isTTY: true }));
    expectSaid('a difference the other way', await assay(['profile', '--diff', after, before], { isTTY: true }));
    expectSaid('no difference', await assay(['profile', '--diff', after, after], { isTTY: true }));
    const same = await assay(['profile', '--diff', after, after]);
    expect(same.out).to.contain('no function uses more or less fuel');
    const changes = JSON.parse((await assay(['profile', '--diff', before, after, '--json'])).out) as {
      readonly used: readonly number[];
      readonly rows: readonly { readonly self: readonly [number, number] }[];
    };
    expect(changes.used).to.deep.equal([first, second]);
    expect(changes.rows.reduce((sum, { self }) => sum + self[1] - self[0], 0)).to.equal(second! - first!);
    const other = await assay(['profile', LEDGER, '--input', ENTRY, '--diff', before, '--top', '1']);
    expect(other.out).to.contain('are they of the same module?');
    expectSaid('a difference of two modules', other);
    expect(compared.out).to.not.contain('are they of the same module?');
  });

  it('merges a batch into one profile: entries in a folder, ops on lines', async () => {
    const fuelOf = async (args: readonly string[]) => {
      const { status, out, err } = await assay(['profile', ...args, '--json']);
      expect([status, err]).to.deep.equal([0, '']);
      const { fuel, runs } = JSON.parse(out) as { fuel: { used: number }; runs: number };
      return { used: fuel.used, runs };
    };
    const entries = join(folder, 'entries');
    mkdirSync(entries);
    cpSync(ENTRY, join(entries, 'a.msgpack'));
    cpSync(ENTRY, join(entries, 'b.msgpack'));
    const one = await fuelOf([LEDGER, '--input', ENTRY]);
    expect(await fuelOf([LEDGER, '--batch', entries])).to.deep.equal({ used: 2 * one.used, runs: 2 });
    const [links, op] = ['vectors/guests/links/links.wasm', 'vectors/zome/ops/book.json'];
    const lines = join(folder, 'ops.jsonl');
    writeFileSync(lines, `${JSON.stringify(JSON.parse(readFileSync(op, 'utf8')))}\n`.repeat(3));
    const single = await fuelOf([links, '--op', op]);
    expect(await fuelOf([links, '--batch', lines])).to.deep.equal({ used: 3 * single.used, runs: 3 });
    expectSaid('a batch', await assay(['profile', LEDGER, '--batch', entries, '--top', '2']));
    expectSaid('lines of ops', await assay(['profile', links, '--batch', lines, '--top', '2'], { isTTY: true }));
    expectSaid('no batch', await assay(['profile', LEDGER, '--batch', join(folder, 'nothing')]));
    expectSaid('entries with dependencies', await assay(['profile', LEDGER, '--batch', entries, '--deps', op]));
    const dump = join(folder, 'dump.json');
    const integrated = village(3, '0.6', LIBRARY).ops.map((made) => dumpedOp(made, '0.6'));
    writeFileSync(dump, plainJson(fullStateDump({ integrated })));
    const dumped = await assay(['profile', links, '--dump', dump, '--top', '2']);
    expectSaid('a dump', dumped);
    expect(await assay(['profile', links, '--batch', dump, '--top', '2'])).to.deep.equal(dumped);
    const nobody = ['profile', 'vectors/zome/notes/before.dna#notes', '--op', op];
    expectSaid('a zome that is not called', await assay(nobody));
    const saved = join(folder, 'saved.json');
    await assay(['profile', FIBONACCI, 'fibonacci', 'i32:3', '-o', saved]);
    expectSaid(
      'a run and two profiles',
      await assay(['profile', FIBONACCI, 'fibonacci', 'i32:3', '--diff', saved, saved]),
    );
    expectSaid('one profile', await assay(['profile', '--diff', saved]));
    expectSaid(
      'a function of a zome',
      await assay(['profile', links, 'entry_defs', '--json-input', 'null', '--top', '1']),
    );
    const equal = join(folder, 'equal.wasm');
    const text = '(module (func $zed) (func $abe) (func $mid) (func (export "run") call $zed call $abe call $mid))';
    writeFileSync(equal, bytesOfText(text));
    const { out: shown } = await assay(['profile', equal, 'run']);
    expect(shown.match(/zed|abe|mid/g), 'equals by their names').to.deep.equal(['abe', 'mid', 'zed']);
    expectSaid('source lines', await assay(['profile', 'spec/profile/guests/tally-dwarf4.wasm', 'run', 'i32:3']));
  });

  it('prints each format', async () => {
    const folded = await assay(['profile', FIBONACCI, 'fibonacci', 'i32:3', '--format', 'folded']);
    expect(folded.out).to.match(/^\(instantiate\) \d+$/m);
    const json = await assay(['profile', FIBONACCI, 'fibonacci', 'i32:3', '--json']);
    expect(readProfile(json.out).blocks.length).to.be.greaterThan(0);
    const speedscope = await assay(['profile', FIBONACCI, 'fibonacci', 'i32:3', '--format', 'speedscope']);
    expect(JSON.parse(speedscope.out)).to.have.property('$schema');
  });

  it('profiles calls that do not return', async () => {
    const { status, out } = await assay(['profile', FIBONACCI, 'fibonacci', 'i32:5', '--fuel', '60', '--json']);
    expect(status).to.equal(0);
    expect(readProfile(out).fuel.used).to.equal(60);
  });

  const errors: readonly (readonly [string, readonly string[], RegExp])[] = [
    ['nothing to run', ['profile', FIBONACCI], /choose what to run/],
    ['an export and an entry', ['profile', LEDGER, 'validate', '--input', ENTRY], /choose what to run/],
    ['no module', ['profile'], /choose a module/],
    ['a file that is no profile', ['profile', '--diff', ENTRY, ENTRY], /not a valid profile/],
    ['a format that is none', ['profile', FIBONACCI, 'fibonacci', '--format', 'svg'], /formats are table/],
    [
      'a name without a format',
      ['profile', FIBONACCI, 'fibonacci', 'i32:1', '-o', '/tmp/profile.svg'],
      /does not determine a format/,
    ],
    ['dependencies of no op', ['profile', FIBONACCI, 'fibonacci', 'i32:1', '--deps', ENTRY], /need --op/],
  ];
  for (const [what, args, message] of errors)
    it(`refuses ${what}`, async () => {
      const ran = await assay(args);
      expect(ran.err).to.match(message);
      expectSaid(`refuses ${what}`, ran);
    });
});
