/**
 * The state of the page as the fragment of its address: what was run and the place that was shown. The fragment
 * contains a small module; of a larger one it has the name and the hash, so that the page can say which file is meant.
 * Nothing is sent anywhere, because browsers do not send fragments.
 */
import type { Opened, Run } from './messages.js';

export interface LinkState {
  readonly v: 1;
  readonly file: string;
  /** Hashes of the modules, shortened. */
  readonly modules: string;
  readonly role: number;
  readonly run: Run;
  readonly fuel: number;
  /** Fuel paid at the place that was shown. */
  readonly step?: number;
  /** The module, in base64. */
  readonly wasm?: string;
}

/** Programs that pass on links cut off longer ones. */
const LINK_CHARACTERS_MAX = 6_000;
const MODULE_BYTES_MAX = 1_024;
const HASH_CHARACTERS = 16;

export function modulesText({ modules }: Opened): string {
  return modules.map(({ hash }) => hash.slice(0, HASH_CHARACTERS)).join('.');
}

/** The fragment; undefined if the state is too large. */
export function linkText(opened: Opened, bytes: Uint8Array, run: Run, fuel: number, step?: number): string | undefined {
  const isSmall = opened.kind === 'module' && bytes.length <= MODULE_BYTES_MAX;
  const state: LinkState = {
    v: 1,
    file: opened.name,
    modules: modulesText(opened),
    role: opened.role,
    run,
    fuel,
    ...(step === undefined ? {} : { step }),
    ...(isSmall ? { wasm: btoa(String.fromCharCode(...bytes)) } : {}),
  };
  const utf8 = new TextEncoder().encode(JSON.stringify(state));
  if (utf8.length > LINK_CHARACTERS_MAX) return undefined;
  const text = btoa(String.fromCharCode(...utf8));
  return `#run=${text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')}`;
}

/** Undefined for a fragment that is not ours. */
export function readLink(fragment: string): LinkState | undefined {
  const text = /^#run=([A-Za-z0-9_-]+)$/.exec(fragment)?.[1];
  if (text === undefined) return undefined;
  try {
    const state = JSON.parse(new TextDecoder().decode(bytesOf(text))) as LinkState;
    const { v, file, modules, role, run, fuel } = state;
    const isOurs =
      v === 1 &&
      [file, modules].every((one) => typeof one === 'string') &&
      [role, fuel].every((one) => Number.isSafeInteger(one)) &&
      isRun(run);
    return isOurs ? state : undefined;
  } catch {
    return undefined;
  }
}

function isRun(run: unknown): run is Run {
  if (typeof run !== 'object' || run === null) return false;
  const { kind, module, name, values, json, deps } = run as Readonly<Record<string, unknown>>;
  const areTexts = (...texts: readonly unknown[]) => texts.every((text) => typeof text === 'string');
  if (kind === 'function') return areTexts(module, name) && Array.isArray(values) && areTexts(...values);
  if (kind === 'entry') return areTexts(module, json);
  return kind === 'op' && areTexts(json, deps);
}

/** @throws Error for invalid base64 */
export function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
