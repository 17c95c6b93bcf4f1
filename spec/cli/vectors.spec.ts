/** The golden vectors match, a vector that does not match is reported, and the receipts are those of the writer. */

import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { CliError } from '../../src/cli/cli-error.js';
import {
  hexField,
  jsonFiles,
  numberField,
  readRows,
  textField,
  textsField,
} from '../../src/cli/vectors/vector-file.js';
import { receiptFiles } from '../../src/cli/vectors/write-receipts.js';
import { assay } from './command-line.js';
import { saidBy } from './said.js';

interface Report {
  readonly passed: number;
  readonly failed: number;
  readonly suites: readonly { readonly suite: string; readonly passed: number; readonly failed: number }[];
}

let folder = '';
const expectSaid = saidBy('vectors', () => folder);

describe('golden vectors', () => {
  it('all pass', async () => {
    const { status, out } = await assay(['vectors', 'verify', '--json']);
    const report = JSON.parse(out) as Report;
    expect([status, report.failed]).to.deep.equal([0, 0]);
    expect(report.suites.map(({ suite }) => suite)).to.deep.equal([
      'load faults',
      'instructions',
      'fuel',
      'guests: outcomes',
      'guests: verdicts',
      'receipts',
      'agreement',
      'host functions',
      'host calls on bytes',
    ]);
    for (const { passed } of report.suites) expect(passed).to.be.greaterThan(25);
  });

  it('contain the receipts of the guests', async () => {
    for (const [name, text] of await receiptFiles('vectors')) {
      expect(
        text === readFileSync(`vectors/receipts/${name}`, 'utf8'),
        `vectors/receipts/${name} is as written`,
      ).to.equal(true);
    }
  });

  describe('vectors that fail', () => {
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), 'assay-vectors-'));
    });

    afterEach(() => rmSync(folder, { recursive: true }));

    /** The suite of a file, and the files that it needs. */
    const copySuite = (path: string): void => {
      const parts = path.startsWith('receipts/') ? [path, 'guests/wat'] : [path.replace(/\/.*/, '')];
      for (const part of parts) cpSync(join('vectors', part), join(folder, part), { recursive: true });
      rmSync(join(folder, 'guests/wat/calls.json'), { force: true });
    };

    const cases: readonly (readonly [string, string, string])[] = [
      ['receipts/wat.json', '"used":9205', '"used":9206'],
      ['receipts/wat.json', '"bytes":"0f', '"bytes":"0e'],
      ['receipts/wat.json', '"stateDigest":"', '"stateDigest":"00'],
      ['fuel/blocks.json', '"pages": 0', '"pages": 1'],
      ['malformed/load-faults.json', '"code":"bad-magic"', '"code":"bad-version"'],
    ];
    for (const [path, from, to] of cases) {
      it(`are reported: ${to} in ${path}`, async () => {
        copySuite(path);
        const text = readFileSync(join(folder, path), 'utf8');
        expect(text).to.include(from);
        writeFileSync(join(folder, path), text.replace(from, to));
        const ran = await assay(['vectors', 'verify', folder], { isTTY: true });
        expect(ran.status).to.equal(1);
        // The expected and the actual text are long.
        expectSaid(to, { ...ran, out: ran.out.replace(/[0-9a-f]{65,}/g, 'BYTES') });
      });
    }

    it('are an error if they cannot be read', async () => {
      copySuite('fuel/blocks.json');
      writeFileSync(join(folder, 'fuel/blocks.json'), '[{"name": 1}]');
      expectSaid('a vector without fields', await assay(['vectors', 'verify', folder]));
      writeFileSync(join(folder, 'fuel/blocks.json'), '{');
      expectSaid('no JSON', await assay(['vectors', 'verify', folder]));
    });
  });
});

describe('files of vectors', () => {
  it('have rows with the fields of their purpose', () => {
    const dir = mkdtempSync(join(tmpdir(), 'assay-rows-'));
    const path = join(dir, 'rows.json');
    const rows = (text: string) => {
      writeFileSync(path, text);
      return readRows(path);
    };
    const refusal = (work: () => unknown) => {
      const error = (() => {
        try {
          return work();
        } catch (thrown) {
          return thrown;
        }
      })();
      expect(error).to.be.instanceOf(CliError);
      return `${(error as CliError).message.replace(path, 'PATH')} / ${(error as CliError).advice}`;
    };
    try {
      expect(rows('[{"a":1},{}]')).to.deep.equal([{ a: 1 }, {}]);
      for (const text of ['{}', '[{},1]', '[null]', '"a"'])
        expect(refusal(() => rows(text))).to.equal('PATH is not a list of vectors / restore the file');
      expect(refusal(() => rows('['))).to.match(/^PATH is not JSON: .* \/ restore the file$/);
      for (const name of ['b.json', 'a.json', 'c.txt']) writeFileSync(join(dir, name), '');
      expect(jsonFiles(dir)).to.deep.equal(['a', 'b', 'rows'].map((name) => join(dir, `${name}.json`)));
      expect(refusal(() => jsonFiles(join(dir, 'none')))).to.include('no such file');
    } finally {
      rmSync(dir, { recursive: true });
    }
    const row = {
      name: 'one',
      text: 'x',
      number: 7,
      part: 0.5,
      texts: ['a', 'b'],
      mixed: ['a', 1],
      hex: '0aff',
      odd: '0af',
    };
    expect(textField(row, 'text')).to.equal('x');
    expect(numberField(row, 'number')).to.equal(7);
    expect(textsField(row, 'texts')).to.deep.equal(['a', 'b']);
    expect(hexField(row, 'hex')).to.deep.equal(Uint8Array.of(10, 255));
    const wrong: readonly (readonly [() => unknown, string])[] = [
      [() => textField(row, 'number'), "one\" has no string 'number'"],
      [() => numberField(row, 'part'), "one\" has no number 'part'"],
      [() => textsField(row, 'mixed'), "one\" has no list of strings 'mixed'"],
      [() => textsField(row, 'text'), "one\" has no list of strings 'text'"],
      [() => hexField(row, 'odd'), "one\" has no hexadecimal 'odd'"],
      [() => hexField({ hex: 'x0aff' }, 'hex'), "?\" has no hexadecimal 'hex'"],
      [() => hexField({ hex: '0affx' }, 'hex'), "?\" has no hexadecimal 'hex'"],
      [() => textField({}, 'a'), "?\" has no string 'a'"],
      [() => numberField({}, 'a'), "?\" has no number 'a'"],
      [() => textsField({}, 'a'), "?\" has no list of strings 'a'"],
    ];
    for (const [work, message] of wrong) expect(refusal(work)).to.equal(`the vector "${message} / restore the file`);
  });
});

describe('assay demo', () => {
  it('judges every post as expected', async () => {
    expectSaid('the demo', await assay(['demo'], { isTTY: true }));
  });
});
