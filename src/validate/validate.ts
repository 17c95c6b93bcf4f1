/**
 * Validates a decoded module, bodies included. The checks run in the order of the bytes, so the first fault found is
 * the one with the smallest offset; the decoding fault is reported if it comes earlier. Specification: validation of
 * modules.
 */
import { FaultSignal, firstFault, type Loaded, type LoadFault } from '../base/fault.js';
import type { Limits } from '../base/limits.js';
import type { Decoded } from '../decode/decode.js';
import type { Module } from '../wasm/module.js';
import { ModuleValidator } from './module-validator.js';

/** A module that has passed validation. The class is private to this file, so no other code can create one. */
class ValidatedModule {
  /** Because of a non-public member, no other object has this type. */
  protected readonly isValidated: true = true;

  constructor(readonly module: Module) {}
}

export type ValidModule = ValidatedModule;

/**
 * A decoded module whose bytes passed `validate` before, in this code and under the same limits. The only way to skip
 * validation: the caller has an authentic record of it. Only `engine/load/module-artefacts.ts` calls this, and a spec
 * checks that.
 */
export function validatedBefore(module: Module): ValidModule {
  return new ValidatedModule(module);
}

/** Validates a decoded module; returns the valid module or the first fault of decoding and validation. */
export function validate(decoded: Decoded, limits: Limits): Loaded<ValidModule> {
  const fault = firstFault(decoded.fault, findFault(decoded.module, limits));
  return fault === undefined ? { ok: true, value: new ValidatedModule(decoded.module) } : { ok: false, fault };
}

function findFault(module: Module, limits: Limits): LoadFault | undefined {
  try {
    new ModuleValidator(module, limits).validate();
    return undefined;
  } catch (error) {
    if (error instanceof FaultSignal) return error.fault;
    throw error;
  }
}
