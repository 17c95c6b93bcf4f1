/** The validation of an op for a person and for a program: the verdict, then every zome that was called. */

import type { DetectedGeneration } from '../zome/detect-generation.js';
import { validationFuel } from '../zome/validation-fuel.js';
import { verdictJson } from '../zome/verdict-json.js';
import type { ZomeCall } from '../zome/zome-call.js';
import type { Validation } from '../zome/zome-host.js';
import { callDocument, callLines } from './call-report.js';
import type { Colours } from './console.js';
import { columns, counted, printable } from './layout.js';
import { verdictLines } from './verdict-report.js';

/** The document that `validate --op --json` prints. */
export function validationDocument({ verdict, calls }: Validation, { generation, by }: DetectedGeneration): object {
  return {
    ...verdictJson(verdict),
    generation: { name: generation, by },
    fuel: validationFuel({ calls }),
    calls: calls.map(zomeCallDocument),
  };
}

/** What a zome call adds to the document of any call. */
export function zomeCallDocument(call: ZomeCall): object {
  return {
    zome: call.zome,
    export: call.export,
    ...callDocument(call),
    hostCalls: call.hostCalls.map(({ module, name }) => `${module}.${name}`),
    traces: call.traces,
    tracesDropped: call.tracesDropped,
  };
}

export function validationLines(validation: Validation, colours: Colours): string[] {
  const { calls } = validation;
  const head = verdictLines(validation, colours);
  if (calls.length === 0) return [...head, colours.dim('no zome was called')];
  return [...head, ...calls.flatMap((call) => zomeCallLines(call, colours, calls.length > 1))];
}

/** @param isOneOfSeveral whether its zome must be shown */
export function zomeCallLines(call: ZomeCall, colours: Colours, isOneOfSeveral: boolean): string[] {
  const head = isOneOfSeveral ? ['', colours.bold(`zome ${printable(call.zome)}`)] : [];
  return [...head, ...traceLines(call, colours), ...callLines(call, colours, [])];
}

function traceLines({ traces, tracesDropped }: ZomeCall, colours: Colours): string[] {
  const rows = traces.map(({ level, message }) => [{ text: 'trace', style: colours.dim }, level, printable(message)]);
  const more = tracesDropped > 0 ? [`${counted(tracesDropped, 'trace')} more, not kept`] : [];
  return [...columns(rows), ...more];
}
