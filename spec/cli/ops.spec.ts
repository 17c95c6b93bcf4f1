/** Ops on the command line: made, hashed, and validated by the thousand from a conductor's dump. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { encodeMessagePack } from '../../src/boundary/messagepack-encode.js';
import { actionHash } from '../../src/zome/action.js';
import { entryHash } from '../../src/zome/entry.js';
import { hashOfContent, hashText, wasmHash } from '../../src/zome/holo-hash.js';
import { agentFromSeed, fromZomeJson, op, type Record, record, recordOf, toZomeJson } from '../../src/zome/index.js';
import { dumpedOp, dumpedRecord, fullStateDump, LIBRARY, plainJson, stateDump, village } from '../zome/made-dump.js';
import { packed } from '../zome/packed-bundle.js';
import { assay } from './command-line.js';
import { saidBy } from './said.js';

const LINKS = 'vectors/guests/links/links.wasm';
const MAIN = 'dist/src/cli/main.js';

let folder = '';
const file = (name: string): string => join(folder, name);
const expectSaid = saidBy('ops', () => folder);

before(() => {
  folder = mkdtempSync(join(tmpdir(), 'assay-ops-'));
  writeFileSync(file('author.json'), '{"name": "Ursula"}');
  writeFileSync(file('nameless.json'), '{"name": ""}');
});

after(() => rmSync(folder, { recursive: true }));

async function lineOf(args: readonly string[]): Promise<string> {
  const { status, out, err } = await assay(args);
  expect({ status, err }).to.deep.equal({ status: 0, err: '' });
  return out.trimEnd();
}

async function written(name: string, args: readonly string[]): Promise<string> {
  writeFileSync(file(name), await lineOf(['new-op', ...args]));
  return file(name);
}

function recordIn(path: string): Record {
  const read = fromZomeJson(record('0.6'), readFileSync(path, 'utf8'));
  if (read.ok) return read.value;
  throw new Error('no record');
}

describe('assay new-op', () => {
  it('makes an op that validate accepts on standard input', () => {
    const node = (args: readonly string[], input = '') =>
      spawnSync(process.execPath, [MAIN, ...args], { input, encoding: 'utf8' });
    const made = node(['new-op', '--entry', '-'], '{"name": "Ursula"}');
    expect(made.status).to.equal(0);
    const valid = node(['validate', LINKS, '--op', '-'], made.stdout);
    expect({ status: valid.status, err: valid.stderr }).to.deep.equal({ status: 0, err: '' });
    expect(valid.stdout).to.match(/^Valid\nfuel /);
    const invalid = node(
      ['validate', LINKS, '--op', '-'],
      node(['new-op', '--entry', file('nameless.json'), '--kind', 'StoreEntry']).stdout,
    );
    expect(invalid.status).to.equal(1);
  }).timeout(30_000);

  it('makes every kind of op of every generation, by either name', async () => {
    for (const generation of ['0.2', '0.6', '0.7'] as const) {
      const of = ['--generation', generation];
      const first = await written('first.json', ['--entry', file('author.json'), '--record', ...of]);
      const link = await written('link.json', [
        '--base',
        hashText(hashOfContent('Entry', Uint8Array.of(1))),
        '--target',
        hashText(hashOfContent('Entry', Uint8Array.of(2))),
        '--tag',
        '0x0aff',
        '--link-type',
        '1/2',
        '--after',
        first,
        '--record',
        ...of,
      ]);
      const kinds: readonly [string, readonly string[]][] = [
        ['StoreRecord', ['--entry', first]],
        ['StoreEntry', ['--entry', file('author.json'), '--entry-type', '3/1', '--seed', 'alice']],
        ['RegisterAgentActivity', ['--entry', file('author.json'), '--private']],
        ['RegisterUpdate', ['--entry', file('author.json'), '--updates', first]],
        ['RegisterDelete', ['--deletes', first]],
        [
          'RegisterCreateLink',
          [
            '--base',
            hashText(hashOfContent('Entry', Uint8Array.of(1))),
            '--target',
            hashText(hashOfContent('Action', Uint8Array.of(2))),
          ],
        ],
        ['RegisterDeleteLink', ['--deletes-link', link]],
        ['CreateRecord', ['--action', 'InitZomesComplete']],
      ];
      for (const [kind, args] of kinds) {
        const read = fromZomeJson(op(generation), await lineOf(['new-op', '--kind', kind, ...args, ...of]));
        expect(read.ok, `${generation} ${kind}`).to.equal(true);
      }
    }
  });

  it('makes the same op from the same flags as the library does', async () => {
    const entry = LIBRARY.first('Ursula');
    const seed = '07'.repeat(32);
    const path = await written('record.json', [
      '--entry',
      file('author.json'),
      '--seed',
      seed,
      '--timestamp',
      '42',
      '--record',
    ]);
    const author = agentFromSeed(new Uint8Array(32).fill(7));
    expect(recordIn(path)).to.deep.equal(recordOf({ author, entry, timestamp: 42n }));
    const next = await written('next.json', [
      '--entry',
      file('author.json'),
      '--seed',
      seed,
      '--after',
      path,
      '--record',
    ]);
    expect(recordIn(next).signed_action.hashed.content).to.include({ action_seq: 4, timestamp: 1_000_042n });
    const placed = await written('placed.json', [
      '--entry',
      file('author.json'),
      '--seq',
      '9',
      '--previous',
      hashText(hashOfContent('Action', Uint8Array.of(1))),
      '--timestamp',
      '5',
      '--record',
    ]);
    expect(recordIn(placed).signed_action.hashed.content).to.include({ action_seq: 9, timestamp: 5n });
  });

  it('reports what is missing or wrong, and what to do', async () => {
    const hash = hashText(hashOfContent('Entry', Uint8Array.of(1)));
    const entry = ['--entry', file('author.json')];
    const cases: readonly [readonly string[], string][] = [
      [[], 'the subject of the op is missing'],
      [['--updates', `${hash},${hash}`], 'the op needs --entry'],
      [['--action', 'Update', ...entry], 'the action Update needs --updates'],
      [['--base', hash], 'the op needs --target'],
      [['--base', 'there', '--target', hash], '--base there is not a hash (length)'],
      [['--deletes', hash], '--deletes names only an action'],
      [['--deletes', file('author.json')], 'is not a valid record of generation 0.6'],
      [[...entry, '--entry-type', 'a/b'], '--entry-type a/b is not a type'],
      [[...entry, '--kind', 'RegisterDelete'], 'its ops are StoreRecord'],
      [[...entry, '--kind', 'Bake'], 'unknown kind of op Bake'],
      [
        [...entry, '--after', file('author.json'), '--seq', '3'],
        '--after cannot be used together with --seq and --previous',
      ],
      [[...entry, '--seq', '3'], '--seq and --previous must be used together'],
      [[...entry, '--seq', '3', '--previous', hash], 'need --timestamp'],
      [[...entry, '--seq', '3', '--previous', hash, '--timestamp', '1'], 'expected ActionHash'],
      [[...entry, '--timestamp', 'now'], 'Write microseconds since 1970'],
      [['--action', 'Bake'], 'Allowed choices are'],
      [['--action', 'Dna', '--dna-hash', hash], 'expected DnaHash'],
      [['--entry', file('none.json')], 'no such file'],
      ...['1234', '1/2/3', 'a1/2', '1/2b', ''].map((text): [readonly string[], string] => [
        [...entry, '--entry-type', text],
        `--entry-type ${text} is not`,
      ]),
      [['--base', hash, '--target', hash, '--link-type', 'x'], '--link-type x is not a type'],
      ...['0x0', '0xzz', '0x0aff0', '0x0a 0b', '0x\n'].map((tag): [readonly string[], string] => [
        ['--base', hash, '--target', hash, '--tag', tag],
        `--tag ${tag.replace('\n', '\\u{a}')} is not bytes in hexadecimal`,
      ]),
      [['--deletes', `${hash},${hash},${hash}`], hash],
    ];
    for (const [args, text] of cases) {
      const ran = await assay(['new-op', ...args]);
      expect(ran.err).to.include(text);
      expectSaid(`new-op: ${text}`, ran);
    }
  });
});

it('seeds, entries and references are read as they are written', async () => {
  const base = ['--entry', file('author.json'), '--record'];
  const author = async (seed: string) => {
    const out = await lineOf(['new-op', ...base, '--seed', seed]);
    return JSON.parse(out).signed_action.hashed.content.author as string;
  };
  const hex = 'aB'.repeat(32);
  expect(await author(hex)).to.equal(await author(hex.toLowerCase()));
  const others = [hex.slice(1), `${hex}0`, `z${hex.slice(1)}`, `${hex.slice(1)}z`, 'alice', ''];
  expect(new Set(await Promise.all([hex, ...others].map(author))).size).to.equal(others.length + 1);
  writeFileSync(file('entry.json'), JSON.stringify({ entry_type: 'App', entry: { $msgpack: { name: 'Ursula' } } }));
  writeFileSync(file('three.json'), JSON.stringify({ entry_type: 'App', entry: 1, more: 2 }));
  const [action, entry] = (['Action', 'Entry'] as const).map((kind) => hashText(hashOfContent(kind, Uint8Array.of(1))));
  expectSaid('new-op of an entry', await assay(['new-op', '--entry', file('entry.json')]));
  expect(await lineOf(['new-op', '--entry', file('entry.json')])).to.equal(
    await lineOf(['new-op', '--entry', file('author.json')]),
  );
  for (const args of [
    ['--entry', file('three.json'), '--entry-type', '2/255'],
    ['--entry', file('three.json'), '--entry-type', '7', '--private', '--record'],
    ['--entry', file('author.json'), '--updates', `${action},${entry}`, '--record'],
    ['--deletes', `${action},${entry}`, '--record'],
    ['--deletes-link', `${action},${entry}`, '--record'],
    ['--deletes-link', action!],
    ['--base', entry!, '--target', action!, '--tag', '0x0AFF', '--record'],
    ['--base', entry!, '--target', action!, '--tag', 'likes', '--link-type', '1/2', '--record'],
    ['--base', entry!, '--target', action!, '--tag', '0x', '--record'],
    ['--base', entry!, '--target', action!, '--tag', '00x0', '--record'],
    ['--dna-hash', entry!],
    ['--action', 'AgentValidationPkg', '--record'],
  ])
    expectSaid(
      `new-op ${args.join(' ').replaceAll(folder, 'DIR')}`.replace(/uhC\S+/g, 'H'),
      await assay(['new-op', ...args]),
    );
});

describe('assay hash', () => {
  it('detects the type of a file from its content', async () => {
    const wasm = new Uint8Array(readFileSync(LINKS));
    const path = await written('record.json', ['--entry', file('author.json'), '--record']);
    const whole = await written('op.json', ['--entry', file('author.json')]);
    const { signed_action, entry } = recordIn(path);
    const { hash, content } = signed_action.hashed;
    expect(await lineOf(['hash', LINKS])).to.equal(`wasm  ${hashText(wasmHash(wasm))}`);
    const both = `action  ${hashText(hash)}\nentry   ${hashText(entryHash(LIBRARY.first('Ursula'), '0.6'))}`;
    expect(entry.kind).to.equal('Present');
    expect(await lineOf(['hash', path])).to.equal(both);
    expect(await lineOf(['hash', whole])).to.equal(both);
    const one = both.split('\n')[1]!.replace('   ', '  ');
    expect(await lineOf(['hash', path, '--kind', 'entry'])).to.equal(one);
    expect(await lineOf(['hash', file('author.json'), '--kind', 'app'])).to.equal(one);
    const action = JSON.stringify(JSON.parse(readFileSync(path, 'utf8')).signed_action.hashed.content);
    writeFileSync(file('action.json'), action);
    const { hashes } = JSON.parse(await lineOf(['hash', file('action.json'), '--json'])) as { hashes: object[] };
    expect(hashes).to.deep.equal([
      {
        kind: 'action',
        hash: hashText(actionHash(content, '0.6')),
        bytes: Buffer.from(hash).toString('hex'),
        generation: '0.6',
      },
    ]);
    const seven = await written('seven.json', ['--entry', file('author.json'), '--record', '--generation', '0.7']);
    expect(JSON.parse(await lineOf(['hash', seven, '--json']))).to.have.nested.property('hashes[0].generation', '0.7');
  });

  it('hashes the DNAs and zomes of a bundle, or the named one', async () => {
    const wasm = new Uint8Array(readFileSync(LINKS));
    const manifest = {
      manifest_version: '0',
      name: 'library',
      integrity: { network_seed: null, properties: null, zomes: [{ name: 'links', path: 'links.wasm' }] },
      coordinator: { zomes: [] },
    };
    writeFileSync(file('library.dna'), packed(manifest, { 'links.wasm': wasm }));
    const candidates = (await lineOf(['hash', file('library.dna')])).split('\n');
    const releases = candidates.flatMap((row) => /library, Holochain (.*)$/.exec(row)?.[1] ?? []);
    expect(releases.join('; '), 'the hash by release').to.equal('0.6; 0.7');
    const rows = (await lineOf(['hash', file('library.dna'), '--generation', '0.6'])).split('\n');
    expect(rows).to.have.length(2);
    expect(candidates[0]).to.equal(`${rows[0]}, Holochain 0.6`);
    expect(rows[0]).to.match(/^dna {3}uhC0k[\w-]{48} {2}library$/);
    expect(rows[1]).to.equal(`wasm  ${hashText(wasmHash(wasm))}  links`);
    expect(await lineOf(['hash', `${file('library.dna')}#links`])).to.equal(rows[1]);
    const alone = ['hash', file('library.dna'), '--kind', 'dna', '--generation', '0.6'];
    expect(await lineOf(alone)).to.equal(rows[0]!.replace('dna   ', 'dna  '));
  });

  it('reports what has no hash, and what to do', async () => {
    writeFileSync(file('hash.json'), JSON.stringify(hashText(hashOfContent('Entry', Uint8Array.of(1)))));
    writeFileSync(file('bad-entry.json'), '{"entry_type": "App", "entry": 7}');
    const cases: readonly [readonly string[], string][] = [
      [[file('author.json')], 'has no hash of its own'],
      [[file('author.json'), '--kind', 'wasm'], 'is not a WebAssembly module'],
      [[LINKS, '--kind', 'action'], 'contains no action, only wasm'],
      [[file('hash.json')], 'contains a hash, not the content that was hashed'],
      [[file('bad-entry.json')], 'is not a valid entry of generation 0.6: expected bin'],
      [[file('none')], 'no such file'],
      [[file('author.json'), '--kind', 'cake'], 'Allowed choices are wasm, dna, action, entry, app'],
    ];
    for (const [args, text] of cases) {
      const ran = await assay(['hash', ...args]);
      expect(ran.err).to.include(text);
      expectSaid(`hash: ${text}`, ran);
    }
  });
});

describe('assay validate --dump', () => {
  const made = village(80, '0.6', LIBRARY);
  const dumped = made.ops.map((one) => dumpedOp(one, '0.6'));

  before(() => {
    const dump = fullStateDump({ integrated: dumped });
    writeFileSync(file('dump.json'), plainJson(dump));
    writeFileSync(file('dump.msgpack'), encodeMessagePack(dump as never));
    writeFileSync(file('state'), plainJson(stateDump(made.records.map((one) => dumpedRecord(one, '0.6')))));
    writeFileSync(file('first.json'), plainJson(fullStateDump({ integrated: dumped.slice(0, 30) })));
    writeFileSync(file('second.json'), plainJson(fullStateDump({ integrated: dumped.slice(20) })));
  });

  it('has a row for each op, the totals, and the status of the worst', async () => {
    const { status, out, err } = await assay(['validate', LINKS, '--dump', file('dump.json')]);
    expectSaid('a dump', { status, out, err });
    const [head, ...rows] = out.trimEnd().split('\n');
    expect(head).to.match(/^op +author +action +fuel {2}verdict$/);
    expect(rows.indexOf('')).to.equal(dumped.length);
    for (const row of rows.slice(0, dumped.length)) {
      expect(row).to.match(/^(?:Store|Register)\w+ +uhCAk[\w-]{7}… {2}uhCkk[\w-]{48} +[\d,]+ {2}(?:Valid$|Invalid .+)/);
    }
    expect(rows[dumped.length + 1]).to.equal(`${dumped.length} ops`);
    expect(rows.slice(dumped.length + 2).join('\n')).to.match(/^Valid +\d+\nInvalid +\d+\nfuel +[\d,]+$/);
  });

  it('gives the same result for every form of a dump, and in both tiers', async () => {
    const expected = await assay(['validate', LINKS, '--dump', file('dump.json')]);
    const forms: readonly (readonly string[])[] = [
      [file('dump.msgpack')],
      [file('state')],
      [file('dump.json'), '--tier', 'interpreter'],
    ];
    for (const args of forms) expect(await assay(['validate', LINKS, '--dump', ...args])).to.deep.equal(expected);
    const pages = await assay(['validate', LINKS, '--dump', file('first.json'), file('second.json')]);
    expect(pages.out).to.equal(`${expected.out}10 ops repeated in the dump, validated once\n`);
  }).timeout(30_000);

  it('prints a JSON line for each op and one with the totals', async () => {
    const { status, out, err } = await assay(['validate', LINKS, '--dump', file('dump.json'), '--json']);
    expectSaid('a dump as lines of JSON', { status, out, err });
    const lines = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { readonly [key: string]: unknown });
    const { summary } = lines.pop() as unknown as {
      summary: { verdicts: { [kind: string]: number }; fuel: { used: number } };
    };
    expect(lines).to.have.length(dumped.length);
    for (const line of lines) {
      expect(line)
        .to.include({ list: 'integrated' })
        .and.to.have.all.keys(
          'op',
          'list',
          'author',
          'action',
          'hash',
          'verdict',
          'fuel',
          'zomes',
          'receipts',
          ...(line['verdict'] === 'Invalid' ? ['reason'] : []),
        );
    }
    const valid = lines.filter(({ verdict }) => verdict === 'Valid').length;
    const fuel = lines.reduce((sum, line) => sum + (line['fuel'] as { used: number }).used, 0);
    expect(summary).to.deep.equal({
      ops: dumped.length,
      verdicts: { Valid: valid, Invalid: dumped.length - valid, UnresolvedDependencies: 0, NoVerdict: 0 },
      fuel: { used: fuel },
      warrants: 0,
      duplicates: 0,
      generation: { name: '0.6', by: 'nothing' },
    });
  });

  it('exits with the status of the worst: no verdict, then Invalid, then UnresolvedDependencies', async () => {
    const statusOf = async (ops: readonly unknown[], ...more: string[]) => {
      writeFileSync(file('part.json'), plainJson(fullStateDump({ integrated: ops as never })));
      return (await assay(['validate', LINKS, '--dump', file('part.json'), ...more])).status;
    };
    const genesis = dumped.slice(0, 6);
    const books = made.ops
      .filter(({ type, action }) => type === 'StoreEntry' && typeIndex(action.hashed.content) === 1)
      .slice(0, 1);
    const unresolved = books.map((one) => dumpedOp(one, '0.6'));
    expect(await statusOf(genesis)).to.equal(0);
    expect(await statusOf([...genesis, ...unresolved])).to.equal(3);
    expect(await statusOf([...dumped, ...unresolved])).to.equal(1);
    expect(await statusOf([...dumped, ...unresolved], '--fuel', '1000')).to.equal(4);
    expect(await statusOf([])).to.equal(0);
  });

  it('finds in --deps what the dump lacks', async () => {
    const books = made.ops.filter(
      ({ type, action }) => type === 'StoreEntry' && typeIndex(action.hashed.content) === 1,
    );
    writeFileSync(file('books.json'), plainJson(fullStateDump({ integrated: [dumpedOp(books[0]!, '0.6')] })));
    const args = ['validate', LINKS, '--dump', file('books.json')];
    expect((await assay(args)).status).to.equal(3);
    const author = made.records.find(({ signed_action }) => typeIndex(signed_action.hashed.content) === 0)!;
    writeFileSync(file('deps.json'), `[${toZomeJson(record('0.6'), author)}]`);
    expect((await assay([...args, '--deps', file('deps.json')])).out).to.match(/ {2}Valid\n/);
  });

  it('shows progress on a terminal, and nowhere else', async () => {
    const { err, out } = await assay(['validate', LINKS, '--dump', file('dump.json')], {
      isTTY: true,
      environment: { NO_COLOR: '1' },
    });
    expect(err).to.match(/\[#*-*\] {2}[\d,]+ of \d+ ops, [\d,]+ per second, [\d,]+ s left/);
    expect(err.endsWith('\r\u001b[K')).to.equal(true);
    expectSaid('a dump in colours', await assay(['validate', LINKS, '--dump', file('first.json')], { isTTY: true }));
    expect(out).to.equal((await assay(['validate', LINKS, '--dump', file('dump.json')])).out);
  });

  it('reports a file that is not a dump, and what to do', async () => {
    writeFileSync(file('cut.json'), plainJson(fullStateDump({ integrated: dumped })).slice(0, 900));
    const cases: readonly [readonly string[], string][] = [
      [['--dump', file('cut.json')], 'the document ends in a'],
      [['--dump', file('author.json')], 'expected peer_dump, source_chain_dump and integration_dump'],
      [
        ['--dump', file('dump.json'), '--generation', '0.7'],
        'generation 0.7 has no ChainOp "StoreRecord"; generation 0.',
      ],
      [['--dump', file('none.json')], 'no such file'],
      [
        ['--dump', file('dump.json'), '--op', file('author.json')],
        'choose what to validate: --input, --op, --dump or --batch',
      ],
    ];
    for (const [args, text] of cases) {
      const ran = await assay(['validate', LINKS, ...args]);
      expect(ran.err).to.include(text);
      expectSaid(`a dump: ${text}`, ran);
    }
    const result = await assay(['validate', LINKS, '--dump', file('cut.json'), '--json']);
    expectSaid('a fault of a dump', result);
  });
});

/** Index of the entry type in the library; undefined for content without one. */
function typeIndex(content: object): number | undefined {
  const { entry_type } = content as { readonly entry_type?: { readonly value?: { readonly entry_index: number } } };
  return entry_type?.value?.entry_index;
}
