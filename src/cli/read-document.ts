/** A file or an argument with one value: JSON if its name or its first bytes say so, otherwise MessagePack. */
import { extname } from 'node:path';
import type { CodecError } from '../boundary/codec.js';
import type { FromJson, JsonDialect } from '../boundary/json.js';
import { messagePackFromJson, messagePackFromJsonBytes } from '../boundary/json-read.js';
import type { MessagePackValue } from '../boundary/messagepack.js';
import { decodeMessagePack } from '../boundary/messagepack-decode.js';
import { ZOME_JSON } from '../zome/zome-json.js';
import { CliError } from './cli-error.js';
import { printable } from './layout.js';
import { readBytesWithin, STDIN } from './read-bytes.js';

export function isJsonPath(path: string): boolean {
  return extname(path).toLowerCase() === '.json';
}

const BRACES: readonly number[] = [0x7b, 0x5b, 0x22];
const BLANKS: readonly number[] = [0x20, 0x09, 0x0a, 0x0d, 0xef, 0xbb, 0xbf];

/**
 * Whether bytes are JSON: by their name, or because they begin like JSON. No map, list, string or binary of MessagePack
 * begins like that.
 */
export function isJsonText(path: string, bytes: Uint8Array): boolean {
  if (isJsonPath(path)) return true;
  const first = bytes.find((byte) => !BLANKS.includes(byte));
  return first !== undefined && BRACES.includes(first);
}

/** @throws CliError with line and column */
export function jsonValue(name: string, read: FromJson): MessagePackValue {
  if (read.ok) return read.value;
  const { line, column, reason } = read.fault;
  throw new CliError(
    `${printable(name)}, line ${line}, column ${column}: ${printable(reason)}`,
    'correct the JSON; docs/ABI.md, section 7, shows how to write hashes, binaries, large integers and floats',
  );
}

/** The value in the bytes of a JSON file. */
export function jsonFileValue(path: string, bytes: Uint8Array, dialect?: JsonDialect): MessagePackValue {
  return jsonValue(path, messagePackFromJsonBytes(bytes, dialect));
}

/** The value in a file, in the JSON of zomes if it is JSON. @throws CliError */
export function readValue(path: string, bytesMax: number, what: string): MessagePackValue {
  return documentValue(path, readBytesWithin(path, bytesMax, what));
}

/** The value in the bytes of a file, in the JSON of zomes if it is JSON. @throws CliError */
export function documentValue(path: string, bytes: Uint8Array): MessagePackValue {
  return formattedValue(path, bytes, path === STDIN ? isJsonText(path, bytes) : isJsonPath(path));
}

/** The value in bytes, in the JSON of zomes or in MessagePack. @throws CliError */
export function formattedValue(path: string, bytes: Uint8Array, isJson: boolean): MessagePackValue {
  if (isJson) return jsonFileValue(path, bytes, ZOME_JSON);
  const decoded = decodeMessagePack(bytes);
  if (decoded.ok) return decoded.value;
  throw new CliError(
    `${printable(path)} is not MessagePack: ${decoded.fault.code} at byte ${decoded.fault.offsetBytes}`,
    'for JSON, the name of the file must end in .json',
  );
}

/** The value of an argument: `@file`, or JSON. @throws CliError */
export function argumentValue(argument: string, bytesMax: number, what: string): MessagePackValue {
  if (argument.startsWith('@')) return readValue(argument.slice(1), bytesMax, what);
  return jsonValue('the argument', messagePackFromJson(argument, ZOME_JSON));
}

/** The error for a value of the wrong type. */
export function typeError(name: string, type: string, { path, reason }: CodecError, advice: string): CliError {
  return new CliError(`${printable(name)} is not a valid ${type}: ${printable(reason)} at ${printable(path)}`, advice);
}
