/**
 * A rewritten module as bytes, to be kept beyond the life of a process: a line of JSON for what the instance needs to
 * know, then the module. It is read only from where nobody else can write.
 */
import { utf8 } from '../base/hash.js';
import { decodeUtf8 } from '../base/utf8.js';
import { FORMS } from './layout.js';
import type { Rewritten } from './rewrite.js';

type Facts = Omit<Rewritten, 'bytes' | 'globalImports' | 'states'> & {
  readonly globalImports: readonly number[];
  readonly states: readonly string[];
};

const LINE_END = 0x0a;

export function encodeRewritten({ bytes, globalImports, states, ...rest }: Rewritten): Uint8Array {
  const facts: Facts = { ...rest, globalImports: [...globalImports], states: [...states] };
  const line = utf8(`${JSON.stringify(facts)}\n`);
  const encoded = new Uint8Array(line.length + bytes.length);
  encoded.set(line);
  encoded.set(bytes, line.length);
  return encoded;
}

/** What `encodeRewritten` made, as a view of the bytes; undefined for other bytes, which are the fault of who kept them. */
export function decodeRewritten(encoded: Uint8Array): Rewritten | undefined {
  const lineEnd = encoded.indexOf(LINE_END);
  const facts = factsOf(encoded.subarray(0, Math.max(lineEnd, 0)));
  if (facts === undefined) return undefined;
  return {
    ...facts,
    bytes: encoded.subarray(lineEnd + 1) as Uint8Array<ArrayBuffer>,
    globalImports: Uint8Array.from(facts.globalImports),
    states: new Set(facts.states),
  };
}

function factsOf(line: Uint8Array): Facts | undefined {
  try {
    const value: unknown = JSON.parse(decodeUtf8(line) ?? '');
    return isFacts(value) ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function isFacts(value: unknown): value is Facts {
  if (typeof value !== 'object' || value === null) return false;
  const facts = value as Partial<Facts>;
  const { form, globalImports, referred, states, changesTables, guardable, heaviest, weightSum } = facts;
  return (
    FORMS.some((known) => known === form) &&
    typeof changesTables === 'boolean' &&
    typeof guardable === 'boolean' &&
    typeof weightSum === 'number' &&
    typeof heaviest === 'object' &&
    heaviest !== null &&
    [globalImports, referred, states].every((list) => Array.isArray(list))
  );
}
