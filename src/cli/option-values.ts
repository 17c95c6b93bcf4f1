/** The values of options and arguments, read from their text. */
import { InvalidArgumentError } from 'commander';
import { GENERATIONS, type Generation } from '../boundary/generation.js';
import { FUEL_LIMIT_MAX } from '../engine/receipt/receipt.js';
import { TIERS, type Tier } from '../engine/tier.js';
import { parseValue, type Value } from '../wasm/value.js';
import type { OpCheck } from '../zome/op-check.js';
import { CliError } from './cli-error.js';
import { printable } from './layout.js';

export function fuelOption(text: string): number {
  const fuel = /^[0-9]{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(fuel)) return fuel;
  throw new InvalidArgumentError(`Write a whole number from 0 to ${FUEL_LIMIT_MAX}, such as --fuel 1000000.`);
}

/** A number of units. */
export function unitsOption(text: string): number {
  const units = /^[0-9]{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(units)) return units;
  throw new InvalidArgumentError('Write a whole number of units.');
}

/** An amount in the unit of a ledger: 18 digits are below its limit of 2^63. */
export function ledgerUnitsOption(text: string): bigint {
  if (/^(?:0|-?[1-9][0-9]{0,17})$/.test(text)) return BigInt(text);
  throw new InvalidArgumentError('Write a whole number of units of the ledger.');
}

/** A seed of fast-check: a signed 32-bit integer. */
export function seedOption(text: string): number {
  const seed = /^-?[0-9]{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if ((seed | 0) === seed) return seed;
  throw new InvalidArgumentError('Write a whole number from -2147483648 to 2147483647, such as --seed 7.');
}

export function tierOption(text: string): Tier {
  if ((TIERS as readonly string[]).includes(text)) return text as Tier;
  throw new InvalidArgumentError(`The tiers of this build are ${TIERS.join(', ')}.`);
}

export function threadsOption(text: string): number {
  const threads = /^[0-9]{1,4}$/.test(text) ? Number(text) : 0;
  if (threads >= 1 && threads <= 1_024) return threads;
  throw new InvalidArgumentError('Write a number of threads from 1 to 1024, such as --threads 4.');
}

export function checkOption(text: string): OpCheck {
  if (text === 'hashes' || text === 'all') return text;
  throw new InvalidArgumentError('Write --check hashes, --check all or --no-check.');
}

export function generationOption(text: string): Generation {
  const names = Object.keys(GENERATIONS);
  if (names.includes(text)) return text as Generation;
  throw new InvalidArgumentError(`The generations are ${names.join(', ')}.`);
}

/** @throws CliError for a text that is not a value */
export function valueArguments(texts: readonly string[]): Value[] {
  return texts.map((text, i) => {
    const parsed = parseValue(text);
    if (parsed.ok) return parsed.value;
    throw new CliError(
      `value ${i + 1}: ${printable(parsed.message)}`,
      'see assay call --help for the forms of a value',
    );
  });
}

export function portOption(text: string): number {
  if (/^[0-9]{1,5}$/.test(text) && Number(text) < 65_536) return Number(text);
  throw new InvalidArgumentError('Write a port from 0 to 65535.');
}
