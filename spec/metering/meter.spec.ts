/** Blocks, charges and frame words against the oracle's own reading. SEMANTICS 3, 4 and 6. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import fc from 'fast-check';
import { LIMITS_1 } from '../../src/base/limits.js';
import { decode } from '../../src/decode/decode.js';
import { type MeteredModule, meter } from '../../src/metering/meter.js';
import { defineSchedule, FUEL_1, FUEL_1_PRICES, type Schedule } from '../../src/metering/schedule.js';
import { validate } from '../../src/validate/validate.js';
import type { CostClass } from '../../src/wasm/instructions.js';
import { readFunction } from './block-oracle.js';
import { controlModule } from './control-arbitrary.js';
import { FUEL_VECTORS } from './fuel-vectors.js';
import { readModule } from './plain-module.js';
import { traceCost } from './trace-oracle.js';

/** Every price differs from every other, so that no two can be taken for each other. */
const DISTINCT: Schedule = defineSchedule('distinct', {
  ...FUEL_1_PRICES,
  instructions: Object.fromEntries(
    Object.keys(FUEL_1_PRICES.instructions).map((name, index) => [
      name,
      name === 'delimiter' ? 0 : 1_009 * (index + 1),
    ]),
  ) as Record<CostClass, number>,
  carriedValue: 7,
  functionEntry: 900_001,
  zeroedLocal: 31,
});

function meterBytes(bytes: Uint8Array, schedule: Schedule): MeteredModule {
  const loaded = validate(decode(bytes, LIMITS_1), LIMITS_1);
  if (!loaded.ok) throw new Error(`the module is ${loaded.fault.kind}: ${loaded.fault.code} at ${loaded.fault.offset}`);
  return meter(loaded.value, schedule);
}

function metered(bytes: Uint8Array, schedule: Schedule) {
  const result = meterBytes(bytes, schedule);
  const bodyMeter = result.bodyMeter();
  return Array.from(result.module.bodyStarts, (_, index) => {
    bodyMeter.meterBody(index);
    const { blocks, maxHeight, frameWords, declaredLocals } = bodyMeter;
    return {
      blocks: Array.from({ length: blocks.count }, (_, at) => ({
        offset: blocks.offsets[at]!,
        cost: blocks.costs[at]!,
      })),
      maxHeight,
      frameWords,
      declaredLocals,
      sum: bodyMeter.staticCost(),
    };
  });
}

function expected(bytes: Uint8Array, schedule: Schedule) {
  const module = readModule(bytes);
  return Array.from(module.bodyStarts, (_, index) => {
    const { blocks, maxHeight, frameWords, body } = readFunction(module, index, schedule);
    const sum = blocks.reduce((left, block) => left + block.cost, 0);
    return { blocks, maxHeight, frameWords, declaredLocals: body.declaredLocals.length, sum };
  });
}

function check(bytes: Uint8Array): void {
  for (const schedule of [FUEL_1, DISTINCT]) {
    expect(metered(bytes, schedule)).to.deep.equal(expected(bytes, schedule));
  }
}

function wasmFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.wasm'))
    .map((name) => `${folder}/${name}`);
}

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
/** Programs of others, and the guests of the house. */
const PROGRAMS = [
  ...['source-map/lib/mappings', 'tiny-secp256k1/lib/secp256k1', 'argon2-browser/dist/argon2'].map(
    (name) => `${ROOT}node_modules/${name}.wasm`,
  ),
  ...wasmFiles(`${ROOT}vectors/guests`),
];

describe('meter', () => {
  for (const vector of FUEL_VECTORS.filter((one) => one.name.endsWith('/1'))) {
    it(`cuts like the oracle: vector ${vector.name}`, () => check(Uint8Array.from(Buffer.from(vector.wasm, 'hex'))));
  }

  for (const file of PROGRAMS) {
    it(`cuts like the oracle: ${file.split('/').slice(-2).join('/')}`, () => check(new Uint8Array(readFileSync(file))));
  }

  it('cuts like the oracle: generated nested control', () => {
    fc.assert(
      fc.property(controlModule, ({ bytes }) => check(bytes)),
      { numRuns: 500 },
    );
  });

  it('takes the instantiation charge that the oracle takes', () => {
    for (const vector of FUEL_VECTORS) {
      const bytes = Uint8Array.from(Buffer.from(vector.wasm, 'hex'));
      const charge = meterBytes(bytes, DISTINCT).instantiationCharge;
      const [first] = traceCost(bytes, vector.export, vector.args, DISTINCT, charge + 1).charges;
      expect(first, vector.name).to.deep.equal({ part: 'instantiate', what: 'instantiate', fuel: charge });
    }
  });

  it('quotes loading by the bytes alone', () => {
    const vector = FUEL_VECTORS[0]!;
    const bytes = Uint8Array.from(Buffer.from(vector.wasm, 'hex'));
    expect(meterBytes(bytes, FUEL_1).loadPrice).to.equal(10_000 + 32 * bytes.length);
  });
});
