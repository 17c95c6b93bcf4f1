/** A secret key of ed25519 in a file: 32 bytes, or their hexadecimal digits. */
import { fromHex, isHex } from '../base/hash.js';
import { CliError } from './cli-error.js';
import { printable } from './layout.js';
import { readBytesWithin } from './read-bytes.js';

const KEY_FILE_BYTES_MAX = 1_024;

/** @throws CliError */
export function secretKeyAt(path: string): Uint8Array {
  const bytes = readBytesWithin(path, KEY_FILE_BYTES_MAX, 'a key');
  const text = new TextDecoder().decode(bytes).trim();
  // Half of the hexadecimal digits are as long as a key, but random bytes are never all digits.
  if (bytes.length === 32 && !isHex(text.toLowerCase(), 16)) return bytes;
  if (isHex(text)) return fromHex(text);
  throw new CliError(
    `${printable(path)} is not a secret key`,
    'a secret key has 32 bytes, or 64 lower-case hexadecimal digits',
  );
}
