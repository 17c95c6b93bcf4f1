/** The golden vectors are met, a vector that is not is told, and the receipts are those that the writer writes. */

import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
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
  it('are all met', async () => {
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

  it('hold the receipts that the guests give', async () => {
    for (const [name, text] of await receiptFiles('vectors')) {
      expect(
        text === readFileSync(`vectors/receipts/${name}`, 'utf8'),
        `vectors/receipts/${name} is as written`,
      ).to.equal(true);
    }
  });

  describe('that are not met', () => {
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), 'assay-vectors-'));
    });

    afterEach(() => rmSync(folder, { recursive: true }));

    /** The suite of a file, and what it needs. */
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
      it(`are told: ${to} in ${path}`, async () => {
        copySuite(path);
        const text = readFileSync(join(folder, path), 'utf8');
        expect(text).to.include(from);
        writeFileSync(join(folder, path), text.replace(from, to));
        const ran = await assay(['vectors', 'verify', folder], { isTTY: true });
        expect(ran.status).to.equal(1);
        // What is expected there, and what is given, are long.
        expectSaid(to, { ...ran, out: ran.out.replace(/[0-9a-f]{65,}/g, 'BYTES') });
      });
    }

    it('or cannot be read are an error', async () => {
      copySuite('fuel/blocks.json');
      writeFileSync(join(folder, 'fuel/blocks.json'), '[{"name": 1}]');
      expectSaid('a vector without fields', await assay(['vectors', 'verify', folder]));
      writeFileSync(join(folder, 'fuel/blocks.json'), '{');
      expectSaid('no JSON', await assay(['vectors', 'verify', folder]));
    });
  });
});

describe('assay demo', () => {
  it('judges every post as expected', async () => {
    expectSaid('the demo', await assay(['demo'], { isTTY: true }));
  });
});
