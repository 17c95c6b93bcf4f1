/** The price list of host functions of zomes cannot change unnoticed, and each row is charged as stated. */
import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { toHex } from '../../src/base/hash.js';
import { str } from '../../src/boundary/codec.js';
import { HOST_PRICES, type HostPriceRow, hostPriceSuite } from '../../src/cli/vectors/host-price-vectors.js';
import { hostTableOf } from '../../src/engine/imports/host-table.js';
import { defineHostFunction, ok } from '../../src/zome/host-function.js';
import { zomeHostTable } from '../../src/zome/zome-host-table.js';
import { loadText } from '../engine/load-text.js';

const HASH = '1c050aa351b1856bb7c634a8644513fb56f197b6698d5b62872f87ef542146a4';

const type = { params: [], results: [] };
const row = (module: string, name: string, more: object = {}) => ({ module, name, type, run: () => [], ...more });
const hashOf = (...rows: readonly ReturnType<typeof row>[]) => toHex(hostTableOf(rows, 1_900).hash);

describe('the table of host prices', () => {
  it('is pinned', () => {
    expect(toHex(zomeHostTable().hash)).to.equal(HASH);
    expect(readFileSync('docs/HOLOCHAIN.md', 'utf8')).to.include(HASH);
  });

  it('has a vector for each row, and each is reproduced', async () => {
    const { passed, failures } = await hostPriceSuite.run('vectors');
    expect(failures).to.deep.equal([]);
    expect(passed).to.equal(zomeHostTable().rows.length);
  });

  it('charges the bytes in its vectors at their rate', () => {
    const rows = JSON.parse(readFileSync(`vectors/${HOST_PRICES}`, 'utf8')) as HostPriceRow[];
    expect(rows.map(({ name }) => name).sort()).to.deep.equal(zomeHostTable().rows.map(({ name }) => name));
    for (const { name, prices, output, parts } of rows) {
      // 7 bytes of the guest's own around the result; the input is nil unless the vector's guest has another.
      const [base, perByte, dataByte] = [prices['base']!, prices['perByte']!, prices['perDataByte'] ?? 0];
      const signed = name === '__hc__verify_signature_1';
      const input = signed ? 229 : name.startsWith('__hc__must_get') && !name.includes('activity') ? 41 : 1;
      const answer = output.length / 2 - 7;
      const data = signed ? 100 * dataByte : 0;
      expect(parts['host'], name).to.equal(base + perByte * (input + answer) + data);
    }
  });

  it('changes with any name or price, and not with the order', () => {
    const all = [
      hashOf(),
      hashOf(row('a', 'f')),
      hashOf(row('b', 'f')),
      hashOf(row('a', 'g')),
      hashOf(row('a', 'f', { cost: 51 })),
      hashOf(row('a', 'f', { rates: { perByte: 1 } })),
      hashOf(row('a', 'f', { rates: { perByte: 2 } })),
      hashOf(row('a', 'f', { rates: { work: 1 } })),
      hashOf(row('a', 'f'), row('a', 'g')),
      hashOf(row('a.b', 'c')),
      hashOf(row('a', 'b.c')),
    ];
    expect(new Set(all).size).to.equal(all.length);
    expect(hashOf(row('a', 'g'), row('a', 'f'))).to.equal(hashOf(row('a', 'f'), row('a', 'g')));
    const [first, second] = [
      { x: 1, y: 2 },
      { y: 2, x: 1, z: 0 },
    ];
    expect(hashOf(row('a', 'f', { rates: first }))).to.equal(hashOf(row('a', 'f', { rates: second })));
    expect(hashOf(row('a', 'f', { cost: 1_900 }))).to.equal(hashOf(row('a', 'f')));
    // U+FFFD sorts before U+1F600 by bytes, after it in JavaScript's own order.
    expect(hostTableOf([row('\u{1f600}', ''), row('\ufffd', '')], 50).rows.map(({ module }) => module)).to.deep.equal([
      '\ufffd',
      '\u{1f600}',
    ]);
  });

  it('is in the receipt of a call that pays nothing, and reported by describe', async () => {
    const text = '(module (func (export "f")))';
    const [plain, priced] = [await loadText(text), await loadText(text, [row('a', 'f')])];
    expect(toHex(plain.call('f').receipt.hosts)).to.equal(hashOf());
    expect(toHex(priced.call('f').receipt.hosts)).to.equal(hashOf(row('a', 'f')));
    expect(toHex(plain.call('f', [], { imports: [row('a', 'f')] }).receipt.hosts)).to.equal(hashOf(row('a', 'f')));
    expect(plain.describe().hostTable).to.equal(hashOf());
    expect(priced.describe().hostTable).to.equal(hashOf(row('a', 'f')));
  });

  it('includes the host functions of a user', () => {
    const cost = { base: 10, perByte: 1 };
    const own = defineHostFunction({ name: '__my__f_1', input: str, output: str, cost, run: (text) => ok(text) });
    const table = zomeHostTable([own]);
    expect(toHex(table.hash)).to.not.equal(HASH);
    expect(table.rows.find(({ name }) => name === '__my__f_1')).to.deep.equal({
      module: 'env',
      name: '__my__f_1',
      base: 10,
      rates: [['perByte', 1]],
    });
  });
});
