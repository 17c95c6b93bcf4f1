/** A verdict as JSON, for programs: the form of `assay validate --json` and the service. */
import { toHex } from '../base/hash.js';
import { hashTypeOf } from '../boundary/hash-bytes.js';
import type { NoVerdict, Verdict } from '../boundary/validation.js';
import type { Dependencies } from '../boundary/validation-result.js';
import { wasmErrorText } from '../boundary/wasm-error.js';
import { hashText } from './holo-hash.js';

export interface CauseJson {
  readonly kind: string;
  readonly code?: string;
  readonly text?: string;
  readonly path?: string;
  readonly reason?: string;
  readonly resource?: string;
}

export type DependenciesJson =
  | { readonly kind: 'Hashes'; readonly hashes: readonly string[] }
  | { readonly kind: 'AgentActivity'; readonly agent: string; readonly chainTop: string };

/** `null` means no verdict; `cause` has the reason. */
export interface VerdictJson {
  readonly verdict: 'Valid' | 'Invalid' | 'UnresolvedDependencies' | null;
  readonly reason?: string;
  readonly dependencies?: DependenciesJson;
  readonly cause?: CauseJson;
}

export function verdictJson(verdict: Verdict): VerdictJson {
  switch (verdict.kind) {
    case 'Valid':
      return { verdict: verdict.kind };
    case 'Invalid':
      return { verdict: verdict.kind, reason: verdict.reason };
    case 'UnresolvedDependencies':
      return { verdict: verdict.kind, dependencies: dependenciesJson(verdict.dependencies) };
    case 'NoVerdict':
      return { verdict: null, cause: causeJson(verdict.cause) };
  }
}

function dependenciesJson(dependencies: Dependencies): DependenciesJson {
  if (dependencies.kind === 'Hashes') return { kind: 'Hashes', hashes: dependencies.hashes.map(hashName) };
  const { agent, filter } = dependencies;
  return { kind: 'AgentActivity', agent: hashName(agent), chainTop: hashName(filter.chain_top) };
}

/** A hash in Holochain's text form; other bytes in hexadecimal. */
export function hashName(hash: Uint8Array): string {
  return hashTypeOf(hash) === undefined ? toHex(hash) : hashText(hash);
}

function causeJson(cause: NoVerdict): CauseJson {
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
