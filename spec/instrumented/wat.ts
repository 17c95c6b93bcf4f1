/** The binary of a module in the text format, for specs. */
import { createRequire } from 'node:module';

interface Wabt {
  parseWat(name: string, text: string, features: Record<string, boolean>): WabtModule;
}

interface WabtModule {
  toBinary(options: object): { readonly buffer: Uint8Array };
  destroy(): void;
}

const wabt = await (createRequire(import.meta.url)('wabt') as () => Promise<Wabt>)();

export function wat(text: string): Uint8Array {
  const module = wabt.parseWat('spec.wat', text, { tail_call: true });
  try {
    return module.toBinary({}).buffer;
  } finally {
    module.destroy();
  }
}
