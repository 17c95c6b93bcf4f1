/**
 * The script of `assay try`: calls with their cells and inputs, and the expected results.
 *
 * Invariant: a script is read and checked completely before anything runs, except references to results, which are
 * resolved when their call is made. An unknown field is an error, never ignored.
 */
import { anyValue, bytes, bytesOf, decodeValue, i64, str, u64 } from '../boundary/codec.js';
import { externallyTagged } from '../boundary/codec-enum.js';
import { list, option, struct } from '../boundary/codec-struct.js';
import type { MessagePackKey, MessagePackValue } from '../boundary/messagepack.js';
import { SEED_BYTES } from '../zome/agent.js';
import { microsOf } from '../zome/date-time.js';
import { CliError } from './cli-error.js';
import { printable } from './layout.js';
import { readValue, typeError } from './read-document.js';

const SCRIPT_BYTES_MAX = 67_108_864;

/** How a call may end. `no-answer`: it trapped, was exhausted or broke the ABI. */
export const EXPECTATIONS = ['ok', 'error', 'rejected', 'no-answer'] as const;
export type Expectation = (typeof EXPECTATIONS)[number];

const Expect = externallyTagged('ok, error, rejected or no-answer', {
  ok: undefined,
  error: undefined,
  rejected: undefined,
  'no-answer': undefined,
});

/** A time: microseconds, or an RFC 3339 date. */
function timeOf(value: MessagePackValue, place: string): bigint | undefined {
  if (value === null) return undefined;
  const microseconds = typeof value === 'string' ? microsOf(value) : undefined;
  if (microseconds !== undefined) return microseconds;
  const decoded = decodeValue(i64, value);
  if (decoded.ok) return decoded.value;
  throw new CliError(
    `${place} has an invalid time`,
    'use microseconds since 1970, or a text like "2026-01-31T12:00:00Z"',
  );
}

const CALL = {
  zome: str,
  fn: str,
  input: option(anyValue),
  as: option(str),
  time: option(anyValue),
  fuel: option(u64),
  expect: option(Expect),
} as const;

const SCRIPT = {
  agent: option(bytesOf(SEED_BYTES)),
  time: option(anyValue),
  randomSeed: option(bytes),
  membraneProof: option(anyValue),
  calls: list(anyValue),
} as const;

const ScriptCall = struct('ScriptCall', CALL);
const Script = struct('Script', SCRIPT);

export interface ScriptCall {
  readonly zome: string;
  readonly fn: string;
  readonly input: MessagePackValue;
  readonly as: string | undefined;
  readonly time: bigint | undefined;
  readonly fuel: number | undefined;
  readonly expect: Expectation;
}

export interface TryScript {
  readonly seed: Uint8Array;
  readonly time: bigint;
  readonly randomSeed: Uint8Array;
  readonly membraneProof: MessagePackValue | undefined;
  readonly calls: readonly ScriptCall[];
}

/** 1 January 2026. */
const DEFAULT_TIME = 1_767_225_600_000_000n;
const DEFAULT_SEED = new Uint8Array(SEED_BYTES).fill(1);
const ADVICE = 'assay try --help shows a script';

/** Names that are defined without a call. */
const ROOTS: readonly string[] = ['agent', 'dna'];
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

function checkKeys(place: string, value: MessagePackValue, known: readonly string[]): void {
  if (!(value instanceof Map)) return;
  const unknown = [...(value as ReadonlyMap<MessagePackKey, unknown>).keys()].find(
    (key) => !known.includes(String(key)),
  );
  if (unknown === undefined) return;
  throw new CliError(
    `${place} has an unknown field ${printable(String(unknown))}`,
    `its fields are ${known.join(', ')}`,
  );
}

function callOf(value: MessagePackValue, index: number, path: string): ScriptCall {
  const place = `${printable(path)}: call ${index + 1}`;
  checkKeys(place, value, Object.keys(CALL));
  const decoded = decodeValue(ScriptCall, value);
  if (!decoded.ok) throw typeError(`${path}, call ${index + 1},`, 'call', decoded.error, ADVICE);
  const { zome, fn, input, as, time, fuel, expect } = decoded.value;
  if (as !== null && (!NAME.test(as) || ROOTS.includes(as))) {
    throw new CliError(
      `${place}: ${printable(as)} is not a valid name for a result`,
      'use letters, digits and _, but not agent or dna',
    );
  }
  const limit = fuel === null ? undefined : Number(fuel);
  return { zome, fn, input, as: as ?? undefined, time: timeOf(time, place), fuel: limit, expect: expect?.kind ?? 'ok' };
}

/** Reads and checks a script: a list of calls, or an object that also has the stated inputs. @throws CliError */
export function readScript(path: string): TryScript {
  const read = readValue(path, SCRIPT_BYTES_MAX, 'a script');
  const value = Array.isArray(read) ? new Map<MessagePackKey, MessagePackValue>([['calls', read]]) : read;
  checkKeys(printable(path), value, Object.keys(SCRIPT));
  const decoded = decodeValue(Script, value);
  if (!decoded.ok) throw typeError(path, 'script', decoded.error, ADVICE);
  const { agent, time, randomSeed, membraneProof, calls } = decoded.value;
  return {
    seed: agent ?? DEFAULT_SEED,
    time: timeOf(time, printable(path)) ?? DEFAULT_TIME,
    randomSeed: randomSeed ?? DEFAULT_SEED,
    membraneProof: membraneProof ?? undefined,
    calls: calls.map((call, index) => callOf(call, index, path)),
  };
}

/** Results by their names: `agent`, `dna`, names assigned to calls, and the numbers of calls from 1. */
export type Results = ReadonlyMap<string, MessagePackValue>;

function fieldOf(value: MessagePackValue, key: string): MessagePackValue | undefined {
  if (value instanceof Map) return (value as ReadonlyMap<MessagePackKey, MessagePackValue>).get(key);
  return Array.isArray(value) && /^\d+$/.test(key) ? (value as readonly MessagePackValue[])[Number(key)] : undefined;
}

function resultAt(reference: string, results: Results): MessagePackValue {
  const [name = '', ...keys] = reference.slice(1).split('.');
  const root = results.get(name);
  const value = keys.reduce<MessagePackValue | undefined>((at, key) => at && fieldOf(at, key), root);
  if (value !== undefined) return value;
  const why = root === undefined ? `there is no result ${printable(name)} yet` : 'the result has no such field';
  throw new CliError(
    `${printable(reference)}: ${why}`,
    'a string that begins with $ refers to a result; write $$ for a literal $',
  );
}

/**
 * An input with the results that it references inserted: `"$note.signed_action.hashed.hash"`; `$$` begins a string with
 * `$`.
 * @throws CliError for a result that does not exist
 */
export function withResults(input: MessagePackValue, results: Results): MessagePackValue {
  if (typeof input === 'string' && input.startsWith('$')) {
    return input.startsWith('$$') ? input.slice(1) : resultAt(input, results);
  }
  if (Array.isArray(input)) return (input as readonly MessagePackValue[]).map((item) => withResults(item, results));
  if (!(input instanceof Map)) return input;
  const entries = input as ReadonlyMap<MessagePackKey, MessagePackValue>;
  return new Map([...entries].map(([key, value]) => [key, withResults(value, results)]));
}
