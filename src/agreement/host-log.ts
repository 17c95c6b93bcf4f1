/**
 * A log of a module's host functions in a call, with enough data that a node without those functions can make the call
 * again: for each host call its arguments, its effects on the guest in order, and its result. Plain JSON.
 */
import { fromHex, toHex } from '../base/hash.js';
import type {
  GuestMemory,
  HostAnswer,
  HostCall,
  HostFunctionImport,
  HostImport,
} from '../engine/imports/host-import.js';
import { HostFailure } from '../machine/outcome.js';
import { parseValue, printValue, type Value } from '../wasm/value.js';

/** Bytes are hexadecimal, values in the form of `printValue`. */
export type HostLogStep =
  | { readonly charge: number }
  | { readonly write: string; readonly offset: number }
  | { readonly call: string; readonly args: readonly string[] }
  | { readonly record: readonly [input: string, output: string] };

export type HostLogAnswer =
  | { readonly values: readonly string[] }
  | { readonly payload: string }
  | { readonly breach: string }
  /** The call ended before the function returned. */
  | null;

export interface HostLogEntry {
  readonly module: string;
  readonly name: string;
  readonly args: readonly string[];
  readonly steps: HostLogStep[];
  answer: HostLogAnswer;
}

/** Rows that behave like the given ones and record each call, in the order in which the calls begin. */
export function recordingImports(imports: readonly HostImport[], log: HostLogEntry[]): readonly HostImport[] {
  return imports.map((row) => ('run' in row ? { ...row, run: recording(row, log) } : row));
}

function recording(row: HostFunctionImport, log: HostLogEntry[]): HostFunctionImport['run'] {
  return (call, args) => {
    const { module, name } = row;
    const entry: HostLogEntry = { module, name, args: args.map(printValue), steps: [], answer: null };
    log.push(entry);
    const answer = row.run(recorded(call, entry.steps), args);
    entry.answer = loggedAnswer(answer);
    return answer;
  };
}

/** One text for one call: both names as JSON strings, because either may contain a dot. */
function callText({ module, name }: Pick<HostLogEntry, 'module' | 'name'>, args: readonly string[]): string {
  return `${JSON.stringify(module)} ${JSON.stringify(name)}(${args.join(', ')})`;
}

function recorded(call: HostCall, steps: HostLogStep[]): HostCall {
  return {
    context: call.context,
    fuelLeft: () => call.fuelLeft(),
    charge: (units) => {
      steps.push({ charge: units });
      return call.charge(units);
    },
    call: (exportName, args) => {
      steps.push({ call: exportName, args: args.map(printValue) });
      return call.call(exportName, args);
    },
    get memory() {
      return recordedMemory(call, steps);
    },
    record: (input, output) => {
      steps.push({ record: [toHex(input), toHex(output)] });
      call.record(input, output);
    },
  };
}

function recordedMemory(call: HostCall, steps: HostLogStep[]): GuestMemory | undefined {
  const { memory } = call;
  if (memory === undefined) return undefined;
  return {
    get byteLength() {
      return memory.byteLength;
    },
    read: (offset, length) => memory.read(offset, length),
    write: (offset, bytes) => {
      steps.push({ write: toHex(bytes), offset });
      memory.write(offset, bytes);
    },
  };
}

function loggedAnswer(answer: HostAnswer): HostLogAnswer {
  if (answer === undefined) return null;
  if (!('kind' in answer)) return { values: answer.map(printValue) };
  return answer.kind === 'breached' ? { breach: answer.code } : { payload: toHex(answer.payload) };
}

/**
 * Rows with the same names and types that replay the log, entry by entry, without calling anything. A different
 * function or other arguments than the log's next entry are a host failure.
 */
export function replayingImports(imports: readonly HostImport[], log: readonly HostLogEntry[]): readonly HostImport[] {
  let next = 0;
  const replaying = (row: HostFunctionImport): HostFunctionImport['run'] => {
    return (call, args) => {
      const entry = log[next++];
      const given = callText(row, args.map(printValue));
      const wanted = entry === undefined ? 'no further call' : callText(entry, entry.args);
      if (entry === undefined || given !== wanted)
        throw new HostFailure(`the log has ${wanted} here, but the call is ${given}`);
      for (const step of entry.steps) redo(call, step);
      return answerOfLog(entry.answer);
    };
  };
  return imports.map((row) => ('run' in row ? { ...row, run: replaying(row) } : row));
}

function redo(call: HostCall, step: HostLogStep): void {
  if ('charge' in step) call.charge(step.charge);
  else if ('write' in step) call.memory?.write(step.offset, fromHex(step.write));
  else if ('call' in step) call.call(step.call, step.args.map(valueOfText));
  else call.record(fromHex(step.record[0]), fromHex(step.record[1]));
}

function answerOfLog(answer: HostLogAnswer): HostAnswer {
  if (answer === null) return undefined;
  if ('values' in answer) return answer.values.map(valueOfText);
  if ('payload' in answer) return { kind: 'short-circuited', payload: fromHex(answer.payload) };
  return { kind: 'breached', code: answer.breach as Extract<HostAnswer, { kind: 'breached' }>['code'] };
}

function valueOfText(text: string): Value {
  const parsed = parseValue(text);
  if (parsed.ok) return parsed.value;
  throw new RangeError(parsed.message);
}
