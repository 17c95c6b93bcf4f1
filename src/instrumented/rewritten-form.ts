/**
 * A rewritten module as bytes, to be kept beyond the life of a process: a line of JSON for what the instance needs to
 * know, then the module. It is read only from where nobody else can write.
 */
import { utf8 } from '../base/hash.js';
import { decodeUtf8 } from '../base/utf8.js';
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

/** @throws SyntaxError for bytes that `encodeRewritten` has not made: that is a fault of who kept them */
export function decodeRewritten(encoded: Uint8Array): Rewritten {
  const lineEnd = encoded.indexOf(LINE_END);
  const facts = JSON.parse(decodeUtf8(encoded.subarray(0, lineEnd)) ?? '') as Facts;
  return {
    ...facts,
    bytes: encoded.subarray(lineEnd + 1) as Uint8Array<ArrayBuffer>,
    globalImports: Uint8Array.from(facts.globalImports),
    states: new Set(facts.states),
  };
}
