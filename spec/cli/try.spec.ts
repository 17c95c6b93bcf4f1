/**
 * `assay try`: a script on an in-memory chain, with output for a person and for a program; invalid scripts and bundles.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { encodeMessagePack } from '../../src/boundary/messagepack-encode.js';
import { packed } from '../zome/packed-bundle.js';
import { constantGuest, wasmOf } from '../zome/probe-guest.js';
import { assay } from './command-line.js';
import { saidBy } from './said.js';

const NOTEBOOK = 'vectors/zome/notebook/notebook-0.7.happ';
const STORY = 'vectors/zome/notebook/story.json';

let folder = '';
const file = (name: string): string => join(folder, name);
const expectSaid = saidBy('try', () => folder);

function script(value: unknown): string {
  const path = file('script.json');
  writeFileSync(path, JSON.stringify(value));
  return path;
}

const okOf = (value: string | null) => encodeMessagePack({ Ok: encodeMessagePack(value) });
const ERROR = encodeMessagePack({ Err: { file: 'lib.rs', line: 1, error: { Guest: 'no' } } });

/** A DNA whose coordinator returns constants, and writes nothing. */
function constantDna(
  more: Readonly<Record<string, Uint8Array>> = {},
  integrity: Readonly<Record<string, Uint8Array>> = {},
) {
  const zome = (name: string) => ({ name, path: `${name}.wasm`, dependencies: null });
  const manifest = {
    manifest_version: '0',
    name: 'constant',
    integrity: { network_seed: null, properties: null, zomes: [zome('rules')] },
    coordinator: { zomes: [zome('main')] },
  };
  const path = file('constant.dna');
  const main = constantGuest({ hello: okOf('hello'), fail: ERROR, ...more });
  writeFileSync(path, packed(manifest, { 'rules.wasm': wasmOf(constantGuest(integrity)), 'main.wasm': wasmOf(main) }));
  return path;
}

const call = (fn: string, more: object = {}) => ({ zome: 'main', fn, ...more });

describe('assay try', () => {
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'assay-try-'));
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });

  it('prints what each call returned, wrote and cost', async function () {
    this.timeout(60_000);
    const ran = await assay(['try', `${NOTEBOOK}#notebook`, STORY], { isTTY: true });
    expect(ran.status).to.equal(0);
    expectSaid('a story', ran);
  });

  it('prints one document', async function () {
    this.timeout(60_000);
    const ran = await assay(['try', NOTEBOOK, STORY, '--json', '--tier', 'interpreter']);
    expect(ran.status).to.equal(0);
    expectSaid('a story as a document', { ...ran, out: JSON.stringify(JSON.parse(ran.out), undefined, 1) });
    // The same script gives the same document, to the bit.
    expect(await assay(['try', NOTEBOOK, STORY, '--json', '--tier', 'interpreter'])).to.deep.equal(ran);
  });

  it('exits with the status of the worst call that did not end as expected', async () => {
    const dna = constantDna({ spin: okOf('x') });
    const statusOf = async (calls: readonly object[]) => (await assay(['try', dna, script(calls)])).status;
    expect(await statusOf([call('hello')])).to.equal(0);
    expect(await statusOf([call('fail')])).to.equal(1);
    expect(await statusOf([call('fail', { expect: 'error' })])).to.equal(0);
    expect(await statusOf([call('hello', { expect: 'error' })])).to.equal(1);
    expect(await statusOf([call('fail'), call('hello', { fuel: 1 })])).to.equal(4);
    expect(await statusOf([call('hello', { fuel: 1, expect: 'no-answer' })])).to.equal(0);
    expectSaid('an error', await assay(['try', dna, script([call('fail')])]));
    expectSaid(
      'no answer',
      await assay(['try', dna, script([call('fail'), call('hello', { fuel: 1 })])], { isTTY: true }),
    );
  });

  it('reports when init fails, and calls nothing', async () => {
    const failing = encodeMessagePack({ Ok: encodeMessagePack({ Fail: 'not today' }) });
    const args = ['try', constantDna({ init: failing }), script([call('hello')])];
    expect((await assay(args)).status).to.equal(1);
    const expected = ['try', args[1]!, script([call('hello', { expect: 'error' })])];
    expect((await assay(expected)).status).to.equal(0);
    script([call('hello')]);
    expectSaid('a failing init', await assay(args, { isTTY: true }));
    expectSaid('a failing init as a document', await assay([...args, '--json']));
  });

  it('substitutes results into inputs', async () => {
    const dna = constantDna();
    const run = async (input: unknown) =>
      assay(['try', dna, script([call('hello', { as: 'word' }), call('hello', { input })])]);
    for (const input of ['$word', '$1', '$agent', '$dna', ['$word', { a: '$1' }], '$$word']) {
      expect((await run(input)).status, JSON.stringify(input)).to.equal(0);
    }
    for (const [input, said] of [
      ['$other', 'there is no result other yet'],
      ['$2', 'there is no result 2 yet'],
      ['$word.field', 'the result has no such field'],
    ] as const) {
      const ran = await run(input);
      expect(ran.err).to.include(said);
      expectSaid(said, ran);
    }
  });

  for (const [what, value, said] of [
    ['an unknown field of a call', [call('hello', { inputs: 1 })], 'call 1 has an unknown field inputs'],
    ['an unknown field', { calls: [], seed: 1 }, 'has an unknown field seed'],
    ['no calls', {}, 'is not a valid script: expected'],
    ['a call without a function', [{ zome: 'main' }], 'expected str, got nothing at $.fn'],
    ['a bad seed', { agent: { $bin: '01' }, calls: [] }, 'is not a valid script'],
    ['a bad time', { time: 'yesterday', calls: [] }, 'has an invalid time'],
    ['a day that there is not', { time: '2026-02-30T00:00:00Z', calls: [] }, 'has an invalid time'],
    ['a bad expectation', [call('hello', { expect: 'fine' })], 'has no variant "fine"'],
    ['a bad name', [call('hello', { as: 'agent' })], 'agent is not a valid name for a result'],
    ['an unknown zome', [{ zome: 'other', fn: 'hello' }], 'unknown zome other'],
    ['an unknown function', [call('nothing')], "does not export a function 'nothing'"],
  ] as const) {
    it(`refuses a script with ${what}`, async () => {
      const ran = await assay(['try', constantDna(), script(value)]);
      expect(ran.err).to.include(said);
      expectSaid(what, ran);
    });
  }

  it('refuses an incomplete DNA, one of an unsupported generation, and a self check that is not Valid', async () => {
    const calls = script([call('hello')]);
    const dna = constantDna();
    for (const [args, said] of [
      [['vectors/guests/links/links.wasm', calls], 'is not a bundle'],
      [[`${dna}#main`, calls], 'is one zome, but assay try runs a whole DNA'],
      [[dna, calls, '--generation', '0.2'], 'is of generation 0.2, which assay try does not support'],
      [[dna, file('nowhere.json')], 'nowhere.json'],
    ] as const) {
      const ran = await assay(['try', ...args]);
      expect(ran.err).to.include(said);
      expectSaid(said, ran);
    }
    const invalid = encodeMessagePack({ Ok: encodeMessagePack({ Invalid: 'no proof' }) });
    const strict = constantDna({}, { genesis_self_check: invalid });
    expectSaid('a self check that is not Valid', await assay(['try', strict, calls]));
    const failing = constantDna({}, { genesis_self_check: ERROR });
    expectSaid('a self check without a verdict', await assay(['try', failing, calls]));
    const proven = script({ membraneProof: 'proof', calls: [call('hello', { fuel: 1_000_000 })] });
    const options = ['--generation', '0.6', '--fuel', '10', '--json'];
    expectSaid('a proof and a generation', await assay(['try', constantDna(), proven, ...options]));
    expectSaid('fuel of an option', await assay(['try', dna, script([call('hello')]), '--fuel', '10']));
    const zome = await assay(['try', `${NOTEBOOK}#notebook/notebook`, calls]);
    expectSaid('a zome of a role', zome);
  });
});
