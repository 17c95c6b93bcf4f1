/** Loads modules from text for the specs of the engine, so that a spec shows only its module. */
import wabtModule from 'wabt';
import { createEngine, type EngineOptions, type HostImport, type LoadedModule } from '../../src/index.js';

const wabt = await wabtModule();
const FEATURES = { tail_call: true, multi_value: true, bulk_memory: true, reference_types: true };

export function bytesOfText(text: string): Uint8Array {
  const parsed = wabt.parseWat('spec.wat', text, FEATURES);
  try {
    return new Uint8Array(parsed.toBinary({ write_debug_names: true }).buffer);
  } finally {
    // Otherwise the module stays in the parser's memory, which some thousand modules fill.
    parsed.destroy();
  }
}

/** Loads a module that must load. */
export async function loadText(
  text: string,
  imports: readonly HostImport[] = [],
  options: EngineOptions = {},
): Promise<LoadedModule> {
  const loaded = await createEngine(options).load(bytesOfText(text), { imports });
  if (loaded.ok) return loaded.module;
  throw new Error(`the module does not load: ${loaded.fault.code} ${loaded.fault.detail ?? ''}`);
}
