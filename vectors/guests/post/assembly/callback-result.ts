// What `validate` gives back: Result<ExternIO, WasmError>, where ExternIO is the bytes of a ValidateCallbackResult.
// Unit variants are strings and the error's place is in `file` and `line`, as Holochain 0.3 to 0.6 has them.

import { Writer } from './message-pack-writer';
import { Span } from './span';

export function valid(): Span {
  return ok(new Writer().string('Valid'));
}

export function invalid(reason: string): Span {
  return ok(new Writer().mapOf(1).string('Invalid').string(reason));
}

export function unresolved(hash: Span): Span {
  const result = new Writer().mapOf(1).string('UnresolvedDependencies');
  return ok(result.mapOf(1).string('Hashes').arrayOf(1).binary(hash));
}

/** The error that the input could not be read; it carries the input. */
export function undecodable(input: Span, file: string, line: u32): Span {
  const result = new Writer().mapOf(1).string('Err').mapOf(3);
  result.string('file').string(file).string('line').unsigned(line);
  result.string('error').mapOf(1).string('Deserialize').binary(input);
  return result.take();
}

function ok(result: Writer): Span {
  const inner = result.take();
  const outer = new Writer().mapOf(1).string('Ok').binary(inner).take();
  heap.free(inner.at);
  return outer;
}
