/** Control instructions. Each rule returns whether what follows is live. */
import { Op } from '../op.js';
import { COUNTED_FORMS } from '../op-forms.js';
import type { FunctionCompiler } from './function-compiler.js';
import {
  carry,
  emitBranch,
  emitReturn,
  emitTarget,
  isInPlace,
  Kind,
  type Label,
  labelAt,
  NO_FIXUP,
  pushLabel,
  reenter,
  resolve,
} from './labels.js';

/** What a branch tests: an opcode family with its operands. */
export interface Condition {
  /** The opcodes that branch if the condition holds, and if it does not. */
  readonly yes: Op;
  readonly no: Op;
  readonly a: number;
  /** Undefined for a test of one operand. */
  readonly b: number | undefined;
}

function openLabel(c: FunctionCompiler, kind: Kind): Label {
  const { params, results } = c.reader.blockType(c.metered.module.types);
  c.stack.settleAll();
  return pushLabel(c, kind, params, results);
}

export function startBlock(c: FunctionCompiler): boolean {
  openLabel(c, Kind.Block);
  return true;
}

export function startLoop(c: FunctionCompiler): boolean {
  const label = openLabel(c, Kind.Loop);
  label.landing = c.land(true);
  return true;
}

export function startIf(c: FunctionCompiler, condition: Condition): boolean {
  const label = openLabel(c, Kind.If);
  emitTest(c, condition.no, condition);
  label.elseFixup = c.code.length;
  c.code.emit2(NO_FIXUP, 0);
  c.emitFallCost();
  return true;
}

/** @param live whether the end of the `then` arm is */
export function startElse(c: FunctionCompiler, live: boolean): boolean {
  const label = labelAt(c, 0);
  if (live) emitBranch(c, label);
  label.kind = Kind.Else;
  resolve(c.code, label.elseFixup, c.land(false));
  label.elseFixup = NO_FIXUP;
  reenter(c, label, label.params);
  return true;
}

/** @param live whether the code before the `end` is */
export function endBlock(c: FunctionCompiler, live: boolean): boolean {
  const label = labelAt(c, 0);
  const { kind, targeted, results } = label;
  if (live) {
    if (kind === Kind.Function) emitReturn(c);
    else carry(c, label, results.length);
  }
  c.labels.pop();
  if (kind === Kind.Function) return false;
  if (!live && !targeted && kind !== Kind.If) return false;
  // After a loop, or a block that no branch leaves, the metering block continues.
  if (targeted || kind === Kind.If || kind === Kind.Else) {
    const landing = c.land(live);
    resolve(c.code, label.fixups, landing);
    resolve(c.code, label.elseFixup, landing);
  }
  reenter(c, label, results);
  return true;
}

/** Emits the opcode and operands of a test. */
function emitTest({ code }: FunctionCompiler, op: Op, { a, b }: Condition): void {
  if (b === undefined) code.emit2(op, a);
  else code.emit3(op, a, b);
}

/** The test at the end of a counted loop includes the addition of the counter. */
function emitCountedTest(c: FunctionCompiler, condition: Condition): void {
  const { code } = c;
  const { yes, a, b } = condition;
  for (const { sum, test, counted } of COUNTED_FORMS) {
    const at = test === yes ? code.lastFusible(sum, 4) : -1;
    if (at < 0 || code.words[at + 1] !== a) continue;
    code.length = at;
    code.emit5(counted, a, code.words[at + 2], code.words[at + 3], b!);
    return;
  }
  emitTest(c, yes, condition);
}

export function branchIf(c: FunctionCompiler, condition: Condition): boolean {
  const label = labelAt(c, c.reader.u32());
  if (isInPlace(c, label)) {
    emitCountedTest(c, condition);
    emitTarget(c, label);
    c.emitFallCost();
    return true;
  }
  // Skips the moves: the taken path pays its cost at the jump, the other one at this test.
  emitTest(c, condition.no, condition);
  const over = c.code.length;
  c.code.emit3(NO_FIXUP, 0, 0);
  emitBranch(c, label);
  resolve(c.code, over, c.land(false));
  return true;
}

export function branchTable(c: FunctionCompiler): boolean {
  const { reader, code } = c;
  const index = c.stack.popOperand();
  const count = reader.u32();
  code.emit3(Op.BranchTable, index, count);
  /** For labels that need moves: by depth, the chain of words that lead to its stub. */
  const stubs = new Map<number, number>();
  for (let i = 0; i <= count; i++) {
    const depth = reader.u32();
    const label = labelAt(c, depth);
    if (isInPlace(c, label)) {
      emitTarget(c, label);
      continue;
    }
    const at = code.length;
    code.emit2(stubs.get(depth) ?? NO_FIXUP, 0);
    stubs.set(depth, at);
  }
  for (const [depth, fixups] of stubs) {
    resolve(code, fixups, { target: code.length, cost: 0 });
    code.markLanding();
    emitBranch(c, labelAt(c, depth));
  }
  return false;
}
