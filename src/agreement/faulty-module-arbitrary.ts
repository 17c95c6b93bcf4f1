/** The arbitrary of modules that loading must refuse, each with the code it must return. */
import fc from 'fast-check';
import type { LoadFaultCode } from '../base/fault.js';
import { anyModule, type ModuleArbitraryOptions } from './module-arbitrary.js';
import { type FaultyModule, MUTATIONS } from './mutate-module.js';

const SMALL: ModuleArbitraryOptions = { bodySizeMax: 20, functionsMax: 3 };

/** Valid modules broken by one named mutation; of one code only if it is given. Shrinks the module around the fault. */
export function faultyModule(code?: LoadFaultCode): fc.Arbitrary<FaultyModule> {
  const mutations = MUTATIONS.filter((mutation) => code === undefined || mutation.code === code);
  return fc
    .tuple(anyModule(SMALL), fc.constantFrom(...mutations))
    .map(([generated, mutation]) => mutation.apply(generated.program))
    .filter((faulty) => faulty !== undefined);
}
