/** A verdict for a person and for a program. */
import { FAULTS } from '../base/fault.js';
import { toHex } from '../base/hash.js';
import { hashTypeOf } from '../boundary/hash-bytes.js';
import type { NoVerdict, Verdict } from '../boundary/validation.js';
import type { Dependencies } from '../boundary/validation-result.js';
import { wasmErrorText } from '../boundary/wasm-error.js';
import type { ValidateResult } from '../engine/loaded-module.js';
import { hashText } from '../zome/holo-hash.js';
import { breachText } from './call-report.js';
import type { Colours } from './console.js';
import { printable } from './layout.js';

/** What `validate --json` says before the figures of the call. */
export function verdictDocument(verdict: Verdict): object {
  switch (verdict.kind) {
    case 'Valid':
      return { verdict: verdict.kind };
    case 'Invalid':
      return { verdict: verdict.kind, reason: verdict.reason };
    case 'UnresolvedDependencies':
      return { verdict: verdict.kind, dependencies: dependenciesDocument(verdict.dependencies) };
    case 'NoVerdict':
      return { verdict: null, cause: causeDocument(verdict.cause) };
  }
}

function dependenciesDocument(dependencies: Dependencies): object {
  if (dependencies.kind === 'Hashes') return { kind: 'Hashes', hashes: dependencies.hashes.map(nameOf) };
  const { agent, filter } = dependencies;
  return { kind: 'AgentActivity', agent: nameOf(agent), chainTop: nameOf(filter.chain_top) };
}

/** A hash as Holochain writes it; bytes that are none in hexadecimal. */
function nameOf(hash: Uint8Array): string {
  return hashTypeOf(hash) === undefined ? toHex(hash) : hashText(hash);
}

function causeDocument(cause: NoVerdict): object {
  switch (cause.kind) {
    case 'error':
      return { kind: 'error', code: cause.error.error.kind, text: wasmErrorText(cause.error, '0.6') };
    case 'undecodable':
      return { kind: 'undecodable', path: cause.error.path, reason: cause.error.reason };
    case 'breached':
      return { kind: 'breached', code: cause.code };
    case 'trapped':
      return { kind: cause.kind, code: cause.code };
    case 'exhausted':
      return { kind: cause.kind, resource: cause.resource };
  }
}

/** The verdict in a line or a few. */
export function verdictLines({ verdict }: Pick<ValidateResult, 'verdict'>, colours: Colours): string[] {
  switch (verdict.kind) {
    case 'Valid':
      return [colours.green('Valid')];
    case 'Invalid':
      return [`${colours.red('Invalid')} ${printable(verdict.reason)}`];
    case 'UnresolvedDependencies':
      return [
        colours.yellow('UnresolvedDependencies'),
        ...dependencyTexts(verdict.dependencies).map((text) => `  ${text}`),
      ];
    case 'NoVerdict':
      return [`${colours.magenta('no verdict')} ${causeText(verdict.cause)}`];
  }
}

export function dependencyTexts(dependencies: Dependencies): string[] {
  if (dependencies.kind === 'Hashes') return dependencies.hashes.map(nameOf);
  return [`activity of ${nameOf(dependencies.agent)} up to ${nameOf(dependencies.filter.chain_top)}`];
}

/** Why there is no verdict, in one line. */
export function causeText(cause: NoVerdict): string {
  switch (cause.kind) {
    case 'error':
      return `the guest returned the error ${printable(cause.error.error.kind)} (${printable(cause.error.file)}:${cause.error.line})`;
    case 'undecodable':
      return `the guest did not return a ValidateCallbackResult: ${printable(cause.error.reason)} at ${printable(cause.error.path)}`;
    case 'breached':
      return `breached ${cause.code}: ${breachText(cause.code)}`;
    case 'trapped':
      return `trapped ${cause.code}: ${FAULTS[cause.code].text}`;
    case 'exhausted':
      return `exhausted ${cause.resource}: ${FAULTS[cause.resource].text}`;
  }
}
