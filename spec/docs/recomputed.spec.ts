/** Byte-by-byte examples of the docs are recomputed from the docs alone, and compared with the code. */
import { readFileSync } from 'node:fs';
import { blake2b } from '@noble/hashes/blake2.js';
import { expect } from 'chai';
import { toHex } from '../../src/base/hash.js';
import { LIMITS_1 } from '../../src/base/limits.js';
import { createEngine } from '../../src/engine/engine.js';
import type { Tier } from '../../src/engine/tier.js';
import { FUEL_1 } from '../../src/metering/schedule.js';
import { openLinkedSession } from '../../src/session/index.js';
import { bytesOfText } from '../engine/load-text.js';
import { TIERS } from '../tiers.js';
import { codeBlocks } from './code-blocks.js';

const page = (name: string) => readFileSync(`docs/${name}.md`, 'utf8');
const digestOf = (bytes: Uint8Array) => toHex(blake2b(bytes, { dkLen: 32 }));

/** The cells of the tables in a page, row by row. */
function cellsOf(text: string): readonly (readonly string[])[] {
  const rows = text.split('\n').filter((line) => line.startsWith('| '));
  return rows.map((line) =>
    line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  );
}

describe('the documents alone define', () => {
  it('the hash of the schedule', () => {
    const fuel = page('FUEL');
    const [head, rest] = codeBlocks(fuel.slice(fuel.indexOf('## The text of the hash'))).filter(
      ({ language }) => language === 'text',
    );
    const rows = cellsOf(page('INSTRUCTIONS'))
      .filter(([opcode]) => /^[0-9a-f]{2}( [0-9a-f]{2})?$/.test(opcode!))
      .sort(
        ([left], [right]) => Number.parseInt(left!.replace(' ', ''), 16) - Number.parseInt(right!.replace(' ', ''), 16),
      );
    const instructions = rows.map((cells) => `${cells[1]!.replaceAll('`', '')} ${cells[5]}\n`).join('');
    expect(rows.length).to.be.greaterThan(200);
    const text = head!.code + instructions + rest!.code;
    const hash = digestOf(new TextEncoder().encode(text));
    expect(hash).to.equal(toHex(FUEL_1.hash));
    expect(fuel).to.include(`hash \`${hash}\``);
  });

  it('the hash of the limits', () => {
    const text = page('SEMANTICS');
    const rows = cellsOf(
      text.slice(text.indexOf('<!-- limits: begin -->'), text.indexOf('<!-- limits: end -->')),
    ).filter(([name]) => name!.startsWith('`'));
    const lines = rows.map(([name, value]) => `${name!.replaceAll('`', '')} ${value}\n`).sort();
    const hash = digestOf(new TextEncoder().encode(`limits-1\n${lines.join('')}`));
    expect(hash).to.equal(toHex(LIMITS_1.hash));
    expect(text).to.include(`hash \`${hash}\``);
    for (const line of ['limits-1', ...lines.slice(0, 2)]) expect(text).to.include(`\`${line.trim()}\``);
  });

  for (const tier of TIERS.keys()) {
    it(`the state digests of the examples, ${tier}`, async () => {
      const blocks = codeBlocks(page('SEMANTICS'));
      const wat = blocks.find(({ language }) => language === 'wat')!.code;
      const states = blocks.filter(({ language }) => language === 'state').map(({ code }) => code);
      const modules = [wat, wat.replace('(elem (i32.const 1)', '(elem (i32.const 3)')];
      expect(states).to.have.length(modules.length);
      for (const [at, state] of states.entries()) {
        const loaded = await createEngine({ tier: tier as Tier }).load(bytesOfText(modules[at]!));
        if (!loaded.ok) throw new Error(loaded.fault.code);
        const { outcome, diagnostics } = loaded.module.call('f');
        expect(outcome.kind).to.equal(['returned', 'trapped'][at]);
        const [bytes, said] = state.split('digest ');
        const hex = bytes!
          .split('\n')
          .map((line) => /^(?:[0-9a-f]+ ?)*/.exec(line.split('   ')[0]!)![0])
          .join('');
        expect(digestOf(Buffer.from(hex.replaceAll(' ', ''), 'hex'))).to.equal(toHex(diagnostics.stateDigest()));
        expect(said!.trim()).to.equal(toHex(diagnostics.stateDigest()));
      }
    });

    it(`the state and the links of the linked example, ${tier}`, async () => {
      const blocks = codeBlocks(page('SEMANTICS'));
      const text = blocks.find(({ language }) => language === 'linked')!.code;
      const at = text.indexOf('(module', 1);
      const bytes = [text.slice(0, at), text.slice(at)].map(bytesOfText);
      const engine = createEngine({ tier: tier as Tier });
      const links = await Promise.all(
        bytes.map(async (each, i) => {
          const loaded = await engine.load(each);
          if (!loaded.ok) throw new Error(loaded.fault.code);
          return { name: 'ab'[i]!, module: loaded.module };
        }),
      );
      const opened = openLinkedSession(links);
      if (!opened.ok) throw new Error('it does not open');
      const { receipt } = opened.session.call('b', 'h', [], { digest: true });
      const state = blocks.find(({ language }) => language === 'store')!.code;
      const hex = state.split('\n').map((line) => line.split('    ')[0]!);
      expect(digestOf(Buffer.from(hex.join('').replaceAll(' ', ''), 'hex'))).to.equal(toHex(receipt.stateDigest!));
      // The hash of an empty set of host functions is that of one text.
      const hosts = digestOf(Buffer.concat([Buffer.from([13, 0, 0, 0]), Buffer.from('assay-hosts-1')]));
      const word = (value: number) => `0${value}000000`;
      const module = (name: string, hash: string, behind: readonly number[]) => {
        const nameHex = word(1) + Buffer.from(name).toString('hex');
        return [nameHex, hash, hosts, word(behind.length), ...behind.map(word), word(0)].join('');
      };
      const [a, b] = [module('a', digestOf(bytes[0]!), []), module('b', digestOf(bytes[1]!), [1, 1, 1])];
      expect(digestOf(Buffer.from(word(2) + a + b, 'hex'))).to.equal(toHex(receipt.links));
      expect(digestOf(Buffer.from(word(1) + a, 'hex'))).to.equal(toHex(opened.receipts[0]!.links));
    });
  }

  it('the price of an initialiser', async () => {
    const loaded = await createEngine().load(
      bytesOfText('(module (global i32 (i32.const 65536)) (func (export "f")))'),
    );
    if (!loaded.ok) throw new Error(loaded.fault.code);
    expect(loaded.module.describe().instantiationCharge).to.equal(9_205);
    expect(page('FUEL')).to.include('pays 9,205 for its instance');
  });
});
