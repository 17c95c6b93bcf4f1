/**
 * Searches for the most expensive input up to a size: it keeps the worst one so far and mutates it, byte by byte and
 * piece by piece, with pieces of other expensive inputs. The seed makes it repeatable. A search proves nothing: its
 * result is a lower bound of the worst case.
 */
import { type AgreementCall, inputOf, withInput } from './agreement-call.js';
import { RandomChoice, SeededSource } from './random-choice.js';

export interface FuelSearchOptions {
  readonly bytesMax: number;
  /** Inputs tried. */
  readonly steps: number;
  readonly seed: number;
}

/** How many inputs are kept to take pieces from. */
const KEPT_MAX = 16;

/**
 * @param fuelOf the fuel that a call uses
 * @param seeds calls to begin with, on `bytes` or an entry
 */
export async function searchFuel(
  fuelOf: (call: AgreementCall) => Promise<number>,
  seeds: readonly AgreementCall[],
  { bytesMax, steps, seed }: FuelSearchOptions,
): Promise<{ readonly fuel: number; readonly call: AgreementCall } | undefined> {
  const choice = new RandomChoice(new SeededSource(seed));
  const kept: { fuel: number; call: AgreementCall }[] = [];
  const keep = async (call: AgreementCall) => {
    if (inputOf(call).length > 2 * bytesMax) return;
    kept.push({ fuel: await fuelOf(call), call });
    kept.sort((a, b) => b.fuel - a.fuel);
    if (kept.length > KEPT_MAX) kept.pop();
  };
  for (const call of seeds) await keep(call);
  for (let step = 0; step < steps && kept.length > 0; step++) {
    const { call } = kept[choice.below(Math.min(kept.length, 1 + (step % KEPT_MAX)))];
    const other = inputOf(kept[choice.below(kept.length)].call);
    await keep(withInput(call, changed(inputOf(call), other, choice, bytesMax)));
  }
  return kept[0];
}

/** One change of an input in hexadecimal. */
function changed(input: string, other: string, choice: RandomChoice, bytesMax: number): string {
  const length = input.length >> 1;
  const at = 2 * choice.below(length + 1);
  const count = 2 * (1 + choice.below(Math.max(length >> 1, 1)));
  const piece = (text: string) => {
    const from = 2 * choice.below((text.length >> 1) + 1);
    return text.slice(from, from + count);
  };
  const edge = ['00', '01', '7f', '80', 'c0', 'df', 'ff', 'dd', 'cf', 'c6'][choice.below(10)];
  switch (choice.below(5)) {
    case 0:
      return (input.slice(0, at) + edge + input.slice(at + 2)).slice(0, 2 * bytesMax);
    case 1:
      return (input.slice(0, at) + piece(input) + input.slice(at)).slice(0, 2 * bytesMax);
    case 2:
      return (input.slice(0, at) + piece(other) + input.slice(at + count)).slice(0, 2 * bytesMax);
    case 3:
      return input.slice(0, at) + input.slice(at + count);
    default:
      return (input + piece(input).repeat(1 + choice.below(8))).slice(0, 2 * bytesMax);
  }
}
