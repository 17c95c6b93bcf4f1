/** A call with values: arguments and results cross as bits, each by its type. docs/SEMANTICS.md, sections 7 and 8. */

import type { Hash } from '../../base/hash.js';
import { joinedBytes } from '../../base/joined-bytes.js';
import type { GuestInstance } from '../../machine/instance.js';
import type { Bits, Outcome } from '../../machine/outcome.js';
import { valueBytes } from '../../machine/value-bytes.js';
import { typeOfFunction } from '../../wasm/module.js';
import type { FunctionType } from '../../wasm/types.js';
import type { Value } from '../../wasm/value.js';
import { holdsReference, REFERENCE_STOP } from '../imports/reference-breach.js';
import { bitsOfArguments, valuesOfBits } from '../imports/typed-values.js';
import { type CalledModule, functionExport, type Protocol } from './call-attempt.js';

export class ValueProtocol implements Protocol<readonly Bits[]> {
  readonly index: number;
  readonly bits: readonly Bits[];
  readonly #type: FunctionType;

  /** @throws UsageError if there is no such function, or the arguments do not match it */
  constructor(called: CalledModule, exportName: string, args: readonly Value[]) {
    this.index = functionExport(called, exportName).index;
    this.#type = typeOfFunction(called.metered.module, this.index);
    this.bits = bitsOfArguments(`'${exportName}'`, this.#type.params, args);
  }

  inputHash(hash: Hash, constants: Uint8Array): Uint8Array {
    const input = valueBytes(this.#type.params, this.bits);
    return hash(constants.length === 0 ? input : joinedBytes(input, constants));
  }

  run(instance: GuestInstance): readonly Bits[] | undefined {
    return this.end(instance, instance.invoke(this.index, this.bits));
  }

  /** The result of the call, after it has run. */
  end(instance: GuestInstance, outcome: Outcome): readonly Bits[] | undefined {
    if (outcome.kind !== 'returned') return undefined;
    if (!holdsReference(this.#type.results, outcome.results)) return outcome.results;
    instance.store.gauge.stopWith(REFERENCE_STOP);
    return undefined;
  }

  outputBytes(results: readonly Bits[]): Uint8Array {
    return valueBytes(this.#type.results, results);
  }

  valuesOf(results: readonly Bits[]): Value[] {
    return valuesOfBits(this.#type.results, results);
  }
}
