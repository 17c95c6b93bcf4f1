/**
 * Parts of the command line at their edges: options, places, lines of files, file errors, the progress line, results of
 * batches.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { InvalidArgumentError } from 'commander';
import { LIMITS_1 } from '../../src/base/limits.js';
import { batchInputs, linesOf } from '../../src/cli/batch-inputs.js';
import { BatchTotals, batchSummaryDocument, batchSummaryLines } from '../../src/cli/batch-report.js';
import { BatchResults, type ResultLine } from '../../src/cli/batch-results.js';
import { CliError } from '../../src/cli/cli-error.js';
import { consoleOf } from '../../src/cli/console.js';
import { EXIT } from '../../src/cli/exit-status.js';
import { FileLock } from '../../src/cli/file-lock.js';
import { bundlePlaceOf } from '../../src/cli/module-place.js';
import {
  checkOption,
  fuelOption,
  generationOption,
  ledgerUnitsOption,
  portOption,
  seedOption,
  threadsOption,
  tierOption,
  unitsOption,
} from '../../src/cli/option-values.js';
import { ProgressLine } from '../../src/cli/progress-line.js';
import { readBytesWithin, readError, writeError } from '../../src/cli/read-bytes.js';
import { statusOf } from '../../src/cli/validate-batch.js';
import { writeFile, writePrivateFile } from '../../src/cli/write-file.js';
import { readTokens } from '../../src/service/tokens.js';
import { assay } from './command-line.js';

function inFolder<T>(work: (path: (name: string) => string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'assay-parts-'));
  const done = () => rmSync(folder, { recursive: true, force: true });
  let result: T;
  try {
    result = work((name) => join(folder, name));
  } catch (error) {
    done();
    throw error;
  }
  if (result instanceof Promise) return result.finally(done) as T;
  done();
  return result;
}

function refusal(work: () => unknown): string {
  try {
    return `taken: ${String(work())}`;
  } catch (error) {
    if (error instanceof CliError) return `${error.message} / ${error.advice}`;
    if (error instanceof InvalidArgumentError) return error.message;
    throw error;
  }
}

describe('values of options', () => {
  type Option = (text: string) => unknown;
  const rows: readonly (readonly [Option, readonly (readonly [string, unknown])[], readonly string[], string])[] = [
    [
      fuelOption,
      [
        ['0', 0],
        ['9007199254740991', Number.MAX_SAFE_INTEGER],
        ['007', 7],
      ],
      ['', '-1', '1.5', '1e3', ' 1', '1 ', '9007199254740992', '12345678901234567', '0x10'],
      'Write a whole number from 0 to 9007199254740991, such as --fuel 1000000.',
    ],
    [
      unitsOption,
      [
        ['0', 0],
        ['9007199254740991', Number.MAX_SAFE_INTEGER],
      ],
      ['', '-1', '1.5', '9007199254740992', 'a1', '1a'],
      'Write a whole number of units.',
    ],
    [
      ledgerUnitsOption,
      [
        ['0', 0n],
        ['-1', -1n],
        ['999999999999999999', 999_999_999_999_999_999n],
      ],
      ['', '-0', '00', '01', '1.0', '1000000000000000000', '+1', '1 '],
      'Write a whole number of units of the ledger.',
    ],
    [
      seedOption,
      [
        ['0', 0],
        ['-2147483648', -2_147_483_648],
        ['2147483647', 2_147_483_647],
      ],
      ['', 'x', '1.5', '1e3', '-', '2147483648', '-2147483649', '11111111111', 'x1', '1x'],
      'Write a whole number from -2147483648 to 2147483647, such as --seed 7.',
    ],
    [
      tierOption,
      [
        ['auto', 'auto'],
        ['interpreter', 'interpreter'],
        ['instrumented', 'instrumented'],
      ],
      ['', 'Auto', 'fast'],
      'The tiers of this build are auto, interpreter, instrumented.',
    ],
    [
      threadsOption,
      [
        ['1', 1],
        ['1024', 1024],
      ],
      ['0', '1025', '-1', '1.5', '', '00001', 'x'],
      'Write a number of threads from 1 to 1024, such as --threads 4.',
    ],
    [
      checkOption,
      [
        ['all', 'all'],
        ['hashes', 'hashes'],
      ],
      ['', 'none', 'ALL'],
      'Write --check hashes, --check all or --no-check.',
    ],
    [
      generationOption,
      [
        ['0.2', '0.2'],
        ['0.2-map', '0.2-map'],
        ['0.6', '0.6'],
        ['0.7', '0.7'],
      ],
      ['', '0.8', '0.60', 'constructor'],
      'The generations are 0.2, 0.2-map, 0.6, 0.7.',
    ],
    [
      portOption,
      [
        ['0', 0],
        ['65535', 65_535],
      ],
      ['', '65536', '-1', '080808', '8o'],
      'Write a port from 0 to 65535.',
    ],
  ];
  for (const [option, good, bad, message] of rows) {
    it(message, () => {
      for (const [text, value] of good) expect(option(text), text).to.equal(value);
      for (const text of bad)
        expect(
          refusal(() => option(text)),
          text,
        ).to.equal(message);
    });
  }
});

it('a path in a bundle follows the first #', () => {
  const rows: readonly (readonly [string, object | undefined])[] = [
    ['a.wasm', undefined],
    ['a.wasm#b', undefined],
    ['a.dna', { path: 'a.dna', place: '' }],
    ['a.dna#', { path: 'a.dna', place: '' }],
    ['A.HAPP#role', { path: 'A.HAPP', place: 'role' }],
    ['a/b.webhapp#role/zome#x', { path: 'a/b.webhapp', place: 'role/zome#x' }],
    ['a.dna.gz', undefined],
    ['a.dnab', undefined],
    ['a.dna#b.happ', { path: 'a.dna', place: 'b.happ' }],
    ['line\nbreak.dna', { path: 'line\nbreak.dna', place: '' }],
  ];
  for (const [argument, place] of rows) expect(bundlePlaceOf(argument), argument).to.deep.equal(place);
});

describe('errors of files', () => {
  const failed = (code: string) => Object.assign(new Error('x'), { code });
  it('have a cause and an advice each', () => {
    const messages = (code: string) => {
      const [read, write] = [readError('p', failed(code)), writeError('p', failed(code))];
      return [read.message, read.advice, write.message, write.advice];
    };
    expect(messages('ENOENT')).to.deep.equal([
      'cannot read p: no such file',
      'check the path',
      'cannot write p: its folder does not exist',
      'create the folder, or name another',
    ]);
    expect(messages('EISDIR')).to.deep.equal([
      'cannot read p: it is a folder',
      'name a file in it',
      'cannot write p: it is a folder',
      'name a file',
    ]);
    expect(messages('EACCES')).to.deep.equal([
      'cannot read p: permission denied',
      'check its permissions',
      'cannot write p: permission denied',
      'choose a place that you can write to',
    ]);
    expect(messages('EIO')).to.deep.equal([
      'cannot read p: the system reported EIO',
      'check the path',
      'cannot write p: the system reported EIO',
      'check the path',
    ]);
    for (const other of [new TypeError('y'), 'text', null]) {
      expect(readError('\u001b', other).message).to.equal('cannot read \\u{1b}: the path cannot be used');
      expect(writeError('p', other).message).to.equal('cannot write p: the path cannot be used');
    }
  });

  it('a file may be as long as its limit', () =>
    inFolder((path) => {
      writeFile(path('a'), '12345');
      expect(readBytesWithin(path('a'), 5, 'things')).to.have.length(5);
      expect(refusal(() => readBytesWithin(path('a'), 4, 'things'))).to.equal(
        `${path('a')} is longer than 4 bytes, the limit of things / pass a shorter file`,
      );
      expect(refusal(() => writeFile(path('none/a'), ''))).to.include('its folder does not exist');
    }));

  it('a private file is complete, readable by its owner only, and replaces an existing one', () =>
    inFolder((path) => {
      writePrivateFile(path('key'), 'one');
      writePrivateFile(path('key'), 'two');
      expect(readFileSync(path('key'), 'utf8')).to.equal('two');
      expect(statSync(path('key')).mode & 0o777).to.equal(0o600);
      writeFileSync(path(`key.${process.pid}.new`), 'in the way');
      expect(refusal(() => writePrivateFile(path('key'), 'three'))).to.include('cannot write');
      expect(readFileSync(path('key'), 'utf8')).to.equal('two');
    }));
});

describe('a console', () => {
  const streams = (isTTY: boolean, environment: Readonly<Record<string, string>> = {}) => {
    const written: string[] = [];
    const stream = (name: string) => ({ isTTY, write: (text: string) => written.push(`${name} ${text}`) });
    return { written, console: consoleOf(stream('out'), stream('err'), environment) };
  };

  it('writes lines, and progress only to a terminal that can erase it', () => {
    for (const [isTTY, environment, shown] of [
      [true, {}, true],
      [true, { NO_COLOR: '1' }, true],
      [true, { TERM: 'dumb' }, false],
      [false, {}, false],
    ] as const) {
      const { written, console } = streams(isTTY, environment);
      console.out('a');
      console.err('b');
      console.progress('c');
      expect(written).to.deep.equal(['out a\n', 'err b\n', ...(shown ? ['err \r\u001b[Kc'] : [])]);
    }
  });

  it('uses colours on a terminal, unless they are disabled', () => {
    const red = (isTTY: boolean, environment: Readonly<Record<string, string>>) => {
      const { colours, errorColours } = streams(isTTY, environment).console;
      return [colours.red('x') !== 'x', errorColours.red('x') !== 'x'];
    };
    expect(red(true, {})).to.deep.equal([true, true]);
    expect(red(true, { NO_COLOR: '' })).to.deep.equal([true, true]);
    for (const [isTTY, environment] of [
      [false, {}],
      [true, { NO_COLOR: '0' }],
      [true, { TERM: 'dumb' }],
    ] as const)
      expect(red(isTTY, environment)).to.deep.equal([false, false]);
  });

  it('shows progress, and erases it once', () => {
    const { written, console } = streams(true);
    const line = new ProgressLine(console, 4, 'ops');
    line.clear();
    expect(written).to.deep.equal([]);
    line.step();
    const [begin, shown] = [written[0]!.slice(0, 8), written[0]!.slice(8)];
    expect(begin).to.equal('err \r\u001b[K');
    expect(shown).to.match(/^\[#{6}-{18}\] {2}1 of 4 ops, [\d,]+ per second, [\d,]+ s left$/);
    line.step();
    // Figures change only a few times a second.
    expect(written[1]).to.equal(written[0]);
    line.end();
    line.end();
    expect(written.slice(2)).to.deep.equal(['err \r\u001b[K']);
    const none = streams(true);
    new ProgressLine(none.console, 0, 'ops').step();
    expect(none.written[0]).to.include(`[${'#'.repeat(24)}]`);
    const many = streams(true);
    const work = new ProgressLine(many.console, 1_200, 'calls');
    work.begin();
    work.step(300);
    work.step(900);
    expect(many.written[0]).to.equal(`err \r\u001b[K[${'-'.repeat(24)}]  0 of 1,200 calls`);
    expect(many.written[1], 'too soon').to.equal(many.written[0]);
    expect(many.written[2], 'the end').to.match(/\[#{24}\] {2}1,200 of 1,200 calls, [\d,]+ per second, 0 s left$/);
  });
});

describe('lines of a file', () => {
  const linesIn = (text: string | Uint8Array) =>
    inFolder(async (path) => {
      writeFileSync(path('f'), text);
      const lines: string[] = [];
      for await (const line of linesOf(path('f'))) lines.push(Buffer.from(line).toString());
      return lines;
    });

  it('end with a newline or at the end of the file', async () => {
    expect(await linesIn('')).to.deep.equal([]);
    expect(await linesIn('a')).to.deep.equal(['a']);
    expect(await linesIn('a\n')).to.deep.equal(['a']);
    expect(await linesIn('a\n\nb')).to.deep.equal(['a', '', 'b']);
    expect(await linesIn('\n')).to.deep.equal(['']);
  });

  it('may be longer than the read buffer, and at most a payload', async () => {
    const long = 'x'.repeat(200_000);
    expect(await linesIn(`${long}\ny${long}\nz`)).to.deep.equal([long, `y${long}`, 'z']);
    const most = LIMITS_1.payloadBytes;
    expect((await linesIn(new Uint8Array(most).fill(0x61)))[0]).to.have.length(most);
    const failure = await linesIn(new Uint8Array(most + 1).fill(0x61)).catch((error: unknown) => error);
    expect(failure).to.be.instanceOf(CliError);
    expect((failure as CliError).message).to.match(
      /^a line of .* is longer than [\d,]+ bytes, the limit of a payload$/,
    );
  });

  it('are inputs with their line number, without blank lines', () =>
    inFolder(async (path) => {
      writeFileSync(path('a.JSONL'), '1\n \t\r\n2\n\n3');
      const inputs = (await batchInputs(path('a.JSONL')))!;
      expect([inputs.of, inputs.count, inputs.bytes]).to.deep.equal([{ kind: 'lines', bytes: 10 }, undefined, 10]);
      const read = async (isDone: (index: number) => boolean) => {
        const all: (readonly [number, string, string])[] = [];
        for await (const { index, name, bytes } of inputs.read(isDone))
          all.push([index, name, Buffer.from(bytes).toString()]);
        return all;
      };
      const whole = [
        [0, 'line 1', '1'],
        [2, 'line 3', '2'],
        [4, 'line 5', '3'],
      ];
      expect(await read(() => false)).to.deep.equal(whole);
      expect(await read((index) => index === 2)).to.deep.equal([whole[0], whole[2]]);
      writeFileSync(path('dump.json'), '{}');
      expect(await batchInputs(path('dump.json'))).to.equal(undefined);
    }));

  it('or of the files of a folder, in order of their names', () =>
    inFolder(async (path) => {
      for (const name of ['b.json', 'a.MSGPACK', 'c.txt', 'a.json']) writeFileSync(path(name), name);
      const inputs = (await batchInputs(path('.')))!;
      expect([inputs.of, inputs.count, inputs.bytes]).to.deep.equal([{ kind: 'folder', files: 3 }, 3, undefined]);
      const all: (readonly [number, string, string])[] = [];
      for await (const { index, name, format } of inputs.read((at) => at === 1)) all.push([index, name, format]);
      expect(all).to.deep.equal([
        [0, 'a.MSGPACK', 'messagepack'],
        [2, 'b.json', 'json'],
      ]);
    }));
});

describe('results of a batch', () => {
  const line = (index: number) => JSON.stringify({ index, input: `${index}`, verdict: 'Valid' });
  const open = (path: string, isResumed = false, head = 'head') => {
    const seen: ResultLine[] = [];
    return BatchResults.open(path, head, isResumed, (one) => seen.push(one)).then((results) => ({ results, seen }));
  };
  const failureOf = (work: Promise<unknown>) =>
    work.then(
      () => 'opened',
      (error: unknown) => (error as CliError).message.replace(/^.*\/results /, ''),
    );

  it('have a line for each input, however many, and one writer', () =>
    inFolder(async (path) => {
      const at = path('results');
      const { results } = await open(at);
      expect(existsSync(`${at}.lock`)).to.equal(true);
      const indices = [0, 7, 8, 8_191, 8_192, 100_000, 3];
      for (const index of indices) {
        expect(results.done.has(index), `${index}`).to.equal(false);
        results.append(index, line(index));
        expect(results.done.has(index), `${index}`).to.equal(true);
      }
      for (const other of [1, 6, 9, 8_190, 8_193, 99_999]) expect(results.done.has(other), `${other}`).to.equal(false);
      expect(() => results.append(8, line(8))).to.throw('input 8 has a line already');
      results.close();
      results.close();
      expect(existsSync(`${at}.lock`)).to.equal(false);
      const text = `head\n${indices.map(line).join('\n')}\n`;
      expect(readFileSync(at, 'utf8')).to.equal(text);
      const { results: again, seen } = await open(at, true);
      expect(seen.map(({ index }) => index)).to.deep.equal(indices);
      again.append(5, line(5));
      again.close();
      expect(readFileSync(at, 'utf8')).to.equal(`${text}${line(5)}\n`);
    }));

  it('are continued after the last complete line', () =>
    inFolder(async (path) => {
      const at = path('results');
      const whole = `head\n${line(0)}\n`;
      for (const cut of ['', '{"index":1', line(1)]) {
        writeFileSync(at, `${whole}${cut}`);
        const { results, seen } = await open(at, true);
        expect(seen.map(({ index }) => index)).to.deep.equal([0]);
        results.close();
        expect(readFileSync(at, 'utf8')).to.equal(whole);
      }
      writeFileSync(at, 'he');
      (await open(at, true)).results.close();
      expect(readFileSync(at, 'utf8')).to.equal('head\n');
    }));

  it('are left alone if they belong to another batch, were changed, or exist unexpectedly', () =>
    inFolder(async (path) => {
      const at = path('results');
      for (const [text, isResumed, message] of [
        [`head\n${line(0)}\n`, false, 'already exists'],
        [`other\n${line(0)}\n`, true, 'contains the results of another batch'],
        [`head\n${line(0)}\n${line(0)}\n`, true, 'contains input 0 twice'],
        ['head\n{}\n', true, 'has a line that is not a result'],
        ['head\n{"index":-1}\n', true, 'has a line that is not a result'],
        ['head\n{"index":0.5}\n', true, 'has a line that is not a result'],
        ['head\nnothing\n', true, 'has a line that is not a result'],
      ] as const) {
        writeFileSync(at, text);
        expect(await failureOf(open(at, isResumed)), text).to.equal(message);
        expect(readFileSync(at, 'utf8')).to.equal(text);
        expect(existsSync(`${at}.lock`)).to.equal(false);
      }
    }));

  it('are streamed without a file, and none is lost', () => {
    const said: string[] = [];
    const results = BatchResults.into((text) => said.push(text));
    for (let index = 0; index < 10; index++) results.append(index, 'x'.repeat(10_000));
    expect(said.length).to.be.greaterThan(0);
    results.append(10, 'last');
    results.close();
    expect(said.join('\n').split('\n')).to.deep.equal([...new Array<string>(10).fill('x'.repeat(10_000)), 'last']);
  });

  it('are written by one process at a time', () =>
    inFolder((path) => {
      const lock = FileLock.take(path('f'));
      expect(readFileSync(path('f.lock'), 'utf8')).to.equal(`${process.pid}\n`);
      lock.release();
      writeFileSync(path('f.lock'), `${process.ppid}\n`);
      expect(refusal(() => FileLock.take(path('f')))).to.equal(
        `${path('f')} is being written by process ${process.ppid} / wait for it, or delete ${path('f.lock')} if no batch is running`,
      );
      for (const left of ['', 'x', `${process.ppid}`, '0\n', '4194999\n', `${process.pid}\n`]) {
        writeFileSync(path('f.lock'), left);
        FileLock.take(path('f')).release();
        expect(existsSync(path('f.lock')), left).to.equal(false);
      }
      expect(refusal(() => FileLock.take(path('none/f')))).to.include('cannot write');
    }));
});

describe('assay token', () => {
  const KEY = 'ab'.repeat(32);

  it('keeps the hashes of tokens, the given limits, and the other tenants', () =>
    inFolder(async (path) => {
      const file = path('tokens.json');
      const add = async (...args: readonly string[]) => {
        const { status, out, err } = await assay(['token', file, ...args]);
        expect([status, err]).to.deep.equal([0, '']);
        return out.trim();
      };
      const rows = () => new Map(readTokens(readFileSync(file, 'utf8')).tenants.map((tenant) => [tenant.name, tenant]));
      const first = await add('acme', '--fuel-per-second', '5', '--concurrency', '2');
      expect(statSync(file).mode & 0o777).to.equal(0o600);
      const second = await add('acme', '--bytes-per-second', '7', '--concurrency', '3', '--operator');
      const third = await add('other', '--request-key', KEY, '--must-sign');
      expect(new Set([first, second, third]).size).to.equal(3);
      expect(readFileSync(file, 'utf8')).to.not.include(first.split('.')[1]!);
      const table = readTokens(readFileSync(file, 'utf8'));
      expect([first, second, third].map((token) => table.tenantOf(token)?.name)).to.deep.equal([
        'acme',
        'acme',
        'other',
      ]);
      const { tokens, ...acme } = rows().get('acme')!;
      expect(tokens).to.have.length(2);
      expect(acme).to.deep.include({ fuelPerSecond: 5, bytesPerSecond: 7, concurrency: 3, operator: true });
      expect(rows().get('other')).to.deep.include({ requestKey: KEY, mustSign: true });
    }));

  it('does not touch a file that is not a token file', () =>
    inFolder(async (path) => {
      writeFileSync(path('tokens.json'), '{}');
      const { status, err } = await assay(['token', path('tokens.json'), 'acme']);
      expect(status).to.equal(2);
      expect(err).to.include('assay token FILE TENANT makes one');
      expect(readFileSync(path('tokens.json'), 'utf8')).to.equal('{}');
    }));
});

describe('the summary of a batch', () => {
  const totalsOf = (...lines: readonly Partial<ResultLine>[]) => {
    const totals = new BatchTotals();
    for (const [index, line] of lines.entries()) totals.add({ index, input: `i${index}`, verdict: 'Valid', ...line });
    return totals;
  };
  const none = (kind: string) => ({ verdict: null, cause: { kind } });
  const plain = consoleOf({ write: () => undefined }, { write: () => undefined }, {}).colours;

  it('has a row for each verdict present, figures of fuel, and the most expensive inputs', () => {
    const used = (fuel: number) => ({ fuel: { used: fuel } });
    const lines = [
      ...[used(1_000), { verdict: 'Invalid', ...used(2_000) }, { verdict: 'UnresolvedDependencies', ...used(3_000) }],
      ...[{ ...none('trapped'), ...used(4_000) }, none('host-failure'), none('unreadable'), {}],
    ];
    const totals = totalsOf(...lines);
    const shown = batchSummaryLines(totals, plain);
    expect(shown[0]).to.equal('7 inputs');
    expect(shown.slice(1, 7).map((line) => line.replace(/ +/g, ' '))).to.deep.equal([
      'Valid 2',
      'Invalid 1',
      'UnresolvedDependencies 1',
      'no verdict 1',
      'host failure 1',
      'not readable 1',
    ]);
    expect(shown.slice(7, 11).map((line) => line.replace(/ +/g, ' '))).to.satisfy(
      ([sum, half, most95, most]: string[]) =>
        sum === 'fuel 10,000' &&
        /^fuel, half use at most 2,0\d\d$/.test(half!) &&
        /^fuel, 95 of 100 4,000$/.test(most95!) &&
        most === 'fuel, the most 4,000',
    );
    expect(shown.slice(11)).to.deep.equal([
      '',
      'most expensive',
      '4,000  i3  no verdict',
      '3,000  i2  UnresolvedDependencies',
      '2,000  i1  Invalid',
      '1,000  i0  Valid',
    ]);
    expect(batchSummaryDocument(totals)).to.have.nested.property('summary.fuel.used', '10000');
    expect(batchSummaryLines(totalsOf(), plain)).to.deep.equal(['0 inputs']);
    expect(batchSummaryLines(totalsOf({}), plain)).to.deep.equal(['1 input', 'Valid  1']);
  });

  it('ends with the status of the worst', () => {
    const rows: readonly (readonly [readonly Partial<ResultLine>[], number])[] = [
      [[{}, {}], EXIT.ok],
      [[{}, { verdict: 'UnresolvedDependencies' }], EXIT.unresolved],
      [[{ verdict: 'UnresolvedDependencies' }, { verdict: 'Invalid' }], EXIT.invalid],
      [[{ verdict: 'Invalid' }, none('trapped')], EXIT.notReturned],
      [[none('trapped'), none('unreadable')], EXIT.usage],
      [[none('unreadable'), none('host-failure')], EXIT.hostFailure],
    ];
    for (const [lines, status] of rows) expect(statusOf(totalsOf(...lines))).to.equal(status);
  });
});
