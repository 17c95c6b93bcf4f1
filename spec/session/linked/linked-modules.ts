/** Modules for the specs of linked sessions, from text. */
import { createEngine, type EngineOptions, type HostImport, type LoadedModule } from '../../../src/index.js';
import {
  type LinkedSession,
  type LinkedSessionOptions,
  type ModuleLink,
  type OpenedLinkedSession,
  openLinkedSession,
} from '../../../src/session/index.js';
import { bytesOfText } from '../../engine/load-text.js';

/** A module in the notation of a spec. */
export interface LinkText extends Omit<ModuleLink, 'module'> {
  readonly text: string;
}

export async function loadedBytes(bytes: Uint8Array, options: EngineOptions): Promise<LoadedModule> {
  const loaded = await createEngine(options).load(bytes);
  if (loaded.ok) return loaded.module;
  throw new Error(`the module does not load: ${loaded.fault.code}`);
}

export async function link({ text, ...rest }: LinkText, options: EngineOptions): Promise<ModuleLink> {
  return { ...rest, module: await loadedBytes(bytesOfText(text), options) };
}

export async function opening(
  texts: readonly LinkText[],
  tier: 'interpreter' | 'instrumented',
  options: LinkedSessionOptions = {},
): Promise<OpenedLinkedSession> {
  const links = await Promise.all(texts.map((text) => link(text, { tier })));
  return openLinkedSession(links, options);
}

export async function linked(
  texts: readonly LinkText[],
  tier: 'interpreter' | 'instrumented',
  options: LinkedSessionOptions = {},
): Promise<LinkedSession> {
  const opened = await opening(texts, tier, options);
  if (opened.ok) return opened.session;
  throw new Error(`the session does not open: ${JSON.stringify(opened.fault ?? opened.outcome)}`);
}

export type { HostImport };
