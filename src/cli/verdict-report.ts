/** A verdict for a person and for a program. */
import { FAULTS } from '../base/fault.js';
import type { NoVerdict } from '../boundary/validation.js';
import type { Dependencies } from '../boundary/validation-result.js';
import type { ValidateResult } from '../engine/loaded-module.js';
import { hashName } from '../zome/verdict-json.js';
import { breachText } from './call-report.js';
import type { Colours } from './console.js';
import { printable } from './layout.js';

/** The verdict in one or more lines. */
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
  if (dependencies.kind === 'Hashes') return dependencies.hashes.map(hashName);
  return [`activity of ${hashName(dependencies.agent)} up to ${hashName(dependencies.filter.chain_top)}`];
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
