// The zome: `validate` takes a MessagePack binary whose content is the entry, itself MessagePack, and judges the entry.

import { Span, ValidationResult, validateContent } from '../../kit';
import { judgePost } from './judge-post';

export { __hc__allocate_1, __hc__deallocate_1 } from '../../kit';

export function validate(at: i32, length: i32): i64 {
  return validateContent(at, length, (entry: Span): ValidationResult => judgePost(entry));
}
