/** The bytes of a module in the text format. */
import wabt from 'wabt';

export async function loadWat(text: string): Promise<Uint8Array> {
  const parsed = (await wabt()).parseWat('module.wat', text, { bulk_memory: true, reference_types: true });
  const bytes = new Uint8Array(parsed.toBinary({}).buffer);
  parsed.destroy();
  return bytes;
}
