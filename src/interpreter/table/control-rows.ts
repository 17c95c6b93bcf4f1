/** Operations that move the position in the code, and operations that move values unchanged. */
import { branch, fused, op, rare } from './forms.js';
import type { OpRow } from './row.js';

/**
 * Pushes a frame for the function whose head is at `entry` (words, slots to clear, cost), and continues after the head.
 */
const ENTER = `
  words = (words - code[entry]) | 0;
  if (words < 0) trap('ExhaustedStack');
  if (words < wordsMin) wordsMin = words;
  for (i = (fp + code[(entry + 1) | 0]) | 0, end = (fp + code[(entry + 2) | 0]) | 0; i < end; i = (i + 1) | 0) slots[i] = 0;
  fuel = (fuel - code[(entry + 3) | 0]) | 0;
  pc = (entry + 4) | 0;`;
const PUSH_FRAME = `
  frames[rp] = (pc + LENGTH) | 0;
  frames[(rp + 1) | 0] = fp;
  rp = (rp + 2) | 0;
  fp = (fp + base.word) | 0;`;
/** A tail call: its arguments move to the frame that it reuses. */
const REPLACE_FRAME = `
  for (i = 0, from = (fp + source.word) | 0, n = count.word; i < n; i = (i + 1) | 0) slots[(fp + i) | 0] = slots[(from + i) | 0];
  words = (words + frameWords.word) | 0;`;
/** Finds the callee of an indirect call; leaves the loop if it is not of this instance or not compiled. */
const ELEMENT = `
  const table = instance.tables[table.word];
  const element = element.i32 >>> 0;
  if (element >= table.length) trap('UndefinedElement');
  const handle = table.elements[element];
  if (handle === 0) trap('UninitializedElement');
  const target = functions[handle - 1];
  if (target.typeId !== instance.typeIds[typeId.word]) trap('IndirectCallTypeMismatch');
  if (target.owner !== instance) leave;
  entry = entries[target.definedIndex];
  if (entry === 0) leave;`;
const POP_FRAME = `
  rp = (rp - 2) | 0;
  pc = frames[rp];
  fp = frames[(rp + 1) | 0];`;
const GIVE_BACK = 'words = (words + frameWords.word) | 0;';

export const CONTROL_ROWS: readonly OpRow[] = [
  op('Exit', '', 'break run;', 'end'),
  op('Charge', 'cost', 'fuel = (fuel - cost.word) | 0; pc = (pc + LENGTH) | 0;', 'jump'),
  op('Jump', 'target cost', 'fuel = (fuel - cost.word) | 0; pc = target.word;', 'jump'),
  op(
    'BranchTable',
    'a count',
    `at = (pc + LENGTH + 2 * Math.min(a.i32 >>> 0, count.word)) | 0;
    fuel = (fuel - code[(at + 1) | 0]) | 0;
    pc = code[at];`,
    'jump',
  ),
  branch('BranchIf', 'a', 'a.i32 !== 0'),
  branch('BranchUnless', 'a', 'a.i32 === 0'),
  fused(
    'I32Add',
    'BranchI32LtU',
    branch('I32AddBranchLtU', 'd a b c', 'sum >>> 0 < c.i32 >>> 0', 'sum = (a.i32 + b.i32) | 0; d.i32 = sum;'),
  ),
  fused(
    'I32AddImm',
    'BranchI32Ne',
    branch('I32AddImmBranchNe', 'd a imm b', 'sum !== b.i32', 'sum = (a.i32 + imm.word) | 0; d.i32 = sum;'),
  ),
  fused(
    'I32AddImm',
    'BranchI32NeImm',
    branch('I32AddImmBranchNeImm', 'd a imm b', 'sum !== b.word', 'sum = (a.i32 + imm.word) | 0; d.i32 = sum;'),
  ),

  op('Call', 'entry base', `entry = entry.word; ${PUSH_FRAME} ${ENTER}`, 'call'),
  op('CallIndirect', 'element table typeId base', `${ELEMENT} ${PUSH_FRAME} ${ENTER}`, 'call', 'call'),
  op(
    'ReturnCall',
    'definedIndex source count frameWords',
    `entry = entries[definedIndex.word]; if (entry === 0) leave; ${REPLACE_FRAME} ${ENTER}`,
    'tail',
    'call',
  ),
  op(
    'ReturnCallIndirect',
    'element table typeId source count frameWords',
    `${ELEMENT} ${REPLACE_FRAME} ${ENTER}`,
    'tail',
    'call',
  ),
  op('Return', 'frameWords', `${GIVE_BACK} ${POP_FRAME}`, 'return'),
  op('Return32', 'a frameWords', `${GIVE_BACK} slots[fp] = a.i32; ${POP_FRAME}`, 'return'),
  op(
    'Return64',
    'a frameWords',
    `${GIVE_BACK} slots[fp] = a.low; slots[(fp + 1) | 0] = a.high; ${POP_FRAME}`,
    'return',
  ),
  op('ReturnMany', 'source count frameWords', `${REPLACE_FRAME} ${POP_FRAME}`, 'return'),
  op('Unreachable', '', `trap('Unreachable');`, 'end'),

  { name: 'SwitchBack', operands: '', outer: 'machine', next: 'end' },
  { name: 'ChargeWide', operands: 'constant', outer: 'machine', next: 'end' },
  { name: 'CallFirst', operands: 'definedIndex base', outer: 'machine', next: 'end' },
  { name: 'CallFunction', operands: 'functionIndex base', outer: 'call', next: 'end' },
  { name: 'ReturnCallFunction', operands: 'functionIndex source count frameWords', outer: 'call', next: 'end' },
];

export const MOVE_ROWS: readonly OpRow[] = [
  op('Const32', 'd imm', 'd.i32 = imm.word;'),
  op('Const64', 'd low high', 'd.low = low.word; d.high = high.word;'),
  op('Move32', 'd a', 'd.i32 = a.i32;'),
  fused('Move32', 'Move32', op('Move32Pair', 'd a e b', 'd.i32 = a.i32; e.i32 = b.i32;')),
  op('Move64', 'd a', 'd.low = a.low; d.high = a.high;'),
  op('Select32', 'd a b condition', 'd.i32 = condition.i32 !== 0 ? a.i32 : b.i32;'),
  op(
    'Select64',
    'd a b condition',
    `from = (fp + (condition.i32 !== 0 ? a.word : b.word)) | 0;
    low = slots[from]; d.high = slots[(from + 1) | 0]; d.low = low;`,
  ),
  op('GlobalGet32', 'd cell', 'd.i32 = globals[cell.word];'),
  op('GlobalGet64', 'd cell', 'from = cell.word; d.low = globals[from]; d.high = globals[(from + 1) | 0];'),
  op('GlobalSet32', 'cell a', 'globals[cell.word] = a.i32;'),
  op('GlobalSet64', 'cell a', 'at = cell.word; globals[at] = a.low; globals[(at + 1) | 0] = a.high;'),
  rare('GlobalGetImported', 'd global', 'readGlobal(instance, slots, d.at, global.word);'),
  rare('GlobalSetImported', 'global a', 'writeGlobal(instance, slots, a.at, global.word);'),
];
