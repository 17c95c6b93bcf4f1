/** `assay call MODULE EXPORT --json-input JSON`: a zome function by the byte ABI, JSON in and JSON out. */
import { defined } from '../base/defined.js';
import { LIMITS_1 } from '../base/limits.js';
import { anyValue } from '../boundary/codec.js';
import { jsonFromMessagePack } from '../boundary/json-write.js';
import type { MessagePackValue } from '../boundary/messagepack.js';
import { encodeMessagePack } from '../boundary/messagepack-encode.js';
import { wasmErrorText } from '../boundary/wasm-error.js';
import { type CallbackResult, callbackResult } from '../zome/callback-result.js';
import type { ZomeCall } from '../zome/zome-call.js';
import type { ZomeHost } from '../zome/zome-host.js';
import { ZOME_JSON } from '../zome/zome-json.js';
import { outcomeLine } from './call-report.js';
import type { Console } from './console.js';
import { EXIT, type ExitStatus } from './exit-status.js';
import { printable } from './layout.js';
import { argumentValue } from './read-document.js';
import { usageErrorsOf } from './usage-advice.js';
import { zomeCallDocument, zomeCallLines } from './validation-report.js';
import { causeText } from './verdict-report.js';
import { calledSubject, dependenciesOf, type SubjectOptions } from './zome-subject.js';

export interface CallZomeOptions extends SubjectOptions {
  readonly jsonInput: string;
  readonly deps?: string;
  readonly fuel?: number;
  readonly json?: boolean;
}

type Answer = CallbackResult<MessagePackValue>;

/** @throws CliError */
export async function callZome(
  path: string,
  exportName: string,
  options: CallZomeOptions,
): Promise<{ readonly host: ZomeHost; readonly call: ZomeCall }> {
  const input = encodeMessagePack(argumentValue(options.jsonInput, LIMITS_1.payloadBytes, 'a payload'));
  const { host, zome } = await calledSubject(path, options);
  const call = usageErrorsOf(path, () =>
    host.call(zome, exportName, input, {
      dependencies: dependenciesOf(options.deps, host.generation),
      ...defined({ fuel: options.fuel }),
    }),
  );
  return { host, call };
}

/** @throws CliError */
export async function runCallZome(
  { out, colours }: Console,
  path: string,
  exportName: string,
  options: CallZomeOptions,
): Promise<ExitStatus> {
  const { host, call } = await callZome(path, exportName, options);
  const answer = callbackResult(call, anyValue, host.generation);
  if (options.json === true) out(documentText(answer, call, host));
  else {
    const head = answer.ok
      ? `${colours.green('returned')} ${jsonOf(answer.value)}`
      : failureLine(answer, call, host, colours);
    out([head, ...zomeCallLines(call, colours, false)].join('\n'));
  }
  if (answer.ok) return EXIT.ok;
  return answer.cause.kind === 'error' ? EXIT.invalid : EXIT.notReturned;
}

/** Values of the model as one line that is safe to print to a terminal. */
function jsonOf(value: MessagePackValue): string {
  return printable(jsonFromMessagePack(value, ZOME_JSON));
}

/** The result keeps its original JSON: parsed and written again, 1.0 would become 1. */
function documentText(answer: Answer, call: ZomeCall, host: ZomeHost): string {
  const rest = JSON.stringify(zomeCallDocument(call));
  const text = answer.ok
    ? `{"ok":${jsonFromMessagePack(answer.value, ZOME_JSON)}}`
    : JSON.stringify(failure(answer, host));
  return `{"answer":${text},${rest.slice(1)}`;
}

type Failed = Extract<Answer, { readonly ok: false }>;

function failure({ cause }: Failed, { generation }: ZomeHost): object | null {
  if (cause.kind === 'error') return { err: wasmErrorText(cause.error, generation) };
  return cause.kind === 'undecodable' ? { undecodable: cause.error } : null;
}

function failureLine({ cause }: Failed, call: ZomeCall, { generation }: ZomeHost, colours: Console['colours']): string {
  switch (cause.kind) {
    case 'error':
      return `${colours.red('error')} ${printable(wasmErrorText(cause.error, generation))}`;
    case 'undecodable':
      return `${colours.magenta('no answer')} ${printable(cause.error.reason)}`;
    case 'breached':
      return `${colours.magenta('no answer')} ${causeText(cause)}`;
    case 'trapped':
    case 'exhausted':
      return outcomeLine(call.outcome, colours);
  }
}
