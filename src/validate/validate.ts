/**
 * Module to valid module: the whole module at once, bodies included. The checks run in the order of the bytes, so the
 * first fault found is the one with the smallest offset; what decoding had found is told if it stands before it.
 * Specification: validation of modules.
 */
import { FaultSignal, firstFault, type Loaded, type LoadFault } from '../base/fault.js';
import type { Limits } from '../base/limits.js';
import type { Decoded } from '../decode/decode.js';
import type { Module } from '../wasm/module.js';
import { ModuleValidator } from './module-validator.js';

/** A module that validation has passed. The class does not leave this file, so nobody else can make one. */
class ValidatedModule {
  readonly #validated = true;

  constructor(readonly module: Module) {}

  /** Whether a value was made here. */
  static is(value: object): boolean {
    return #validated in value && value.#validated;
  }
}

export type ValidModule = ValidatedModule;

/** Validates what was decoded; answers the valid module or the first fault of decoding and validation. */
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
