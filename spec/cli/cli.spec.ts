/**
 * The command line: exit statuses, documents, and errors that say what was wrong and what to do, never a stack trace.
 */

import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { FUEL_1, LIMITS_1, toHex } from '../../src/index.js';
import { bytesOfText } from '../engine/load-text.js';
import { policyOf, policyOfContents } from '../profile/page-policy.js';
import { assay } from './command-line.js';
import { saidBy } from './said.js';

const WAT = 'vectors/guests/wat';
const BUNDLE = 'vectors/zome/notebook/notebook-0.7.happ';
const POST = 'vectors/guests/post/post.wasm';
const ENTRIES = 'vectors/guests/entries';

let folder = '';
const file = (name: string): string => join(folder, name);
const expectSaid = saidBy('cli', () => folder);

before(() => {
  folder = mkdtempSync(join(tmpdir(), 'assay-cli-'));
  writeFileSync(file('random.wasm'), Buffer.from('not a module at all'));
  writeFileSync(file('cut.wasm'), readFileSync(POST).subarray(0, 1000));
  writeFileSync(file('empty'), '');
  writeFileSync(file('bad.json'), '{\n  "a": 1,,\n}');
  writeFileSync(file('huge.wasm'), Buffer.from('0061736d01000000', 'hex'));
  truncateSync(file('huge.wasm'), 5_000_000_000);
  writeFileSync(file('huge.msgpack'), '');
  truncateSync(file('huge.msgpack'), 20_000_000);
  writeFileSync(file('importing.wasm'), bytesOfText('(module (import "env" "f" (func)) (func (export "run")))'));
  writeFileSync(file('simd.wasm'), Buffer.from('0061736d010000000105016000017b', 'hex'));
  writeFileSync(
    file('invalid.wasm'),
    Buffer.from('0061736d0100000001050160000 17f030201000a040102000b'.replace(' ', ''), 'hex'),
  );
  writeFileSync(
    file('idle.wasm'),
    bytesOfText(`(module (memory (export "memory") 1) (global (export "counter") i32 (i32.const 0))
      (func $validate (export "validate") (param i32 i32) (result i64)
        (loop (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))) (i64.const 0))
      (func (export "__hc__allocate_1") (param i32) (result i32) (i32.const 0))
      (func (export "left_over") (param i32) (call $kept)) (func $kept) (func $forgotten))`),
  );
  writeFileSync(
    file('rude.wasm'),
    bytesOfText(
      '(module (func (export "\\1b[31mred\\u{202e}") (result i32) (i32.const 1)) (func (export "</script><img src=x>")))',
    ),
  );
});

after(() => rmSync(folder, { recursive: true }));

describe('assay call', () => {
  it('prints one document with --json', async () => {
    const { status, out, err } = await assay(['call', `${WAT}/answer.wasm`, 'answer', '--json']);
    expect([status, err]).to.deep.equal([0, '']);
    const document = JSON.parse(out) as Record<string, unknown>;
    expect(Object.keys(document)).to.deep.equal([
      'outcome',
      'fuel',
      'pages',
      'module',
      'schedule',
      'limits',
      'receipt',
    ]);
    expect(document).to.deep.include({
      outcome: { kind: 'returned', values: ['i32:0x0000002a'] },
      fuel: { used: 9205, limit: 1_000_000_000, parts: { instantiate: 9201, guest: 4, host: 0, boundary: 0 } },
      pages: 0,
      schedule: toHex(FUEL_1.hash),
      limits: toHex(LIMITS_1.hash),
    });
    expect(document['receipt']).to.match(/^[0-9a-f]{64}$/);
  });

  const outcomes: readonly (readonly [readonly string[], object])[] = [
    [['divide.wasm', 'divide', 'i32:7', 'i32:0'], { kind: 'trapped', code: 'integer-divide-by-zero' }],
    [['spin.wasm', 'spin', '--fuel', '5000'], { kind: 'exhausted', resource: 'fuel' }],
    [['recurse.wasm', 'recurse', 'i32:0'], { kind: 'exhausted', resource: 'stack' }],
  ];
  for (const [[name, ...args], outcome] of outcomes) {
    it(`exits with status 4 for ${JSON.stringify(outcome)}`, async () => {
      const { status, out } = await assay(['call', `${WAT}/${name}`, ...args, '--json']);
      expect(status).to.equal(4);
      expect((JSON.parse(out) as { outcome: object }).outcome).to.deep.include(outcome);
    });
  }

  it('prints the outcome, the fuel, the receipt and where it stopped', async () => {
    const { status, out } = await assay(['call', `${WAT}/divide.wasm`, 'divide', 'i32:7', 'i32:0', '--fuel', '20000']);
    expect(status).to.equal(4);
    expect(out).to.match(/^trapped integer-divide-by-zero: an integer was divided by zero\nfuel +9,212 of 20,000 /);
    expect(out).to.match(/receipt +[0-9a-f]{64}\n/);
    expect(out).to.match(/0 +func\[0\] +divide +at byte \d+\n$/);
  });

  it('reads values of every type and prints their bits', async () => {
    writeFileSync(
      file('swap.wasm'),
      bytesOfText(`(module (func (export "swap") (param i32 i64 f32 f64) (result f64 f32 i64 i32)
        local.get 3 local.get 2 local.get 1 local.get 0))`),
    );
    const values = ['i32:-1', 'i64:0x10', 'f32:1.5', 'f64:0x7ff8000000000001'];
    const { out } = await assay(['call', file('swap.wasm'), 'swap', ...values, '--tier', 'interpreter', '--json']);
    expect((JSON.parse(out) as { outcome: { values: unknown } }).outcome.values).to.deep.equal([
      'f64:0x7ff8000000000001',
      'f32:0x3fc00000',
      'i64:0x0000000000000010',
      'i32:0xffffffff',
    ]);
  });
});

describe('assay validate', () => {
  const cases: readonly (readonly [string, number, object])[] = [
    ['post-valid-plain.msgpack', 0, { verdict: 'Valid' }],
    ['post-valid-plain.json', 0, { verdict: 'Valid' }],
    ['post-invalid-author-missing.json', 1, { verdict: 'Invalid', reason: 'author: missing' }],
    ['post-unresolved-parent.json', 3, { verdict: 'UnresolvedDependencies' }],
    ['post-malformed-empty.msgpack', 4, { verdict: null }],
  ];
  for (const [name, status, document] of cases) {
    it(`exits with ${status} for ${name}`, async () => {
      const ran = await assay(['validate', POST, '--input', `${ENTRIES}/${name}`, '--json']);
      expect(ran.status).to.equal(status);
      const printed = JSON.parse(ran.out) as Record<string, unknown>;
      expect(printed).to.deep.include(document);
      expect(printed['receipt']).to.match(/^[0-9a-f]{64}$/);
      expect((await assay(['validate', POST, '--input', `${ENTRIES}/${name}`])).status).to.equal(status);
    });
  }

  it('gives the same receipt for an entry as JSON and as MessagePack', async () => {
    const [json, messagePack] = await Promise.all(
      ['json', 'msgpack'].map((type) => assay(['validate', POST, '--input', `${ENTRIES}/post-valid-plain.${type}`])),
    );
    expect(json).to.deep.equal(messagePack);
  });

  it('has no verdict when the fuel is used up', async () => {
    const args = ['validate', POST, '--input', `${ENTRIES}/post-valid-plain.json`, '--fuel', '10000'];
    const { status, out } = await assay(args);
    expect(status).to.equal(4);
    expect(out).to.match(/^no verdict exhausted fuel/);
    const document = JSON.parse((await assay([...args, '--json'])).out) as object;
    expect(document).to.deep.include({ verdict: null, cause: { kind: 'exhausted', resource: 'fuel' } });
  });
});

/** A page without its code and the code's hash, which change with the compiler. */
function parted(html: string): string {
  return html.replace(/<script>.*?<\/script>/s, '<script></script>').replace(/'sha256-[^']+'/g, "'sha256'");
}

/** Imports, a table, functions that call each other, nested loops, a start function, and unreachable functions. */
const SHAPES = `(module $shapes
  (type $t (func (param i32) (result i32)))
  (import "env" "first" (func $first (param i32) (result i32)))
  (import "env" "second" (func $second))
  (memory 1 2) (table 4 funcref) (elem (i32.const 0) $even $odd $leaf)
  (func $even (param i32) (result i32) (if (result i32) (i32.eqz (local.get 0))
    (then (i32.const 1)) (else (call $odd (i32.sub (local.get 0) (i32.const 1))))))
  (func $odd (param i32) (result i32) (if (result i32) (i32.eqz (local.get 0))
    (then (i32.const 0)) (else (call $even (i32.sub (local.get 0) (i32.const 1))))))
  (func $leaf (param i32) (result i32) (local.get 0))
  (func $dispatch (export "dispatch") (param i32 i32) (result i32)
    (loop $l (br_if $l (call_indirect (type $t) (local.get 0) (local.get 1))))
    (call $first (call $even (call $leaf (call $leaf (local.get 0))))))
  (func $nested (export "nested") (export "again") (param i32) (local i32)
    (loop $a (loop $b (br_if $b (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))
      (br_if $a (local.get 0)) (local.set 1 (call $leaf (local.get 0))))
      (loop $c (br_if $c (i32.const 0)) (br_if $c (i32.load (i32.const 8)))))
    (loop $d (br_if $d (call $first (i32.const 3)))))
  (func $start (call $second)) (start $start)
  (func $dead (loop (br_if 0 (call $first (i32.const 1))))))`;

describe('assay inspect', () => {
  it('lists tables, recursion, nested loops and the start function', async () => {
    writeFileSync(file('shapes.wasm'), bytesOfText(SHAPES));
    writeFileSync(file('bare.wasm'), bytesOfText('(module (func))'));
    const rows: readonly (readonly string[])[] = [
      ['shapes.wasm'],
      ['shapes.wasm', '--all'],
      ['shapes.wasm', '--json'],
      ...['even', 'dispatch', 'leaf', 'nested', 'dead', '0'].map((name) => ['shapes.wasm', '--calls', name]),
      ['shapes.wasm', '--calls', 'dispatch', '--json'],
      ...['dispatch', 'nested', 'again'].map((name) => ['shapes.wasm', '--export', name]),
      ['shapes.wasm', '--export', 'nested', '--json'],
      ['shapes.wasm', '--export', 'nested', '--find', 'NESTED'],
      ...['callers', 'bytes', 'cost', 'name'].map((key) => ['shapes.wasm', '--sort', key]),
      ['shapes.wasm', '--code', 'leaf'],
      ['bare.wasm'],
      ['bare.wasm', '--export', 'x'],
      ['bare.wasm', '--json'],
    ];
    for (const [name, ...args] of rows) {
      const ran = await assay(['inspect', file(name!), ...args], { isTTY: true });
      expectSaid(['inspect', name, ...args].join(' '), ran);
    }
    for (const name of ['shapes', 'bare']) {
      const page = file(`${name}.html`);
      await assay(['inspect', file(`${name}.wasm`), '--html', page]);
      expectSaid(`a page of ${name}`, parted(readFileSync(page, 'utf8')));
    }
  });

  it('lists the contents of a module', async () => {
    const { status, out } = await assay(['inspect', POST]);
    expect(status).to.equal(0);
    for (const text of ['features    bulk-memory, sign-extension', 'imports none', 'validate', '(i32, i32) -> (i64)']) {
      expect(out).to.include(text);
    }
  });

  it('lists the bytecode of a function', async () => {
    const { status, out } = await assay(['inspect', POST, '--code', 'validate']);
    expect(status).to.equal(0);
    expect(out).to.match(/^ +\d+ +0x[0-9a-f]+ +Return64 +a=\d+ frameWords=\d+$/m);
    const { code } = JSON.parse((await assay(['inspect', POST, '--code', 'validate', '--json'])).out) as {
      readonly code: readonly { readonly name: string; readonly position: number }[];
    };
    expect(out.split('\n').length).to.equal(code.length + 3);
    const missing = await assay(['inspect', POST, '--code', 'nothing']);
    expect(missing.status).to.equal(2);
    expect(missing.err).to.include("does not define a function 'nothing'").and.include('--all');
  });

  it('prints one document with --json', async () => {
    const document = JSON.parse((await assay(['inspect', POST, '--json'])).out) as Record<string, unknown>;
    expect(document).to.deep.include({
      imports: [],
      memories: ['1.. pages'],
      features: ['bulk-memory', 'sign-extension'],
    });
    expect(document['module']).to.match(/^[0-9a-f]{64}$/);
    expect((document['functions'] as readonly object[])[0]).to.have.all.keys(
      'index',
      'name',
      'type',
      'bodyBytes',
      'staticCost',
      'frameWords',
    );
  });

  it('lists every function with --all', async () => {
    const some = (await assay(['inspect', POST])).out.split('\n').length;
    const all = (await assay(['inspect', POST, '--all'])).out.split('\n').length;
    expect(all).to.be.greaterThan(some);
  });

  it('lists the callers and callees of a function', async () => {
    const { out } = await assay(['inspect', POST, '--calls', 'validate']);
    expect(out).to.match(/^function 72, \d+ bytes, static cost \d+$/m);
    expect(out)
      .to.match(/^called by 0$/m)
      .and.match(/^calls \d+$/m)
      .and.include('../kit/callbacks/validateContent');
    expect((await assay(['inspect', POST, '--calls', 'nothing'])).err).to.include(
      "does not define a function 'nothing'",
    );
  });

  it('lists dead exports of a zome, unreachable functions, and loops', async () => {
    const { status, out, err } = await assay(['inspect', file('idle.wasm')]);
    expectSaid('inspect idle.wasm', { status, out, err });
    expectSaid('inspect idle.wasm in colours', await assay(['inspect', file('idle.wasm')], { isTTY: true }));
    expect(out).to.match(/^dead exports 2, alone reach 2 functions, \d+ bytes\n {2}counter, left_over$/m);
    expect(out).to.match(/^nothing reaches 1 function, \d+ bytes\n {2}forgotten$/m);
    expect(out).to.match(
      /^loops 1: 1 by data, 0 by context, 0 constant\n.*\n +1 +1 +\d+ +0 +argument 0 \(input\) +0x[0-9a-f]+ +validate +validate$/m,
    );
    const json = await assay(['inspect', file('idle.wasm'), '--json']);
    expectSaid('inspect idle.wasm as a document', json);
    const { callGraph } = JSON.parse(json.out) as {
      readonly callGraph: Record<string, unknown>;
    };
    expect(callGraph).to.have.all.keys('waysIn', 'deadExports', 'onlyByDeadExports', 'unreached', 'functions');
    expect(callGraph['deadExports']).to.deep.equal([
      { kind: 'global', name: 'counter', use: 'nobody' },
      { kind: 'function', name: 'left_over', use: 'nobody' },
    ]);
    expect(callGraph['unreached']).to.deep.equal([4]);
  });

  it('lists the loops that an export reaches, with what controls them and their lines', async () => {
    const { out } = await assay(['inspect', POST, '--export', 'validate']);
    expect(out).to.match(/^validate reaches \d+ functions, [\d,]+ bytes$/m);
    expect(out).to.match(/^loops 28: \d+ by data, \d+ by context, \d+ constant; the first 10 \(--all lists all\)$/m);
    const some = (await assay(['inspect', POST, '--export', 'validate', '--find', 'Fields#'])).out
      .trimEnd()
      .split('\n')
      .slice(4);
    expect(some.length).to.be.greaterThan(1);
    for (const line of some) expect(line).to.include('Fields#');
    const reached = ['inspect', file('idle.wasm'), '--export', 'validate'];
    expectSaid('inspect --export', await assay(reached, { isTTY: true }));
    expectSaid('inspect --export as a document', await assay([...reached, '--json']));
    const document = JSON.parse((await assay(['inspect', POST, '--export', 'validate', '--json'])).out) as {
      readonly counts: Readonly<Record<string, number>>;
      readonly loops: readonly { readonly kind: string; readonly degree: number }[];
    };
    expect(Object.values(document.counts).reduce((sum, count) => sum + count, 0)).to.equal(28);
    const degrees = document.loops.filter(({ kind }) => kind === 'data').map(({ degree }) => degree);
    expect(degrees).to.deep.equal([...degrees].sort((a, b) => b - a));
    const lined = await assay(['inspect', 'spec/profile/guests/tally-dwarf4.wasm', '--export', 'run']);
    expect(lined.out).to.match(/tally\.c:[1-9]\d*$/m);
    const missing = await assay(['inspect', POST, '--export', 'nothing']);
    expect(missing.status).to.equal(2);
    expect(missing.err).to.include("does not export a function 'nothing'").and.include('it exports ');
    expect((await assay(['inspect', POST, '--find', 'x'])).err).to.include('name an export with --export');
  });

  it('writes one HTML file whose policy allows only its own script and style', async () => {
    const path = file('module.html');
    const { status, out } = await assay(['inspect', file('rude.wasm'), '--html', path]);
    expect([status, out.trim()]).to.deep.equal([0, `wrote ${path}`]);
    const html = readFileSync(path, 'utf8');
    expectSaid('a page', parted(html));
    const idle = file('idle.html');
    await assay(['inspect', file('idle.wasm'), '--html', idle]);
    expectSaid('a page of a zome', parted(readFileSync(idle, 'utf8')));
    expect(policyOf(html)).to.equal(policyOfContents(html));
    for (const text of ['http:', 'https:', '<img', '\u001b', '\u202e']) expect(html).to.not.include(text);
    expect(html.match(/<\/script>/g)).to.have.length(2);
  });

  it('escapes control characters of a name', async () => {
    const { status, out, err } = await assay(['inspect', file('rude.wasm')]);
    expectSaid('inspect rude.wasm', { status, out, err });
    expect(out).to.include('\\u{1b}[31mred\\u{202e}');
    expect(out).to.not.include('\u001b');
    expect(out).to.not.include('\u202e');
  });
});

describe('assay errors', () => {
  /** Arguments, and the expected error text. */
  const cases: readonly (readonly [() => readonly string[], RegExp])[] = [
    [() => [], /no command given/],
    [() => ['frobnicate'], /unknown command 'frobnicate'/],
    [() => ['--frobnicate'], /unknown option '--frobnicate'/],
    [() => ['vectors'], /no command given/],
    [() => ['call'], /missing required argument 'module'/],
    [() => ['call', POST, 'validate', '--frobnicate'], /unknown option/],
    [() => ['call', POST], /missing required argument 'export'/],
    [() => ['validate', POST], /choose what to validate: --input, --op, --dump or --batch/],
    [() => ['inspect', POST, POST], /too many arguments/],
    [() => ['call', `${WAT}/spin.wasm`, 'spin', '--fuel', '-1'], /whole number from 0 to 9007199254740991/],
    [() => ['call', `${WAT}/spin.wasm`, 'spin', '--fuel', '1e3'], /whole number/],
    [() => ['call', `${WAT}/spin.wasm`, 'spin', '--fuel', '9007199254740992'], /whole number/],
    [() => ['call', `${WAT}/spin.wasm`, 'spin', '--fuel', ''], /whole number/],
    [() => ['call', `${WAT}/spin.wasm`, 'spin', '--tier', 'warp'], /The tiers of this build are/],
    [() => ['call', `${WAT}/divide.wasm`, 'divide', '7', 'i32:1'], /value 1: "7" has no type/],
    [() => ['call', `${WAT}/divide.wasm`, 'divide', 'i32:7', 'i32:4294967296'], /value 2: .*does not fit 32 bits/],
    [() => ['call', `${WAT}/divide.wasm`, 'divide', 'i32:7'], /takes 2 arguments \(i32, i32\), not 1/],
    [() => ['call', `${WAT}/divide.wasm`, 'divide', 'i64:7', 'i32:1'], /must be i32, not i64/],
    [() => ['call', `${WAT}/divide.wasm`, 'times'], /does not export a function 'times'; its functions are divide/],
    [() => ['call', POST, 'memory'], /the export 'memory' is a memory/],
    [() => ['call', file('nothing.wasm'), 'run'], /no such file/],
    [() => ['call', folder, 'run'], /it is a folder/],
    [() => ['call', `${POST}/x`, 'run'], /a part of the path is not a folder/],
    [() => ['call', '', 'run'], /no such file/],
    [() => ['call', '\0', 'run'], /the path cannot be used/],
    [() => ['call', file('random.wasm'), 'run'], /is malformed: .*magic bytes.* at byte 0 \[bad-magic\]/],
    [() => ['call', file('cut.wasm'), 'run'], /is malformed: .*at byte \d+ \[unexpected-end\]/],
    [() => ['call', file('empty'), 'run'], /is malformed/],
    [() => ['call', file('huge.wasm'), 'run'], /is (refused|malformed)/],
    [() => ['call', file('simd.wasm'), 'run'], /is refused: .*\[proposal-simd\]/],
    [() => ['call', file('invalid.wasm'), 'run'], /is invalid: .*\[type-mismatch\]/],
    [() => ['call', file('importing.wasm'), 'run'], /is unlinkable: .*env\.f.*\[unknown-import\]/],
    [() => ['validate', `${WAT}/answer.wasm`, '--input', file('empty')], /does not export a function 'validate'/],
    [() => ['validate', POST, '--input', file('nothing.json')], /no such file/],
    [() => ['validate', POST, '--input', file('bad.json')], /line 2, column \d+: /],
    [() => ['validate', POST, '--input', file('huge.msgpack')], /longer than 16777216 bytes/],
    [
      () => ['inspect', BUNDLE, '--export', 'validate'],
      /--export is for a module, .* is a bundle\nhelp: {2}name a zome in it/,
    ],
    [() => ['budget', 'record', POST], /choose what to run: an export with its values, --input or --op/],
    [
      () => ['budget', 'check', '--file', file('nothing.json')],
      /the file .*nothing\.json does not exist\nhelp: {2}create it with assay budget/,
    ],
    [() => ['profile', '--top', 'x'], /whole number.*\nhelp: {2}assay profile --help lists its arguments and options/s],
    [() => ['vectors', 'verify', file('nothing')], /there is no folder/],
    [() => ['vectors', 'verify', folder], /contains no vectors/],
  ];

  for (const [args, message] of cases) {
    it(`report ${message.source}`, async () => {
      const ran = await assay(args());
      expect(ran.err).to.match(message);
      expectSaid(`error: ${args().join(' ').replaceAll(folder, 'DIR')}`, ran);
      const json = await assay([...args(), '--json']);
      const document = JSON.parse(json.out) as object;
      expect(Object.keys(document)).to.satisfy((keys: string[]) => ['fault', 'error'].includes(keys.join()));
    });
  }

  it('report formats that cannot be combined', async () => {
    const args = ['profile', `${WAT}/answer.wasm`, 'answer', '--json', '--format', 'html'];
    expectSaid('formats that cannot be used together', await assay(args));
  });

  it('report a load fault as data with --json', async () => {
    expectSaid('a fault as a document', await assay(['call', file('invalid.wasm'), 'run', '--json']));
  });
});

describe('assay on a terminal', () => {
  const args = ['call', `${WAT}/answer.wasm`, 'answer'];

  it('uses colours there, and nowhere else', async () => {
    expectSaid('a call in colours', await assay(args, { isTTY: true }));
    const trap = ['call', `${WAT}/divide.wasm`, 'divide', 'i32:7', 'i32:0'];
    expectSaid('a trap in colours', await assay(trap, { isTTY: true }));
    expectSaid('a trap as a document', await assay([...trap, '--json']));
    expectSaid('an error in colours', await assay(['call', POST, 'none'], { isTTY: true }));
    expectSaid(
      'fuel that is used up',
      await assay(['call', `${WAT}/spin.wasm`, 'spin', '--fuel', '9500'], { isTTY: true }),
    );
    expect((await assay(args, { isTTY: true, environment: { NO_COLOR: '' } })).out).to.include('\u001b[32m');
    expect((await assay(args)).out).to.not.include('\u001b');
    expect((await assay(args, { isTTY: true, environment: { NO_COLOR: '1' } })).out).to.not.include('\u001b');
    expect((await assay(args, { isTTY: true, environment: { TERM: 'dumb' } })).out).to.not.include('\u001b');
    expect((await assay([...args, '--json'], { isTTY: true })).out).to.not.include('\u001b');
  });

  it('prints help and version', async () => {
    const help = await assay(['--help']);
    expect([help.status, help.err]).to.deep.equal([0, '']);
    for (const command of ['inspect', 'call', 'validate', 'vectors', 'demo']) {
      expect(help.out).to.include(command);
      const own = await assay([command, '--help']);
      expect([own.status, own.err]).to.deep.equal([0, '']);
      expect(own.out).to.include(`Usage: assay ${command}`);
    }
    expect((await assay(['--version'])).out).to.match(/^\d+\.\d+\.\d+\n$/);
  });
});
