/**
 * How far memories and tables grow: to the declared maximum or the cap, whichever is smaller, and all tables together
 * to the cap on their sum. A refused growth has no charge by data. The results are written by hand. docs/SEMANTICS.md,
 * section 5.
 */
import { deepEqual } from 'node:assert/strict';
import { defineLimits, LIMITS_1 } from '../../src/base/limits.js';
import { Store } from '../../src/machine/store.js';
import { FUEL_1 } from '../../src/metering/schedule.js';
import { loadModule } from '../instrumented/run-export.js';
import { wat } from '../instrumented/wat.js';
import { TIERS } from '../tiers.js';

const SMALL = defineLimits('spec-caps', { pages: 5, tableElements: 12 });

interface Case {
  readonly name: string;
  readonly items: string;
  readonly limits?: typeof SMALL;
  /** Steps on one instance: the item to grow and by how much. */
  readonly grow: readonly (readonly [item: 'memory' | 'a' | 'b', delta: number])[];
  readonly answers: readonly number[];
}

const CASES: readonly Case[] = [
  {
    name: 'a memory to its declared maximum',
    items: '(memory 1 3)',
    grow: [
      ['memory', 3],
      ['memory', 1],
      ['memory', 0],
      ['memory', 1],
      ['memory', 1],
      ['memory', 0],
    ],
    answers: [-1, 1, 2, 2, -1, 3],
  },
  {
    name: 'a memory to the cap',
    items: '(memory 1)',
    grow: [
      ['memory', 5],
      ['memory', 4],
      ['memory', 1],
      ['memory', -1],
      ['memory', 65_536],
    ],
    answers: [-1, 1, -1, -1, -1],
  },
  {
    name: 'a memory to the cap below its declared maximum',
    items: '(memory 2 9)',
    grow: [
      ['memory', 4],
      ['memory', 3],
      ['memory', 1],
      ['memory', 0],
    ],
    answers: [-1, 2, -1, 5],
  },
  {
    name: 'a memory without limits of its own, to the cap of limits-1',
    items: '(memory 1)',
    limits: LIMITS_1,
    grow: [
      ['memory', 1_024],
      ['memory', 2],
      ['memory', 1_022],
    ],
    answers: [-1, 1, -1],
  },
  {
    name: 'a table to its declared maximum',
    items: '(table $a 2 5 funcref)',
    grow: [
      ['a', 4],
      ['a', 2],
      ['a', 1],
      ['a', 1],
      ['a', 0],
    ],
    answers: [-1, 2, 4, -1, 5],
  },
  {
    name: 'a table to the cap',
    items: '(table $a 2 funcref)',
    grow: [
      ['a', 11],
      ['a', 10],
      ['a', 1],
      ['a', -1],
    ],
    answers: [-1, 2, -1, -1],
  },
  {
    name: 'two tables to the cap together',
    items: '(table $a 2 funcref) (table $b 3 externref)',
    grow: [
      ['b', 8],
      ['b', 4],
      ['a', 4],
      ['a', 3],
      ['a', 1],
      ['b', 1],
      ['b', 0],
    ],
    answers: [-1, 3, -1, 2, -1, -1, 7],
  },
  {
    name: 'two tables, one to its maximum, the other to what the cap leaves',
    items: '(table $a 1 4 funcref) (table $b 0 funcref)',
    grow: [
      ['a', 3],
      ['a', 1],
      ['b', 9],
      ['b', 8],
      ['b', 1],
    ],
    answers: [1, -1, -1, 0, -1],
  },
];

const PAGE_FUEL = FUEL_1.rates.memoryGrow.a / FUEL_1.rates.memoryGrow.b;
const ELEMENT_FUEL = FUEL_1.rates.tableGrow.a / FUEL_1.rates.tableGrow.b;

function growers(items: string): string {
  const of = (name: string, body: string) =>
    `(func (export "${name}") (param i32) (result i32) (${body} (local.get 0)))`;
  return [
    items.includes('(memory') ? of('memory', 'memory.grow') : '',
    items.includes('$a') ? of('a', 'table.grow $a (ref.null func)') : '',
    items.includes('$b') ? of('b', `table.grow $b (ref.null ${items.includes('externref') ? 'extern' : 'func'})`) : '',
  ].join(' ');
}

describe('caps', () => {
  for (const [tier, makeProgram] of TIERS) {
    for (const { name, items, limits = SMALL, grow, answers } of CASES) {
      it(`${name}: ${tier}`, () => {
        const metered = loadModule(wat(`(module ${items} ${growers(items)})`), FUEL_1, limits);
        const store = new Store(limits, FUEL_1);
        store.beginCall(10_000_000);
        const instance = makeProgram(metered).instantiate(store, [])!;
        const fuels: number[] = [];
        const given = grow.map(([item, delta]) => {
          const before = store.gauge.fuelLeft;
          const { index } = metered.module.exports.find((one) => one.name === item)!;
          const outcome = instance.invoke(index, [delta]);
          fuels.push(before - store.gauge.fuelLeft);
          return outcome.kind === 'returned' ? (outcome.results[0] as number) | 0 : outcome.kind;
        });
        deepEqual(given, answers);
        // A refused growth and a growth by zero cost only the static charge of the code.
        const least = Math.min(...fuels);
        grow.forEach(([item, delta], at) => {
          const units = answers[at] === -1 ? 0 : delta;
          deepEqual(fuels[at], least + units * (item === 'memory' ? PAGE_FUEL : ELEMENT_FUEL), `${item} by ${delta}`);
        });
      });
    }

    it(`a memory or table that may grow but cannot be paid for does not grow: ${tier}`, () => {
      const metered = loadModule(wat(`(module (memory 1) ${growers('(memory')})`), FUEL_1, SMALL);
      const call = (fuel: number) => {
        const store = new Store(SMALL, FUEL_1);
        store.beginCall(fuel);
        const instance = makeProgram(metered).instantiate(store, [])!;
        const { kind } = instance.invoke(0, [2]);
        return { kind, used: store.gauge.fuelUsed, pages: instance.memory!.pages };
      };
      const { kind, used, pages } = call(1_000_000);
      deepEqual([kind, pages], ['returned', 3]);
      deepEqual(call(used - 1), { kind: 'exhausted', used: used - 1, pages: 1 });
    });
  }
});
