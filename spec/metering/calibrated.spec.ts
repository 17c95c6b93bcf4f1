/**
 * The schedule follows by the rule from the measured calibration data and the overrides, each of which states its
 * reason.
 */
import { expect } from 'chai';
import { readCalibration } from '../../bench/calibration/data.js';
import { PROBES } from '../../bench/calibration/probes.js';
import {
  type Override,
  pricesByPath,
  proposedPrices,
  readOverrides,
  underpaid,
  worths,
} from '../../bench/calibration/rule.js';
import { FUEL_1_PRICES } from '../../src/metering/schedule.js';

const calibration = readCalibration();
const overrides = readOverrides();
const prices = pricesByPath(FUEL_1_PRICES);

describe('calibrated schedule', () => {
  it('has every price that rule, data and overrides produce, and no others', () => {
    const proposed = proposedPrices(calibration, overrides);
    for (const [row, price] of proposed) expect(prices.get(row), row).to.equal(price);
    for (const [row, price] of prices) {
      const isDivisor = row.endsWith('.b');
      const isNoBase = row.endsWith('.base') && price === 0;
      if (!isDivisor && !isNoBase) expect(proposed.has(row), row).to.equal(true);
    }
  });

  it('belongs to a calibration that has all current probes', () => {
    const measured = calibration.probes.map(({ name, row, others }) => ({ name, row, others }));
    expect(measured).to.deep.equal(PROBES.map(({ name, row, others }) => ({ name, row, others })));
    for (const { name, ns } of calibration.probes) {
      for (const value of Object.values(ns)) expect(value, name).to.be.at.least(0);
    }
  });

  it('has overrides only of existing rows, each with a reason, one per row', () => {
    const rows = overrides.map(({ row }) => row);
    expect(new Set(rows).size).to.equal(rows.length);
    for (const { row, reason } of overrides) {
      expect(prices.has(row), row).to.equal(true);
      expect(reason, row).to.match(/^[A-Z].{20,}\.$/);
    }
  });

  it('fails for another figure, another rule or another override', () => {
    const changed = (change: (row: string, value: number) => number): typeof calibration => ({
      ...calibration,
      probes: calibration.probes.map((probe) => ({
        ...probe,
        ns: {
          interpreter: change(probe.row, probe.ns.interpreter),
          instrumented: change(probe.row, probe.ns.instrumented),
        },
      })),
    });
    const slower = changed((row, ns) => (row === 'instructions.divide' ? 10 * ns + 100 : ns));
    expect(proposedPrices(slower, overrides).get('instructions.divide')).to.be.above(
      prices.get('instructions.divide')!,
    );
    const other: Override = { row: 'load.a', price: 33, reason: 'Another one, to see that it counts.' };
    expect(proposedPrices(calibration, [other]).get('load.a')).to.equal(33);
    expect(underpaid('instructions.divide', 30)).to.equal(10);
    expect(underpaid('rates.hostCall.base', 60)).to.equal(10);
    expect(worths(calibration).size).to.be.above(30);
  });
});
