/** A run requested by the page, as a call that any node understands, and its execution. */
import type { AgreementCall } from '../src/agreement/agreement-call.js';
import type { AgreementHost } from '../src/agreement/agreement-host.js';
import { answerOf, answerOfOp, type NodeAnswer } from '../src/agreement/node-answer.js';
import { fromHex, toHex } from '../src/base/hash.js';
import { anyValue, decodeValue } from '../src/boundary/codec.js';
import { decodeBytes } from '../src/boundary/codec-bytes.js';
import { messagePackFromJson } from '../src/boundary/json-read.js';
import type { MessagePackValue } from '../src/boundary/messagepack.js';
import { type Encodable, encodeMessagePack } from '../src/boundary/messagepack-encode.js';
import type { Verdict } from '../src/boundary/validation.js';
import type { ByteCallResult, CallResult, LoadedModule } from '../src/engine/loaded-module.js';
import { parseValue, type Value } from '../src/wasm/value.js';
import { readDependencies, sourceOfDependencies } from '../src/zome/dependency-file.js';
import { op } from '../src/zome/op.js';
import { opFaults } from '../src/zome/op-check.js';
import type { ZomeHost } from '../src/zome/zome-host.js';
import { ZOME_JSON } from '../src/zome/zome-json.js';
import type { Run } from './messages.js';
import type { Subject } from './subject.js';

export type AnyCall = Pick<CallResult, 'receipt' | 'diagnostics' | 'hostCalls'> & {
  readonly outcome: CallResult['outcome'] | ByteCallResult['outcome'];
};

/** A run with its input read and checked. */
export interface ReadRun {
  readonly call: AgreementCall;
  /** For a call of one module. */
  readonly module: string | undefined;
  /** For an op: MessagePack of the available dependencies. */
  readonly dependencies: Uint8Array | undefined;
  /** For an op of a replay file: the one zome that validates it. */
  readonly zome: string | undefined;
}

export interface Made {
  readonly verdict: Verdict | undefined;
  readonly calls: readonly { readonly name: string; readonly call: AnyCall }[];
}

/** @throws Error for input that cannot be run, with the reason */
export function readRun({ host }: Subject, run: Run, fuel: number, zome?: string): ReadRun {
  const of = { module: undefined, dependencies: undefined, zome };
  if (run.kind === 'op') return { ...of, ...readOp(host, run, fuel) };
  const { module } = run;
  if (run.kind === 'entry') {
    const entry = toHex(encodeMessagePack(jsonValue('the entry', run.json) as Encodable));
    return { ...of, module, call: { kind: 'validate', export: 'validate', entry, generation: '0.6', fuel } };
  }
  run.values.forEach(argumentOf);
  return { ...of, module, call: { kind: 'values', export: run.name, args: run.values, fuel } };
}

function readOp(
  host: ZomeHost | undefined,
  { json, deps }: Extract<Run, { kind: 'op' }>,
  fuel: number,
): Pick<ReadRun, 'call' | 'dependencies'> {
  if (host === undefined) throw new Error('this is not a Holochain zome');
  const { generation } = host;
  const value = jsonValue('the op', json);
  const decoded = decodeValue(op(generation), value);
  if (!decoded.ok)
    throw new Error(`the op is none of generation ${generation}: ${decoded.error.reason} at ${decoded.error.path}`);
  const faults = opFaults(decoded.value, generation, 'hashes');
  if (faults.length > 0) {
    const text = faults.map(({ path, detail }) => `${path}: ${detail}`).join('; ');
    throw new Error(`a conductor would not pass this op to a zome: ${text}`);
  }
  const call: AgreementCall = {
    kind: 'op',
    export: 'validate',
    op: toHex(encodeMessagePack(value as Encodable)),
    fuel,
  };
  if (deps.trim() === '') return { call, dependencies: undefined };
  const found = jsonValue('the dependencies', deps);
  const read = readDependencies(found, generation);
  if (!read.ok) throw new Error(`the dependencies: ${read.error.reason} at ${read.error.path}`);
  return { call, dependencies: encodeMessagePack(found as Encodable) };
}

export function jsonValue(what: string, text: string): MessagePackValue {
  const read = messagePackFromJson(text, ZOME_JSON);
  if (read.ok) return read.value;
  throw new Error(`${what}, line ${read.fault.line}, column ${read.fault.column}: ${read.fault.reason}`);
}

function argumentOf(text: string): Value {
  const parsed = parseValue(text);
  if (parsed.ok) return parsed.value;
  throw new Error(parsed.message);
}

/** Makes the call in the tier of the subject. */
export function make(subject: Subject, read: ReadRun): Made {
  const { call } = read;
  const { fuel } = call;
  if (call.kind === 'op') {
    const { host, ...options } = hostOf(subject, read);
    const { verdict, calls } = host.validateOp(fromHex(call.op), { ...options, fuel });
    return { verdict, calls: calls.map((one) => ({ name: one.zome, call: one })) };
  }
  const module = moduleOf(subject, read);
  const name = call.export;
  switch (call.kind) {
    case 'validate': {
      const made = module.validate(fromHex(call.entry), { fuel, exportName: name, generation: call.generation });
      return { verdict: made.verdict, calls: [{ name, call: made }] };
    }
    case 'bytes':
      return { verdict: undefined, calls: [{ name, call: module.callBytes(name, fromHex(call.payload), { fuel }) }] };
    case 'values':
      return { verdict: undefined, calls: [{ name, call: module.call(name, call.args.map(argumentOf), { fuel }) }] };
  }
}

/** The result of a node of the subject's tier for the call. */
export function answer(subject: Subject, read: ReadRun, call: AgreementCall = read.call): NodeAnswer {
  return call.kind === 'op' ? answerOfOp(hostOf(subject, read), call) : answerOf(moduleOf(subject, read), call);
}

function moduleOf({ modules }: Subject, { module }: ReadRun): LoadedModule {
  const found = module === undefined ? [...modules.values()][0] : modules.get(module);
  if (found === undefined) throw new Error(`there is no module ${module}`);
  return found;
}

function hostOf({ host }: Subject, { dependencies, zome }: ReadRun): AgreementHost {
  if (host === undefined) throw new Error('this is not a Holochain zome');
  const asked = zome === undefined ? {} : { zome };
  if (dependencies === undefined) return { host, ...asked };
  const decoded = decodeBytes(anyValue, dependencies);
  const read = decoded.ok ? readDependencies(decoded.value, host.generation) : decoded;
  if (!read.ok) throw new Error(`the dependencies: ${read.error.reason} at ${read.error.path}`);
  return { host, dependencies: sourceOfDependencies(read.value, host.generation), ...asked };
}
