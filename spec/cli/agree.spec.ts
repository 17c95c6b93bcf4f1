import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert } from 'chai';
import { assay } from './command-line.js';

const POST = 'vectors/guests/post/post.wasm';
const NODES = ['--nodes', 'interpreter,instrumented+warm'];

describe('assay agree', () => {
  const folder = mkdtempSync(join(tmpdir(), 'assay-agree-'));
  const entries = join(folder, 'entries');
  const values = join(folder, 'values');
  before(() => {
    mkdirSync(entries);
    mkdirSync(values);
    writeFileSync(join(entries, 'a.json'), '{"title":"A"}');
    writeFileSync(join(entries, 'b.msgpack'), Uint8Array.of(0xc0));
    writeFileSync(join(entries, 'notes.txt'), 'not an input');
    writeFileSync(join(values, 'pairs.args'), 'i32:7 i32:2\ni32:-8 i32:3\n');
  });
  after(() => rmSync(folder, { recursive: true }));

  it('passes a module on which the nodes agree, with reports for programs', async () => {
    const junit = join(folder, 'junit.xml');
    const ran = await assay([
      'agree',
      POST,
      '--inputs',
      entries,
      ...NODES,
      '--junit',
      junit,
      '--golden',
      join(folder, 'golden'),
    ]);
    assert.equal(ran.status, 0, ran.err);
    assert.match(ran.out, /^interpreter +4 answers {2}node \d/);
    assert.match(ran.out, /passed {2}agreement \(2\)\npassed {2}determinism \(2\)\npassed {2}no-trap \(2\)/);
    assert.match(ran.out, /verdicts: 2 Invalid/);
    assert.equal(ran.err, '');
    assert.match(readFileSync(junit, 'utf8'), /<testsuites tests="3" failures="0">/);
    const golden = `golden:${join(folder, 'golden')}`;
    const again = await assay([
      'agree',
      POST,
      '--inputs',
      entries,
      '--nodes',
      'interpreter',
      '--node',
      golden,
      '--json',
    ]);
    const report = JSON.parse(again.out);
    assert.equal(report.ok, true);
    assert.deepEqual([report.nodes[1].name, report.nodes[1].answers], [golden, 4]);
  });

  it('shows progress on a terminal, and takes it away', async () => {
    const ran = await assay(['agree', POST, '--inputs', entries, ...NODES], { isTTY: true });
    assert.isTrue(ran.err.endsWith('0 of 2\r\u001b[K'), ran.err);
  });

  it('fails for a trap and for a bound of fuel', async () => {
    const divide = ['agree', 'vectors/guests/wat/divide.wasm', '--inputs', values, '--export', 'divide', ...NODES];
    assert.equal((await assay(divide)).status, 0);
    const bound = await assay([...divide, '--fuel-max', '1000']);
    assert.equal(bound.status, 1);
    assert.match(bound.out, /FAILED {2}fuel-bound: divide\(i32:7, i32:2\) fuel \d+ used 1\d{3}, the bound is 1000/);
    writeFileSync(join(values, 'zero.args'), 'i32:1 i32:0\n');
    const trap = await assay(divide);
    assert.match(trap.out, /FAILED {2}no-trap: .*trapped integer-divide-by-zero/);
    assert.equal((await assay([...divide, '--traps'])).status, 0);
  });

  it('takes inputs from an arbitrary', async () => {
    const path = join(process.cwd(), 'dist', `arbitrary-${process.pid}.mjs`);
    writeFileSync(path, "import fc from 'fast-check';\nexport default fc.uint8Array({ maxLength: 8 });\n");
    try {
      const ran = await assay(['agree', POST, '--arbitrary', path, '--runs', '5', '--seed', '3', ...NODES, '--json']);
      assert.equal(ran.status, 0, ran.err + ran.out);
      assert.equal(JSON.parse(ran.out).calls, 5);
    } finally {
      rmSync(path);
    }
  });

  it('tells what cannot be used', async () => {
    const empty = join(folder, 'empty');
    mkdirSync(empty);
    writeFileSync(join(empty, 'x.mjs'), 'export default 1;\n');
    const wrong: readonly (readonly [args: readonly string[], message: RegExp])[] = [
      [[POST], /inputs come from --inputs or from --arbitrary/],
      [[POST, '--inputs', entries, '--nodes', 'nobody'], /there is no node 'nobody'/],
      [[POST, '--inputs', empty], /holds no inputs/],
      [[POST, '--inputs', join(folder, 'absent')], /there is no such file/],
      [[POST, '--arbitrary', join(empty, 'x.mjs'), ...NODES], /exports no arbitrary/],
      [[POST, '--arbitrary', join(empty, 'absent.mjs'), ...NODES], /Cannot find module/],
      [[POST, '--inputs', entries, '--nodes', `golden:${join(folder, 'absent')}`], /there is no such file/],
      [[join(entries, 'b.msgpack'), '--inputs', entries], /is malformed/],
    ];
    for (const [args, message] of wrong) {
      const { status, err } = await assay(['agree', ...args]);
      assert.equal(status, 2, args.join(' '));
      assert.match(err, message);
    }
    assert.deepEqual(readdirSync(empty), ['x.mjs']);
  });
});
