/** A secret key of ed25519 in a file: 32 bytes, or their hexadecimal digits. */
import { fromHex, isHex } from '../base/hash.js';
import { CliError } from './cli-error.js';
import { printable } from './layout.js';
import { readBytesWithin } from './read-bytes.js';

const KEY_FILE_BYTES_MAX = 1_024;

/** @throws CliError */
export function secretKeyAt(path: string): Uint8Array {
  const bytes = readBytesWithin(path, KEY_FILE_BYTES_MAX, 'a key');
  if (bytes.length === 32) return bytes;
  const text = new TextDecoder().decode(bytes).trim();
  if (isHex(text)) return fromHex(text);
  throw new CliError(`${printable(path)} is not a secret key`, 'a secret key has 32 bytes, or 64 hexadecimal digits');
}
