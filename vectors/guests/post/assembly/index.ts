// The zome: `validate` takes a MessagePack binary whose content is the entry, itself MessagePack, and judges the entry.

import './abort'; // not exported: the compiler is told to use it in place of env.abort
import { packed } from './byte-abi';
import { undecodable } from './callback-result';
import { Kind, Reader, isWellFormed } from './message-pack-reader';
import { Span } from './span';
import { validatePost } from './validate-post';

export { __hc__allocate_1, __hc__deallocate_1 } from './byte-abi';

const FILE = 'assembly/index.ts';

export function validate(at: i32, length: i32): i64 {
  const result = packed(judge(new Span(<usize>at, <u32>length)));
  heap.free(<usize>at); // the input is the guest's from the call on
  __collect(); // nothing on the stack is needed any more
  return result;
}

function judge(input: Span): Span {
  if (!isWellFormed(input)) return undecodable(input, FILE, 22);
  const reader = new Reader(input);
  if (reader.kind() != Kind.Binary) return undecodable(input, FILE, 24);
  const entry = reader.readBytes();
  if (!isWellFormed(entry)) return undecodable(entry, FILE, 26);
  return validatePost(entry);
}
