/** Faults in the rewriter of function bodies. */
import { INSTRUCTIONS, type InstructionRow } from '../../src/wasm/instructions.js';
import { faults } from './planting.js';

/** Instructions that make a NaN or can reveal its bits. */
const CLASSED = (INSTRUCTIONS as readonly InstructionRow[]).filter(({ nan }) => nan !== undefined && nan !== 'plain');

const REWRITER = 'instrumented/function-rewriter';
const CHARGES = 'instrumented/fuel-charges';
const CHARGE_CODE = 'instrumented/charge-code';
const FRAME_CODE = 'instrumented/frame-code';
const OPERANDS = 'instrumented/operand-marks';
const LOCALS = 'instrumented/local-marks';
const EDITS = 'instrumented/edits';

const STATIC_CHARGES = [
  ...faults('static charges', REWRITER, [
    ['rewriter-block-uncharged', 'this.#fuel.owe(this.#takeBlock(at), at);', 'this.#takeBlock(at);'],
    ['rewriter-entry-uncharged', 'start(this.#takeBlock(codeStart))', 'start(this.#takeBlock(codeStart) * 0)'],
    ['rewriter-trap-before-charge', 'if (MAY_TRAP[opcode] === 1)', 'if (false)'],
    ['rewriter-passed-trap-before-charge', 'fuel.check(pos);', ';'],
    ['rewriter-passed-as-checked', '&& !fuel.pending ? checked : unchecked', '? checked : unchecked'],
    ['rewriter-unreachable-before-charge', 'body.#fuel.check(at);', ';', 'actions[0 /* Opcode.Unreachable */]'],
    ['rewriter-leaves-unchecked', 'this.#fuel.check(at);', ';', '#leaveFunction(above, at) {'],
    ['rewriter-calls-unchecked', 'fuel.check(at);', ';', '#callTyped({ params, results }, above, at) {'],
    ['rewriter-added-unchecked', 'this.#fuel.check(at);', ';', '#callAdded(index, at) {'],
    ['rewriter-table-access-unchecked', 'this.#fuel.check(at);', ';', '#tableAccess(opcode, table, at) {'],
    ['rewriter-loop-unchecked', 'this.#fuel.check(this.#reader.pos);', ';'],
    ['rewriter-loop-checked-if-owed', 'this.#fuel.pending = true;', ';', '// A loop is checked each time'],
    ['rewriter-global-set-early', 'this.#fuel.check(at);', ';', '#globalSet(at) {'],
    ['rewriter-segment-drop-early', 'this.#fuel.check(at);', ';', '#dropSegment(kind, at) {'],
    ['rewriter-if-local-behind', 'fuel.settle(at);', ';', '#if(at) {'],
    ['rewriter-branch-local-behind', 'fuel.settle(at);', ';', '#leave(frame, count, above, at) {'],
    ['rewriter-br-table-local-behind', 'this.#fuel.settle(at);', ';', '#brTable(at) {'],
    ['rewriter-br-table-leaves-unchecked', 'if (outside)', 'if (false)'],
    ['rewriter-br-table-not-pending', 'if (this.#fuel.pending)', 'if (false)', '#brTable(at) {'],
    ['rewriter-branch-not-pending', 'if (fuel.pending)', 'if (false)', '#leave(frame, count, above, at) {'],
    ['rewriter-else-not-pending', 'this.#fuel.arrive(frame.pendingElse);', 'this.#fuel.arrive(false);'],
    ['rewriter-missing-else-not-pending', '(kind === 3 /* FrameKind.Then */ && frame.pendingElse)', 'false'],
    ['rewriter-end-not-pending', 'frame.pending || (kind', '(kind'],
    [
      'rewriter-end-not-arrived',
      'if (arrives)\n            this.#fuel.arrive(',
      'if (false)\n            this.#fuel.arrive(',
    ],
    ['rewriter-stale-after-call', 'fuel.stale = true;', ';', '#callTyped({ params, results }, above, at) {'],
    ['rewriter-stale-after-added', 'this.#fuel.stale = true;', ';', '#callAdded(index, at) {'],
  ]),
  ...faults('static charges', CHARGES, [
    ['charges-owed-twice', 'this.owed = 0;', ';', '#charge(charge, at) {'],
    ['charges-stale-kept-behind-charge', 'this.stale = false;', ';', '#charge(charge, at) {'],
    ['charges-settled-not-pending', 'this.pending = true;', ';', 'settle(at) {'],
    ['charges-stale-kept-on-arrival', 'this.stale = false;', ';', 'arrive(pending) {'],
    ['charges-checked-if-owed', 'else if (this.pending)', 'else if (false)'],
    ['charges-stale-local-taken', 'this.stale ? 1 /* Charge.GlobalToBoth */', 'false ? 1'],
  ]),
  ...faults('static charges', CHARGE_CODE, [
    ['charge-check-at-one', 'writer.i64Const(0);', 'writer.i64Const(1);'],
    ['charge-check-above', '83 /* Opcode.I64LtS */', '87 /* Opcode.I64LeS */'],
    ['charge-added-to-local', 'writer.op(125 /* Opcode.I64Sub */);', 'writer.op(124);', 'const toLocal = '],
    ['charge-added-to-both', 'writer.op(125 /* Opcode.I64Sub */);', 'writer.op(124);', 'const toBoth = '],
    ['charge-global-not-set', 'writer.globalSet(global);', 'writer.u8(0x1a);', 'function writeCheck'],
  ]),
  ...faults('static charges', EDITS, [
    ['edits-amount-in-two-bytes-short', 'amount >= 0x40', 'amount >= 0x80'],
    ['edits-not-grown', 'this.#edits = grown(this.#edits, new Int32Array(at * 2));', ';'],
    ['edits-pieces-not-grown', 'this.#pieceStarts = grown(this.#pieceStarts, new Uint32Array(this.#pieces * 2));', ';'],
    ['edits-amount-halved', 'amount >>= 7', 'amount >>= 8'],
    ['edits-great-amount-halved', 'Math.floor(great / 0x80)', 'Math.floor(great / 0x100)'],
    ['edits-great-amount-of-another', 'this.#greatAmounts[-1 - amount]', 'this.#greatAmounts[0]'],
  ]),
];

const STACK_WORDS = [
  ...faults('stack words', REWRITER, [
    ['rewriter-tail-call-keeps-frame', 'this.#giveWordsBack(code);', ';', '#returnCall(at) {'],
    ['rewriter-indirect-tail-call-keeps-frame', 'this.#giveWordsBack(code);', ';', '#callIndirect(opcode, at) {'],
    ['rewriter-frame-free', 'take(writer, this.#frameWords, words)', 'take(writer, 0, words)'],
    ['rewriter-leaf-frame-free', 'compare(writer, this.#frameWords)', 'compare(writer, 0)'],
    ['rewriter-caller-taken-for-leaf', 'this.#calls = true;', ';'],
  ]),
  ...faults('stack words', FRAME_CODE, [
    ['frame-words-not-given-back', 'writer.op(106 /* Opcode.I32Add */);', 'writer.op(107);'],
    ['frame-checked-at-one', 'writer.i32Const(0);', 'writer.i32Const(1);'],
    ['frame-leaf-checked-above', '72 /* Opcode.I32LtS */', '76', 'function leafCode'],
    ['frame-leaf-overflow-unnoted', 'writer.setGlobal(global, -1);', ';'],
  ]),
];

const NAN_BITS = [
  ...faults('NaN bits', REWRITER, [
    [
      'rewriter-nan-not-canonical',
      'state = 1 /* NanState.Positive */;',
      'state = 0;',
      'case 1 /* FloatClass.Generates */:',
    ],
    ['rewriter-nan-observed', 'operands.settle(count, 0, at);', ';'],
    ['rewriter-nan-negated', '? 2 /* NanState.Negative */ : 1', '? 1 : 1'],
    ['rewriter-nan-negated-forgotten', 'if (operand !== 0 /* NanState.Kept */)', 'if (false)'],
    [
      'rewriter-nan-sign-not-cleared',
      'state = 1 /* NanState.Positive */;',
      'state = 0;',
      'case 4 /* FloatClass.ClearsSign */:',
    ],
    ['rewriter-nan-kept-in-global', 'this.#operands.settle(1, 0, at);', ';', '#globalSet(at) {'],
    [
      'rewriter-nan-kept-in-argument',
      'operands.settle(params.length, above, at);',
      ';',
      '#callTyped({ params, results }, above, at) {',
    ],
    ['rewriter-nan-kept-in-result', 'this.#operands.settle(this.#results.length, above, at);', ';'],
    [
      'rewriter-nan-kept-over-branch',
      'this.#operands.settle(count, above, at);',
      ';',
      '#leave(frame, count, above, at) {',
    ],
    ['rewriter-nan-kept-over-br-table', 'this.#operands.settle(frame.carried, 1, at);', ';', '#brTable(at) {'],
    ['rewriter-nan-kept-into-if', 'operands.settle(type.params.length, 1, at);', ';', '#if(at) {'],
    ['rewriter-nan-kept-at-end', 'operands.settle(type.results.length, 0, at);', ';', '#end(live, at) {'],
    ['rewriter-nan-kept-in-local-over-if', 'this.#locals.settle(at);', ';', '#if(at) {'],
    ['rewriter-nan-kept-in-local-over-branch', 'this.#locals.settle(at, frame.dead);', ';'],
    ['rewriter-nan-kept-in-local-over-br-table', 'this.#locals.settle(at);', ';', '#brTable(at) {'],
    ['rewriter-nan-local-passed-over', 'return !isFloat(', 'return true || ('],
    ['rewriter-nan-passed-over', 'if (operands.marked === 0) {', 'if (true) {'],
    ['rewriter-nan-of-select-mixed', 'if (operands.state(2) !== operands.state(1))', 'if (false)'],
    ['rewriter-nan-of-select-forgotten', 'operands.push(type, state);', 'operands.push(type, 0);', '#select(at) {'],
    [
      'rewriter-nan-local-negative',
      'writeNan(this.#written, type, 1 /* NanState.Positive */);',
      'writeNan(this.#written, type, 2);',
    ],
  ]),
  ...faults('NaN bits', OPERANDS, [
    ['operands-waiting-turned-round', 'let i = waiting.length - 1; i >= 0; i--', 'let i = 0; i < waiting.length; i++'],
    ['operands-only-the-deepest', 'if (entry < high)', 'if (false)'],
    ['operands-not-grown', 'this.#types = new Uint8Array(maxHeight * 2);', ';'],
    ['operands-states-not-grown', 'this.#states = new Uint8Array(maxHeight * 2);', ';'],
    ['operands-mark-left-above', 'this.#unmark(at);', 'this.marked--;', 'popTo(height) {'],
    ['operands-results-untyped', 'this.#types.set(types, this.height);', ';'],
  ]),
  ...faults('NaN bits', LOCALS, [
    ['locals-not-grown', 'this.#grow(end);', ';'],
    ['locals-mark-forgotten', 'this.#states[local] = state;', ';'],
    ['locals-mark-unlisted', 'this.#marked.push(local);', ';'],
    ['locals-mark-unread', 'return this.#states[local];', 'return 0;'],
    ['locals-dead-although-read', 'if (frame.start <= lastRead)', 'if (false)'],
    [
      'locals-dead-although-passed-by',
      '|| frame.reached)\n                return;',
      ')\n                return;',
      '#noteWrite(local, frames) {',
    ],
    [
      'locals-dead-although-in-arm',
      'else if (frame.kind !== 1 /* FrameKind.Block */ || frame.reached)',
      'else if (false)',
    ],
  ]),
  ...faults('NaN bits', 'instrumented/nan-code', [
    ['nan-code-select-turned-round', '91 /* Opcode.F32Eq */ : 97 /* Opcode.F64Eq */', '92 : 98'],
    ['nan-code-f32-quieter', '0x7fc0_0000 | sign', '0x7fe0_0000 | sign'],
    ['nan-code-f64-quieter', '0x7ff8_0000 | sign', '0x7ffc_0000 | sign'],
    ['nan-code-sign-lost', 'const sign = state === 2 /* NanState.Negative */ ?', 'const sign = false ?'],
  ]),
  ...faults(
    'NaN bits',
    'wasm/instructions',
    CLASSED.map(
      ({ name, nan }) => [`classes-${name}-plain`, `nan: '${nan}'`, "nan: 'plain'", `name: '${name}'`] as const,
    ),
  ),
];

const TRAP_CODES = faults('trap codes', REWRITER, [
  ['rewriter-trunc-operand-unkept', 'this.#keepOperand(', 'void (', 'case 5 /* FloatClass.Truncates */:'],
  ['rewriter-element-unnoted', 'code.globalSet(layout.gauge(3 /* GaugeGlobal.Element */));', 'code.u8(26);'],
  ['rewriter-table-unnoted', 'code.globalSet(layout.gauge(4 /* GaugeGlobal.Table */));', 'code.u8(26);'],
  ['rewriter-table-of-call-mistaken', 'code.i32Const(table);', 'code.i32Const(0);', '#callIndirect(opcode, at) {'],
  ['rewriter-table-access-unnoted', 'code.setGlobal(trapping, 1 /* Trapping.TableAccess */);', ';'],
  ['rewriter-table-access-note-kept', 'code.setGlobal(trapping, 0 /* Trapping.No */);', ';'],
]);

const SEGMENTS = faults('segments and bulk operations', REWRITER, [
  [
    'rewriter-drop-does-nothing',
    'this.#replace(at).setGlobal(this.layout.segmentState(kind, segment), DROPPED);',
    'this.#replace(at);',
  ],
  ['rewriter-drop-of-the-first', 'segmentState(kind, segment), DROPPED', 'segmentState(kind, 0), DROPPED'],
]);

const HOST_EDGE = faults('host edge', REWRITER, [
  ['rewriter-reference-past-the-adapter', 'if (target !== index)', 'if (false)', '#refFunc(at) {'],
  ['rewriter-call-past-the-adapter', 'if (target !== index)', 'if (false)', '#call(at) {'],
]);

export const REWRITER_MUTANTS = [
  ...STATIC_CHARGES,
  ...STACK_WORDS,
  ...NAN_BITS,
  ...TRAP_CODES,
  ...SEGMENTS,
  ...HOST_EDGE,
  ...faults('reset and reuse', REWRITER, [['rewriter-set-elements-untold', 'this.setsElements = true;', ';']]),
];
