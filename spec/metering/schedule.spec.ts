/** Price lists: complete, bounded, hashed; dynamic charges exact. SEMANTICS 3. */
import { expect } from 'chai';
import fc from 'fast-check';
import { toHex } from '../../src/base/hash.js';
import {
  defineRate,
  defineSchedule,
  dynamicCharge,
  FUEL_1,
  FUEL_1_PRICES,
  type Prices,
  scheduleText,
  staticPrices,
} from '../../src/metering/schedule.js';
import { INSTRUCTIONS, opcodeIndex } from '../../src/wasm/instructions.js';

/** fuel-1 with one price of a group replaced. */
function withPrice(group: 'instructions' | 'rates' | 'instantiate', name: string, value: unknown): Prices {
  return { ...FUEL_1_PRICES, [group]: { ...FUEL_1_PRICES[group], [name]: value } } as Prices;
}

describe('schedule', () => {
  it('fuel-1 is pinned: a change of a price or of a class changes receipts and needs a new id', () => {
    expect(toHex(FUEL_1.hash)).to.equal('32190536512bd3a3f275f8cf812606ace17bc38b9aa97011eb11f915bca1a802');
  });

  it('is deeply frozen', () => {
    const frozen = [
      FUEL_1,
      FUEL_1.instructions,
      FUEL_1.rates,
      FUEL_1.rates.memoryFill,
      FUEL_1.instantiate,
      FUEL_1.load,
    ];
    expect(frozen.map(Object.isFrozen)).to.deep.equal(frozen.map(() => true));
  });

  it('gives each instruction of the table the price of its class', () => {
    const prices = staticPrices(FUEL_1);
    for (const row of INSTRUCTIONS) {
      expect(prices[opcodeIndex(row.opcode)], row.name).to.equal(FUEL_1.instructions[row.cost]);
    }
  });

  it('hashes one line for each instruction, and each row changes the hash', () => {
    const text = scheduleText(FUEL_1);
    for (const row of INSTRUCTIONS) expect(text).to.include(`\n${row.name} ${FUEL_1.instructions[row.cost]}\n`);
    const changed = [
      withPrice('instructions', 'simple', 2),
      withPrice('rates', 'memoryGrow', { base: 1, a: 1024, b: 1 }),
      withPrice('rates', 'boundaryOut', { base: 0, a: 1, b: 2 }),
      withPrice('instantiate', 'base', 1),
      withPrice('instantiate', 'global', { base: 0, a: 0, b: 1 }),
      { ...FUEL_1_PRICES, carriedValue: 0 },
      { ...FUEL_1_PRICES, functionEntry: 0 },
      { ...FUEL_1_PRICES, zeroedLocal: 0 },
      { ...FUEL_1_PRICES, load: { base: 0, a: 0, b: 1 } },
      FUEL_1_PRICES,
    ];
    const hashes = changed.map((prices) => toHex(defineSchedule('fuel-1', prices).hash));
    expect(new Set(hashes).size).to.equal(changed.length);
    expect(hashes.at(-1)).to.equal(toHex(FUEL_1.hash));
    expect(toHex(defineSchedule('other', FUEL_1_PRICES).hash)).not.to.equal(toHex(FUEL_1.hash));
  });

  it('refuses every price that is not an integer from 0 to 1,000,000', () => {
    for (const bad of [-1, 0.5, 1_000_001, Number.NaN, Number.POSITIVE_INFINITY, '1', undefined]) {
      expect(() => defineSchedule('bad', withPrice('instructions', 'simple', bad)), `${bad}`).to.throw(RangeError);
      expect(() => defineSchedule('bad', withPrice('instantiate', 'base', bad)), `${bad}`).to.throw(RangeError);
      expect(() => defineSchedule('bad', { ...FUEL_1_PRICES, zeroedLocal: bad as number })).to.throw(RangeError);
      for (const part of ['base', 'a', 'b']) {
        const rate = { base: 1, a: 1, b: 1, [part]: bad };
        expect(() => defineSchedule('bad', withPrice('rates', 'hostCall', rate)), `${bad}`).to.throw(RangeError);
        expect(() => defineSchedule('bad', withPrice('instantiate', 'table', rate)), `${bad}`).to.throw(RangeError);
      }
    }
    expect(() => defineSchedule('good', withPrice('instructions', 'simple', 1_000_000))).not.to.throw();
  });

  it('refuses free branches, calls and host calls, and delimiters with a price', () => {
    for (const name of ['branch', 'branchTable', 'call', 'callIndirect']) {
      expect(() => defineSchedule('bad', withPrice('instructions', name, 0)), name).to.throw(RangeError, name);
    }
    expect(() => defineSchedule('bad', withPrice('instructions', 'delimiter', 1))).to.throw(RangeError, 'delimiter');
    expect(() => defineSchedule('bad', withPrice('rates', 'hostCall', { base: 0, a: 1, b: 1 }))).to.throw(RangeError);
    expect(() => defineRate('env.tick', { base: 0, a: 0, b: 1 }, 1)).to.throw(RangeError, 'env.tick');
    expect(() => defineRate('fill', { base: 0, a: 1, b: 0 })).to.throw(RangeError, 'divisor');
  });

  it('refuses missing and unknown rows', () => {
    const { simple: _, ...rest } = FUEL_1_PRICES.instructions;
    expect(() => defineSchedule('bad', { ...FUEL_1_PRICES, instructions: rest as never })).to.throw(
      RangeError,
      'simple',
    );
    expect(() => defineSchedule('bad', withPrice('rates', 'gas', { base: 0, a: 0, b: 1 }))).to.throw(RangeError, 'gas');
  });

  it('charges base + ceil(n * a / b) exactly up to 2^32 units', () => {
    const price = fc.integer({ min: 0, max: 1_000_000 });
    const units = fc.oneof(fc.integer({ min: 0, max: 2 ** 32 }), fc.constantFrom(0, 1, 2 ** 32 - 1, 2 ** 32));
    fc.assert(
      fc.property(price, price, fc.integer({ min: 1, max: 1_000_000 }), units, (base, a, b, n) => {
        const exact = BigInt(base) + (BigInt(n) * BigInt(a) + BigInt(b) - 1n) / BigInt(b);
        expect(BigInt(dynamicCharge({ base, a, b }, n))).to.equal(exact);
      }),
      { numRuns: 2_000 },
    );
    expect(dynamicCharge({ base: 1_000_000, a: 1_000_000, b: 1 }, 2 ** 32)).to.equal(4_294_967_297_000_000 - 0);
  });
});
