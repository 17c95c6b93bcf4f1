/** docs/FUEL.md matches the schedule, and the vectors it names exist and have the stated fuel. */
import { expect } from 'chai';
import { fuelPage } from './fuel-table.js';
import { FUEL_VECTORS } from './fuel-vectors.js';

describe('docs/FUEL.md', () => {
  it('has the tables of the schedule', () => {
    const { text, wanted } = fuelPage();
    expect(text).to.equal(wanted);
  });

  it('states the fuel of its examples as the vectors do', () => {
    const examples = [...fuelPage().text.matchAll(/`([a-z-]+\/\d+)`: ([\d,]+) fuel/g)];
    expect(examples).to.have.lengthOf.at.least(4);
    for (const [, name, fuel] of examples) {
      const used = FUEL_VECTORS.find((vector) => vector.name === name)?.used;
      expect(used, name).to.equal(Number(fuel!.replaceAll(',', '')));
    }
  });
});
