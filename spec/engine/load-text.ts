/** Modules for the specs of the engine, from text: one helper, so that a spec shows nothing but its module. */
import wabtModule from 'wabt';
import { createEngine, type EngineOptions, type HostImport, type LoadedModule } from '../../src/index.js';

const wabt = await wabtModule();
const FEATURES = { tail_call: true, multi_value: true, bulk_memory: true, reference_types: true };

export function bytesOfText(text: string): Uint8Array {
  const parsed = wabt.parseWat('spec.wat', text, FEATURES);
  try {
    return new Uint8Array(parsed.toBinary({ write_debug_names: true }).buffer);
  } finally {
    // It stays in the parser's own memory otherwise, which some thousand modules fill.
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
