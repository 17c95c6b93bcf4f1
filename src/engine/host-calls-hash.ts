/** The host-call log as a receipt holds it: one hash over its lines. docs/SEMANTICS.md, section 8. */
import { type Hash, hash as hashInJavaScript } from '../base/hash.js';
import type { HostCallRecord } from '../machine/host-function.js';
import { TextBytes } from './text-bytes.js';

/** Of a line, about: names of 40 letters and two hashes. */
const LINE_BYTES = 116;
const NO_LINES = hashInJavaScript(new Uint8Array(0));

/** BLAKE2b-256 over the lines of a host-call log: module, name, hash of the input, hash of the output, in order. */
export function hostCallsHash(log: readonly HostCallRecord[], hash: Hash): Uint8Array {
  if (log.length === 0) return NO_LINES.slice();
  const bytes = new TextBytes(log.length * LINE_BYTES);
  for (const line of log) {
    bytes.text(line.module);
    bytes.text(line.name);
    bytes.raw(line.inputHash);
    bytes.raw(line.outputHash);
  }
  return hash(bytes.take());
}
