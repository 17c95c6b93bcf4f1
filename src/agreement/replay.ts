/**
 * Recorded calls to be made again: the module, the calls, what the first node returned, and for a disagreement, which
 * nodes differed where. It can be run again (`assay agree replay`, the page), and put into `vectors/agreement`, where
 * every later release must return its `expected`.
 */
import { hash, toHex } from '../base/hash.js';
import { isRecord } from '../boundary/codec.js';
import { GENERATIONS } from '../boundary/generation.js';
import { parseValue } from '../wasm/value.js';
import { type AgreementCall, type AgreementSubject, moduleJson, type SubjectJson } from './agreement-call.js';
import type { FieldDifference } from './compare-answers.js';
import { disassembleModule } from './disassemble.js';
import { HOST_SETS } from './host-set.js';
import { isNodeAnswer, isTexts, type NodeAnswer, tierless } from './node-answer.js';

export const REPLAY_FORMAT = 'assay-agreement-1';

export interface Recording {
  readonly format: typeof REPLAY_FORMAT;
  readonly nodes: readonly string[];
  readonly module: SubjectJson;
  readonly calls: readonly AgreementCall[];
  /** The nodes differ on the last call; absent if they agree. */
  readonly difference?: FieldDifference & { readonly nodes: readonly [string, string] };
  /** What the first node returned to each call. */
  readonly expected: readonly NodeAnswer[];
  /** Where they diverge, and the module in the text format. For people. */
  readonly where: readonly string[];
  readonly text: readonly string[];
  /** What fast-check needs to make the case again. */
  readonly seed?: number;
  readonly path?: string;
}

/** A recording of a disagreement. */
export interface Replay extends Recording {
  readonly difference: NonNullable<Recording['difference']>;
}

/** Lines of a longer module are omitted. */
const TEXT_LINES_MAX = 400;

export function moduleLines(module: AgreementSubject): readonly string[] {
  if ('zomes' in module) return module.zomes.map(({ name, wasm }) => `zome ${name}, ${wasm.length} bytes`);
  try {
    const lines = disassembleModule(module.bytes).split('\n');
    return lines.length > TEXT_LINES_MAX ? [`${lines.length} lines, omitted`] : lines;
  } catch (error) {
    // Nodes may differ on a module that does not decode.
    if (error instanceof RangeError) return [error.message];
    throw error;
  }
}

/** A name that is the same for the same disagreement: `agreement-0123456789ab.json`. */
export function replayName(replay: Recording): string {
  const identity = JSON.stringify([replay.module, replay.calls, replay.difference?.nodes ?? replay.nodes]);
  return `agreement-${toHex(hash(new TextEncoder().encode(identity))).slice(0, 12)}.json`;
}

/** @throws RangeError for a text that is not a replay */
export function parseReplay(text: string): Recording {
  const value = parsedJson(text);
  if (!isReplay(value))
    throw new RangeError(`the file does not have format '${REPLAY_FORMAT}', a module, calls and nodes`);
  return value;
}

export function replayText(replay: Recording): string {
  return `${JSON.stringify(replay, undefined, 1)}\n`;
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) throw new RangeError(`the file is not JSON: ${error.message}`);
    throw error;
  }
}

function isReplay(value: unknown): value is Recording {
  if (!isRecord(value)) return false;
  const { format, module, calls, nodes, expected, where, text } = value;
  return (
    format === REPLAY_FORMAT &&
    isSubject(module) &&
    Array.isArray(calls) &&
    calls.length > 0 &&
    calls.every(isCall) &&
    isTexts(nodes) &&
    nodes.length > 0 &&
    Array.isArray(expected) &&
    // A missing result would agree with anything.
    expected.length === calls.length &&
    expected.every(isNodeAnswer) &&
    isTexts(where) &&
    isTexts(text)
  );
}

const HEX = /^(?:[0-9a-f]{2})*$/;

function isHex(value: unknown): boolean {
  return typeof value === 'string' && HEX.test(value);
}

function isSubject(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const { wasm, hosts, zomes, limits, dependencies } = value;
  if (limits !== undefined && !isRecord(limits)) return false;
  if (zomes === undefined) return isHex(wasm) && typeof hosts === 'string';
  const isZome = (zome: unknown) => isRecord(zome) && typeof zome['name'] === 'string' && isHex(zome['wasm']);
  return Array.isArray(zomes) && zomes.every(isZome) && (dependencies === undefined || isHex(dependencies));
}

function isCall(call: unknown): boolean {
  if (!isRecord(call)) return false;
  const { kind, fuel, export: name, args, payload, entry, generation, op } = call;
  if (!Number.isSafeInteger(fuel) || typeof name !== 'string') return false;
  switch (kind) {
    case 'values':
      return isTexts(args) && args.every((text) => parseValue(text).ok);
    case 'bytes':
      return isHex(payload);
    case 'validate':
      return isHex(entry) && typeof generation === 'string' && Object.hasOwn(GENERATIONS, generation);
    default:
      return kind === 'op' && isHex(op);
  }
}

/** The code that a recording names and that its author has chosen: programs as nodes, files as host functions. */
export function codeNamedIn({ module, nodes }: Pick<Recording, 'module' | 'nodes'>): readonly string[] {
  const programs = nodes.filter((node) => /^process(?:@[a-z]+)?(?:\+[a-z]+)*:/.test(node));
  const isFile = 'hosts' in module && !HOST_SETS.includes(module.hosts);
  return isFile ? [...programs, module.hosts] : programs;
}

export function replayOf(
  nodes: readonly string[],
  module: AgreementSubject,
  calls: readonly AgreementCall[],
  difference: Replay['difference'],
  expected: readonly NodeAnswer[],
  where: readonly string[],
): Replay {
  return {
    format: REPLAY_FORMAT,
    nodes,
    module: moduleJson(module),
    calls,
    difference,
    expected: expected.map(tierless),
    where,
    text: moduleLines(module),
  };
}
