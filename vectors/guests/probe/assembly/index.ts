// A zome that says what the kit has read: every answer is Invalid with a description. For the kit's specs.

import { EntryDef, GenesisSelfCheckData, Op, Span, ValidationResult, entryDefs, genesisSelfCheck, validateContent, validateOp } from '../../kit';
import { ask } from './ask';
import { describeOp, hex } from './describe';

export { __hc__allocate_1, __hc__deallocate_1 } from '../../kit';

export function validate(at: i32, length: i32): i64 {
  return validateOp(at, length, (op: Op) => ValidationResult.invalid(describeOp(op)));
}

export function genesis_self_check_2(at: i32, length: i32): i64 {
  return genesisSelfCheck(at, length, (data: GenesisSelfCheckData): ValidationResult => {
    const proof = data.hasMembraneProof ? hex(data.membraneProof) : 'none';
    return ValidationResult.invalid(data.agentKey.toString() + ' ' + proof);
  });
}

export function entry_defs(at: i32, length: i32): i64 {
  return entryDefs(at, length, [new EntryDef('open'), new EntryDef('closed', true, 300, true)]);
}

/** Takes { ask, hash, ... } and describes what the host answered; see `ask`. */
export function describe_answer(at: i32, length: i32): i64 {
  return validateContent(at, length, (content: Span) => ask(content));
}
