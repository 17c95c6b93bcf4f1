import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert } from 'chai';
import { assay, type Ran } from './command-line.js';
import { saidBy } from './said.js';

const POST = 'vectors/guests/post/post.wasm';
const NODES = ['--nodes', 'interpreter,instrumented+warm'];

describe('assay agree', () => {
  const folder = mkdtempSync(join(tmpdir(), 'assay-agree-'));
  /** Without the versions of this machine and the programs of this run. */
  const expectSaid = saidBy('agree', () => folder);
  const plain = ({ status, out, err }: Ran): Ran => {
    const own = (text: string) =>
      text
        .replaceAll(process.version.slice(1), 'VERSION')
        .replaceAll(process.arch, 'ARCH')
        .replace(/(?:wrong|arbitrary)-\d+/g, 'ARBITRARY');
    return { status, out: own(out), err: own(err) };
  };
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

  it('passes a module on which the nodes agree, with machine-readable reports', async () => {
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
    expectSaid('nodes that agree', plain(ran));
    expectSaid('nodes that agree: JUnit', plain({ ...ran, out: readFileSync(junit, 'utf8') }));
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
    expectSaid('nodes that agree, as a document', plain(again));
    const report = JSON.parse(again.out);
    assert.deepEqual([report.nodes[1].name, report.nodes[1].answers], [golden, 4]);
  });

  it('shows progress on a terminal, and erases it', async () => {
    const args = ['agree', POST, '--inputs', entries, ...NODES];
    const ran = await assay(args, { isTTY: true });
    const lines = ran.err.split('\r\u001b[K');
    assert.equal(lines[1], `[${'-'.repeat(24)}]  0 of 4 results`);
    // One for each node that has returned its results of both calls.
    assert.match(lines[3]!, /^\[#{24}\] {2}4 of 4 results, [\d,]+ per second, 0 s left$/);
    assert.deepEqual(lines.slice(4).join(''), '');
    assert.equal((await assay(args)).err, '');
  });

  it('shows progress of generated inputs in the same way', async () => {
    const path = join(import.meta.dirname, `arbitrary-${process.pid}.mjs`);
    writeFileSync(path, "import fc from 'fast-check'; export default fc.uint8Array();");
    try {
      const args = [
        'agree',
        POST,
        '--arbitrary',
        path,
        '--runs',
        '33',
        '--traps',
        '--nodes',
        'interpreter,interpreter',
      ];
      const lines = (await assay(args, { isTTY: true })).err.split('\r\u001b[K');
      assert.equal(lines[1], `[${'-'.repeat(24)}]  0 of 33 inputs`);
      assert.match(lines[3]!, /^\[#{24}\] {2}33 of 33 inputs, /);
      assert.equal((await assay(args)).err, '');
    } finally {
      rmSync(path);
    }
  });

  it('fails for a trap and for an exceeded fuel bound', async () => {
    const divide = ['agree', 'vectors/guests/wat/divide.wasm', '--inputs', values, '--export', 'divide', ...NODES];
    assert.equal((await assay(divide)).status, 0);
    const bound = await assay([...divide, '--fuel-max', '9000']);
    assert.equal(bound.status, 1);
    expectSaid('a bound of fuel', plain(bound));
    writeFileSync(join(values, 'zero.args'), 'i32:1 i32:0\n');
    const trap = await assay(divide);
    expectSaid('a trap', plain(trap));
    expectSaid('a trap in colours', plain(await assay(divide, { isTTY: true })));
    assert.equal((await assay([...divide, '--traps'])).status, 0);
  });

  const LINKS = 'vectors/guests/links/links.wasm';
  const OPS = 'vectors/zome/ops';
  const DEPS = `${OPS}/book-dependencies.json`;

  it('runs zomes on ops, and on hostile ops derived from them', async () => {
    const ran = await assay(['agree', LINKS, '--op', OPS, '--deps', DEPS, ...NODES]);
    assert.equal(ran.status, 0, ran.err + ran.out);
    expectSaid('ops', plain(ran));
    const args = ['agree', LINKS, '--op', `${OPS}/book.json`, '--deps', DEPS, '--runs', '20', '--seed', '4', '--traps'];
    const hostile = await assay([...args, ...NODES, '--json']);
    assert.equal(hostile.status, 0, hostile.out);
    const { calls, seed, nodes } = JSON.parse(hostile.out);
    assert.deepEqual([calls, seed, nodes[0].answers], [21, 4, 42]);
  });

  it('reports which files of a folder are not ops', async () => {
    const mixed = join(folder, 'mixed');
    mkdirSync(mixed);
    writeFileSync(join(mixed, 'op.json'), readFileSync(`${OPS}/book.json`));
    writeFileSync(join(mixed, 'other.json'), '{}');
    const ran = await assay(['agree', LINKS, '--op', mixed, '--deps', DEPS, ...NODES]);
    assert.equal(ran.status, 0, ran.out);
    expectSaid('files that are no ops', plain(ran));
  });

  it('fails where nothing ran', async () => {
    const one = await assay(['agree', LINKS, '--op', OPS, '--deps', DEPS, '--nodes', 'interpreter']);
    assert.equal(one.status, 1);
    expectSaid('a single node', plain(one));
  });

  it('takes inputs from an arbitrary', async () => {
    const path = join(process.cwd(), 'dist', `arbitrary-${process.pid}.mjs`);
    writeFileSync(path, "import fc from 'fast-check';\nexport default fc.uint8Array({ maxLength: 8 });\n");
    try {
      const ran = await assay(['agree', POST, '--arbitrary', path, '--runs', '5', '--seed', '3', ...NODES, '--json']);
      assert.equal(ran.status, 0, ran.err + ran.out);
      assert.equal(JSON.parse(ran.out).calls, 5);
      const bounded = ['--fuel', '100000', '--fuel-max', '99999', '--bytes-max', '8', '--generation', '0.6', '--traps'];
      const args = ['agree', POST, '--arbitrary', path, '--runs', '2', '--seed', '-3', ...NODES, ...bounded];
      expectSaid('an arbitrary and a bound', plain(await assay(args)));
      expectSaid('an arbitrary of payloads', plain(await assay([...args, '--payload'], { isTTY: true })));
    } finally {
      rmSync(path);
    }
  });

  it('makes calls according to their options', async () => {
    const some = join(folder, 'some');
    mkdirSync(some);
    writeFileSync(join(some, 'a.msgpack'), Uint8Array.of(0xc0));
    const named = [['--payload'], ['--fuel', '9500'], ['--generation', '0.2']];
    for (const more of named) {
      const args = ['agree', POST, '--inputs', some, ...NODES, '--traps', '--json', ...more];
      expectSaid(`calls with ${more.join(' ')}`, plain(await assay(args)));
    }
    writeFileSync(join(some, 'b.args'), 'i32:7  i32:2\n\n \ni32:x\n');
    expectSaid('arguments that are none', plain(await assay(['agree', POST, '--inputs', some, ...NODES])));
    const hosts = join(folder, 'hosts.mjs');
    writeFileSync(hosts, 'export const imports = [];');
    rmSync(join(some, 'a.msgpack'));
    writeFileSync(join(some, 'b.args'), 'i32:7  i32:2\n\ni32:-8 i32:3\n');
    const hosted = ['agree', 'vectors/guests/wat/divide.wasm', '--inputs', some, '--export', 'divide', '--imports'];
    expectSaid('a module with hosts', plain(await assay([...hosted, hosts, ...NODES, '--traps', '--fuel', '50000'])));
    for (const [name, text] of [
      ['empty', ''],
      ['thrown', 'throw 5'],
      ['broken', '{'],
    ] as const) {
      const path = join(folder, `${name}.mjs`);
      writeFileSync(path, text);
      expectSaid(`hosts in a file: ${name}`, plain(await assay([...hosted, path, ...NODES])));
    }
    expectSaid('hosts that are not there', plain(await assay([...hosted, join(folder, 'none.mjs'), ...NODES])));
    const ops = ['agree', LINKS, '--op', `${OPS}/book.json`, '--deps', DEPS, '--generation', '0.6', '--fuel', '9000'];
    expectSaid('ops with little fuel', plain(await assay([...ops, '--runs', '2', '--seed', '4', '--traps', ...NODES])));
  });

  const wrongInputs: readonly (readonly [string, RegExp])[] = [
    ['fc.constant(5)', /the arbitrary made 5: give a Uint8Array .* or an array of values/],
    ['fc.constant("text")', /the arbitrary made "text": give/],
    ['fc.constant(undefined)', /the arbitrary made undefined: give/],
    ['fc.constant([7])', /the arbitrary made \[7\]: give/],
    ['fc.constant([{ type: "i32", bits: 7n }])', /the arbitrary made \[\{"type":"i32","bits":7n\}\]: give/],
    ['fc.constant([{ type: "i16", bits: 7 }])', /the arbitrary made .*: give/],
  ];
  for (const [arbitrary, message] of wrongInputs) {
    it(`reports what is wrong with inputs of ${arbitrary}`, async () => {
      const path = join(
        process.cwd(),
        'dist',
        `wrong-${process.pid}-${wrongInputs.findIndex(([one]) => one === arbitrary)}.mjs`,
      );
      writeFileSync(path, `import fc from 'fast-check';\nexport default ${arbitrary};\n`);
      try {
        const module = 'vectors/guests/wat/divide.wasm';
        const ran = await assay(['agree', module, '--export', 'divide', '--arbitrary', path, '--runs', '3', ...NODES]);
        assert.equal(ran.status, 2, ran.err);
        assert.match(ran.err, message);
        expectSaid(`inputs of ${arbitrary}`, plain(ran));
      } finally {
        rmSync(path);
      }
    });
  }

  describe('with a node that differs', () => {
    // A process of this runtime that reports another memory size.
    const liar = join(folder, 'liar.mjs');
    const replays = join(folder, 'replays');
    const junit = join(folder, 'differs.xml');
    let ran: Ran;
    before(async () => {
      writeFileSync(
        liar,
        `const { write } = process.stdout;
        process.stdout.write = function (text, ...rest) { return write.call(this, String(text).replace(/"pages":1,/g, '"pages":9,'), ...rest); };`,
      );
      const node = `process@interpreter:node --import=${liar}`;
      const nodes = ['--nodes', 'interpreter', '--node', node];
      ran = await assay(['agree', POST, '--inputs', entries, ...nodes, '--replays', replays, '--junit', junit]);
    });

    it('reports the field and where they diverge, and writes a replay file', async () => {
      assert.equal(ran.status, 1, ran.err);
      assert.match(ran.out, /FAILED {2}agreement: interpreter and process@interpreter:node .* differ in receipt.pages/);
      assert.match(ran.out, /they diverge at fuel \d+ of validate on an entry of \d+ bytes/);
      const [name, ...others] = readdirSync(replays);
      assert.isEmpty(others);
      assert.match(name!, /^agreement-[0-9a-f]{12}\.json$/);
      assert.include(ran.out, `run it again: assay agree replay ${join(replays, name!)}`);
      assert.match(readFileSync(junit, 'utf8'), /<failure message="interpreter and process@interpreter:node/);
    });

    it('does so as one JSON document, which names the file', async () => {
      const nodes = ['--nodes', 'interpreter', '--node', `process@interpreter:node --import=${liar}`];
      const json = await assay(['agree', POST, '--inputs', entries, ...nodes, '--replays', replays, '--json']);
      assert.equal(json.status, 1);
      const { ok, properties, replay, file } = JSON.parse(json.out);
      assert.isFalse(ok);
      assert.equal(properties[0].name, 'agreement');
      assert.equal(replay.difference.field, 'receipt.pages');
      assert.deepEqual(
        readdirSync(replays).map((one) => join(replays, one)),
        [file],
      );
    });

    it('is replayed from the file: the lying node differs again, others do not', async () => {
      const file = join(replays, readdirSync(replays)[0]!);
      assert.equal((await assay(['agree', 'replay', file])).status, 2, 'the file names a program');
      const again = await assay(['agree', 'replay', file, '--trust']);
      assert.equal(again.status, 1, again.err);
      expectSaid('run again', plain(again));
      expectSaid('run again in colours', plain(await assay(['agree', 'replay', file, '--trust'], { isTTY: true })));
      const others = await assay(['agree', 'replay', file, '--nodes', 'interpreter,instrumented,host-log', '--json']);
      assert.equal(others.status, 0, others.out);
      assert.lengthOf(JSON.parse(others.out).results, 3);
    });

    it('reports what is wrong with a replay', async () => {
      const file = join(replays, readdirSync(replays)[0]!);
      const wrong: readonly (readonly [args: readonly string[], message: RegExp])[] = [
        [['replay'], /missing required argument 'file'/],
        [['replay', join(folder, 'absent')], /no such file\n.*\S/],
        [
          ['replay', liar],
          /is not a replay file: the file is not JSON: .*\n.*pass a file written by assay agree --replays/,
        ],
        [['replay', file, '--nodes', 'nobody'], /unknown node 'nobody'.*\n.*choose other nodes with --nodes/],
      ];
      for (const [args, message] of wrong) {
        const wrongRun = await assay(['agree', ...args]);
        assert.match(wrongRun.err, message);
        expectSaid(`replay: ${message.source}`, plain(wrongRun));
      }
    });
  });

  it('reports a file that cannot be written, and what to do', async () => {
    const file = join(folder, 'a-file');
    writeFileSync(file, '');
    const base = ['agree', POST, '--inputs', entries, '--nodes', 'interpreter'];
    const wrong: readonly (readonly [args: readonly string[], message: RegExp])[] = [
      [
        ['--junit', join(folder, 'no', 'x.xml')],
        /cannot write .*x\.xml: its folder does not exist\n.*create the folder/,
      ],
      [['--junit', folder], /cannot write .*: it is a folder\n.*name a file/],
      [['--golden', file], /cannot write .*a-file: it is a file, not a folder\n.*name a folder/],
      [['--golden', join(file, 'x')], /cannot write .*: a part of the path is a file/],
    ];
    for (const [args, message] of wrong) {
      const ran = await assay([...base, ...args]);
      assert.match(ran.err, message);
      expectSaid(`error: ${args.join(' ').replaceAll(folder, 'DIR')}`, plain(ran));
    }
    const golden = await assay(['agree', POST, '--arbitrary', 'x.mjs', '--golden', folder]);
    expectSaid('--golden without --inputs', plain(golden));
  });

  it('reports unusable arguments', async () => {
    const empty = join(folder, 'empty');
    mkdirSync(empty);
    writeFileSync(join(empty, 'x.mjs'), 'export default 1;\n');
    const wrong: readonly (readonly [args: readonly string[], message: RegExp])[] = [
      [[POST], /choose one source of inputs: --inputs, --arbitrary or --op/],
      [[LINKS, '--inputs', entries], /links\.wasm imports env\.__hc__\w+, which is not provided\n.*--op FILE/],
      [[LINKS, '--op', join(entries, 'a.json')], /a\.json is not a valid op of generation 0\.6/],
      [[LINKS, '--op', values], /contains no op of generation 0\.6\n.*docs\/HOLOCHAIN\.md/],
      [[LINKS, '--op', OPS, '--bytes-max', '10'], /--bytes-max works only on inputs that are bytes/],
      [[POST, '--inputs', entries, '--deps', DEPS], /--deps needs --op/],
      [[POST, '--inputs', entries, '--nodes', 'nobody'], /unknown node 'nobody'/],
      [[POST, '--inputs', empty], /contains no inputs/],
      [[POST, '--inputs', empty, '--seed', 'x'], /Write a whole number from -2147483648 to 2147483647/],
      [[POST, '--inputs', join(folder, 'absent')], /no such file/],
      [[POST, '--arbitrary', join(empty, 'x.mjs'), ...NODES], /default export of .* is not an arbitrary/],
      [[POST, '--arbitrary', join(empty, 'absent.mjs'), ...NODES], /Cannot find module/],
      [[POST, '--inputs', entries, '--nodes', `golden:${join(folder, 'absent')}`], /no such file/],
      [[join(entries, 'b.msgpack'), '--inputs', entries], /is malformed/],
    ];
    for (const [args, message] of wrong) {
      const ran = await assay(['agree', ...args]);
      assert.match(ran.err, message);
      expectSaid(`error: ${args.join(' ').replaceAll(folder, 'DIR')}`, plain(ran));
    }
    assert.deepEqual(readdirSync(empty), ['x.mjs']);
  });
});
