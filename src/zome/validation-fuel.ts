/** The fuel of validations: the sum over the calls of all attempts, and its parts. Each call has its own receipt. */
import type { FuelParts } from '../machine/gauge.js';
import type { Validation } from './zome-host.js';

export interface ValidationFuel {
  readonly used: number;
  readonly parts: FuelParts;
}

/** For one validation, or for the attempts of a round. */
export function validationFuel(...validations: readonly Pick<Validation, 'calls'>[]): ValidationFuel {
  const fuels = validations.flatMap(({ calls }) => calls).map(({ receipt }) => receipt.fuel);
  const sum = (units: (fuel: (typeof fuels)[number]) => number) => fuels.reduce((all, fuel) => all + units(fuel), 0);
  return {
    used: sum(({ used }) => used),
    parts: {
      instantiate: sum(({ parts }) => parts.instantiate),
      guest: sum(({ parts }) => parts.guest),
      host: sum(({ parts }) => parts.host),
      boundary: sum(({ parts }) => parts.boundary),
    },
  };
}
